// Writes one organization's log into storage that has none of it, from records that were written
// elsewhere: positions, versions, times and hashes stay as they are, everything is verified on the
// way, and what storage keeps besides (stream index, heads, the organization's row) is made anew.
//
// The organization's row is written last, by Finish: until then nobody who opens the storage sees
// an organization. Whoever builds a directory with it gives the directory its name afterwards, so
// that a crash leaves nothing. Not thread-safe.
#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "eventstore/hash_chain.h"
#include "eventstore/log_storage.h"

namespace crm::eventstore {

class OrganizationWriter {
 public:
  // `storage` must outlive the writer, and hold nothing under `ordinal`.
  OrganizationWriter(LogStorage& storage, OrganizationOrdinal ordinal, const Uuid& organization)
      : storage_(storage),
        organization_(organization),
        verifier_(organization, 1, Digest{}),
        batch_{ordinal, {}, {}, {}} {}

  // The next record, as record.h encodes it. ChainVerifier's errors; storage's.
  absl::Status Add(absl::string_view record);

  // A row of the request index.
  absl::Status AddRequest(RequestRow request);

  // Writes the rest; the organization is there when it returns. CHAIN_BROKEN when the last commit
  // is not whole or nothing was added.
  absl::StatusOr<OrganizationRow> Finish();

  // The position that Add expects next, and the chain hash so far.
  Position next() const { return verifier_.next(); }
  const Digest& hash() const { return verifier_.hash(); }

 private:
  absl::Status WriteBatch(const std::vector<OrganizationRow>& organizations);

  LogStorage& storage_;
  const Uuid organization_;
  ChainVerifier verifier_;
  log::v1::RecordedEvent event_;
  CommitRows batch_;  // whole commits and the beginning of one
  int64_t batch_bytes_ = 0;
  absl::flat_hash_map<StreamId, size_t> streams_;  // of the batch: their places in its heads
};

}  // namespace crm::eventstore
