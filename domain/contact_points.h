// What customers, contacts and documents share of being reached: lists of e-mail addresses and
// phones, postal addresses, between the API and stored events. Pure functions; thread-safe.
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

// Between v1::Address and its stored form, which say the same.
template <class From, class To>
void CopyAddress(const From& from, To& to) {
  to.set_region_code(from.region_code());
  to.set_postal_code(from.postal_code());
  to.set_administrative_area(from.administrative_area());
  to.set_locality(from.locality());
  *to.mutable_address_lines() = from.address_lines();
}

}  // namespace crm::domain
