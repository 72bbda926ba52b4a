// Messages as people read them in a failed test: ids as UUIDs instead of bytes, and what differs
// between two lists of messages. Pure and thread-safe.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::testing {

using MessagePtr = std::shared_ptr<const google::protobuf::Message>;

// "StageMoved { to_stage_id: 6ba7b810-... }" on several lines.
inline std::string Readable(const google::protobuf::Message& message) {
  class UuidPrinter : public google::protobuf::TextFormat::FastFieldValuePrinter {
   public:
    void PrintBytes(const std::string& bytes,
                    google::protobuf::TextFormat::BaseTextGenerator* out) const override {
      if (const auto uuid = Uuid::FromBytes(bytes); uuid.has_value()) {
        out->PrintString(uuid->ToString());
      } else {
        FastFieldValuePrinter::PrintBytes(bytes, out);
      }
    }
  };
  google::protobuf::TextFormat::Printer printer;
  printer.SetDefaultFieldValuePrinter(new UuidPrinter);
  printer.SetInitialIndentLevel(2);
  std::string text;
  printer.PrintToString(message, &text);
  return absl::StrCat("  ", message.GetDescriptor()->name(), " {\n", text, "  }\n");
}

inline std::string Readable(const std::vector<MessagePtr>& messages) {
  if (messages.empty()) return "  nothing\n";
  std::string text;
  for (const MessagePtr& message : messages) absl::StrAppend(&text, Readable(*message));
  return text;
}

// What distinguishes two lists of messages; empty when they are equal.
inline std::string Difference(const std::vector<MessagePtr>& expected,
                              const std::vector<MessagePtr>& actual) {
  std::string report;
  for (size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
    if (i >= expected.size()) {
      absl::StrAppend(&report, "  [", i, "] not expected: ", actual[i]->GetTypeName(), "\n");
    } else if (i >= actual.size()) {
      absl::StrAppend(&report, "  [", i, "] missing: ", expected[i]->GetTypeName(), "\n");
    } else if (expected[i]->GetDescriptor() != actual[i]->GetDescriptor()) {
      absl::StrAppend(&report, "  [", i, "] ", actual[i]->GetTypeName(), " instead of ",
                      expected[i]->GetTypeName(), "\n");
    } else {
      std::string fields;
      google::protobuf::util::MessageDifferencer differencer;
      differencer.ReportDifferencesToString(&fields);
      if (!differencer.Compare(*expected[i], *actual[i])) {
        absl::StrAppend(&report, "  [", i, "] ", actual[i]->GetTypeName(), ":\n", fields);
      }
    }
  }
  if (report.empty()) return report;
  return absl::StrCat("difference:\n", report, "expected:\n", Readable(expected), "actual:\n",
                      Readable(actual));
}

}  // namespace crm::testing
