// An organization's log as text: one CloudEvents 1.0 event in JSON per line, in log order, and a
// last line that says where it ends (docs/log_format.md names every attribute). Sealed fields stay
// sealed.
//
// A line holds all of a stored record, so that the record can be made from it again, byte for byte;
// both directions check that against the chain. Exporter and importer are not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "base/stream.h"
#include "base/uuid.h"
#include "crm/log/v1/log.pb.h"

namespace crm::evidence {

class LogExporter {
 public:
  explicit LogExporter(const Uuid& organization) : organization_(organization) {}

  // The line, with its newline, of the next record: its stored bytes and its chain hash. DATA_LOSS
  // EXPORT_UNFAITHFUL when the record could not be made from the line again; CHAIN_BROKEN when it
  // does not follow from the one before.
  absl::StatusOr<std::string> Add(absl::string_view event, absl::string_view hash);

  // The last line.
  std::string Finish() const;

  int64_t count() const { return position_; }

 private:
  const Uuid organization_;
  Position position_ = 0;
  Digest hash_{};
};

class LogImporter {
 public:
  // A record, made from a line and proven to follow from the one before.
  struct Record {
    Position position = 0;
    std::string bytes;  // as the log stores it: chain hash, event
  };

  // The next line, without its newline. `record.position` is 0 after the last one. DATA_LOSS, with
  // metadata position: LINE_MALFORMED when it is no line of an export; LINE_CHANGED when its
  // hash does not follow, as after any change of this line; LINE_MISPLACED when another position
  // was to follow.
  absl::Status Add(absl::string_view line, Record& record);

  // DATA_LOSS EXPORT_INCOMPLETE until the last line was added.
  absl::Status Finish() const;

  // Known from the first line on.
  const Uuid& organization() const { return organization_; }

 private:
  absl::Status CheckEnd(absl::string_view text, Position position);

  Uuid organization_;
  Position position_ = 0;
  Digest hash_{};
  bool ended_ = false;
};

}  // namespace crm::evidence
