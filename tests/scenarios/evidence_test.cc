// An auditor keeps an anchor and, later, has events proven against it: checked with the code that
// crmctl checks with, against a server that is asked only for what it says.
// Mutations seen to fail: GetAnchor that names the head's hash, leaves out the path of consistency
// or looks at no range; GetRangeProof with the path of another leaf, with the hash before another
// event or without its range check; ReadRecords whose pages overlap; OpenSigningKey that makes a
// key at every start.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/signing.h"
#include "eventstore/rocksdb/anchor_files.h"
#include "evidence/range_proof.h"
#include "evidence/signed_anchor.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

class EvidenceTest : public ::testing::Test {
 protected:
  v1::SignedAnchor Anchor(int64_t position = 0) const {
    return auditor().Do(&Events::GetAnchor, absl::StrCat("position: ", position)).anchor();
  }
  v1::RangeProof Proof(int64_t from, int64_t to, int64_t anchored) const {
    return auditor()
        .Do(&Events::GetRangeProof, absl::StrCat("from_position: ", from, " to_position: ", to,
                                                 " anchor_position: ", anchored))
        .proof();
  }
  static absl::Status Check(const v1::RangeProof& proof, const v1::SignedAnchor& anchor) {
    return evidence::CheckRangeProof(proof, anchor, [](const log::v1::RecordedEvent&) {});
  }
  const ApiCaller& auditor() const { return office_.avi; }

  SystemClock clock_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(EvidenceTest, EveryEventIsProvenAgainstAnAnchorKeptOutside) {
  const v1::SignedAnchor anchor = Anchor();
  EXPECT_EQ(anchor.position(), office_.HeadPosition());
  ASSERT_TRUE(evidence::CheckAnchor(anchor, "").ok());
  const auto verified = office_.administrator.Do(&Events::VerifyLog);
  EXPECT_EQ(verified.hash(), anchor.chain_hash());
  // Life goes on; the anchor holds.
  office_.Open(office_.ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
  for (int64_t to = 1; to <= anchor.position(); ++to) {
    const v1::RangeProof proof = Proof(std::max<int64_t>(1, to - 4), to, anchor.position());
    const absl::Status status = Check(proof, anchor);
    ASSERT_TRUE(status.ok()) << status;
  }
  const v1::SignedAnchor later = Anchor();
  EXPECT_GT(later.position(), anchor.position());
  EXPECT_EQ(ReasonOf(Check(Proof(1, 2, later.position()), anchor)), "PROOF_FOREIGN");

  const auto since =
      auditor().Do(&Events::GetAnchor, absl::StrCat("since_position: ", anchor.position()));
  EXPECT_TRUE(evidence::CheckConsistency(since.consistency(), anchor, since.anchor()).ok());
}

TEST_F(EvidenceTest, TheServerKeepsItsKeyAndShowsItToNobody) {
  const v1::SignedAnchor before = Anchor(3);
  const std::filesystem::path path = std::filesystem::path(server_.data_dir()) / "signing.key";
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  server_.Restart();
  const auto after = server_.Reconnect(office_.avi).Do(&Events::GetAnchor, "position: 3").anchor();
  EXPECT_EQ(after.DebugString(), before.DebugString()) << "signatures of Ed25519 do not vary";
  std::ifstream file(path);
  std::stringstream pem;
  pem << file.rdbuf();
  EXPECT_EQ(SigningPair::FromPem(pem.str())->public_key(), before.public_key());
}

TEST_F(EvidenceTest, RangesOutsideTheLogAreRefused) {
  const int64_t head = office_.HeadPosition();
  const auto anchor = [&](const std::string& text) {
    return auditor().Try(&Events::GetAnchor, text);
  };
  const auto invalid = Refused(grpc::StatusCode::INVALID_ARGUMENT, "RANGE_INVALID");
  EXPECT_THAT(anchor(absl::StrCat("position: ", head + 1)), invalid);
  EXPECT_THAT(anchor("position: 2 since_position: 3"), invalid);
  const auto proof = [&](const std::string& text) {
    return auditor().Try(&Events::GetRangeProof, text);
  };
  EXPECT_THAT(proof(absl::StrCat("from_position: 1 to_position: ", head + 1)), invalid);
  EXPECT_THAT(proof("from_position: 3 to_position: 2"), invalid);
  EXPECT_THAT(proof("from_position: 1 to_position: 3 anchor_position: 2"), invalid);
  EXPECT_THAT(office_.ada.Try(&Events::GetAnchor),
              Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
}

// The records of an export are the log's own bytes: they chain, and nothing personal is in them.
TEST_F(EvidenceTest, RecordsAreReadAsTheyLie) {
  office_.ada.Do(&Leads::CaptureLead, "lead { given_name: 'Zerelda' }");
  Digest hash{};
  std::vector<std::string> hashes;
  int64_t next = 1;
  int64_t head = 0;
  do {
    const auto page = auditor().Do(&Events::ReadRecords, absl::StrCat("from_position: ", next));
    head = page.head_position();
    ASSERT_GT(page.records_size(), 0);
    for (const auto& record : page.records()) {
      EXPECT_EQ(record.position(), next++);
      hash = Sha256(AsView(hash), record.event());
      EXPECT_EQ(record.hash(), std::string(AsView(hash)));
      hashes.push_back(record.hash());
      EXPECT_EQ(record.event().find("Zerelda"), std::string::npos);
    }
    EXPECT_EQ(page.next_position(), next);
  } while (next <= head);
  for (const int64_t position : {int64_t{1}, head / 2, head}) {
    EXPECT_EQ(Anchor(position).chain_hash(), hashes[static_cast<size_t>(position - 1)]);
  }
  EXPECT_EQ(
      auditor().Do(&Events::ReadRecords, absl::StrCat("from_position: ", head + 1)).records_size(),
      0);
}

// Without a window in which a cut could pass for a crash.
// Mutation seen to fail: Crmd that opens its stores with AnchorMode::kInterval whatever is set.
TEST(AnchorModeTest, WithSyncTheAnchorIsNeverBehindAnAnswer) {
  const SystemClock clock;
  const RunningServer server(clock, [](services::Config& config) { config.anchor = "sync"; });
  const ApiCaller administrator = server.Administrator();
  for (int i = 0; i < 20; ++i) {
    administrator.Do(&Leads::CaptureLead, "lead { given_name: 'Grace' }");
    const auto head = administrator.Do(&Events::ReadEvents, "from_position: 1").head_position();
    const auto found =
        eventstore::AnchorFiles::Read(server.data_dir() + "/anchor", *::rocksdb::Env::Default());
    ASSERT_TRUE(found.ok() && found->anchor.has_value()) << found.status();
    ASSERT_EQ(found->anchor->ends.size(), 1U);
    EXPECT_GE(found->anchor->ends[0].position, head);
  }
}

}  // namespace
}  // namespace crm::testing
