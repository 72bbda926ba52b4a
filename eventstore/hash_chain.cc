#include "eventstore/hash_chain.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/chain_walk.h"
#include "eventstore/record.h"

namespace crm::eventstore {

ChainVerifier::ChainVerifier(const Uuid& organization, Position from, const Digest& previous)
    : organization_(organization),
      from_(from),
      next_(from),
      hash_(previous),
      record_time_us_(std::numeric_limits<int64_t>::min()) {}

absl::Status ChainVerifier::Add(Position position, absl::string_view record) {
  if (position != next_) return Broken(next_, "the record is missing");
  RETURN_IF_ERROR(DecodeRecord(record, organization_, position, event_));
  const RecordParts parts = *SplitRecord(record);
  if (Sha256(AsView(hash_), parts.event) != parts.hash)
    return Broken(position, "its hash does not follow from the record before it");
  RETURN_IF_ERROR(CheckCommit());
  RETURN_IF_ERROR(CheckVersion());
  hash_ = parts.hash;
  ++next_;
  return absl::OkStatus();
}

absl::Status ChainVerifier::CheckCommit() {
  const bool starts_range = event_.position() == from_;
  if (next_index_ == commit_size_) {
    // A range may start inside a commit; a log may not.
    next_index_ = starts_range && from_ > 1 ? event_.index_in_commit() : 0;
    commit_size_ = event_.commit_size();
    if (event_.index_in_commit() != next_index_ || next_index_ < 0 || next_index_ >= commit_size_)
      return Broken(event_.position(), "a commit is not complete");
    if (event_.record_time_us() <= record_time_us_)
      return Broken(event_.position(), "its record time is not after the commit before it");
    record_time_us_ = event_.record_time_us();
  } else if (event_.index_in_commit() != next_index_ || event_.commit_size() != commit_size_ ||
             event_.record_time_us() != record_time_us_) {
    return Broken(event_.position(), "a commit is not complete");
  }
  ++next_index_;
  return absl::OkStatus();
}

absl::Status ChainVerifier::CheckVersion() {
  StreamHead& head = heads_[{event_.category(), *Uuid::FromBytes(event_.stream_id())}];
  const bool given = head.version == 0 && from_ > 1 && event_.version() >= 1;
  if (!given && event_.version() != head.version + 1) {
    return Broken(event_.position(), absl::StrCat("its stream goes from version ", head.version,
                                                  " to ", event_.version()));
  }
  head = {event_.version(), event_.position()};
  return absl::OkStatus();
}

absl::Status ChainVerifier::Finish() const {
  if (next_index_ == commit_size_) return absl::OkStatus();
  return Broken(next_, "a commit is not complete");
}

absl::Status ChainVerifier::FinishAt(Position last, const Digest& hash) const {
  if (next_ <= last) return Broken(next_, "the record is missing");
  RETURN_IF_ERROR(Finish());
  return hash_ == hash ? absl::OkStatus() : Broken(last, "the organization's row has another hash");
}

absl::Status ChainVerifier::Broken(Position position, absl::string_view why) const {
  return ChainBroken(organization_, position, why);
}

absl::StatusOr<OrganizationRow> FindOrganization(const LogStorage& storage,
                                                 const Uuid& organization) {
  ASSIGN_OR_RETURN(const std::vector<OrganizationRow> rows, storage.ReadOrganizations());
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const OrganizationRow& r) { return r.id == organization; });
  if (row != rows.end()) return *row;
  return WithReason(absl::StatusCode::kNotFound, "ORGANIZATION_NOT_FOUND",
                    "there is no such organization", {{"organization", organization.ToString()}});
}

absl::StatusOr<ChainReport> VerifyChain(const LogStorage& storage, const Uuid& organization,
                                        Position from, Position to) {
  ASSIGN_OR_RETURN(const OrganizationRow row, FindOrganization(storage, organization));
  ASSIGN_OR_RETURN(const Digest previous, HashBefore(storage, row, from));
  ChainVerifier verifier(organization, from, previous);
  RETURN_IF_ERROR(storage.ReadLog(
      row.ordinal, from, to,
      [&](Position position, absl::string_view record) { return verifier.Add(position, record); }));
  if (verifier.next() <= to)
    return ChainBroken(organization, verifier.next(), "the record is missing");
  RETURN_IF_ERROR(verifier.Finish());
  if (to == row.position && verifier.hash() != row.hash)
    return ChainBroken(organization, to, "the organization's row has another hash");
  return ChainReport{to, verifier.hash(), to - from + 1, verifier.streams()};
}

absl::Status VerifyLogEnd(const LogStorage& storage, const OrganizationRow& row) {
  ASSIGN_OR_RETURN(const Position last, storage.LastPosition(row.ordinal));
  if (last != row.position) {
    return ChainBroken(row.id, std::min(last, row.position) + 1,
                       absl::StrCat("the organization's row ends at ", row.position,
                                    " and its records at ", last));
  }
  if (last == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(Digest hash, HashBefore(storage, row, last));
  log::v1::RecordedEvent event;
  RETURN_IF_ERROR(storage.ReadLog(row.ordinal, last, last,
                                  [&](Position position, absl::string_view record) -> absl::Status {
                                    RETURN_IF_ERROR(DecodeRecord(record, row.id, position, event));
                                    hash = Sha256(AsView(hash), SplitRecord(record)->event);
                                    return absl::OkStatus();
                                  }));
  const absl::string_view stored = event.hash();
  if (stored != AsView(hash) || row.hash != hash)
    return ChainBroken(row.id, last, "its hash does not follow from the record before it");
  if (event.record_time_us() != row.record_time_us)
    return ChainBroken(row.id, last, "the organization's row has another record time");
  return absl::OkStatus();
}

}  // namespace crm::eventstore
