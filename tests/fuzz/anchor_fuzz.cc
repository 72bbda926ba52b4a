// The anchor and the marks in it: what is refused is whatever the encoder cannot have made.

#include <algorithm>
#include <optional>

#include "base/reason.h"
#include "eventstore/anchor.h"
#include "eventstore/rocksdb/directory_mark.h"
#include "tests/fuzz/fuzz_target.h"

namespace crm::fuzz {
namespace {

using eventstore::Anchor;
using eventstore::DirectoryMark;

void AnyAnchor(absl::string_view bytes) {
  const std::optional<Anchor> anchor = eventstore::ParseAnchor(bytes);
  if (!anchor) return;
  const std::string again = eventstore::EncodeAnchor(*anchor);
  Require(bytes.substr(0, again.size()) == again, "an anchor comes back");
}

void MadeAnchor(FuzzInput input) {
  Anchor anchor;
  anchor.generation = input.Number();
  anchor.incarnation = *Uuid::FromBytes(input.Bytes(16));
  const size_t where = input.Number() % 1024;
  const uint8_t flip = input.Byte();
  anchor.log_mark = std::string(input.Text());
  anchor.keys_mark = std::string(input.Text());
  while (!input.empty() && anchor.ends.size() < 20) {
    eventstore::AnchoredEnd& end = anchor.ends.emplace_back();
    end.organization = *Uuid::FromBytes(input.Bytes(16));
    end.position = static_cast<Position>(input.Number());
    end.hash.fill(input.Byte());
  }
  std::string bytes = eventstore::EncodeAnchor(anchor);
  const std::optional<Anchor> again = eventstore::ParseAnchor(bytes);
  Require(again && eventstore::EncodeAnchor(*again) == bytes, "an anchor that was made is read");
  if (flip == 0) return;
  bytes[where % bytes.size()] = static_cast<char>(bytes[where % bytes.size()] ^ flip);
  Require(!eventstore::ParseAnchor(bytes), "an anchor that was changed is refused");
}

void Mark(absl::string_view bytes) {
  const absl::StatusOr<DirectoryMark> mark = eventstore::ParseDirectoryMark(bytes);
  if (!mark.ok()) {
    return Require(ReasonOf(mark.status()) == "ANCHOR_UNREADABLE", "a refusal names its reason");
  }
  Require(eventstore::EncodeDirectoryMark(*mark) == bytes, "a mark comes back");
}

}  // namespace

CRM_FUZZ_TARGET(anchor) {
  FuzzInput input(bytes);
  switch (input.Pick(3)) {
    case 0:
      return AnyAnchor(input.Rest());
    case 1:
      return MadeAnchor(input);
    default:
      return Mark(input.Rest());
  }
}

}  // namespace crm::fuzz
