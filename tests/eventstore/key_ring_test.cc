// One suite for both key rings, and what only files can do wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <chrono>
#include <future>
#include <set>
#include <thread>

#include "base/reason.h"
#include "eventstore/memory/memory_key_ring.h"
#include "eventstore/rocksdb/rocksdb_key_ring.h"
#include "tests/eventstore/test_log.h"

namespace crm::eventstore {
namespace {

const Uuid kAnna = TestId("anna");
const Uuid kBert = TestId("bert");

std::unique_ptr<KeyRing> OpenRing(const std::string& directory) {
  auto ring = RocksDbKeyRing::Open(directory);
  EXPECT_TRUE(ring.ok()) << ring.status();
  return *std::move(ring);
}

class KeyRingContract : public ::testing::TestWithParam<Engine> {
 protected:
  KeyRingContract() {
    if (GetParam() == Engine::kMemory) {
      ring_ = std::make_unique<MemoryKeyRing>();
    } else {
      ring_ = OpenRing(directory_.path());
    }
  }

  TemporaryDirectory directory_;
  std::unique_ptr<KeyRing> ring_;
};
INSTANTIATE_TEST_SUITE_P(Engines, KeyRingContract,
                         ::testing::Values(Engine::kMemory, Engine::kRocksDb));

TEST_P(KeyRingContract, MakesOneKeyPerPersonAndOrganization) {
  const auto key = ring_->FindOrCreate(kOrganization, kAnna);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(*ring_->FindOrCreate(kOrganization, kAnna), *key);
  EXPECT_EQ(**ring_->Find(kOrganization, kAnna), *key);
  EXPECT_NE(*ring_->FindOrCreate(kOrganization, kBert), *key);
  EXPECT_NE(*ring_->FindOrCreate(TestId("elsewhere"), kAnna), *key);
}

TEST_P(KeyRingContract, MissingKeyIsDataLoss) {
  const auto key = ring_->Find(kOrganization, kAnna);
  EXPECT_EQ(key.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(key.status()), "KEY_MISSING");
}

TEST_P(KeyRingContract, ErasedStaysErased) {
  ASSERT_TRUE(ring_->FindOrCreate(kOrganization, kAnna).ok());
  const SealingKey bert = *ring_->FindOrCreate(kOrganization, kBert);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(ring_->Destroy(kOrganization, kAnna).ok());
    const auto found = ring_->Find(kOrganization, kAnna);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_FALSE(found->has_value());
    const auto made = ring_->FindOrCreate(kOrganization, kAnna);
    EXPECT_EQ(made.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ReasonOf(made.status()), "SUBJECT_ERASED");
  }
  EXPECT_EQ(**ring_->Find(kOrganization, kBert), bert);
  ASSERT_TRUE(ring_->Destroy(kOrganization, TestId("never seen")).ok());
  EXPECT_EQ(ReasonOf(ring_->FindOrCreate(kOrganization, TestId("never seen")).status()),
            "SUBJECT_ERASED");
}

TEST_P(KeyRingContract, RacingCreatorsGetOneKey) {
  std::vector<std::thread> threads;
  std::vector<SealingKey> keys(8);
  for (SealingKey& key : keys)
    threads.emplace_back([&] { key = *ring_->FindOrCreate(kOrganization, kAnna); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<SealingKey>(keys.begin(), keys.end()).size(), 1u);
}

bool DirectoryHolds(const std::string& directory, const SealingKey& key) {
  return eventstore::DirectoryHolds(directory, std::string(key.begin(), key.end()));
}

TEST(RocksDbKeyRingTest, SurvivesReopening) {
  TemporaryDirectory directory;
  SealingKey anna;
  {
    auto ring = OpenRing(directory.path());
    anna = *ring->FindOrCreate(kOrganization, kAnna);
    ASSERT_TRUE(ring->FindOrCreate(kOrganization, kBert).ok());
    ASSERT_TRUE(ring->Destroy(kOrganization, kBert).ok());
  }
  auto ring = OpenRing(directory.path());
  EXPECT_EQ(**ring->Find(kOrganization, kAnna), anna);
  EXPECT_FALSE(ring->Find(kOrganization, kBert)->has_value());
  EXPECT_EQ(ReasonOf(ring->FindOrCreate(kOrganization, kBert).status()), "SUBJECT_ERASED");
}

// A disk on which one sync waits until it is told to go on.
struct Gate {
  std::atomic<bool> closed{false};
  std::promise<void> reached, opened;
};

class GatedFile final : public ::rocksdb::FSWritableFileOwnerWrapper {
 public:
  GatedFile(std::unique_ptr<::rocksdb::FSWritableFile> file, Gate& gate)
      : FSWritableFileOwnerWrapper(std::move(file)), gate_(gate) {}
  ::rocksdb::IOStatus Sync(const ::rocksdb::IOOptions& options,
                           ::rocksdb::IODebugContext* debug) override {
    if (gate_.closed.exchange(false)) {
      gate_.reached.set_value();
      gate_.opened.get_future().wait();
    }
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }

 private:
  Gate& gate_;
};

class GatedDisk final : public ::rocksdb::FileSystemWrapper {
 public:
  explicit GatedDisk(Gate& gate)
      : FileSystemWrapper(::rocksdb::FileSystem::Default()), gate_(gate) {}
  const char* Name() const override { return "crm.GatedDisk"; }
  ::rocksdb::IOStatus NewWritableFile(const std::string& path,
                                      const ::rocksdb::FileOptions& options,
                                      std::unique_ptr<::rocksdb::FSWritableFile>* file,
                                      ::rocksdb::IODebugContext* debug) override {
    ::rocksdb::IOStatus made = FileSystemWrapper::NewWritableFile(path, options, file, debug);
    if (made.ok()) *file = std::make_unique<GatedFile>(std::move(*file), gate_);
    return made;
  }

 private:
  Gate& gate_;
};

// Mutation seen to fail this: Sync without its mutex.
TEST(RocksDbKeyRingTest, NobodyIsToldBeforeTheSyncUnderWayHasEnded) {
  TemporaryDirectory directory;
  Gate gate;
  const auto env = ::rocksdb::NewCompositeEnv(std::make_shared<GatedDisk>(gate));
  RocksDbAccess access;
  access.env = env.get();
  const auto ring = RocksDbKeyRing::Open(directory.path(), access);
  ASSERT_TRUE(ring.ok()) << ring.status();
  ASSERT_TRUE((*ring)->FindOrCreate(kOrganization, kAnna).ok());
  gate.closed = true;
  auto first = std::async(std::launch::async, [&] { return (*ring)->Sync(); });
  gate.reached.get_future().wait();
  auto second = std::async(std::launch::async, [&] { return (*ring)->Sync(); });
  EXPECT_EQ(second.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  gate.opened.set_value();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
}

// Seen to fail when an adopted key took the place of a destruction.
TEST(RocksDbKeyRingTest, AdoptsWhatAnotherRingKnew) {
  TemporaryDirectory directory;
  auto ring = OpenRing(directory.path());
  auto& rocks = static_cast<RocksDbKeyRing&>(*ring);
  SealingKey key;
  key.fill(7);
  ASSERT_TRUE(rocks.Adopt(kOrganization, kAnna, key).ok());
  ASSERT_TRUE(rocks.Adopt(kOrganization, kAnna, key).ok());
  EXPECT_EQ(**ring->Find(kOrganization, kAnna), key);
  SealingKey other;
  other.fill(8);
  EXPECT_EQ(ReasonOf(rocks.Adopt(kOrganization, kAnna, other)), "KEY_DIFFERS");
  ASSERT_TRUE(rocks.Adopt(kOrganization, kBert, std::nullopt).ok());
  ASSERT_TRUE(rocks.Adopt(kOrganization, kBert, key).ok());
  EXPECT_FALSE(ring->Find(kOrganization, kBert)->has_value());
  std::vector<std::pair<Uuid, bool>> seen;
  ASSERT_TRUE(rocks
                  .VisitKeys(kOrganization, Uuid(),
                             [&](const Uuid& subject, const std::optional<SealingKey>& found) {
                               seen.emplace_back(subject, found.has_value());
                               return absl::OkStatus();
                             })
                  .ok());
  EXPECT_THAT(seen,
              ::testing::UnorderedElementsAre(std::pair(kAnna, true), std::pair(kBert, false)));
}

TEST(RocksDbKeyRingTest, DestroyedBytesLeaveEveryFile) {
  TemporaryDirectory directory;
  auto ring = OpenRing(directory.path());
  // Once while the key is only in the write-ahead log, once when it reached a table: reopening
  // flushes.
  for (const bool flushed : {false, true}) {
    const Uuid subject = TestId(flushed ? "flushed" : "fresh");
    const SealingKey doomed = *ring->FindOrCreate(kOrganization, subject);
    const SealingKey kept = *ring->FindOrCreate(kOrganization, kBert);
    if (flushed) {
      ring.reset();
      ring = OpenRing(directory.path());
    }
    ASSERT_TRUE(DirectoryHolds(directory.path(), doomed)) << "else the test sees nothing";
    ASSERT_TRUE(ring->Destroy(kOrganization, subject).ok());
    EXPECT_FALSE(DirectoryHolds(directory.path(), doomed));
    EXPECT_TRUE(DirectoryHolds(directory.path(), kept));
    EXPECT_EQ(**ring->Find(kOrganization, kBert), kept);
  }
}

// A crash between the marker and the purge: the next open finishes the work.
TEST(RocksDbKeyRingTest, InterruptedDestructionIsFinishedAtOpen) {
  TemporaryDirectory directory;
  SealingKey doomed;
  {
    auto ring = OpenRing(directory.path());
    doomed = *ring->FindOrCreate(kOrganization, kAnna);
  }
  {
    ::rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(::rocksdb::DB::Open({}, directory.path(), &raw).ok());
    std::unique_ptr<::rocksdb::DB> db(raw);
    ASSERT_TRUE(db->Put({}, kOrganization.ToBytes() + kAnna.ToBytes(), std::string(1, '\0')).ok());
    ASSERT_TRUE(db->Put({}, "purge_pending", "").ok());
  }
  ASSERT_TRUE(DirectoryHolds(directory.path(), doomed));
  auto ring = OpenRing(directory.path());
  EXPECT_FALSE(DirectoryHolds(directory.path(), doomed));
  EXPECT_FALSE(ring->Find(kOrganization, kAnna)->has_value());
}

TEST(RocksDbKeyRingTest, SecondOpenAndOtherFormatsAreRefused) {
  TemporaryDirectory directory;
  {
    auto ring = OpenRing(directory.path());
    EXPECT_EQ(ReasonOf(RocksDbKeyRing::Open(directory.path()).status()), "DATA_DIRECTORY_LOCKED");
  }
  {
    ::rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(::rocksdb::DB::Open({}, directory.path(), &raw).ok());
    std::unique_ptr<::rocksdb::DB> db(raw);
    ASSERT_TRUE(db->Put({}, "format_version", std::string("\0\0\0\2", 4)).ok());
  }
  EXPECT_EQ(ReasonOf(RocksDbKeyRing::Open(directory.path()).status()), "LOG_FORMAT_UNSUPPORTED");
}

TEST(RocksDbKeyRingTest, DamagedRowIsDataLoss) {
  TemporaryDirectory directory;
  OpenRing(directory.path()).reset();
  {
    ::rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(::rocksdb::DB::Open({}, directory.path(), &raw).ok());
    std::unique_ptr<::rocksdb::DB> db(raw);
    ASSERT_TRUE(db->Put({}, kOrganization.ToBytes() + kAnna.ToBytes(), "\1short").ok());
  }
  auto ring = OpenRing(directory.path());
  EXPECT_EQ(ReasonOf(ring->Find(kOrganization, kAnna).status()), "KEY_UNREADABLE");
}

}  // namespace
}  // namespace crm::eventstore
