// Text into message fields: what a flag, a positional argument or a cell of a file becomes.
// Thread-safe as long as each thread fills its own message.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/crmctl/api.h"
#include "tools/crmctl/names.h"

namespace crm::ctl {

// Where texts get their meaning from.
struct AssignContext {
  Names* names = nullptr;                     // null: resource names are taken as they are
  absl::TimeZone zone = absl::UTCTimeZone();  // of days and of instants without an offset
  absl::Time now;
};

// A place in a message: the fields from the root down.
using FieldPath = std::vector<const FieldDescriptor*>;

// The path that "opportunity.expected_revenue" means in `type`; empty when there is none. As on
// flags, hyphens stand for underscores, and a unit ("probability" for "probability_bp") may be left
// out.
FieldPath FindPath(const Descriptor& type, absl::string_view path);
std::string PathText(const FieldPath& path);

// The message that holds the last field of the path; made on the way where it is absent.
Message& HolderOf(Message& root, const FieldPath& path);

// Assigns `text` to a field, or appends it to a repeated one. By type: money "USD 1,234.50" (or
// without a currency: the organization's), days, instants, enums by any form of their name,
// basis points also as "12.5%", names by display name, messages as "key=value,key=value" or JSON.
// InvalidArgument (a usage error) names the field and what is wrong.
absl::Status Assign(Message& message, const FieldDescriptor& field, absl::string_view text,
                    const AssignContext& context);

// The same for whoever leaves the unit out of the name `key` of a number in millionths, "9.5" of a
// `quantity`: then the text is in whole units.
absl::Status AssignAs(absl::string_view key, Message& message, const FieldDescriptor& field,
                      const std::string& text, const AssignContext& context);

}  // namespace crm::ctl
