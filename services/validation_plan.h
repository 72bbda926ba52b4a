// MessagePlan: what the validator does with one type of message - its fields with their rules, in
// order, and the plans of the messages inside. Private to the validator. Immutable once compiled.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/validation_rules.h"

namespace crm::services {

class MessagePlan {
 public:
  struct FieldPlan {
    const google::protobuf::FieldDescriptor* field = nullptr;
    std::unique_ptr<ValueRules> rules;     // never null; empty rules when the field has none
    std::unique_ptr<ValueRules> items;     // of each item of a repeated field; null when none
    const MessagePlan* message = nullptr;  // of message fields
  };

  // Compiles the rules of the fields of `type`; message fields are connected by the caller.
  absl::Status Compile(const google::protobuf::Descriptor& type);
  std::vector<FieldPlan>& fields() { return fields_; }

  // Adds what is wrong with `message`, `levels_left` levels of messages deep.
  void Check(const google::protobuf::Message& message, absl::string_view path, int levels_left,
             Violations& violations) const;

 private:
  void CheckField(const FieldPlan& plan, const google::protobuf::Message& message,
                  const std::string& path, int levels_left, Violations& violations) const;

  std::vector<FieldPlan> fields_;
};

}  // namespace crm::services
