// What every Render and many a Decide share between stored and public forms: the stamp of a stream
// on its resource (etag, create_time, update_time), timestamps, days, amounts. Pure and
// thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crm/events/v1/types.pb.h"
#include "domain/aggregate.h"
#include "domain/types/money.h"
#include "google/protobuf/timestamp.pb.h"

namespace crm::domain {

// The version of a stream as clients see it, in the quotes of RFC 9110: "\"7\"".
std::string EtagOf(Version version);

// To the wire, exact to the nanosecond.
google::protobuf::Timestamp TimestampOf(absl::Time time);

// From the wire, cut to the microsecond, the tick of the log. INVALID_ARGUMENT TIMESTAMP_INVALID
// outside years 1 to 9999 or with bad nanos.
absl::StatusOr<absl::Time> TimeFromProto(const google::protobuf::Timestamp& proto);

// Fills those of etag, create_time and update_time (effective times) that the resource has.
template <class R>
void Stamp(R& resource, const StreamHead& head) {
  if constexpr (requires { resource.set_etag(std::string()); }) {
    resource.set_etag(EtagOf(head.version));
  }
  if constexpr (requires { resource.mutable_create_time(); }) {
    *resource.mutable_create_time() = TimestampOf(head.first_effective_time);
  }
  if constexpr (requires { resource.mutable_update_time(); }) {
    *resource.mutable_update_time() = TimestampOf(head.last_effective_time);
  }
}

// Days as stored in events.
events::v1::Day StoredDay(absl::CivilDay day);
absl::CivilDay DayFromStored(const events::v1::Day& stored);

// Amounts as stored in events. A stored amount of no known currency is "none": nullopt.
events::v1::Amount StoredAmount(const Money& money);
std::optional<Money> AmountFromStored(const events::v1::Amount& stored);

// A stored value of crm.v1.Rounding; what is not set is half up.
Rounding RoundingFromStored(int stored);

}  // namespace crm::domain
