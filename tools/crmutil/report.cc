#include "tools/crmutil/report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace crm::util {
namespace {

std::string Words(const std::string& key) { return absl::StrReplaceAll(key, {{"_", " "}}); }

std::string ValueText(const Report& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, Report::error_handler_t::replace);
}

void Append(const Report& value, const std::string& indent, std::string& out) {
  for (const auto& [key, child] : value.items()) {
    const std::string name = value.is_array() ? "-" : absl::StrCat(Words(key), ":");
    if (!child.is_structured()) {
      absl::StrAppend(&out, indent, name, " ", ValueText(child), "\n");
      continue;
    }
    absl::StrAppend(&out, indent, name, child.empty() ? " none" : "", "\n");
    Append(child, indent + "  ", out);
  }
}

}  // namespace

std::string ReportText(const Report& report) {
  std::string out;
  Append(report, "", out);
  return out;
}

}  // namespace crm::util
