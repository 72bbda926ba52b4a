// Keys of view rows: one spelling each, whose order is the order of the values.

#include <tuple>

#include "crm/views/v1/record_card.pb.h"
#include "domain/types/ids.h"
#include "projections/key_codec.h"
#include "projections/key_text.h"
#include "projections/pipeline_board.h"
#include "projections/record_index.h"
#include "projections/sales_statistics.h"
#include "projections/view_rows.h"
#include "tests/fuzz/fuzz_target.h"

namespace crm::fuzz {
namespace {

using projections::AppendKey;
using projections::Descending;
using projections::EncodeRow;
using projections::KeyText;
using projections::ParseKey;
using projections::PipelineBoard;
using projections::PrefixEnd;
using projections::RecordIndex;
using projections::SalesStatistics;

template <class Key>
void OneSpelling(absl::string_view bytes) {
  Key key;
  if (!ParseKey(bytes, key)) return;
  std::string again;
  AppendKey(again, key);
  Require(again == bytes, "a key has one spelling");
}

// The keys that lie in the two halves are ordered as their bytes are.
template <class Key>
void Ordered(absl::string_view bytes) {
  Key low;
  Key high;
  const absl::string_view front = bytes.substr(0, bytes.size() / 2);
  const absl::string_view back = bytes.substr(bytes.size() / 2);
  if (!ParseKey(front, low) || !ParseKey(back, high)) return;
  Require((low < high) == (front < back), "keys are ordered as their values");
}

template <class Key>
void Check(absl::string_view bytes) {
  OneSpelling<Key>(bytes);
  Ordered<Key>(bytes);
}

void Shown(absl::string_view row_key) {
  KeyText(PipelineBoard::kTables, row_key);
  KeyText(RecordIndex::kTables, row_key);
  KeyText(SalesStatistics::kTables, row_key);
}

void Prefixes(absl::string_view bytes) {
  const std::string end = PrefixEnd(bytes);
  Require(end.empty() || (end > bytes && bytes.substr(0, end.size()) < end), "it lies behind");
}

void Encoded(absl::string_view bytes) {
  views::v1::OpportunityCard row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const std::string once = EncodeRow(row);
  views::v1::OpportunityCard again;
  Require(again.ParseFromString(once) && EncodeRow(again) == once, "a row comes back");
}

}  // namespace

CRM_FUZZ_TARGET(view_rows) {
  FuzzInput input(bytes);
  const absl::string_view rest = bytes.substr(std::min<size_t>(1, bytes.size()));
  switch (input.Pick(9)) {
    case 0:
      return Check<std::tuple<std::string, std::string>>(rest);
    case 1:
      return Check<std::tuple<bool, uint8_t, uint32_t, int64_t>>(rest);
    case 2:
      return Check<std::tuple<absl::CivilDay>>(rest);
    case 3:
      return Check<std::tuple<absl::Time, crm::domain::TeamId>>(rest);
    case 4:
      return Check<std::tuple<Descending<std::string>, Descending<int64_t>>>(rest);
    case 5:
      return Check<std::tuple<Descending<absl::Time>, crm::Uuid>>(rest);
    case 6:
      return Shown(rest);
    case 7:
      return Prefixes(rest);
    default:
      return Encoded(rest);
  }
}

}  // namespace crm::fuzz
