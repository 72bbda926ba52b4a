#include "eventstore/anchor.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/byte_codec.h"
#include "eventstore/record.h"

namespace crm::eventstore {
namespace {

constexpr absl::string_view kMagic = "crmdanc1";
constexpr size_t kEndBytes = 16 + 8 + sizeof(Digest);
constexpr size_t kFixedBytes = kMagic.size() + 8 + 16 + 4;

void PutMark(std::string& to, const std::string& mark) {
  PutNumber(to, static_cast<uint32_t>(mark.size()));
  to.append(mark);
}

std::optional<std::string> TakeMark(absl::string_view& from) {
  if (from.size() < 4) return std::nullopt;
  const auto size = TakeNumber<uint32_t>(from);
  if (from.size() < size) return std::nullopt;
  std::string mark(from.substr(0, size));
  from.remove_prefix(size);
  return mark;
}

Digest TakeDigest(absl::string_view& from) {
  Digest digest;
  std::copy_n(from.begin(), digest.size(), digest.begin());
  from.remove_prefix(digest.size());
  return digest;
}

Uuid TakeUuid(absl::string_view& from) {
  const Uuid id = *Uuid::FromBytes(from.substr(0, 16));
  from.remove_prefix(16);
  return id;
}

absl::Status LogBehind(const AnchoredEnd& end, Position last) {
  return WithReason(
      absl::StatusCode::kDataLoss, "LOG_BEHIND_ANCHOR",
      absl::StrCat("acknowledged events are gone: the log of organization ",
                   end.organization.ToString(), " ends at position ", last, " and had reached ",
                   end.position, "; restore a backup, or see crmutil verify"),
      {{"organization", end.organization.ToString()},
       {"from_position", absl::StrCat(last + 1)},
       {"to_position", absl::StrCat(end.position)}});
}

absl::Status CheckHash(const LogStorage& storage, const OrganizationRow& row,
                       const AnchoredEnd& end) {
  if (end.position == 0) return absl::OkStatus();
  std::optional<Digest> stored;
  RETURN_IF_ERROR(storage.ReadLog(row.ordinal, end.position, end.position,
                                  [&](Position, absl::string_view record) {
                                    if (const auto parts = SplitRecord(record))
                                      stored = parts->hash;
                                    return absl::OkStatus();
                                  }));
  if (stored == end.hash) return absl::OkStatus();
  return WithReason(
      absl::StatusCode::kDataLoss, "LOG_CHANGED_BELOW_ANCHOR",
      absl::StrCat("the log of organization ", end.organization.ToString(),
                   " has another event at ", "position ", end.position,
                   " than was acknowledged; restore a backup, or see ", "crmutil verify"),
      {{"organization", end.organization.ToString()}, {"position", absl::StrCat(end.position)}});
}

}  // namespace

std::string EncodeAnchor(const Anchor& anchor) {
  std::string bytes(kMagic);
  PutNumber(bytes, anchor.generation);
  bytes.append(anchor.incarnation.ToBytes());
  PutNumber(bytes, static_cast<uint32_t>(anchor.ends.size()));
  for (const AnchoredEnd& end : anchor.ends) {
    bytes.append(end.organization.ToBytes());
    PutNumber(bytes, static_cast<uint64_t>(end.position));
    bytes.append(AsView(end.hash).data(), sizeof(Digest));
  }
  PutMark(bytes, anchor.log_mark);
  PutMark(bytes, anchor.keys_mark);
  const Digest checksum = Sha256(bytes);
  bytes.append(AsView(checksum).data(), sizeof(Digest));
  return bytes;
}

std::optional<Anchor> ParseAnchor(absl::string_view bytes) {
  absl::string_view rest = bytes;
  if (rest.size() < kFixedBytes || !absl::StartsWith(rest, kMagic)) return std::nullopt;
  rest.remove_prefix(kMagic.size());
  Anchor anchor;
  anchor.generation = TakeNumber<uint64_t>(rest);
  anchor.incarnation = TakeUuid(rest);
  const auto count = TakeNumber<uint32_t>(rest);
  if (rest.size() / kEndBytes < count) return std::nullopt;
  for (uint32_t i = 0; i < count; ++i) {
    AnchoredEnd end;
    end.organization = TakeUuid(rest);
    end.position = static_cast<Position>(TakeNumber<uint64_t>(rest));
    end.hash = TakeDigest(rest);
    anchor.ends.push_back(end);
  }
  std::optional<std::string> log_mark = TakeMark(rest);
  std::optional<std::string> keys_mark = TakeMark(rest);
  if (!log_mark || !keys_mark || rest.size() < sizeof(Digest)) return std::nullopt;
  anchor.log_mark = *std::move(log_mark);
  anchor.keys_mark = *std::move(keys_mark);
  const absl::string_view content = bytes.substr(0, bytes.size() - rest.size());
  if (TakeDigest(rest) != Sha256(content)) return std::nullopt;
  return anchor;
}

absl::Status CheckLogReaches(const Anchor& anchor, const LogStorage& storage,
                             const Uuid& incarnation) {
  if (anchor.incarnation != incarnation) {
    return WithReason(absl::StatusCode::kFailedPrecondition, "ANCHOR_OF_ANOTHER_LOG",
                      absl::StrCat("the anchor belongs to the log ", anchor.incarnation.ToString(),
                                   " and this is ", incarnation.ToString(),
                                   ": log/ and anchor/ were not copied together"));
  }
  ASSIGN_OR_RETURN(const std::vector<OrganizationRow> rows, storage.ReadOrganizations());
  for (const AnchoredEnd& end : anchor.ends) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const OrganizationRow& r) {
      return r.id == end.organization;
    });
    if (row == rows.end()) return LogBehind(end, 0);
    if (row->position < end.position) return LogBehind(end, row->position);
    RETURN_IF_ERROR(CheckHash(storage, *row, end));
  }
  return absl::OkStatus();
}

}  // namespace crm::eventstore
