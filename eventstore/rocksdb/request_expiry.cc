#include "eventstore/rocksdb/request_expiry.h"

#include "crm/log/v1/log.pb.h"

namespace crm::eventstore {
namespace {

constexpr absl::Duration kSpare = absl::Hours(24);

class DropExpired final : public ::rocksdb::CompactionFilter {
 public:
  explicit DropExpired(absl::Time horizon) : horizon_us_(absl::ToUnixMicros(horizon)) {}

  bool Filter(int /*level*/, const ::rocksdb::Slice& /*key*/, const ::rocksdb::Slice& value,
              std::string* /*new_value*/, bool* /*value_changed*/) const override {
    RequestRecord record;
    // A row that does not parse is for verification to find.
    return record.ParseFromArray(value.data(), static_cast<int>(value.size())) &&
           record.record_time_us() < horizon_us_;
  }
  const char* Name() const override { return "crm.DropExpired"; }

 private:
  const int64_t horizon_us_;
};

}  // namespace

std::unique_ptr<::rocksdb::CompactionFilter> RequestExpiry::CreateCompactionFilter(
    const ::rocksdb::CompactionFilter::Context& /*context*/) {
  if (!retention_.IsFinite()) return nullptr;
  return std::make_unique<DropExpired>(retention_.Horizon() - kSpare);
}

}  // namespace crm::eventstore
