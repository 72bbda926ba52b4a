// The contract of eventstore/consumer_store.h, for every engine, and what RocksDB keeps.
// Mutations seen to fail: Store that does not delete what is parked no more; Remove that leaves
// what is parked.
#include "eventstore/consumer_store.h"

#include <functional>

#include "eventstore/memory/memory_consumer_store.h"
#include "eventstore/rocksdb/rocksdb_consumer_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/db.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace crm::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

GroupKey KeyOf(char organization, char group) {
  return {*Uuid::FromBytes(std::string(16, organization)),
          *Uuid::FromBytes(std::string(16, group))};
}

log::v1::ParkedDelivery ParkedAt(Position position) {
  log::v1::ParkedDelivery row;
  row.set_position(position);
  row.set_reason("BAD");
  return row;
}

GroupChanges ChangesTo(Position checkpoint, const std::vector<Position>& parked,
                       std::vector<Position> unparked = {}) {
  GroupChanges changes;
  changes.progress.set_checkpoint(checkpoint);
  for (const Position position : parked) changes.parked.push_back(ParkedAt(position));
  changes.unparked = std::move(unparked);
  return changes;
}

std::vector<Position> PositionsOf(const std::vector<log::v1::ParkedDelivery>& rows) {
  std::vector<Position> positions;
  for (const auto& row : rows) positions.push_back(row.position());
  return positions;
}

using Open = std::function<std::unique_ptr<ConsumerStore>(const std::string& folder)>;

class ConsumerStoreTest : public ::testing::TestWithParam<std::pair<const char*, Open>> {
 protected:
  testing::ScratchFolder folder_;
  std::unique_ptr<ConsumerStore> store_ = GetParam().second(folder_ / "consumers");
};

TEST_P(ConsumerStoreTest, AGroupIsAsItWasStoredAndApartFromOthers) {
  EXPECT_FALSE(store_->Load(KeyOf('o', 'a'))->progress.has_value());
  ASSERT_TRUE(store_->Store(KeyOf('o', 'a'), ChangesTo(7, {300, 2, 70000})).ok());
  ASSERT_TRUE(store_->Store(KeyOf('o', 'b'), ChangesTo(9, {5})).ok());
  ASSERT_TRUE(store_->Store(KeyOf('p', 'a'), ChangesTo(11, {})).ok());
  const StoredGroup stored = *store_->Load(KeyOf('o', 'a'));
  EXPECT_EQ(stored.progress->checkpoint(), 7);
  EXPECT_THAT(PositionsOf(stored.parked), ElementsAre(2, 300, 70000));
  EXPECT_THAT(*store_->List(),
              UnorderedElementsAre(KeyOf('o', 'a'), KeyOf('o', 'b'), KeyOf('p', 'a')));
  ASSERT_TRUE(store_->Store(KeyOf('o', 'a'), ChangesTo(8, {3}, {2, 300})).ok());
  EXPECT_EQ(store_->Load(KeyOf('o', 'a'))->progress->checkpoint(), 8);
  EXPECT_THAT(PositionsOf(store_->Load(KeyOf('o', 'a'))->parked), ElementsAre(3, 70000));
}

TEST_P(ConsumerStoreTest, ARemovedGroupIsForgottenWhole) {
  ASSERT_TRUE(store_->Store(KeyOf('o', 'a'), ChangesTo(7, {1, 2})).ok());
  ASSERT_TRUE(store_->Store(KeyOf('o', 'b'), ChangesTo(9, {5})).ok());
  ASSERT_TRUE(store_->Remove(KeyOf('o', 'a')).ok());
  EXPECT_FALSE(store_->Load(KeyOf('o', 'a'))->progress.has_value());
  EXPECT_THAT(store_->Load(KeyOf('o', 'a'))->parked, IsEmpty());
  EXPECT_THAT(*store_->List(), ElementsAre(KeyOf('o', 'b')));
  EXPECT_THAT(PositionsOf(store_->Load(KeyOf('o', 'b'))->parked), ElementsAre(5));
}

INSTANTIATE_TEST_SUITE_P(
    Engines, ConsumerStoreTest,
    ::testing::Values(std::make_pair("memory", Open([](const std::string&) {
                                       return std::make_unique<MemoryConsumerStore>();
                                     })),
                      std::make_pair("rocksdb", Open([](const std::string& folder) {
                                       return *RocksDbConsumerStore::Open(folder);
                                     }))),
    [](const auto& engine) { return std::string(engine.param.first); });

TEST(RocksDbConsumerStoreTest, KeepsEverythingAndRefusesDamage) {
  const testing::ScratchFolder folder;
  const GroupKey key = KeyOf('o', 'a');
  ASSERT_TRUE((*RocksDbConsumerStore::Open(folder / "c"))->Store(key, ChangesTo(7, {1, 2})).ok());
  EXPECT_THAT(PositionsOf((*RocksDbConsumerStore::Open(folder / "c"))->Load(key)->parked),
              ElementsAre(1, 2));
  ::rocksdb::DB* db = nullptr;
  ASSERT_TRUE(::rocksdb::DB::Open({}, folder / "c", &db).ok());
  ASSERT_TRUE(
      db->Put({}, std::string(16, 'o') + std::string(16, 'a') + std::string(1, '\0'), "\xff").ok());
  delete db;
  EXPECT_THAT((*RocksDbConsumerStore::Open(folder / "c"))->Load(key).status(),
              testing::HasReason("CONSUMER_GROUP_UNREADABLE"));
}

}  // namespace
}  // namespace crm::eventstore
