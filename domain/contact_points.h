// What customers and contacts share of being reached: lists of e-mail addresses and phones, between
// the API and stored events. Pure functions; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"

namespace crm::domain {

using Strings = google::protobuf::RepeatedPtrField<std::string>;

// Each address normalised, the order kept, repetitions dropped (without case). EMAIL_INVALID names
// the index of the first address that is none.
absl::StatusOr<Strings> NormalizedEmails(const Strings& emails);

// Each phone as entered, without surrounding blanks; blanks only and repetitions dropped.
Strings TrimmedPhones(const Strings& phones);

}  // namespace crm::domain
