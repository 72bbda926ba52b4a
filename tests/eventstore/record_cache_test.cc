#include "eventstore/record_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace crm::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// A log whose record at a position is that position, and what was fetched of it.
class RecordCacheTest : public ::testing::Test {
 protected:
  std::vector<Position> Read(Position from, Position last, RecordCache& cache) {
    const auto run = cache.Read(
        1, from, last,
        [&](Position begin, Position end, absl::FunctionRef<void(RecordCache::Record)> take) {
          fetched_.emplace_back(begin, end);
          for (Position at = begin; at <= end; ++at) {
            if (at == unreadable_) return absl::DataLossError("unreadable");
            RecordCache::Record record;
            record.event.set_position(at);
            take(std::move(record));
          }
          return absl::OkStatus();
        });
    std::vector<Position> positions;
    if (run.ok())
      for (const RecordCache::Record& record : run->records)
        positions.push_back(record.event.position());
    return positions;
  }
  std::vector<std::pair<Position, Position>> Fetched() { return std::exchange(fetched_, {}); }

  Position unreadable_ = 0;

 private:
  std::vector<std::pair<Position, Position>> fetched_;
};

TEST_F(RecordCacheTest, WhatOneReaderFetchedTheNextOneFinds) {
  RecordCache cache(4);
  EXPECT_THAT(Read(2, 4, cache), ElementsAre(2, 3, 4));
  EXPECT_THAT(Fetched(), ElementsAre(Pair(1, 4))) << "the whole block, as others begin before";
  EXPECT_THAT(Read(1, 4, cache), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Read(3, 3, cache), ElementsAre(3)) << "not beyond what is asked for";
  EXPECT_THAT(Fetched(), IsEmpty());
}

TEST_F(RecordCacheTest, TheLastBlockGrowsWithTheLog) {
  RecordCache cache(4);
  Read(1, 3, cache);
  EXPECT_THAT(Read(3, 5, cache), ElementsAre(3, 4, 5));
  EXPECT_THAT(Fetched(), ElementsAre(Pair(1, 3), Pair(4, 5)));
}

TEST_F(RecordCacheTest, ARunEndsWithItsBlock) {
  RecordCache cache(4);
  EXPECT_THAT(Read(255, 600, cache), ElementsAre(255, 256));
  EXPECT_EQ(Read(257, 600, cache).size(), 256u);
  EXPECT_EQ(Read(513, 600, cache).size(), 88u);
}

TEST_F(RecordCacheTest, ForgetsTheBlockUsedLongestAgo) {
  RecordCache cache(1);
  Read(1, 600, cache);
  Read(257, 600, cache);
  Fetched();
  Read(1, 600, cache);
  EXPECT_THAT(Fetched(), ElementsAre(Pair(1, 256)));
}

TEST_F(RecordCacheTest, AnErrorIsNotKept) {
  RecordCache cache(4);
  unreadable_ = 3;
  EXPECT_THAT(Read(1, 4, cache), IsEmpty());
  unreadable_ = 0;
  EXPECT_THAT(Read(1, 4, cache), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Fetched(), ElementsAre(Pair(1, 4), Pair(3, 4)));
}

}  // namespace
}  // namespace crm::eventstore
