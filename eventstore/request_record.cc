#include "eventstore/request_record.h"

#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::eventstore {

absl::Status CheckDigest(const RequestRecord& record, const RequestKey& key) {
  const absl::string_view stored = record.digest();
  if (stored == AsView(key.digest)) return absl::OkStatus();
  return WithReason(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                    "the request id was used before for a different request",
                    {{"request_id", key.request_id.ToString()}});
}

absl::StatusOr<RequestRecord> ParseRequestRecord(absl::string_view row, const RequestKey& key) {
  RequestRecord record;
  if (record.ParseFromArray(row.data(), static_cast<int>(row.size()))) return record;
  return WithReason(absl::StatusCode::kDataLoss, "REQUEST_ROW_UNREADABLE",
                    "the stored outcome of the request does not parse",
                    {{"request_id", key.request_id.ToString()}});
}

absl::StatusOr<Committed> ReplayOf(const RequestRecord& record, const RequestKey& key) {
  RETURN_IF_ERROR(CheckDigest(record, key));
  return Committed{record, absl::FromUnixMicros(record.record_time_us()), true};
}

}  // namespace crm::eventstore
