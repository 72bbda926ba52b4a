// Revisions of descriptive fields, the same for every record: which fields differ, and how a stored
// revision is applied. Works on the stored details of a record (events::v1::CustomerDetails, ...),
// whose fields are named as in the resource, but for references: "parent_id" there is "parent" in
// the resource and in revisions. Pure functions; thread-safe.
#pragma once

#include <string>

#include "google/protobuf/message.h"
#include "google/protobuf/repeated_field.h"

namespace crm::domain {

using FieldNames = google::protobuf::RepeatedPtrField<std::string>;

// Names of the fields whose value or presence differs, in the order of their numbers.
FieldNames DifferingFields(const google::protobuf::Message& before,
                           const google::protobuf::Message& after);

// Makes `to` equal to `from` in these fields, clearing what `from` lacks. Total: names that the
// message does not have (of a later release) are passed over.
void CopyFields(const google::protobuf::Message& from, const FieldNames& fields,
                google::protobuf::Message& to);

// The event that leads from `before` to `after`; without fields when they are equal.
template <class Revised, class Details>
Revised RevisionOf(const Details& before, const Details& after) {
  Revised revised;
  *revised.mutable_fields() = DifferingFields(before, after);
  CopyFields(after, revised.fields(), *revised.mutable_details());
  return revised;
}

}  // namespace crm::domain
