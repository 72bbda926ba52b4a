#include "eventstore/chain_walk.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/record.h"

namespace crm::eventstore {

absl::Status ChainBroken(const Uuid& organization, Position position, absl::string_view why) {
  return WithReason(
      absl::StatusCode::kDataLoss, "CHAIN_BROKEN",
      absl::StrCat("the log of organization ", organization.ToString(), " is broken at position ",
                   position, ": ", why),
      {{"organization", organization.ToString()}, {"position", absl::StrCat(position)}});
}

absl::StatusOr<Digest> HashBefore(const LogStorage& storage, const OrganizationRow& row,
                                  Position position) {
  Digest hash{};
  if (position == 1) return hash;
  bool found = false;
  RETURN_IF_ERROR(storage.ReadLog(row.ordinal, position - 1, position - 1,
                                  [&](Position at, absl::string_view record) -> absl::Status {
                                    const std::optional<RecordParts> parts = SplitRecord(record);
                                    if (!parts)
                                      return UnreadableRecord(row.id, at, "",
                                                              "is shorter than its chain hash");
                                    hash = parts->hash;
                                    found = true;
                                    return absl::OkStatus();
                                  }));
  if (!found) return ChainBroken(row.id, position - 1, "the record is missing");
  return hash;
}

absl::Status WalkChain(const LogStorage& storage, const OrganizationRow& row, Position from,
                       Position to, ChainVisitor visit) {
  ASSIGN_OR_RETURN(Digest hash, HashBefore(storage, row, from));
  Position next = from;
  RETURN_IF_ERROR(storage.ReadLog(
      row.ordinal, from, to, [&](Position position, absl::string_view record) -> absl::Status {
        if (position != next) return ChainBroken(row.id, next, "the record is missing");
        const std::optional<RecordParts> parts = SplitRecord(record);
        if (!parts) return UnreadableRecord(row.id, position, "", "is shorter than its chain hash");
        hash = Sha256(AsView(hash), parts->event);
        if (hash != parts->hash) {
          return ChainBroken(row.id, position,
                             "its hash does not follow from the record before it");
        }
        ++next;
        return visit(position, hash, parts->event);
      }));
  if (next <= to) return ChainBroken(row.id, next, "the record is missing");
  return absl::OkStatus();
}

}  // namespace crm::eventstore
