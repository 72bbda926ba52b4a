// The hash chain of one organization, followed record by record: the least that everything built on
// it needs, be it verification (hash_chain.h) or the Merkle tree (log_tree.h).
//
// Pure functions over what storage holds, thread-safe.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "eventstore/log_storage.h"

namespace crm::eventstore {

// DATA_LOSS with reason CHAIN_BROKEN and metadata organization and position.
absl::Status ChainBroken(const Uuid& organization, Position position, absl::string_view why);

// The stored hash of the record before `position`; zeros before the first.
absl::StatusOr<Digest> HashBefore(const LogStorage& storage, const OrganizationRow& row,
                                  Position position);

// Called with each record: its chain hash, which was recomputed, and its event's bytes.
using ChainVisitor =
    absl::FunctionRef<absl::Status(Position, const Digest& hash, absl::string_view event)>;

// Walks from <= position <= to. CHAIN_BROKEN at the first record that is missing or whose hash does
// not follow from the one before it; a status of the visitor ends the walk and is returned.
absl::Status WalkChain(const LogStorage& storage, const OrganizationRow& row, Position from,
                       Position to, ChainVisitor visit);

}  // namespace crm::eventstore
