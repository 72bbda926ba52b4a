#include "services/log_evidence.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/merkle_tree.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/render.h"
#include "domain/types/ids.h"
#include "eventstore/chain_walk.h"
#include "eventstore/hash_chain.h"
#include "eventstore/record.h"
#include "evidence/signed_anchor.h"

namespace crm::services {
namespace {

using eventstore::Head;
using eventstore::OrganizationRow;

constexpr int64_t kMaxProvenEvents = 10'000;
constexpr size_t kMaxProvenBytes = size_t{32} << 20;
constexpr size_t kMaxAnswerBytes = 3 << 20;  // clients accept 4 MiB

absl::Status RangeInvalid(const Head& head) {
  return WithReason(
      absl::StatusCode::kInvalidArgument, "RANGE_INVALID",
      absl::StrCat("the range lies outside the log, which ends at position ", head.durable),
      {{"head_position", absl::StrCat(head.durable)}});
}

absl::Status RangeTooLarge() {
  return WithReason(absl::StatusCode::kInvalidArgument, "RANGE_TOO_LARGE",
                    absl::StrCat("a proof covers at most ", kMaxProvenEvents, " events and ",
                                 kMaxProvenBytes >> 20, " MiB: ask for parts"),
                    {{"max_events", absl::StrCat(kMaxProvenEvents)}});
}

// Chain hash and record time of the event at `position`.
absl::Status DescribePosition(const EvidenceParts& parts, const OrganizationRow& row,
                              Position position, v1::SignedAnchor& anchor) {
  log::v1::RecordedEvent event;
  return eventstore::WalkChain(
      parts.storage, row, position, position,
      [&](Position, const Digest& hash, absl::string_view bytes) -> absl::Status {
        if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
          return eventstore::UnreadableRecord(row.id, position, "", "does not parse");
        anchor.set_chain_hash(std::string(AsView(hash)));
        *anchor.mutable_record_time() =
            domain::TimestampOf(absl::FromUnixMicros(event.record_time_us()));
        return absl::OkStatus();
      });
}

template <class Path>
void AddNodes(const std::vector<Digest>& nodes, Path& path) {
  for (const Digest& node : nodes) path.Add(std::string(AsView(node)));
}

std::string NameOf(const Call& call) { return domain::NameOf(call.organization()); }

}  // namespace

absl::Status GetAnchor(const EvidenceParts& parts, const Call& call,
                       const v1::GetAnchorRequest& request, v1::GetAnchorResponse* response) {
  const Uuid organization = call.organization().uuid();
  ASSIGN_OR_RETURN(const Head head, parts.log.GetHead(organization));
  const Position position = request.position() > 0 ? request.position() : head.durable;
  if (position < 1 || position > head.durable || request.since_position() > position)
    return RangeInvalid(head);
  ASSIGN_OR_RETURN(const OrganizationRow row,
                   eventstore::FindOrganization(parts.storage, organization));
  ASSIGN_OR_RETURN(const std::vector<Digest> root, parts.tree.HashRanges(row, {{0, position}}));
  v1::SignedAnchor& anchor = *response->mutable_anchor();
  anchor.set_organization(NameOf(call));
  anchor.set_position(position);
  anchor.set_merkle_root(std::string(AsView(root.front())));
  RETURN_IF_ERROR(DescribePosition(parts, row, position, anchor));
  RETURN_IF_ERROR(evidence::SignAnchor(parts.signing_pair, anchor));
  response->set_head_position(head.durable);
  if (request.since_position() == 0) return absl::OkStatus();
  v1::ConsistencyProof& proof = *response->mutable_consistency();
  proof.set_organization(NameOf(call));
  proof.set_first_position(request.since_position());
  proof.set_second_position(position);
  ASSIGN_OR_RETURN(
      const std::vector<Digest> path,
      parts.tree.HashRanges(row, ConsistencyRanges(request.since_position(), position)));
  AddNodes(path, *proof.mutable_path());
  return absl::OkStatus();
}

absl::Status GetRangeProof(const EvidenceParts& parts, const Call& call,
                           const v1::GetRangeProofRequest& request,
                           v1::GetRangeProofResponse* response) {
  const Uuid organization = call.organization().uuid();
  ASSIGN_OR_RETURN(const Head head, parts.log.GetHead(organization));
  const Position from = request.from_position();
  const Position to = request.to_position() > 0 ? request.to_position() : from;
  const Position anchored =
      request.anchor_position() > 0 ? request.anchor_position() : head.durable;
  if (to < from || to > anchored || anchored > head.durable) return RangeInvalid(head);
  if (to - from >= kMaxProvenEvents) return RangeTooLarge();
  ASSIGN_OR_RETURN(const OrganizationRow row,
                   eventstore::FindOrganization(parts.storage, organization));
  v1::RangeProof& proof = *response->mutable_proof();
  ASSIGN_OR_RETURN(const Digest before, eventstore::HashBefore(parts.storage, row, from));
  size_t bytes = 0;
  RETURN_IF_ERROR(
      eventstore::WalkChain(parts.storage, row, from, to,
                            [&](Position, const Digest&, absl::string_view event) -> absl::Status {
                              bytes += event.size();
                              if (bytes > kMaxProvenBytes && proof.events_size() > 0)
                                return RangeTooLarge();
                              proof.add_events(std::string(event));
                              return absl::OkStatus();
                            }));
  proof.set_organization(NameOf(call));
  proof.set_from_position(from);
  proof.set_to_position(to);
  proof.set_hash_before(std::string(AsView(before)));
  proof.set_anchor_position(anchored);
  ASSIGN_OR_RETURN(const std::vector<Digest> path,
                   parts.tree.HashRanges(row, AuditPathRanges(to - 1, anchored)));
  AddNodes(path, *proof.mutable_audit_path());
  response->set_head_position(head.durable);
  return absl::OkStatus();
}

absl::Status ReadRecords(const EvidenceParts& parts, const Call& call,
                         const v1::ReadRecordsRequest& request, v1::ReadRecordsResponse* response) {
  const Uuid organization = call.organization().uuid();
  ASSIGN_OR_RETURN(const Head head, parts.log.GetHead(organization));
  const Position from = std::max<Position>(1, request.from_position());
  const Position to =
      request.to_position() > 0 ? std::min(request.to_position(), head.durable) : head.durable;
  response->set_head_position(head.durable);
  response->set_next_position(from);
  if (from > to) return absl::OkStatus();
  ASSIGN_OR_RETURN(const OrganizationRow row,
                   eventstore::FindOrganization(parts.storage, organization));
  size_t bytes = 0;
  const absl::Status read = eventstore::WalkChain(
      parts.storage, row, from, to,
      [&](Position position, const Digest& hash, absl::string_view event) -> absl::Status {
        bytes += event.size() + hash.size();
        if (bytes > kMaxAnswerBytes && response->records_size() > 0)
          return absl::OutOfRangeError("the page is full");
        auto& record = *response->add_records();
        record.set_position(position);
        record.set_hash(std::string(AsView(hash)));
        record.set_event(std::string(event));
        response->set_next_position(position + 1);
        return absl::OkStatus();
      });
  return absl::IsOutOfRange(read) ? absl::OkStatus() : read;
}

}  // namespace crm::services
