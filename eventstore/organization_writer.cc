#include "eventstore/organization_writer.h"

#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "eventstore/chain_walk.h"
#include "eventstore/record.h"

namespace crm::eventstore {
namespace {

constexpr int64_t kBatchBytes = 4 << 20;

}  // namespace

absl::Status OrganizationWriter::Add(absl::string_view record) {
  const Position position = verifier_.next();
  RETURN_IF_ERROR(verifier_.Add(position, record));
  RETURN_IF_ERROR(DecodeRecord(record, organization_, position, event_));
  if (event_.index_in_commit() == 0 && batch_bytes_ >= kBatchBytes) RETURN_IF_ERROR(WriteBatch({}));
  const StreamId stream{event_.category(), *Uuid::FromBytes(event_.stream_id())};
  const auto [place, fresh] = streams_.emplace(stream, batch_.heads.size());
  if (fresh) batch_.heads.push_back({stream, {}});
  batch_.heads[place->second].head = {event_.version(), position};
  batch_.events.push_back({place->second, event_.version(), position, std::string(record)});
  batch_bytes_ += static_cast<int64_t>(record.size());
  return absl::OkStatus();
}

absl::Status OrganizationWriter::AddRequest(RequestRow request) {
  CommitRows rows;
  rows.organization = batch_.organization;
  rows.request = std::move(request);
  return storage_.Write({{&rows}, {}});
}

absl::StatusOr<OrganizationRow> OrganizationWriter::Finish() {
  RETURN_IF_ERROR(verifier_.Finish());
  if (verifier_.next() == 1) return ChainBroken(organization_, 1, "there is no event");
  OrganizationRow row;
  row.ordinal = batch_.organization;
  row.id = organization_;
  row.position = verifier_.next() - 1;
  row.hash = verifier_.hash();
  row.record_time_us = event_.record_time_us();
  RETURN_IF_ERROR(WriteBatch({row}));
  return row;
}

absl::Status OrganizationWriter::WriteBatch(const std::vector<OrganizationRow>& organizations) {
  RETURN_IF_ERROR(storage_.Write({{&batch_}, organizations}));
  batch_.heads.clear();
  batch_.events.clear();
  streams_.clear();
  batch_bytes_ = 0;
  return absl::OkStatus();
}

}  // namespace crm::eventstore
