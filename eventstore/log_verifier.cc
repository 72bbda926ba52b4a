#include "eventstore/log_verifier.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/record.h"

namespace crm::eventstore {
namespace {

absl::Status IndexBroken(const Uuid& organization, Position position, absl::string_view why) {
  return WithReason(
      absl::StatusCode::kDataLoss, "INDEX_BROKEN",
      absl::StrCat("the indexes of organization ", organization.ToString(),
                   " do not agree with its log at position ", position, ": ", why),
      {{"organization", organization.ToString()}, {"position", absl::StrCat(position)}});
}

// A set of index rows, told from another one whatever the order: equal sets have equal sums, and
// others have, but for one chance in 2^64, not.
struct RowSum {
  int64_t count = 0;
  uint64_t sum = 0;

  void Add(const StreamId& stream, Version version, Position position) {
    ++count;
    sum += absl::HashOf(stream, version, position);
  }
  friend bool operator==(const RowSum&, const RowSum&) = default;
};

class WholeLog {
 public:
  WholeLog(const LogStorage& storage, const OrganizationRow& row)
      : storage_(storage), row_(row), chain_(row.id, 1, Digest{}) {}

  absl::StatusOr<LogReport> Verify(EventLog::Visitor visit) {
    RETURN_IF_ERROR(VerifyRecords(visit));
    RETURN_IF_ERROR(VerifyVersions());
    LogReport report;
    report.chain = {row_.position, chain_.hash(), row_.position, chain_.streams()};
    RETURN_IF_ERROR(VerifyRequests(report.requests));
    return report;
  }

 private:
  absl::Status VerifyRecords(EventLog::Visitor visit) {
    RETURN_IF_ERROR(
        storage_.ReadLog(row_.ordinal, 1, row_.position,
                         [&](Position position, absl::string_view record) -> absl::Status {
                           RETURN_IF_ERROR(chain_.Add(position, record));
                           const RecordedEvent& event = chain_.event();
                           records_.Add(StreamOf(event), event.version(), position);
                           return visit(event);
                         }));
    RETURN_IF_ERROR(chain_.FinishAt(row_.position, row_.hash));
    ASSIGN_OR_RETURN(const Position last, storage_.LastPosition(row_.ordinal));
    ASSIGN_OR_RETURN(const Position end, EndNow());
    if (last > end) return IndexBroken(row_.id, end + 1, "a record lies beyond the end of the log");
    return absl::OkStatus();
  }

  absl::Status VerifyVersions() {
    RowSum rows;
    Position last = 0;
    RETURN_IF_ERROR(storage_.VisitVersions(
        row_.ordinal, [&](const StreamId& stream, Version version, Position position) {
          last = std::max(last, position);
          // What was appended since is not ours to judge; positions start at 1.
          if (position <= row_.position) rows.Add(stream, version, position);
          return absl::OkStatus();
        }));
    ASSIGN_OR_RETURN(const Position end, EndNow());
    if (last > end) return IndexBroken(row_.id, last, "the stream index names it and it is not");
    return rows == records_ ? absl::OkStatus() : FindBadVersion();
  }

  // Slow and seldom: looks every record up in the index, then every index row in the log.
  absl::Status FindBadVersion() {
    const auto indexed_at = [&](const StreamId& stream, Version version) -> Position {
      Position at = 0;
      const absl::Status read = storage_.ReadStream(row_.ordinal, stream, version, version,
                                                    [&](Position position, absl::string_view) {
                                                      at = position;
                                                      return absl::OkStatus();
                                                    });
      return read.ok() ? at : 0;
    };
    RETURN_IF_ERROR(storage_.ReadLog(
        row_.ordinal, 1, row_.position,
        [&](Position position, absl::string_view record) -> absl::Status {
          RecordedEvent event;
          RETURN_IF_ERROR(DecodeRecord(record, row_.id, position, event));
          if (indexed_at(StreamOf(event), event.version()) == position) return absl::OkStatus();
          return IndexBroken(row_.id, position, "the stream index does not lead to it");
        }));
    Position first_bad = std::numeric_limits<Position>::max();
    RETURN_IF_ERROR(storage_.VisitVersions(
        row_.ordinal, [&](const StreamId& stream, Version version, Position position) {
          const auto head = chain_.heads().find(stream);
          const bool beyond = head == chain_.heads().end() || version > head->second.version;
          if (position <= row_.position && (beyond || version < 1))
            first_bad = std::min(first_bad, position);
          return absl::OkStatus();
        }));
    return IndexBroken(row_.id, first_bad, "the stream index leads to it by a wrong name");
  }

  absl::Status VerifyRequests(int64_t& count) {
    Position last = 0;
    RETURN_IF_ERROR(storage_.VisitRequests(row_.ordinal, [&](const RequestRow& row) {
      ++count;
      return CheckRequest(row, last);
    }));
    ASSIGN_OR_RETURN(const Position end, EndNow());
    if (last <= end) return absl::OkStatus();
    return IndexBroken(row_.id, last, "a request row names it and it is not");
  }

  absl::Status CheckRequest(const RequestRow& row, Position& last) {
    RequestRecord record;
    if (!record.ParseFromString(row.record) || record.digest().size() != sizeof(Digest)) {
      return WithReason(absl::StatusCode::kDataLoss, "REQUEST_ROW_UNREADABLE",
                        "the stored outcome of a request does not parse",
                        {{"request_id", row.request_id.ToString()}});
    }
    last = std::max(last, record.last_position());
    if (record.first_position() < 0 || record.first_position() > record.last_position())
      return IndexBroken(row_.id, record.last_position(), "a request row names no range");
    if (record.last_position() > row_.position) return absl::OkStatus();
    for (const log::v1::StreamVersion& stream : record.streams()) {
      const std::optional<Uuid> id = Uuid::FromBytes(stream.stream_id());
      const auto head = id ? chain_.heads().find({stream.category(), *id}) : chain_.heads().end();
      const Version end = head == chain_.heads().end() ? 0 : head->second.version;
      if (!id || stream.version() < 0 || stream.version() > end) {
        return IndexBroken(row_.id, record.last_position(),
                           "its request row names a version that its stream never had");
      }
    }
    return absl::OkStatus();
  }

  static StreamId StreamOf(const RecordedEvent& event) {
    return {event.category(), *Uuid::FromBytes(event.stream_id())};
  }

  // Where the log ends by now: rows of indexes that were read before may not name more.
  absl::StatusOr<Position> EndNow() const {
    ASSIGN_OR_RETURN(const OrganizationRow row, FindOrganization(storage_, row_.id));
    return row.position;
  }

  const LogStorage& storage_;
  const OrganizationRow row_;
  ChainVerifier chain_;
  RowSum records_;
};

}  // namespace

absl::StatusOr<LogReport> VerifyWholeLog(const LogStorage& storage, const Uuid& organization,
                                         EventLog::Visitor visit) {
  ASSIGN_OR_RETURN(const OrganizationRow row, FindOrganization(storage, organization));
  return WholeLog(storage, row).Verify(visit);
}

absl::StatusOr<LogReport> VerifyWholeLog(const LogStorage& storage, const Uuid& organization) {
  return VerifyWholeLog(storage, organization,
                        [](const RecordedEvent&) { return absl::OkStatus(); });
}

absl::Status VerifyOrganizations(const LogStorage& storage) {
  ASSIGN_OR_RETURN(const std::vector<OrganizationRow> rows, storage.ReadOrganizations());
  const auto missing = [](size_t number) {
    return WithReason(absl::StatusCode::kDataLoss, "ORGANIZATION_ROW_MISSING",
                      absl::StrCat("the row of organization number ", number, " is missing"));
  };
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i].ordinal != i + 1) return missing(i + 1);
  const auto next = static_cast<OrganizationOrdinal>(rows.size() + 1);
  ASSIGN_OR_RETURN(const Position last, storage.LastPosition(next));
  if (last > 0) return missing(next);
  RETURN_IF_ERROR(storage.VisitVersions(
      next, [&](const StreamId&, Version, Position) { return missing(next); }));
  return storage.VisitRequests(next, [&](const RequestRow&) { return missing(next); });
}

}  // namespace crm::eventstore
