// What a chain must be, and that each break of it is named where it is.
// Mutations seen to fail this: ChainVerifier::Add without the hash, without CheckCommit, without
// CheckVersion; CheckCommit without the record time; CheckVersion that takes any first version;
// Finish that always agrees; VerifyChain without the row's hash.
#include "eventstore/hash_chain.h"

#include "eventstore/record.h"
#include "tests/eventstore/contract.h"

namespace crm::eventstore {
namespace {

// Records as the sequencer makes them, open to every kind of forgery that keeps the hashes right.
class ForgedLog {
 public:
  explicit ForgedLog(int commits) {
    for (int i = 0; i < commits; ++i)
      for (int index = 0; index < 2; ++index) Add(i, index);
  }

  RecordedEvent& at(Position position) { return events_[static_cast<size_t>(position - 1)]; }

  // Verifies from `from` on, over hashes made anew.
  absl::Status Verify(Position from = 1) const {
    const std::vector<std::string> records = Encode();
    const Digest before =
        from == 1 ? Digest{} : SplitRecord(records[static_cast<size_t>(from - 2)])->hash;
    ChainVerifier verifier(kOrganization, from, before);
    for (size_t i = static_cast<size_t>(from - 1); i < records.size(); ++i)
      RETURN_IF_ERROR(verifier.Add(static_cast<Position>(i + 1), records[i]));
    return verifier.Finish();
  }

  std::vector<std::string> Encode() const {
    std::vector<std::string> records;
    Digest previous{};
    for (const RecordedEvent& event : events_) records.push_back(EncodeRecord(event, previous));
    return records;
  }

 private:
  void Add(int commit, int index) {
    RecordedEvent event;
    event.set_organization(kOrganization.ToBytes());
    event.set_position(static_cast<Position>(events_.size() + 1));
    event.set_category("opportunity");
    event.set_stream_id(TestId(index == 0 ? "x" : "y").ToBytes());
    event.set_version(commit + 1);
    event.set_commit_size(2);
    event.set_index_in_commit(index);
    event.set_record_time_us(1000 + commit);
    events_.push_back(event);
  }

  std::vector<RecordedEvent> events_;
};

void ExpectBroken(const absl::Status& status, Position position) {
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_EQ(ReasonOf(status), "CHAIN_BROKEN");
  EXPECT_EQ(ReasonMetadataValue(status, "position"), absl::StrCat(position)) << status;
}

TEST(ChainVerifierTest, AcceptsAWholeLogAndAnyRangeOfIt) {
  const ForgedLog log(5);
  for (Position from = 1; from <= 10; ++from)
    EXPECT_TRUE(log.Verify(from).ok()) << "from " << from << ": " << log.Verify(from);
}

TEST(ChainVerifierTest, FindsAVersionGap) {
  ForgedLog log(5);
  log.at(5).set_version(4);
  ExpectBroken(log.Verify(), 5);
  ExpectBroken(log.Verify(3), 5);
}

TEST(ChainVerifierTest, FindsAStreamThatDoesNotBeginAtOne) {
  ForgedLog log(1);
  log.at(2).set_version(2);
  ExpectBroken(log.Verify(), 2);
}

TEST(ChainVerifierTest, FindsIncompleteCommits) {
  ForgedLog first(3);
  first.at(1).set_index_in_commit(1);
  ExpectBroken(first.Verify(), 1);
  ForgedLog longer(3);
  longer.at(3).set_commit_size(3);
  ExpectBroken(longer.Verify(), 4);
  ForgedLog last(3);
  last.at(5).set_commit_size(3);
  last.at(6).set_commit_size(3);
  ExpectBroken(last.Verify(), 7);
}

TEST(ChainVerifierTest, FindsRecordTimesThatStandStill) {
  ForgedLog log(3);
  log.at(3).set_record_time_us(1000);
  log.at(4).set_record_time_us(1000);
  ExpectBroken(log.Verify(), 3);
  ForgedLog torn(3);
  torn.at(4).set_record_time_us(2000);
  ExpectBroken(torn.Verify(), 4);
}

TEST(ChainVerifierTest, FindsAFlippedBitAndABrokenLink) {
  std::vector<std::string> records = ForgedLog(3).Encode();
  ChainVerifier verifier(kOrganization, 1, Digest{});
  ASSERT_TRUE(verifier.Add(1, records[0]).ok());
  std::string flipped = records[1];
  flipped[0] = static_cast<char>(flipped[0] ^ 1);
  ExpectBroken(verifier.Add(2, flipped), 2);
  ChainVerifier unlinked(kOrganization, 2, Digest{});
  ExpectBroken(unlinked.Add(2, records[1]), 2);
  ChainVerifier skipped(kOrganization, 1, Digest{});
  ASSERT_TRUE(skipped.Add(1, records[0]).ok());
  ExpectBroken(skipped.Add(3, records[2]), 2);
}

TEST(VerifyChainTest, ReportsWhatItSaw) {
  for (const Engine engine : {Engine::kMemory, Engine::kRocksDb}) {
    TestLog log(engine);
    CreateOrganization(*log);
    for (int i = 0; i < 10; ++i)
      ASSERT_TRUE(
          AppendNow(*log, TestCommit({TestAppend("a", 2 * i, 2), TestAppend("b", i, 1)})).ok());
    const auto report = VerifyChain(log.storage(), kOrganization, 1, 30);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->events, 30);
    EXPECT_EQ(report->streams, 2);
    EXPECT_EQ(report->hash, log->GetHead(kOrganization)->hash);
    const auto part = VerifyChain(log.storage(), kOrganization, 16, 30);
    ASSERT_TRUE(part.ok()) << part.status();
    EXPECT_EQ(part->events, 15);
    ExpectBroken(VerifyChain(log.storage(), kOrganization, 1, 31).status(), 31);
    ExpectBroken(VerifyChain(log.storage(), kOrganization, 1, 29).status(), 30);
    EXPECT_EQ(VerifyChain(log.storage(), TestId("nowhere"), 1, 1).status().code(),
              absl::StatusCode::kNotFound);
  }
}

TEST(VerifyChainTest, ARowWithAnotherHashIsBroken) {
  TestLog log(Engine::kMemory);
  CreateOrganization(*log);
  const auto made = AppendNow(*log, TestCommit({TestAppend("a", 0, 1)}));
  ASSERT_TRUE(made.ok()) << made.status();
  const OrganizationRow row{1, kOrganization, 1, Digest{}, made->record.record_time_us()};
  ASSERT_TRUE(log.storage().Write({{}, {row}}).ok());
  ExpectBroken(VerifyChain(log.storage(), kOrganization, 1, 1).status(), 1);
}

}  // namespace
}  // namespace crm::eventstore
