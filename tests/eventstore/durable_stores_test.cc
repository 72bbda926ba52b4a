// A data directory that lost something is refused by name, and goes on where nothing is lost.
// Mutations seen to fail this: OpenStores without CheckAnchorThere, or that gives the key ring no
// mark; StartKeeper without SetAnchored; HoldsDatabase that asks for CURRENT alone.
#include "eventstore/rocksdb/durable_stores.h"

#include <filesystem>
#include <fstream>

#include "base/reason.h"
#include "tests/eventstore/contract.h"
#include "tests/eventstore/stored_log.h"

namespace crm::eventstore {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The largest write-ahead log of a closed database: the others are empty.
std::string WalIn(const std::string& folder) {
  std::string wal;
  uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".log" || entry.file_size() < bytes) continue;
    wal = entry.path();
    bytes = entry.file_size();
  }
  return wal;
}

void Flip(const std::string& path, std::streamoff at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(at);
  const char flipped = static_cast<char>(file.get() ^ 0x10);
  file.seekp(at);
  file.put(flipped);
}

class DurableStoresTest : public ::testing::Test {
 protected:
  DurableStoresTest() {
    EXPECT_TRUE(log_.Open().ok());
    log_.Fill();
    log_.Close();
  }
  void ExpectRefused(const std::string& reason,
                     absl::StatusCode code = absl::StatusCode::kDataLoss) {
    // Looking twice must not make it better.
    for (int i = 0; i < 2; ++i) {
      const absl::Status status = log_.Open();
      EXPECT_EQ(status.code(), code) << status;
      EXPECT_EQ(ReasonOf(status), reason) << status;
    }
  }

  StoredLog log_;
};

TEST_F(DurableStoresTest, WhatWasClosedOpens) {
  for (int i = 0; i < 3; ++i) {
    const absl::Status opened = log_.Open();
    ASSERT_TRUE(opened.ok()) << opened;
    EXPECT_THAT(ReadLogOf(*log_), SizeIs(6));
    log_.Close();
  }
}

// The case of design section 3.1: every RocksDB recovery mode opens these with fewer events.
// Mutation seen to fail both: OpenRocksDb without CheckFilesReach and CheckSequence, and
// DurableStores without CheckLogReaches.
TEST_F(DurableStoresTest, DeletedWriteAheadLogIsRefused) {
  fs::remove(WalIn(log_.folders().log));
  ExpectRefused("LOG_BEHIND_ANCHOR");
  EXPECT_EQ(ReasonMetadataValue(log_.Open(), "from_position"), "1");
  EXPECT_EQ(ReasonMetadataValue(log_.Open(), "to_position"), "6");
}

TEST_F(DurableStoresTest, CutWriteAheadLogIsRefused) {
  const std::string wal = WalIn(log_.folders().log);
  fs::resize_file(wal, fs::file_size(wal) - 100);
  ExpectRefused("LOG_BEHIND_ANCHOR");
  EXPECT_EQ(ReasonMetadataValue(log_.Open(), "from_position"), "5");
  EXPECT_EQ(ReasonMetadataValue(log_.Open(), "organization"), kOrganization.ToString());
}

// A commit that decided nothing is acknowledged too, and leaves no event behind.
TEST_F(DurableStoresTest, LostRequestRowIsNoticed) {
  ASSERT_TRUE(log_.Open().ok());
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("b", 0, 1)})).ok());
  Commit nothing = TestCommit({TestAppend("a", 6, 0)});
  nothing.request = TestRequest("nothing");
  ASSERT_TRUE(AppendNow(*log_, nothing).ok());
  log_.Close();
  const std::string wal = WalIn(log_.folders().log);
  fs::resize_file(wal, fs::file_size(wal) - 10);
  ExpectRefused("STORAGE_BEHIND_ANCHOR");
}

TEST_F(DurableStoresTest, LogThatIsGoneIsNotBegunAnew) {
  fs::remove_all(log_.folders().log);
  ExpectRefused("STORAGE_BEHIND_ANCHOR");
  EXPECT_FALSE(fs::exists(log_.folders().log + "/CURRENT"));
}

TEST_F(DurableStoresTest, LostKeysAreNoticed) {
  ASSERT_TRUE(log_.Open().ok());
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(log_.stores().keys().FindOrCreate(kOrganization, TestId(absl::StrCat(i))).ok());
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("b", 0, 1)})).ok());
  log_.Close();
  const std::string wal = WalIn(log_.folders().keys);
  fs::resize_file(wal, fs::file_size(wal) - 10);
  ExpectRefused("STORAGE_BEHIND_ANCHOR");
  EXPECT_THAT(std::string(log_.Open().message()), HasSubstr("/keys"));
}

TEST_F(DurableStoresTest, MissingAnchorIsRefused) {
  for (const char* slot : {"/0", "/1"}) fs::remove(log_.folders().anchor + slot);
  ExpectRefused("ANCHOR_MISSING");
  EXPECT_THAT(std::string(log_.Open().message()), HasSubstr("crmutil repair"));
}

TEST_F(DurableStoresTest, DamagedAnchorIsRefusedAndOneFileIsEnough) {
  Flip(log_.folders().anchor + "/0", 20);
  ASSERT_TRUE(log_.Open().ok());
  EXPECT_EQ(log_.stores().anchor_found().damaged, 1);
  log_.Close();
  fs::remove(log_.folders().anchor + "/1");
  ASSERT_TRUE(log_.Open().ok());
  EXPECT_EQ(log_.stores().anchor_found().missing, 1);
  log_.Close();
  for (const char* slot : {"/0", "/1"}) Flip(log_.folders().anchor + slot, 20);
  ExpectRefused("ANCHOR_UNREADABLE");
  EXPECT_THAT(std::string(log_.Open().message()), HasSubstr("crmutil repair"));
}

TEST_F(DurableStoresTest, AnchorOfAnotherLogIsRefused) {
  StoredLog other;
  ASSERT_TRUE(other.Open().ok());
  other.Fill();
  other.Close();
  for (const char* slot : {"/0", "/1"}) {
    fs::copy_file(other.folders().anchor + slot, log_.folders().anchor + slot,
                  fs::copy_options::overwrite_existing);
  }
  ExpectRefused("ANCHOR_OF_ANOTHER_LOG", absl::StatusCode::kFailedPrecondition);
}

// An older copy of the log under the anchor of today.
TEST_F(DurableStoresTest, OlderCopyIsRefused) {
  const std::string copy = log_.path() + "/copy";
  fs::copy(log_.folders().log, copy, fs::copy_options::recursive);
  ASSERT_TRUE(log_.Open().ok());
  ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend("b", 0, 3)})).ok());
  log_.Close();
  fs::remove_all(log_.folders().log);
  fs::rename(copy, log_.folders().log);
  ExpectRefused("LOG_BEHIND_ANCHOR");
  EXPECT_EQ(ReasonMetadataValue(log_.Open(), "from_position"), "7");
  EXPECT_EQ(ReasonMetadataValue(log_.Open(), "to_position"), "9");
}

// A log from before there were anchors gets one at its first start. Mutations seen to fail:
// OpenStores that asks every log for an anchor; StartKeeper that begins with no ends, or without
// SetAnchored.
TEST(FirstAnchorTest, IsMadeForALogThatHasNone) {
  StoredLog log;
  {
    const auto storage = RocksDbStorage::Open(log.folders().log);
    ASSERT_TRUE(storage.ok()) << storage.status();
    const auto older = SequencedLog::Open(**storage);
    CreateOrganization(**older);
    ASSERT_TRUE(AppendNow(**older, TestCommit({TestAppend("a", 0, 2)})).ok());
  }
  ASSERT_TRUE(log.Open().ok());
  EXPECT_THAT(ReadLogOf(*log), SizeIs(2));
  log.Close();
  const auto found = AnchorFiles::Read(log.folders().anchor, *::rocksdb::Env::Default());
  ASSERT_TRUE(found.ok() && found->anchor.has_value());
  ASSERT_THAT(found->anchor->ends, SizeIs(1));
  EXPECT_EQ(found->anchor->ends[0].position, 2);
  // From now on it has to have one.
  for (const char* slot : {"/0", "/1"}) fs::remove(log.folders().anchor + slot);
  EXPECT_EQ(ReasonOf(log.Open()), "ANCHOR_MISSING");
}

// Without CURRENT RocksDB would begin anew and delete what is there.
TEST(HeadlessTest, DatabaseWithoutCurrentIsRefused) {
  TemporaryDirectory directory;
  {
    const auto storage = RocksDbStorage::Open(directory.path());
    ASSERT_TRUE(storage.ok()) << storage.status();
  }
  fs::remove(directory.path() + "/CURRENT");
  const auto before = std::distance(fs::directory_iterator(directory.path()), {});
  EXPECT_EQ(ReasonOf(RocksDbStorage::Open(directory.path()).status()), "STORAGE_CORRUPT");
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), {}), before);
}

// With --anchor=sync whatever was answered is anchored: the very next moment is. Mutations seen to
// fail: AnchorKeeper::OnDurable that leaves writing to the thread; StartKeeper that forgets the
// mode; AttachTo without after_write.
TEST(AnchorSyncTest, AnchorIsNeverBehindAnAnswer) {
  StoredLog log({.anchor = AnchorMode::kSync});
  ASSERT_TRUE(log.Open().ok());
  CreateOrganization(*log);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(AppendNow(*log, TestCommit({TestAppend("a", i, 1)})).ok());
    const auto found = AnchorFiles::Read(log.folders().anchor, *::rocksdb::Env::Default());
    ASSERT_TRUE(found.ok() && found->anchor.has_value());
    ASSERT_THAT(found->anchor->ends, SizeIs(1));
    EXPECT_EQ(found->anchor->ends[0].position, i + 1);
    EXPECT_EQ(found->anchor->ends[0].hash, log->GetHead(kOrganization)->hash);
  }
}

}  // namespace
}  // namespace crm::eventstore
