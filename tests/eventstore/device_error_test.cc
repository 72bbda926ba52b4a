// Disks that fail: the n-th write, sync or read of each kind of file, once or from then on, and
// disks that are full. The log stops (or the place that ends the process is called), outcomes are
// unknown, and after a start the log is whole and holds what was acknowledged.
//
// CRM_DEVICE_ERROR_SEEDS=n runs more places; CRM_SEED=n runs one alone.
// Mutations seen to fail this: SequencedLog that goes on after a failed Write, or that answers
// before it writes; an EngineListener that tells nobody of a failed flush.
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/eventstore/contract.h"
#include "tests/eventstore/ordeal.h"

namespace crm::eventstore {
namespace {

struct Place {
  const char* name;
  DiskOperation operation;
  const char* path;  // part of the file's path
};

constexpr Place kPlaces[] = {
    {"write to the write-ahead log", DiskOperation::kWrite, "/log/0"},
    {"sync of the write-ahead log", DiskOperation::kSync, "/log/0"},
    {"sync of a table", DiskOperation::kSync, ".sst"},
    {"write to a table", DiskOperation::kWrite, ".sst"},
    {"write to the list of files", DiskOperation::kWrite, "MANIFEST"},
    {"sync of the list of files", DiskOperation::kSync, "MANIFEST"},
    {"write to the key ring", DiskOperation::kWrite, "/keys/0"},
    {"sync of the key ring", DiskOperation::kSync, "/keys/0"},
    {"write to the anchor", DiskOperation::kWrite, "/anchor/"},
    {"sync of the anchor", DiskOperation::kSync, "/anchor/"},
    {"removal of a file", DiskOperation::kRemove, ""},
};

// One disk that fails somewhere; then the process would be started again, half of the times after a
// power cut. False when the place was not reached.
bool FailOnce(uint64_t seed, const Place& place) {
  Ordeal ordeal(seed, seed % 2 == 0 ? AnchorMode::kInterval : AnchorMode::kSync);
  const int commits = 30 + static_cast<int>(Roll(ordeal.dice(), 100));
  int left = commits;
  ordeal.Work([&] { return --left <= 0; });
  const int nth = static_cast<int>(1 + Roll(ordeal.dice(), 60));
  ordeal.disk().Fail(place.operation, place.path, nth, Roll(ordeal.dice(), 2) == 0);
  left = 300;
  ordeal.Work([&] { return --left <= 0 || ordeal.disk().HasFailed(); });
  const bool failed = ordeal.failed();
  // A file that stays only takes room.
  const bool harmless = place.operation == DiskOperation::kRemove;
  EXPECT_TRUE(!failed || harmless || ordeal.told()) << "nobody was told";
  ordeal.disk().StopFailing();
  if (Roll(ordeal.dice(), 2) == 0) {
    ordeal.disk().CutPowerAfter(0);
    ordeal.disk().RestorePower(ordeal.dice());
  }
  ordeal.Verify();
  return failed;
}

TEST(DeviceErrorTest, FailedWritesAndSyncsStopTheLogAndLoseNothing) {
  const int64_t only = FromEnvironment("CRM_SEED", 0);
  const int64_t first = only > 0 ? only : 1;
  const int64_t seeds = only > 0 ? 1 : FromEnvironment("CRM_DEVICE_ERROR_SEEDS", 1);
  int64_t struck = 0;
  for (int64_t seed = first; seed < first + seeds; ++seed) {
    for (const Place& place : kPlaces) {
      SCOPED_TRACE(absl::StrCat("CRM_SEED=", seed, " ", place.name));
      if (FailOnce(static_cast<uint64_t>(seed), place)) ++struck;
      if (HasFailure()) return;
    }
  }
  std::cout << "seeds " << first << " to " << first + seeds - 1 << ": " << struck << " failures\n";
  EXPECT_GT(struck, only > 0 ? 0 : 3 * seeds) << "else it shows nothing";
}

// A device that has dropped what it could not write says yes to the next sync.
// Mutation seen to fail this: RocksDbKeyRing::Sync that forgets that it failed.
TEST(DeviceErrorTest, AKeyRingThatDidNotSyncOnceNeverSaysSoAgain) {
  const OwnDisk own;
  TemporaryDirectory directory;
  RocksDbAccess access;
  access.env = own.env.get();
  auto ring = RocksDbKeyRing::Open(directory.path(), access);
  ASSERT_TRUE(ring.ok()) << ring.status();
  ASSERT_TRUE((*ring)->FindOrCreate(kOrganization, TestId("anna")).ok());
  own.disk->Fail(DiskOperation::kSync, ".log", 1, /*for_ever=*/false);
  for (int attempt = 0; attempt < 2; ++attempt)
    EXPECT_EQ(ReasonOf((*ring)->Sync()), "STORAGE_FAILED");
  EXPECT_TRUE(own.disk->HasFailed());
}

// A log whose rows lie in tables, on a disk of which single reads fail.
class FailedReadTest : public ::testing::Test {
 protected:
  FailedReadTest() {
    log_.options().env = own_.env.get();
    EXPECT_TRUE(log_.Open().ok());
    CreateOrganization(*log_);
    for (Version version = 0; version < kCommits; ++version) {
      Commit commit = TestCommit({TestAppend("a", version, 1)});
      commit.request = TestRequest(absl::StrCat(version));
      EXPECT_TRUE(AppendNow(*log_, std::move(commit)).ok());
    }
    EXPECT_TRUE(log_.stores().storage().CompactEverything().ok());
    truth_ = Serialized(ReadLogOf(*log_));
    log_.Close();
  }

  static std::vector<std::string> Serialized(const std::vector<RecordedEvent>& events) {
    std::vector<std::string> bytes;
    for (const RecordedEvent& event : events) bytes.push_back(event.SerializeAsString());
    return bytes;
  }

  // All of the truth, or an error after some of it.
  template <class Read>
  void ExpectTruth(Read read) {
    std::vector<std::string> seen;
    const absl::Status status = read([&](const RecordedEvent& event) {
      seen.push_back(event.SerializeAsString());
      return absl::OkStatus();
    });
    ASSERT_LE(seen.size(), truth_.size());
    EXPECT_TRUE(std::equal(seen.begin(), seen.end(), truth_.begin()));
    EXPECT_EQ(ReasonOf(status), status.ok() ? "" : "STORAGE_FAILED") << status;
    if (status.ok()) {
      EXPECT_EQ(seen.size(), truth_.size());
    }
  }

  void AskEverything() {
    const StreamId stream = TestStream("a");
    ExpectTruth([&](auto visit) { return log_->ReadLog(kOrganization, 1, {}, visit); });
    ExpectTruth([&](auto visit) { return log_->ReadStream(kOrganization, stream, 1, visit); });
    auto known = JoinLater(*log_, TestRequest("7"));
    ASSERT_TRUE(known.has_value()) << "a request that was answered is not known";
    const Outcome joined = known->get();
    EXPECT_TRUE(joined.ok() || ReasonOf(joined.status()) == "STORAGE_FAILED") << joined.status();
    const Outcome decided = AppendNow(*log_, TestCommit({TestAppend("a", kCommits, 0)}));
    EXPECT_TRUE(decided.ok() || ReasonOf(decided.status()) == "STORAGE_FAILED") << decided.status();
  }

  static constexpr Version kCommits = 40;
  OwnDisk own_;
  StoredLog log_;
  std::vector<std::string> truth_;
};

// Mutations seen to fail this: RocksDbStorage::ReadLog and ReadStream that do not ask their
// iterators why they ended; RocksDbStorage::Get that takes any error for no row.
TEST_F(FailedReadTest, IsAnErrorAndNeverAWrongAnswer) {
  int struck = 0;
  for (bool more = true; more; ++struck) {
    SCOPED_TRACE(absl::StrCat("read ", struck + 1));
    ASSERT_TRUE(log_.Open().ok());
    own_.disk->Fail(DiskOperation::kRead, ".sst", struck + 1, /*for_ever=*/true);
    AskEverything();
    more = own_.disk->HasFailed();
    own_.disk->StopFailing();
    log_.Close();
    if (HasFailure()) return;
  }
  EXPECT_GT(struck, 2) << "else it shows nothing";
}

// Mutation seen to fail this and the next: WriteLoop that answers before it writes.
TEST(DeviceErrorTest, FullDiskStopsTheLogAndLosesNothing) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(absl::StrCat("CRM_SEED=", seed));
    Ordeal ordeal(seed, AnchorMode::kInterval);
    ordeal.disk().SetRoom(static_cast<int64_t>(40'000 + Roll(ordeal.dice(), 60'000)));
    int left = 1000;
    ordeal.Work([&] { return --left <= 0; });
    EXPECT_GT(left, 0) << "the disk was never full";
    ordeal.disk().SetRoom(-1);
    ordeal.Verify();
    if (HasFailure()) return;
  }
}

// A file system that is really full, where root may mount one.
class SmallFileSystem {
 public:
  SmallFileSystem() {
    std::filesystem::create_directories(directory_.path());
    mounted_ = mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=16m") == 0;
    if (!mounted_) why_ = std::strerror(errno);
  }
  ~SmallFileSystem() {
    if (mounted_) umount2(directory_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  const std::string& why() const { return why_; }
  const std::string& path() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
  bool mounted_ = false;
  std::string why_;
};

// Mutation seen to fail this: FromRocksDb that does not tell a full disk from a broken one.
TEST(DeviceErrorTest, RealFullFileSystem) {
  const SmallFileSystem small;
  if (!small.mounted()) GTEST_SKIP() << "cannot mount a tmpfs: " << small.why();
  const StoreFolders folders{small.path() + "/log", small.path() + "/keys",
                             small.path() + "/anchor"};
  std::filesystem::create_directories(folders.anchor);
  std::ofstream(small.path() + "/ballast") << std::string(6 << 20, 'x');
  Version acknowledged = 0;
  {
    auto stores = DurableStores::Open(folders, {});
    ASSERT_TRUE(stores.ok()) << stores.status();
    SequencedLogOptions options;
    std::promise<absl::Status> fatal;
    (*stores)->AttachTo(options);
    options.on_fatal = [&](const absl::Status& cause) { fatal.set_value(cause); };
    auto log = SequencedLog::Open((*stores)->storage(), options);
    ASSERT_TRUE(log.ok()) << log.status();
    CreateOrganization(**log);
    absl::Status status;
    while (status.ok()) {
      Commit commit = TestCommit({TestAppend("a", acknowledged, 1)});
      commit.streams[0].events[0].data = RandomBytes(64 << 10);
      status = AppendNow(**log, std::move(commit)).status();
      if (status.ok()) ++acknowledged;
    }
    EXPECT_EQ(ReasonOf(status), "LOG_STOPPED");
    EXPECT_EQ(ReasonOf(fatal.get_future().get()), "STORAGE_FULL");
  }
  EXPECT_GT(acknowledged, 20);
  std::filesystem::remove(small.path() + "/ballast");
  auto stores = DurableStores::Open(folders, {});
  ASSERT_TRUE(stores.ok()) << stores.status();
  auto log = SequencedLog::Open((*stores)->storage());
  ASSERT_TRUE(log.ok()) << log.status();
  const Position durable = (*log)->GetHead(kOrganization)->durable;
  EXPECT_GE(durable, acknowledged);
  EXPECT_LE(durable, acknowledged + 1) << "the outcome of the last one is unknown";
}

}  // namespace
}  // namespace crm::eventstore
