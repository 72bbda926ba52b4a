// What an auditor relies on: the truth passes, and no change of a proof or an anchor does, be it a
// single bit. Proofs are made here from a made-up log, as the server makes them from records.
#include "evidence/range_proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "evidence/signed_anchor.h"
#include "tests/support/made_up_log.h"

namespace crm::evidence {
namespace {

using testing::MadeUpLog;

absl::Status Check(const v1::RangeProof& proof, const v1::SignedAnchor& anchor) {
  return CheckRangeProof(proof, anchor, [](const log::v1::RecordedEvent&) {});
}

// Calls `visit` with every single-bit change of every field, then with every repeated field one
// shorter and one longer.
void ForEachChange(google::protobuf::Message& message, const std::function<void()>& visit) {
  using google::protobuf::FieldDescriptor;
  const auto* reflection = message.GetReflection();
  const auto flip_text = [&](std::string text, const auto& put) {
    const std::string original = text;
    for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
      text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << bit % 8));
      put(text);
      visit();
      text = original;
    }
    put(original);
  };
  const auto flip_number = [&](auto number, const auto& put) {
    for (size_t bit = 0; bit < 8 * sizeof(number); ++bit) {
      put(static_cast<decltype(number)>(static_cast<uint64_t>(number) ^ uint64_t{1} << bit));
      visit();
    }
    put(number);
  };
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->is_repeated()) {
      for (int j = 0; j < reflection->FieldSize(message, field); ++j) {
        flip_text(reflection->GetRepeatedString(message, field, j), [&](const std::string& text) {
          reflection->SetRepeatedString(&message, field, j, text);
        });
      }
      if (const int size = reflection->FieldSize(message, field); size > 0) {
        const std::string last = reflection->GetRepeatedString(message, field, size - 1);
        reflection->AddString(&message, field, last);
        visit();
        reflection->RemoveLast(&message, field);
        reflection->RemoveLast(&message, field);
        visit();
        reflection->AddString(&message, field, last);
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      flip_text(reflection->GetString(message, field),
                [&](const std::string& text) { reflection->SetString(&message, field, text); });
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      flip_number(reflection->GetInt64(message, field),
                  [&](int64_t number) { reflection->SetInt64(&message, field, number); });
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      flip_number(reflection->GetInt32(message, field),
                  [&](int32_t number) { reflection->SetInt32(&message, field, number); });
    } else {
      ForEachChange(*reflection->MutableMessage(&message, field), visit);
    }
  }
}

TEST(RangeProofTest, TheTruthPassesForRandomRanges) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  const MadeUpLog log(200);
  const auto pick = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
  };
  for (int i = 0; i < 300; ++i) {
    const int64_t anchored = pick(1, 200);
    const int64_t to = pick(1, anchored);
    const int64_t from = pick(1, to);
    const v1::SignedAnchor anchor = log.Anchor(anchored);
    ASSERT_TRUE(CheckAnchor(anchor, log.public_key()).ok());
    int64_t next = from;
    const absl::Status status = CheckRangeProof(log.Proof(from, to, anchored), anchor,
                                                [&](const log::v1::RecordedEvent& event) {
                                                  EXPECT_EQ(event.position(), next++);
                                                  EXPECT_EQ(event.hash().size(), 32U);
                                                });
    ASSERT_TRUE(status.ok()) << from << " to " << to << " in " << anchored << ": " << status;
    EXPECT_EQ(next, to + 1);
  }
}

// Seen to fail without the comparison of the root in CheckRangeProof.
TEST(RangeProofTest, EverySingleBitChangeOfAProofIsRefused) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  const MadeUpLog log(40);
  struct Range {
    int64_t from, to, anchored;
  };
  std::vector<Range> ranges = {{1, 1, 1}, {1, 3, 8}, {5, 7, 7}, {40, 40, 40}};
  for (int i = 0; i < 4; ++i) {
    const auto anchored = static_cast<int64_t>(random() % 40) + 1;
    const auto to = static_cast<int64_t>(random() % static_cast<uint64_t>(anchored)) + 1;
    ranges.push_back({std::max<int64_t>(1, to - 2), to, anchored});
  }
  for (const auto& [from, to, anchored] : ranges) {
    const v1::SignedAnchor anchor = log.Anchor(anchored);
    v1::RangeProof proof = log.Proof(from, to, anchored);
    int changes = 0;
    ForEachChange(proof, [&] {
      ++changes;
      EXPECT_EQ(Check(proof, anchor).code(), absl::StatusCode::kDataLoss) << proof.DebugString();
    });
    EXPECT_GT(changes, 500);
    EXPECT_TRUE(Check(proof, anchor).ok()) << "the test put everything back";
  }
}

// Seen to fail with the record time or the position left out of AnchorBytes.
TEST(RangeProofTest, EverySingleBitChangeOfAnAnchorIsRefused) {
  const MadeUpLog log(9);
  v1::SignedAnchor anchor = log.Anchor(9);
  int changes = 0;
  ForEachChange(anchor, [&] {
    ++changes;
    EXPECT_FALSE(CheckAnchor(anchor, log.public_key()).ok()) << anchor.DebugString();
    EXPECT_FALSE(CheckAnchor(anchor, "").ok()) << anchor.DebugString();
  });
  EXPECT_GT(changes, 1500);
  EXPECT_TRUE(CheckAnchor(anchor, log.public_key()).ok());
  EXPECT_TRUE(CheckAnchor(anchor, "").ok());
  EXPECT_EQ(ReasonOf(CheckAnchor(anchor, SigningPair::Generate().public_key())),
            "ANCHOR_KEY_DIFFERS");
}

// Seen to fail without the comparison of each event's position.
TEST(RangeProofTest, NamesWhatIsWrongFirst) {
  const MadeUpLog log(20);
  const MadeUpLog other(20, "fact");
  const v1::SignedAnchor anchor = log.Anchor(20);
  EXPECT_EQ(ReasonOf(Check(other.Proof(3, 5, 20), anchor)), "PROOF_WRONG");
  EXPECT_EQ(ReasonOf(Check(log.Proof(3, 5, 19), anchor)), "PROOF_FOREIGN");
  v1::RangeProof proof = log.Proof(3, 5, 20);
  proof.set_organization("organizations/00000000-0000-0000-0000-000000000001");
  EXPECT_EQ(ReasonOf(Check(proof, anchor)), "PROOF_FOREIGN");
  proof = log.Proof(3, 5, 20);
  proof.mutable_events()->SwapElements(0, 1);
  const absl::Status swapped = Check(proof, anchor);
  EXPECT_EQ(ReasonOf(swapped), "EVENT_MISPLACED");
  EXPECT_EQ(ReasonMetadataValue(swapped, "position"), "3");
  proof = log.Proof(3, 5, 20);
  proof.mutable_events()->RemoveLast();
  EXPECT_EQ(ReasonOf(Check(proof, anchor)), "PROOF_MALFORMED");
  proof = log.Proof(1, 5, 20);
  proof.set_hash_before(std::string(32, '\1'));
  EXPECT_EQ(ReasonOf(Check(proof, anchor)), "PROOF_WRONG");
  proof.set_hash_before("short");
  EXPECT_EQ(ReasonOf(Check(proof, anchor)), "PROOF_MALFORMED");
}

TEST(RangeProofTest, AnAnchorThatContinuesAnotherProvesIt) {
  const MadeUpLog log(30);
  const MadeUpLog rewritten(30, "rewritten");
  v1::ConsistencyProof proof = log.Consistency(11, 30);
  EXPECT_TRUE(CheckConsistency(proof, log.Anchor(11), log.Anchor(30)).ok());
  EXPECT_EQ(ReasonOf(CheckConsistency(proof, log.Anchor(12), log.Anchor(30))), "PROOF_FOREIGN");
  EXPECT_EQ(ReasonOf(CheckConsistency(rewritten.Consistency(11, 30), log.Anchor(11),
                                      rewritten.Anchor(30))),
            "PROOF_WRONG");
  const v1::SignedAnchor first = log.Anchor(11);
  const v1::SignedAnchor second = log.Anchor(30);
  ForEachChange(proof, [&] {
    EXPECT_FALSE(CheckConsistency(proof, first, second).ok()) << proof.DebugString();
  });
}

}  // namespace
}  // namespace crm::evidence
