// Disks that fail: the n-th write, sync or read of each kind of file, once or from then on, and
// disks that are full. The log stops (or the place that ends the process is called), outcomes are
// unknown, and after a start the log is whole and holds what was acknowledged.
//
// CRM_DEVICE_ERROR_SEEDS=n runs more places; CRM_SEED=n runs one alone.
// Mutations seen to fail this: SequencedLog that goes on after a failed Write; an EngineListener
// that tells nobody of a failed flush.
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

// What cannot be read is not served; nothing stops, as nothing was promised.
TEST(DeviceErrorTest, FailedReadsAreErrorsAndNeverWrongAnswers) {
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE(absl::StrCat("CRM_SEED=", seed));
    Ordeal ordeal(seed, AnchorMode::kInterval);
    for (int round = 0; round < 3; ++round) {
      ordeal.disk().Fail(DiskOperation::kRead, "", static_cast<int>(1 + Roll(ordeal.dice(), 80)),
                         round == 1);
      int left = 60;
      ordeal.Work([&] { return --left <= 0; });
      ordeal.disk().StopFailing();
      ordeal.Verify();
      if (HasFailure()) return;
    }
  }
}

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
