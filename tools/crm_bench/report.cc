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
  Print("= ", name, value);
}

void Report::Percentiles(const std::string& name, const std::vector<int64_t>& sorted_us) {
  for (const auto& [suffix, percent] :
       {std::pair("_p50_us", 50.0), std::pair("_p99_us", 99.0), std::pair("_p999_us", 99.9)})
    Measured(name + suffix, static_cast<double>(Percentile(sorted_us, percent)));
}

void Report::Latencies(const std::string& name, const std::vector<LoadResult>& slices) {
  std::vector<int64_t> all;
  for (const LoadResult& slice : slices)
    all.insert(all.end(), slice.latencies_us.begin(), slice.latencies_us.end());
  std::sort(all.begin(), all.end());
  Percentiles(name, all);
}

double Report::ValueOf(const std::string& name) const {
  for (const auto* figures : {&ratios_, &measured_}) {
    if (const auto found = figures->find(name); found != figures->end()) return found->second;
  }
  return 0;
}

void Report::Print(absl::string_view kind, const std::string& name, double value) const {
  if (lines_ == nullptr) return;
  const int digits = value < 100 ? 3 : 0;
  *lines_ << absl::StrFormat("%s%-44s %14.*f\n", prefix_, absl::StrCat(kind, name), digits, value)
          << std::flush;
}

nlohmann::json Report::ToJson() const { return {{"measured", measured_}, {"ratios", ratios_}}; }

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[(values.size() - 1) / 2];
}

}  // namespace crm::bench
