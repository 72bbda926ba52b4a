// The anchor's bytes, what it refuses, and that it follows the log. docs/log_format.md explains the
// same bytes: never change the expectation.
#include "eventstore/anchor.h"

#include <deque>

#include "absl/strings/escaping.h"
#include "eventstore/anchor_keeper.h"
#include "eventstore/rocksdb/directory_mark.h"
#include "tests/eventstore/contract.h"

namespace crm::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

Anchor ExampleAnchor() {
  Anchor anchor;
  anchor.generation = 5;
  anchor.incarnation = *Uuid::Parse("00112233-4455-6677-8899-aabbccddeeff");
  anchor.ends = {{*Uuid::Parse("a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf"), 258, Sha256("x")}};
  anchor.log_mark = "log";
  anchor.keys_mark = "k";
  return anchor;
}

TEST(AnchorTest, Bytes) {
  EXPECT_EQ(absl::BytesToHexString(EncodeAnchor(ExampleAnchor())),
            "63726d64616e6331"
            "0000000000000005"
            "00112233445566778899aabbccddeeff"
            "00000001"
            "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
            "0000000000000102"
            "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
            "000000036c6f67"
            "000000016b"
            "f4804158ce6dd5e0e4b350eee8bf4dad243fa81b34fc5041d50872f226d08a9b");
}

TEST(AnchorTest, MarkBytes) {
  DirectoryMark mark;
  mark.sequence = 258;
  mark.manifest_number = 5;
  mark.manifest_bytes = 1000;
  mark.manifest_hash = Sha256("x");
  mark.wals = {{12, 70'000, "0123456789abcdef"}};
  EXPECT_EQ(absl::BytesToHexString(EncodeDirectoryMark(mark)),
            "0000000000000102"
            "0000000000000005"
            "00000000000003e8"
            "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
            "00000001"
            "000000000000000c"
            "0000000000011170"
            "30313233343536373839616263646566");
  const auto read = ParseDirectoryMark(EncodeDirectoryMark(mark));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EncodeDirectoryMark(*read), EncodeDirectoryMark(mark));
  EXPECT_EQ(ReasonOf(ParseDirectoryMark("short").status()), "ANCHOR_UNREADABLE");
  // Behind a head that is shorter than its place there is nothing.
  mark.wals.back() = {13, 3, "012"};
  std::string short_head = EncodeDirectoryMark(mark);
  EXPECT_TRUE(ParseDirectoryMark(short_head).ok());
  short_head.back() = 'x';
  EXPECT_EQ(ReasonOf(ParseDirectoryMark(short_head).status()), "ANCHOR_UNREADABLE");
  EXPECT_EQ(ReasonOf(ParseDirectoryMark(EncodeDirectoryMark(mark) + "x").status()),
            "ANCHOR_UNREADABLE");
}

TEST(AnchorTest, IsReadBackAndPaddingIsIgnored) {
  const std::string bytes = EncodeAnchor(ExampleAnchor());
  for (const std::string& stored : {bytes, bytes + std::string(100, '\0')}) {
    const auto anchor = ParseAnchor(stored);
    ASSERT_TRUE(anchor.has_value());
    EXPECT_EQ(EncodeAnchor(*anchor), bytes);
  }
}

// Mutation seen to fail this: ParseAnchor without its checksum.
TEST(AnchorTest, EveryFlippedBitAndEveryCutIsNoticed) {
  const std::string bytes = EncodeAnchor(ExampleAnchor());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(ParseAnchor(flipped).has_value()) << "bit " << bit;
  }
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(ParseAnchor(absl::string_view(bytes).substr(0, size)).has_value()) << size;
}

// A log of four events, and the anchor that fits it.
class CheckLogReachesTest : public ::testing::Test {
 protected:
  CheckLogReachesTest() : log_(Engine::kMemory) {
    CreateOrganization(*log_);
    EXPECT_TRUE(AppendNow(*log_, TestCommit({TestAppend("a", 0, 4)})).ok());
    anchor_.incarnation = kIncarnation;
    anchor_.ends = {{kOrganization, 4, log_->GetHead(kOrganization)->hash}};
  }
  absl::Status Check() { return CheckLogReaches(anchor_, log_.storage(), kIncarnation); }

  const Uuid kIncarnation = TestId("incarnation");
  TestLog log_;
  Anchor anchor_;
};

TEST_F(CheckLogReachesTest, LogMayHaveGoneOn) {
  EXPECT_TRUE(Check().ok()) << Check();
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("b", 0, 1)})).ok());
  CreateOrganization(*log_, TestId("second"));
  EXPECT_TRUE(Check().ok()) << Check();
}

// Mutation seen to fail these: CheckLogReaches without the comparison of positions, of hashes, of
// incarnations.
TEST_F(CheckLogReachesTest, LostRangeIsNamed) {
  anchor_.ends[0].position = 7;
  EXPECT_EQ(Check().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(Check()), "LOG_BEHIND_ANCHOR");
  EXPECT_EQ(ReasonMetadataValue(Check(), "organization"), kOrganization.ToString());
  EXPECT_EQ(ReasonMetadataValue(Check(), "from_position"), "5");
  EXPECT_EQ(ReasonMetadataValue(Check(), "to_position"), "7");
}

TEST_F(CheckLogReachesTest, LostOrganizationIsNamed) {
  anchor_.ends.push_back({TestId("second"), 0, Digest{}});
  EXPECT_EQ(ReasonOf(Check()), "LOG_BEHIND_ANCHOR");
  EXPECT_EQ(ReasonMetadataValue(Check(), "organization"), TestId("second").ToString());
}

TEST_F(CheckLogReachesTest, AnotherPastIsRefused) {
  anchor_.ends[0].hash = Sha256("another");
  EXPECT_EQ(Check().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(Check()), "LOG_CHANGED_BELOW_ANCHOR");
}

TEST_F(CheckLogReachesTest, AnotherLogIsRefused) {
  anchor_.incarnation = TestId("another");
  EXPECT_EQ(Check().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(Check()), "ANCHOR_OF_ANOTHER_LOG");
}

// A keeper whose anchors go to a list.
class AnchorKeeperTest : public ::testing::Test {
 protected:
  std::unique_ptr<AnchorKeeper> Start(AnchorMode mode) {
    AnchorKeeper::Parts parts;
    parts.mode = mode;
    parts.write = [this](Anchor& anchor) {
      MutexLock lock(mutex_);
      if (!disk_.ok()) return disk_;
      written_.push_back(anchor);
      changed_.NotifyAll();
      return absl::OkStatus();
    };
    parts.log_mark = [] { return std::string("log"); };
    parts.keys_mark = [] { return std::string("keys"); };
    parts.on_failure = [this](const absl::Status& status) { failed_.set_value(status); };
    auto keeper = AnchorKeeper::Start(std::move(parts), Anchor{});
    EXPECT_TRUE(keeper.ok()) << keeper.status();
    return *std::move(keeper);
  }
  static OrganizationRow Row(Position position) { return {1, kOrganization, position, {}, 0}; }
  std::vector<Position> Written() {
    MutexLock lock(mutex_);
    std::vector<Position> positions;
    for (const Anchor& anchor : written_)
      positions.push_back(anchor.ends.empty() ? 0 : anchor.ends[0].position);
    return positions;
  }
  void AwaitWritten(size_t count) {
    MutexLock lock(mutex_);
    while (written_.size() < count) changed_.Wait(mutex_);
  }
  void SetDisk(absl::Status status) {
    MutexLock lock(mutex_);
    disk_ = std::move(status);
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<Anchor> written_ ABSL_GUARDED_BY(mutex_);
  absl::Status disk_ ABSL_GUARDED_BY(mutex_);
  std::promise<absl::Status> failed_;
};

// Waits for ever, as was seen, when OnDurable counts one stale file.
TEST_F(AnchorKeeperTest, BothFilesFollowByThemselves) {
  const auto keeper = Start(AnchorMode::kInterval);
  EXPECT_THAT(Written(), ElementsAre(0, 0)) << "both files, before anything is served";
  ASSERT_TRUE(keeper->OnDurable({Row(3)}).ok());
  AwaitWritten(4);
  EXPECT_THAT(Written(), ElementsAre(0, 0, 3, 3));
  keeper->OnFilesChanged();
  AwaitWritten(6);
}

// Mutation seen to fail this: OnDurable that leaves writing to the thread in both modes.
TEST_F(AnchorKeeperTest, SyncModeWritesBeforeAnybodyIsAnswered) {
  const auto keeper = Start(AnchorMode::kSync);
  ASSERT_TRUE(keeper->OnDurable({Row(3)}).ok());
  EXPECT_EQ(Written()[2], 3);
  SetDisk(absl::UnavailableError("gone"));
  EXPECT_FALSE(keeper->OnDurable({Row(4)}).ok());
}

// Mutation seen to fail this: an AnchorKeeper that ends without writing.
TEST_F(AnchorKeeperTest, EndBringsBothFilesUpToDate) {
  auto keeper = Start(AnchorMode::kInterval);
  ASSERT_TRUE(keeper->OnDurable({Row(3)}).ok());
  keeper.reset();
  const std::vector<Position> written = Written();
  ASSERT_GE(written.size(), 4U);
  EXPECT_EQ(written[written.size() - 1], 3);
  EXPECT_EQ(written[written.size() - 2], 3);
}

// Waits for ever, as was seen, when Loop does not call on_failure.
TEST_F(AnchorKeeperTest, FailureIsTold) {
  const auto keeper = Start(AnchorMode::kInterval);
  SetDisk(absl::UnavailableError("gone"));
  ASSERT_TRUE(keeper->OnDurable({Row(3)}).ok());
  EXPECT_EQ(failed_.get_future().get().message(), "gone");
}

}  // namespace
}  // namespace crm::eventstore
