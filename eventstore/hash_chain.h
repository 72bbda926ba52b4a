// Proves that a range of an organization's log is whole and unaltered: hash chain, gapless
// positions, dense versions per stream, complete commits, increasing record times. Works on stored
// bytes, never re-encodes, and needs no keys: sealed fields are hashed as they lie.
//
// Memory is bounded save for one version per stream seen. ChainVerifier is not thread-safe; the
// functions are.
#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crm/log/v1/log.pb.h"
#include "eventstore/log_storage.h"

namespace crm::eventstore {

// Takes records one by one. Every error is DATA_LOSS with reason CHAIN_BROKEN (or
// RECORD_UNREADABLE) and the first bad position in the metadata; after one, the verifier is spent.
class ChainVerifier {
 public:
  // `previous` is the hash of the record before `from`; zero when `from` is 1. A range that starts
  // later takes the first version it sees of a stream as given.
  ChainVerifier(const Uuid& organization, Position from, const Digest& previous);

  absl::Status Add(Position position, absl::string_view record);

  // Refuses a range that ends inside a commit.
  absl::Status Finish() const;
  // Beyond that, refuses one that does not end at `last` with the hash of the organization's row.
  absl::Status FinishAt(Position last, const Digest& hash) const;

  // The position expected next, and the hash of the record before it.
  Position next() const { return next_; }
  const Digest& hash() const { return hash_; }
  // The event added last, decoded; and where each stream that was seen ends.
  const log::v1::RecordedEvent& event() const { return event_; }
  const absl::flat_hash_map<StreamId, StreamHead>& heads() const { return heads_; }
  int64_t streams() const { return static_cast<int64_t>(heads_.size()); }

 private:
  absl::Status CheckCommit();
  absl::Status CheckVersion();
  absl::Status Broken(Position position, absl::string_view why) const;

  const Uuid organization_;
  const Position from_;
  Position next_;
  Digest hash_;
  int32_t commit_size_ = 0;  // of the commit being read
  int32_t next_index_ = 0;   // in it; equal to commit_size_ between commits
  int64_t record_time_us_;
  log::v1::RecordedEvent event_;
  absl::flat_hash_map<StreamId, StreamHead> heads_;
};

struct ChainReport {
  Position verified_to = 0;
  Digest hash{};  // of the record at verified_to
  int64_t events = 0;
  int64_t streams = 0;
};

// Verifies from <= position <= to (1 <= from; `to` must be durable and end a commit). At the end of
// the log the organization's row must agree too. NOT_FOUND for an unknown organization.
absl::StatusOr<ChainReport> VerifyChain(const LogStorage& storage, const Uuid& organization,
                                        Position from, Position to);

// The organization's row; NOT_FOUND when there is none.
absl::StatusOr<OrganizationRow> FindOrganization(const LogStorage& storage,
                                                 const Uuid& organization);

// Cheap check made at every open: the organization's row names the last record, its position, its
// record time and its hash, and that record follows the one before it.
absl::Status VerifyLogEnd(const LogStorage& storage, const OrganizationRow& row);

}  // namespace crm::eventstore
