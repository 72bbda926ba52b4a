// Requests made in a test, to be validated: their fields are written as in a .proto, with rules in
// text format. Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "buf/validate/validate.pb.h"
#include "crm/options/v1/options.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"

namespace crm::services {

// A field written as in a .proto - "string a", "optional int32 b", "repeated Inner c" - and its
// rules in text format. "output_only" may come first.
struct FieldSpec {
  std::string declaration;
  std::string rules;
};
using Fields = std::vector<FieldSpec>;

inline void SetType(const std::string& type, google::protobuf::FieldDescriptorProto& field) {
  using Proto = google::protobuf::FieldDescriptorProto;
  const std::map<std::string, Proto::Type> scalars = {
      {"string", Proto::TYPE_STRING}, {"bytes", Proto::TYPE_BYTES}, {"bool", Proto::TYPE_BOOL},
      {"int32", Proto::TYPE_INT32},   {"int64", Proto::TYPE_INT64}, {"Color", Proto::TYPE_ENUM}};
  const auto scalar = scalars.find(type);
  field.set_type(scalar == scalars.end() ? Proto::TYPE_MESSAGE : scalar->second);
  if (scalar == scalars.end() || type == "Color")
    field.set_type_name(absl::StrContains(type, ".") ? "." + type : ".test." + type);
}

inline void AddField(const FieldSpec& spec, google::protobuf::DescriptorProto& message) {
  auto& field = *message.add_field();
  std::vector<std::string> words = absl::StrSplit(spec.declaration, ' ');
  if (words[0] == "output_only") {
    field.mutable_options()->SetExtension(options::v1::output_only, true);
    words.erase(words.begin());
  }
  const std::string label = words.size() == 3 ? words[0] : "";
  field.set_name(words.back());
  field.set_number(message.field_size());
  field.set_label(label == "repeated" ? google::protobuf::FieldDescriptorProto::LABEL_REPEATED
                                      : google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  if (label == "optional") {
    field.set_proto3_optional(true);
    field.set_oneof_index(message.oneof_decl_size());
    message.add_oneof_decl()->set_name("_" + words.back());
  }
  SetType(words[words.size() - 2], field);
  if (!spec.rules.empty()) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        spec.rules, field.mutable_options()->MutableExtension(buf::validate::field)))
        << spec.rules;
  }
}

// A message "Request" made in a test; its fields may be of type "Inner", made of `inner`.
class Schema {
 public:
  explicit Schema(const Fields& fields, const Fields& inner = {})
      : pool_(google::protobuf::DescriptorPool::generated_pool()) {
    google::protobuf::FileDescriptorProto file;
    file.set_name("test.proto");
    file.set_package("test");
    file.set_syntax("proto3");
    for (const auto* linked :
         {google::type::Money::descriptor(), google::type::Date::descriptor(),
          google::protobuf::Timestamp::descriptor(), google::protobuf::Struct::descriptor()})
      file.add_dependency(linked->file()->name());
    auto* color = file.add_enum_type();
    color->set_name("Color");
    for (const char* name : {"COLOR_UNSPECIFIED", "COLOR_RED", "COLOR_BLUE"}) {
      color->add_value()->set_name(name);
      color->mutable_value()->rbegin()->set_number(color->value_size() - 1);
    }
    for (const auto& [name, specs] : {std::pair("Request", fields), std::pair("Inner", inner)}) {
      auto* message = file.add_message_type();
      message->set_name(name);
      for (const FieldSpec& spec : specs) AddField(spec, *message);
    }
    file_ = pool_.BuildFile(file);
    EXPECT_NE(file_, nullptr);
  }

  const google::protobuf::Descriptor* request() const { return file_->message_type(0); }
  std::unique_ptr<google::protobuf::Message> Make(const std::string& text) {
    std::unique_ptr<google::protobuf::Message> made(factory_.GetPrototype(request())->New());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, made.get())) << text;
    return made;
  }

 private:
  google::protobuf::DescriptorPool pool_;
  const google::protobuf::FileDescriptor* file_ = nullptr;
  google::protobuf::DynamicMessageFactory factory_;
};

}  // namespace crm::services
