// FieldChanges: which fields an Update command is to change. One reading of update_mask for every
// resource:
//   - an empty mask means every field that is set in the resource;
//   - "*" means every field the command may change;
//   - a path that the resource does not have is refused (FIELD_UNKNOWN), so a typing mistake never
//     passes for success;
//   - output-only fields are ignored, so that what was read may be sent back;
//   - a field that another command changes ("owner", which AssignOpportunity changes) is refused
//     when the mask names it (FIELD_NOT_UPDATABLE), and ignored when the mask is empty.
// Both refusals are INVALID_ARGUMENT and name the path in their metadata ("field").
// Immutable and thread-safe.
#pragma once

#include <initializer_list>
#include <string>

#include "absl/container/btree_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace crm::domain {

class FieldChanges {
 public:
  // `resource` is the resource of the request, `updatable` the top-level fields that the command
  // may change.
  static absl::StatusOr<FieldChanges> Resolve(const google::protobuf::Message& resource,
                                              const google::protobuf::FieldMask& mask,
                                              std::initializer_list<absl::string_view> updatable);

  // The top-level field, or something inside it, is to change.
  bool Has(absl::string_view field) const { return fields_.contains(field); }

  // `current` with the fields to change taken from `input`, which clears those that `input` lacks;
  // a path inside a message changes only that part.
  template <class R>
  R Merged(const R& current, const R& input) const {
    R merged = current;
    Merge(input, merged);
    return merged;
  }

 private:
  void Merge(const google::protobuf::Message& input, google::protobuf::Message& merged) const;

  google::protobuf::FieldMask paths_;
  absl::btree_set<std::string> fields_;
};

}  // namespace crm::domain
