#include "domain/render.h"

#include "absl/strings/str_cat.h"
#include "crm/v1/organization_service.pb.h"
#include "domain/rejection.h"

namespace crm::domain {
namespace {

constexpr absl::CivilDay kEpochDay(1970, 1, 1);

}  // namespace

std::string EtagOf(Version version) { return absl::StrCat("\"", version, "\""); }

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  google::protobuf::Timestamp proto;
  const int64_t seconds = absl::ToUnixSeconds(time);  // rounds toward the past
  proto.set_seconds(seconds);
  proto.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return proto;
}

absl::StatusOr<absl::Time> TimeFromProto(const google::protobuf::Timestamp& proto) {
  // 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the bounds of google.protobuf.Timestamp.
  constexpr int64_t kFirstSecond = -62'135'596'800;
  constexpr int64_t kLastSecond = 253'402'300'799;
  constexpr int32_t kNanosPerSecond = 1'000'000'000;
  if (proto.seconds() < kFirstSecond || proto.seconds() > kLastSecond || proto.nanos() < 0 ||
      proto.nanos() >= kNanosPerSecond) {
    return Invalid("TIMESTAMP_INVALID", "a timestamp lies in the years 1 to 9999");
  }
  return absl::FromUnixSeconds(proto.seconds()) + absl::Microseconds(proto.nanos() / 1'000);
}

events::v1::Day StoredDay(absl::CivilDay day) {
  events::v1::Day stored;
  stored.set_days(static_cast<int32_t>(day - kEpochDay));
  return stored;
}

absl::CivilDay DayFromStored(const events::v1::Day& stored) { return kEpochDay + stored.days(); }

events::v1::Amount StoredAmount(const Money& money) {
  events::v1::Amount stored;
  stored.set_currency_code(std::string(money.currency().code()));
  stored.set_minor(money.minor());
  return stored;
}

std::optional<Money> AmountFromStored(const events::v1::Amount& stored) {
  const std::optional<Currency> currency = Currency::Parse(stored.currency_code());
  if (!currency.has_value()) return std::nullopt;
  return Money(*currency, stored.minor());
}

Rounding RoundingFromStored(int stored) {
  return stored == v1::ROUNDING_HALF_EVEN ? Rounding::kHalfEven : Rounding::kHalfUp;
}

}  // namespace crm::domain
