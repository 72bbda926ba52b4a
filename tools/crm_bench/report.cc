#include "tools/crm_bench/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crm::bench {

void Report::Measured(const std::string& name, double value) {
  measured_[name] = value;
  Print("", name, value);
}

void Report::Ratio(const std::string& name, double value) {
  ratios_[name] = value;
  Print("  = ", name, value);
}

void Report::Print(absl::string_view kind, const std::string& name, double value) const {
  if (lines_ == nullptr) return;
  const int digits = value < 100 ? 3 : 0;
  *lines_ << absl::StrFormat("%-44s %14.*f\n", absl::StrCat(kind, name), digits, value)
          << std::flush;
}

nlohmann::json Report::ToJson() const { return {{"measured", measured_}, {"ratios", ratios_}}; }

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[(values.size() - 1) / 2];
}

}  // namespace crm::bench
