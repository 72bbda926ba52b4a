// The API as the descriptors tell it: methods by name, what a request field is, which rules hold.
// Everything in crmctl that is generic over 125 RPCs stands on this. Pure and thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace crm::ctl {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// Every service of crm.v1, by name.
std::vector<const google::protobuf::ServiceDescriptor*> Services();

// The RPC of that name; names are unique over all services. Null when there is none.
const MethodDescriptor* FindMethod(absl::string_view name);

// "/crm.v1.TeamService/GetTeam".
std::string MethodPath(const MethodDescriptor& method);

// A new, empty message of that type.
std::unique_ptr<Message> NewMessage(const Descriptor& type);

// Changes something: its request has a request_id.
bool IsCommand(const MethodDescriptor& method);

// The permission it needs, with " (operator)" for those of the admin listener.
std::string PermissionOf(const MethodDescriptor& method);

// Filled by the server, ignored on input.
bool IsOutputOnly(const FieldDescriptor& field);
bool IsRequired(const FieldDescriptor& field);

// The pattern that a string field, or each of its items, must match; empty: any text.
std::string PatternOf(const FieldDescriptor& field);

// Collections of the resource names a string field takes, read off its pattern: {"members"},
// {"pipelines/stages"}, {"leads", "customers"}; empty when it takes no names.
std::vector<std::string> CollectionsOf(const FieldDescriptor& field);

// The message of the resources of a collection: Opportunity for "opportunities"; null: none known.
const Descriptor* ResourceOf(absl::string_view collection);

// Rules of a field in words: "required, <= 200 characters".
std::string RulesText(const FieldDescriptor& field);

// The repeated message field that holds the rows of a list or report; null when there is none.
const FieldDescriptor* RowsField(const Descriptor& response);

// Checks a message against its buf.validate rules, as the server will. InvalidArgument with all
// violations in its text.
absl::Status CheckRules(const Message& message);

// Message types of google.type and google.protobuf that have a text form of their own.
bool IsMoney(const FieldDescriptor& field);
bool IsDate(const FieldDescriptor& field);
bool IsTimestamp(const FieldDescriptor& field);

}  // namespace crm::ctl
