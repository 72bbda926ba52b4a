// The rules of one field, compiled, and the violations a request has. Private to the validator:
// validation_plan.h walks messages, this file judges single values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "buf/validate/validate.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/rpc/error_details.pb.h"
#include "re2/re2.h"

namespace crm::services {

// Collects what is wrong, up to a bound.
class Violations {
 public:
  explicit Violations(int limit) : limit_(limit) {}
  void Add(absl::string_view field, absl::string_view description);
  bool full() const { return found_.field_violations_size() >= limit_; }
  bool empty() const { return found_.field_violations_size() == 0; }
  const google::rpc::BadRequest& found() const { return found_; }

 private:
  const int limit_;
  google::rpc::BadRequest found_;
};

// Rules for one value: of a singular field, or of each item of a repeated one. Immutable.
class ValueRules {
 public:
  // The rules of `field` itself, or of each of its items. INVALID_ARGUMENT, with a text that
  // follows the field's name, when the rules do not fit the field's type or hold something unknown.
  static absl::StatusOr<std::unique_ptr<ValueRules>> Compile(
      const google::protobuf::FieldDescriptor& field, const buf::validate::FieldRules& rules,
      bool of_items);

  bool required() const { return rules_.required(); }
  const buf::validate::RepeatedRules& repeated() const { return rules_.repeated(); }

  // Each adds what is wrong with the value under the name `path`.
  void CheckString(const std::string& value, absl::string_view path, Violations& violations) const;
  void CheckBytes(const std::string& value, absl::string_view path, Violations& violations) const;
  void CheckInt32(int32_t value, absl::string_view path, Violations& violations) const;
  void CheckInt64(int64_t value, absl::string_view path, Violations& violations) const;
  void CheckEnum(int value, const google::protobuf::EnumDescriptor& type, absl::string_view path,
                 Violations& violations) const;

 private:
  explicit ValueRules(buf::validate::FieldRules rules) : rules_(std::move(rules)) {}

  const buf::validate::FieldRules rules_;
  std::unique_ptr<const re2::RE2> pattern_;
};

// The checks that rules cannot say, for a google.type.Money, google.type.Date or
// google.protobuf.Timestamp; true when `message` is one of these (and was checked).
bool CheckWellKnown(const google::protobuf::Message& message, absl::string_view path,
                    Violations& violations);

}  // namespace crm::services
