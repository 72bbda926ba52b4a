// Signed anchors and proofs, as anybody may hand them to an auditor: what passes says nothing but
// the truth. The true ones are changed here by laying fields of the input over theirs.

#include <iterator>
#include <string>

#include "base/reason.h"
#include "evidence/range_proof.h"
#include "evidence/signed_anchor.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/made_up_log.h"

namespace crm::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int64_t kSize = 12;

const testing::MadeUpLog& TheLog() {
  static const testing::MadeUpLog log(kSize);
  return log;
}

// Clears the fields that the first byte names, then merges the rest.
void Change(FuzzInput& input, Message& message) {
  const uint8_t cleared = input.Byte();
  for (int i = 0; i < message.GetDescriptor()->field_count() && i < 8; ++i) {
    if (cleared >> i & 1)
      message.GetReflection()->ClearField(&message, message.GetDescriptor()->field(i));
  }
  message.MergeFromString(std::string(input.Text()));
}

void FlipIn(std::string& bytes, uint8_t flip, uint8_t where) {
  if (bytes.empty()) return;
  char& changed = bytes[where % bytes.size()];
  changed = static_cast<char>(changed ^ flip);
}

void RequireReason(const absl::Status& status) {
  Require(absl::IsDataLoss(status) && !ReasonOf(status).empty(), "a refusal names its reason");
}

void Anchors(FuzzInput input) {
  const v1::SignedAnchor honest = TheLog().Anchor(kSize);
  v1::SignedAnchor anchor = honest;
  Change(input, anchor);
  if (const uint8_t flip = input.Byte(); flip != 0) {
    std::string* const fields[] = {anchor.mutable_organization(), anchor.mutable_chain_hash(),
                                   anchor.mutable_merkle_root(), anchor.mutable_public_key(),
                                   anchor.mutable_signature()};
    std::string& field = *fields[input.Pick(std::size(fields))];
    FlipIn(field, flip, input.Byte());
  }
  const absl::Status status = evidence::CheckAnchor(anchor, TheLog().public_key());
  if (!status.ok()) return RequireReason(status);
  // By its fields, not by what is signed of them: a field that nobody signs must show.
  anchor.DiscardUnknownFields();
  Require(anchor.SerializeAsString() == honest.SerializeAsString(), "only what was signed passes");
  evidence::CheckAnchor(anchor, "").IgnoreError();
}

void Ranges(FuzzInput input) {
  const auto from = static_cast<int64_t>(1 + input.Pick(kSize));
  const auto to = from + static_cast<int64_t>(input.Pick(static_cast<size_t>(kSize - from + 1)));
  const v1::SignedAnchor anchor = TheLog().Anchor(kSize);
  v1::RangeProof proof = TheLog().Proof(from, to, kSize);
  if (input.empty()) {
    Require(evidence::CheckRangeProof(proof, anchor, [](const auto&) {}).ok(), "the truth passes");
  }
  Change(input, proof);
  const uint8_t flip = input.Byte();
  if (flip != 0 && proof.events_size() > 0 && !proof.events(0).empty()) {
    FlipIn(*proof.mutable_events(0), flip, input.Byte());
  }
  int64_t position = proof.from_position();
  bool true_events = true;
  const absl::Status status =
      evidence::CheckRangeProof(proof, anchor, [&](log::v1::RecordedEvent event) {
        event.clear_hash();
        true_events = true_events && position >= 1 && position <= kSize &&
                      event.SerializeAsString() == TheLog().event(position);
        ++position;
      });
  if (!status.ok()) return RequireReason(status);
  Require(true_events && position == proof.to_position() + 1, "what passes is the log's");
}

void Consistency(FuzzInput input) {
  const auto first = static_cast<int64_t>(1 + input.Pick(kSize));
  v1::ConsistencyProof proof = TheLog().Consistency(first, kSize);
  const testing::MadeUpLog rewritten(kSize, "rewritten");
  const bool honest = input.Pick(2) == 0;
  if (input.empty()) {
    Require(evidence::CheckConsistency(proof, TheLog().Anchor(first), TheLog().Anchor(kSize)).ok(),
            "the truth passes");
  }
  Change(input, proof);
  const absl::Status status = evidence::CheckConsistency(
      proof, honest ? TheLog().Anchor(first) : rewritten.Anchor(first), TheLog().Anchor(kSize));
  if (!status.ok()) return RequireReason(status);
  Require(honest, "a log that was rewritten continues nothing");
}

void AnyProof(absl::string_view bytes) {
  v1::RangeProof proof;
  if (!proof.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const absl::Status status =
      evidence::CheckRangeProof(proof, TheLog().Anchor(kSize), [](const auto&) {});
  if (!status.ok()) RequireReason(status);
}

}  // namespace

CRM_FUZZ_TARGET(evidence) {
  FuzzInput input(bytes);
  switch (input.Pick(4)) {
    case 0:
      return Anchors(input);
    case 1:
      return Ranges(input);
    case 2:
      return Consistency(input);
    default:
      return AnyProof(input.Rest());
  }
}

}  // namespace crm::fuzz
