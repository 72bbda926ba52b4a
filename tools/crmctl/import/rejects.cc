#include "tools/crmctl/import/rejects.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tools/crmctl/csv.h"

namespace crm::ctl {
namespace {

constexpr size_t kShown = 10;

}  // namespace

absl::Status Rejects::Open(const std::string& file) {
  MutexLock lock(mutex_);
  file_.open(file, std::ios::binary | std::ios::trunc);
  if (!file_) return absl::FailedPreconditionError("cannot write " + file);
  file_ << CsvLine({"line", "external_id", "command", "reason", "message"});
  return absl::OkStatus();
}

void Rejects::Add(const Reject& reject) {
  MutexLock lock(mutex_);
  ++count_;
  if (first_.size() < kShown) first_.push_back(reject);
  if (!file_.is_open()) return;
  file_ << CsvLine({absl::StrCat(reject.line), reject.external_id, reject.command, reject.reason,
                    reject.message});
}

absl::Status Rejects::Close() {
  MutexLock lock(mutex_);
  if (!file_.is_open()) return absl::OkStatus();
  file_.close();
  return file_ ? absl::OkStatus() : absl::DataLossError("the file of rejects is incomplete");
}

int64_t Rejects::count() const {
  MutexLock lock(mutex_);
  return count_;
}

std::vector<Reject> Rejects::first() const {
  MutexLock lock(mutex_);
  std::vector<Reject> in_order = first_;
  std::sort(in_order.begin(), in_order.end(),
            [](const Reject& one, const Reject& other) { return one.line < other.line; });
  return in_order;
}

}  // namespace crm::ctl
