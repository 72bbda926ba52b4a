// The port under the sequencer: what an engine (memory, RocksDB, later PostgreSQL) must do. An
// engine stores rows and decides nothing; order, checks and hashes are made in sequencer.h.
//
// Threading: Write is called by one thread at a time, reads by any thread at any time, also beside
// a Write. A read that starts after a Write returned sees all of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "base/stream.h"
#include "base/uuid.h"

namespace crm::eventstore {

// An organization's number in keys, from 1 in creation order.
using OrganizationOrdinal = uint32_t;

// Where a stream ends; version 0 for a stream that does not exist.
struct StreamHead {
  Version version = 0;
  Position position = 0;
};

// An organization and where its log ends.
struct OrganizationRow {
  OrganizationOrdinal ordinal = 0;
  Uuid id;
  Position position = 0;
  Digest hash{};  // of the event at `position`; zero for an empty log
  int64_t record_time_us = std::numeric_limits<int64_t>::min();
};

// One event of a commit. `record` is what record.h encodes.
struct EventRow {
  size_t stream = 0;  // its place in CommitRows::heads
  Version version = 0;
  Position position = 0;
  std::string record;
};

// A stream a commit wrote, and where it ends now.
struct HeadRow {
  StreamId stream;
  StreamHead head;
};

struct RequestRow {
  Uuid actor;
  Uuid request_id;
  std::string record;  // a serialized RequestRecord
};

// Everything one commit stores, save the organization's row.
struct CommitRows {
  OrganizationOrdinal organization = 0;
  std::vector<HeadRow> heads;
  std::vector<EventRow> events;  // by position
  std::optional<RequestRow> request;
};

// What one Write stores: commits in order, and each touched organization's final row.
struct StorageBatch {
  std::vector<const CommitRows*> commits;
  std::vector<OrganizationRow> organizations;
};

class LogStorage {
 public:
  // Called with each record in order; a non-OK status stops the read and is returned from it.
  using RecordVisitor = absl::FunctionRef<absl::Status(Position, absl::string_view record)>;

  using VersionVisitor = absl::FunctionRef<absl::Status(const StreamId&, Version, Position)>;
  using RequestVisitor = absl::FunctionRef<absl::Status(const RequestRow&)>;

  virtual ~LogStorage() = default;

  // Stores the whole batch or nothing, and returns only when it is durable. After any error the
  // outcome is unknown and Write is not called again.
  virtual absl::Status Write(const StorageBatch& batch) = 0;

  // All organizations by ordinal.
  virtual absl::StatusOr<std::vector<OrganizationRow>> ReadOrganizations() const = 0;

  // Version 0 when the stream does not exist.
  virtual absl::StatusOr<StreamHead> ReadHead(OrganizationOrdinal organization,
                                              const StreamId& stream) const = 0;

  // The serialized RequestRecord, or nullopt.
  virtual absl::StatusOr<std::optional<std::string>> ReadRequest(OrganizationOrdinal organization,
                                                                 const Uuid& actor,
                                                                 const Uuid& request_id) const = 0;

  // Records of a stream with from <= version <= to. DATA_LOSS when the index names a record that is
  // not there.
  virtual absl::Status ReadStream(OrganizationOrdinal organization, const StreamId& stream,
                                  Version from, Version to, RecordVisitor visit) const = 0;

  // Records with from <= position <= to. Holes are the caller's to notice.
  virtual absl::Status ReadLog(OrganizationOrdinal organization, Position from, Position to,
                               RecordVisitor visit) const = 0;

  // The highest position that has a record; 0 when there is none.
  virtual absl::StatusOr<Position> LastPosition(OrganizationOrdinal organization) const = 0;

  // Every row of an organization's two indexes, each as of one moment and in the engine's order,
  // for verification (log_verifier.h). DATA_LOSS with reason STREAM_INDEX_UNREADABLE
  // or REQUEST_ROW_UNREADABLE for a row that nobody can have written.
  virtual absl::Status VisitVersions(OrganizationOrdinal organization,
                                     VersionVisitor visit) const = 0;
  virtual absl::Status VisitRequests(OrganizationOrdinal organization,
                                     RequestVisitor visit) const = 0;

  // By what the engine can be held, when it is opened again, to having kept everything that Write
  // made durable so far. Opaque bytes for the anchor (anchor.h); empty when it has nothing to say.
  virtual absl::StatusOr<std::string> DurableMark() { return std::string(); }
};

}  // namespace crm::eventstore
