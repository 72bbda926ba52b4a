// Days, instants and zones: from the wire, and from what people write to crmctl.

#include "base/reason.h"
#include "domain/render.h"
#include "domain/types/calendar.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/crmctl/values.h"

namespace crm::fuzz {
namespace {

const absl::CivilDay kToday(2017, 12, 31);
const absl::Time kNow = absl::FromUnixSeconds(1'514'700'000);

void Instants(FuzzInput input) {
  google::protobuf::Timestamp wire;
  wire.set_seconds(static_cast<int64_t>(input.Number()));
  wire.set_nanos(static_cast<int32_t>(input.Number()));
  const absl::StatusOr<absl::Time> time = domain::TimeFromProto(wire);
  if (!time.ok()) {
    return Require(!ReasonOf(time.status()).empty(), "a refusal names its reason");
  }
  const google::protobuf::Timestamp out = domain::TimestampOf(*time);
  Require(out.seconds() == wire.seconds() && out.nanos() / 1000 == wire.nanos() / 1000,
          "an instant goes out as it came in, to the microsecond");
  Require(ctl::ToTimestamp(ctl::FromTimestamp(out)).SerializeAsString() == out.SerializeAsString(),
          "crmctl keeps an instant");
}

void Days(FuzzInput input) {
  google::type::Date wire;
  wire.set_year(static_cast<int32_t>(input.Number()));
  wire.set_month(static_cast<int32_t>(input.Number()));
  wire.set_day(static_cast<int32_t>(input.Number()));
  const absl::StatusOr<absl::CivilDay> day = domain::DayFromProto(wire);
  if (!day.ok()) return Require(!ReasonOf(day.status()).empty(), "a refusal names its reason");
  Require(domain::DayToProto(*day).SerializeAsString() == wire.SerializeAsString(),
          "a day goes out as it came in");
}

void Zones(absl::string_view text) {
  const absl::StatusOr<domain::Zone> zone = domain::Zone::Load(text);
  if (!zone.ok()) {
    return Require(ReasonOf(zone.status()) == "TIME_ZONE_UNKNOWN", "a refusal names its reason");
  }
  Require(zone->DayOf(zone->StartOf(kToday)) == kToday, "a day begins within itself");
}

void WrittenDays(absl::string_view text) {
  for (const auto& day : {ctl::ParseDate(text, kToday), ctl::ParsePastDate(text, kToday)}) {
    if (!day.ok()) continue;
    const absl::StatusOr<google::type::Date> again = ctl::ParseDate(ctl::FormatDate(*day), kToday);
    Require(again.ok() && again->SerializeAsString() == day->SerializeAsString(),
            "a day comes back as it is shown");
  }
}

void WrittenInstants(absl::string_view text) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const absl::StatusOr<absl::Time> time = ctl::ParseInstant(text, utc, kNow);
  if (time.ok()) {
    const google::protobuf::Timestamp stamp = ctl::ToTimestamp(*time);
    Require(domain::TimeFromProto(stamp).ok(), "an instant can be sent");
    const absl::StatusOr<absl::Time> again =
        ctl::ParseInstant(ctl::FormatInstant(stamp, utc), utc, kNow);
    Require(again.ok() && ctl::ToTimestamp(*again).seconds() == stamp.seconds(),
            "an instant comes back as it is shown, to the second");
    ctl::FormatAge(*time, kNow);
    ctl::FormatLocalTime(stamp, utc);
  }
  const absl::StatusOr<absl::Duration> duration = ctl::ParseDuration(text);
  Require(!duration.ok() || *duration > absl::ZeroDuration(), "a duration is one");
}

}  // namespace

CRM_FUZZ_TARGET(time) {
  FuzzInput input(bytes);
  switch (input.Pick(5)) {
    case 0:
      return Instants(input);
    case 1:
      return Days(input);
    case 2:
      return Zones(input.Rest());
    case 3:
      return WrittenDays(input.Rest());
    default:
      return WrittenInstants(input.Rest());
  }
}

}  // namespace crm::fuzz
