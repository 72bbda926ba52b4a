// What only the durable engine can do wrong: opening, locking, formats, damage.
// Mutations seen to fail this: OpenRocksDb without CheckFamilies; SequencedLog::Open without
// VerifyLogEnd or VerifyOrganizations.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "absl/strings/str_cat.h"
#include "eventstore/log_format.h"
#include "tests/eventstore/contract.h"
#include "tests/eventstore/tamper.h"

namespace crm::eventstore {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A log of three commits of two events each on the stream "a".
std::unique_ptr<TestLog> SmallLog() {
  auto log = std::make_unique<TestLog>(Engine::kRocksDb);
  CreateOrganization(**log);
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(AppendNow(**log, TestCommit({TestAppend("a", 2 * i, 2)})).ok());
  return log;
}

absl::Status ReadWhole(EventLog& log) {
  return log.ReadLog(kOrganization, 1, {1000, 1 << 20},
                     [](const RecordedEvent&) { return absl::OkStatus(); });
}

absl::Status ReadA(EventLog& log) {
  return log.ReadStream(kOrganization, TestStream("a"), 1,
                        [](const RecordedEvent&) { return absl::OkStatus(); });
}

TEST(RocksDbLogTest, SecondOpenIsRefused) {
  TestLog log(Engine::kRocksDb);
  const auto second = RocksDbStorage::Open(log.directory());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(second.status()), "DATA_DIRECTORY_LOCKED");
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(log.directory()));
}

TEST(RocksDbLogTest, UnusableDirectoryIsRefused) {
  const auto storage = RocksDbStorage::Open("/dev/null/log");
  EXPECT_EQ(ReasonOf(storage.status()), "DATA_DIRECTORY_UNUSABLE");
}

// What RocksDB would do within ten minutes, and only if the server runs that long.
// Mutations seen to fail this: TrimWalArchive that deletes nothing, or what may still be named.
TEST(RocksDbLogTest, ArchiveOfWriteAheadLogsIsBounded) {
  TemporaryDirectory directory;
  const auto archived = [&] {
    std::vector<std::string> names;
    std::error_code none_yet;
    for (const auto& file :
         std::filesystem::directory_iterator(directory.path() + "/archive", none_yet))
      names.push_back(file.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  };
  RocksDbAccess access;
  access.archive_mb = 1;
  const auto storage = RocksDbStorage::Open(directory.path(), access);
  ASSERT_TRUE(storage.ok()) << storage.status();
  CommitRows rows;
  rows.organization = 1;
  rows.heads.push_back({TestStream("a"), {1, 1}});
  EventRow& event = rows.events.emplace_back();
  event.position = 1;
  event.version = 1;
  event.record = std::string(1'200'000, 'x');  // alone more than is kept
  StorageBatch batch;
  batch.commits = {&rows};
  for (size_t round = 0; round < 3; ++round) {
    ASSERT_TRUE((*storage)->Write(batch).ok());
    // The anchor names the log it is in; then it is flushed, and the log put away.
    ASSERT_TRUE((*storage)->DurableMark().ok());
    ASSERT_TRUE((*storage)->CompactEverything().ok());
    ASSERT_EQ(archived().size(), round == 0 ? 1U : 2U);
    const std::string named = archived().back();
    ASSERT_TRUE((*storage)->DurableMark().ok());
    EXPECT_EQ(archived(), std::vector{named}) << "the anchor on disk is still the one before";
  }
}

TEST(RocksDbLogTest, IncarnationIsMadeOnce) {
  TemporaryDirectory directory;
  Uuid first;
  {
    const auto storage = RocksDbStorage::Open(directory.path());
    ASSERT_TRUE(storage.ok()) << storage.status();
    first = (*storage)->incarnation();
    EXPECT_FALSE(first.IsNil());
  }
  const auto storage = RocksDbStorage::Open(directory.path());
  ASSERT_TRUE(storage.ok()) << storage.status();
  EXPECT_EQ((*storage)->incarnation(), first);
}

// Where a stream ends is found by asking for versions; after opening nothing else knows it.
// Mutation seen to fail this: the search that ends at the last version asked for.
TEST(RocksDbLogTest, FindsTheEndOfStreamsOfAnyLength) {
  TestLog log(Engine::kRocksDb);
  CreateOrganization(*log);
  std::vector<Position> ends(1, 0);
  for (int length = 1; length <= 34; ++length) {
    const auto committed =
        AppendNow(*log, TestCommit({TestAppend(absl::StrCat("of ", length), 0, length)}));
    ASSERT_TRUE(committed.ok()) << committed.status();
    ends.push_back(committed->record.last_position());
  }
  log.Close();
  const auto storage = RocksDbStorage::Open(log.directory());
  ASSERT_TRUE(storage.ok()) << storage.status();
  for (int length = 0; length <= 34; ++length) {
    const auto head = (*storage)->ReadHead(1, TestStream(absl::StrCat("of ", length)));
    ASSERT_TRUE(head.ok()) << head.status();
    EXPECT_EQ(head->version, length);
    EXPECT_EQ(head->position, ends[static_cast<size_t>(length)]);
  }
}

TEST(RocksDbLogTest, OtherFormatVersionIsRefused) {
  auto log = SmallLog();
  log->Close();
  for (const std::string& version : {EncodeFormatVersion(kFormatVersion + 1), std::string("x")}) {
    PutRow(*log, kMetaFamily, kMetaFormatVersion, version);
    const auto storage = RocksDbStorage::Open(log->directory());
    EXPECT_EQ(storage.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ReasonOf(storage.status()), "LOG_FORMAT_UNSUPPORTED");
  }
  Tamper(
      log->directory(),
      [](auto& db, auto* handle) { ASSERT_TRUE(db.Delete({}, handle, kMetaFormatVersion).ok()); },
      kMetaFamily);
  EXPECT_EQ(ReasonOf(RocksDbStorage::Open(log->directory()).status()), "LOG_FORMAT_UNSUPPORTED");
}

TEST(RocksDbLogTest, UnknownColumnFamilyIsRefused) {
  auto log = SmallLog();
  log->Close();
  Tamper(
      log->directory(),
      [](auto& db, auto*) {
        ::rocksdb::ColumnFamilyHandle* made = nullptr;
        ASSERT_TRUE(db.CreateColumnFamily({}, "from_the_future", &made).ok());
        db.DestroyColumnFamilyHandle(made);
      },
      kMetaFamily);
  const auto storage = RocksDbStorage::Open(log->directory());
  EXPECT_EQ(ReasonOf(storage.status()), "LOG_FORMAT_UNSUPPORTED");
  EXPECT_THAT(std::string(storage.status().message()), HasSubstr("from_the_future"));
}

TEST(RocksDbLogTest, DamagedRecordIsNamed) {
  auto log = SmallLog();
  const std::string stream = absl::StrCat("opportunity/", TestId("a").ToString());
  log->Close();
  PutRow(*log, kLogFamily, LogKey(1, 3), std::string(40, '\xFF'));
  log->Open();
  for (const absl::Status& status : {ReadWhole(**log), ReadA(**log)}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_EQ(ReasonOf(status), "RECORD_UNREADABLE");
    EXPECT_EQ(ReasonMetadataValue(status, "position"), "3");
  }
}

TEST(RocksDbLogTest, RecordInTheWrongPlaceIsNamed) {
  auto log = SmallLog();
  log->Close();
  Tamper(
      log->directory(),
      [](auto& db, auto* handle) {
        std::string record;
        ASSERT_TRUE(db.Get({}, handle, LogKey(1, 2), &record).ok());
        ASSERT_TRUE(db.Put({}, handle, LogKey(1, 4), record).ok());
      },
      kLogFamily);
  log->Open();
  for (const absl::Status& status : {ReadWhole(**log), ReadA(**log)}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_EQ(ReasonMetadataValue(status, "position"), "4");
    EXPECT_EQ(ReasonMetadataValue(status, "stream"),
              absl::StrCat("opportunity/", TestId("a").ToString()));
  }
}

TEST(RocksDbLogTest, MissingRecordIsNamed) {
  auto log = SmallLog();
  log->Close();
  Tamper(
      log->directory(),
      [](auto& db, auto* handle) { ASSERT_TRUE(db.Delete({}, handle, LogKey(1, 2)).ok()); },
      kLogFamily);
  log->Open();
  for (const absl::Status& status : {ReadWhole(**log), ReadA(**log)}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_EQ(ReasonMetadataValue(status, "position"), "2");
  }
}

TEST(RocksDbLogTest, LogThatDoesNotFitItsHeadRowIsRefusedAtOpen) {
  using Change = std::function<void(TestLog&)>;
  const std::vector<std::pair<Change, std::string>> changes = {
      {[](TestLog& log) {
         Tamper(
             log.directory(),
             [](auto& db, auto* h) { ASSERT_TRUE(db.Delete({}, h, LogKey(1, 6)).ok()); },
             kLogFamily);
       },
       "6"},
      {[](TestLog& log) { PutRow(log, kLogFamily, LogKey(1, 7), std::string(40, 'x')); }, "7"},
      {[](TestLog& log) {
         PutRow(log, kOrganizationFamily, OrganizationKey(1),
                EncodeOrganizationRow({1, kOrganization, 6, Digest{}, absl::ToUnixMicros(kStart)}));
       },
       "6"},
  };
  for (const auto& [change, position] : changes) {
    auto log = SmallLog();
    log->Close();
    change(*log);
    const auto storage = RocksDbStorage::Open(log->directory());
    ASSERT_TRUE(storage.ok()) << storage.status();
    const absl::Status status = SequencedLog::Open(**storage).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_EQ(ReasonOf(status), "CHAIN_BROKEN");
    EXPECT_EQ(ReasonMetadataValue(status, "position"), position);
  }
}

TEST(RocksDbLogTest, MissingOrganizationRowIsRefusedAtOpen) {
  auto log = SmallLog();
  CreateOrganization(**log, TestId("second"));
  log->Close();
  Tamper(
      log->directory(),
      [](auto& db, auto* handle) { ASSERT_TRUE(db.Delete({}, handle, OrganizationKey(1)).ok()); },
      kOrganizationFamily);
  const auto storage = RocksDbStorage::Open(log->directory());
  ASSERT_TRUE(storage.ok()) << storage.status();
  EXPECT_EQ(ReasonOf(SequencedLog::Open(**storage).status()), "ORGANIZATION_ROW_MISSING");
}

// RocksDB's default recovery would drop everything after the flipped bit and open: the mutation
// seen to fail.
TEST(RocksDbLogTest, DamageInsideTheWriteAheadLogIsRefused) {
  auto log = SmallLog();
  for (int i = 0; i < 200; ++i)
    ASSERT_TRUE(AppendNow(**log, TestCommit({TestAppend("b", i, 1)})).ok());
  log->Close();
  std::string wal;
  for (const auto& entry : std::filesystem::directory_iterator(log->directory()))
    if (entry.path().extension() == ".log" && entry.file_size() > 0) wal = entry.path();
  ASSERT_THAT(wal, ::testing::Not(IsEmpty()));
  std::fstream file(wal, std::ios::in | std::ios::out | std::ios::binary);
  const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(wal) / 2);
  file.seekg(middle);
  const char flipped = static_cast<char>(file.get() ^ 0x10);
  file.seekp(middle);
  file.put(flipped);
  file.close();
  const auto storage = RocksDbStorage::Open(log->directory());
  EXPECT_EQ(storage.status().code(), absl::StatusCode::kDataLoss) << storage.status();
}

// Defences against faults that no test here can cause: each can only be seen to be on.
// Mutations seen to fail: each of these settings at RocksDB's default.
TEST(RocksDbLogTest, DefencesAreOn) {
  TemporaryDirectory directory;
  const auto storage = RocksDbStorage::Open(directory.path());
  ASSERT_TRUE(storage.ok()) << storage.status();
  const ::rocksdb::DBOptions options = (*storage)->database().GetDBOptions();
  EXPECT_EQ(options.wal_recovery_mode, ::rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords);
  EXPECT_EQ(options.max_bgerror_resume_count, 0);
  EXPECT_NE(options.file_checksum_gen_factory, nullptr);
  EXPECT_TRUE(SyncedWrite().sync);
  EXPECT_EQ(SyncedWrite().protection_bytes_per_key, 8u);
}

// Streams of different categories may share an id and categories may be prefixes of each other.
TEST(RocksDbLogTest, StreamsThatShareAPrefixDoNotMix) {
  TestLog log(Engine::kRocksDb);
  CreateOrganization(*log);
  const Uuid id = TestId("shared");
  const std::vector<StreamId> streams = {{"a", id}, {"a_b", id}, {"ab", id}};
  for (int round = 0; round < 100; ++round) {
    Commit commit = TestCommit({});
    for (const StreamId& stream : streams)
      commit.streams.push_back({stream, round, TestEvents(1), false});
    ASSERT_TRUE(AppendNow(*log, commit).ok());
  }
  log.Restart();
  for (const StreamId& stream : streams) {
    const auto events = ReadStreamOf(*log, stream);
    EXPECT_EQ(events.size(), 100u);
    for (const RecordedEvent& event : events) EXPECT_EQ(event.category(), stream.category);
    EXPECT_EQ(ReadStreamOf(*log, stream, 91).size(), 10u);
  }
}

}  // namespace
}  // namespace crm::eventstore
