#include "eventstore/lru_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace crm::eventstore {
namespace {

TEST(LruCacheTest, ForgetsWhatWasUsedLongestAgo) {
  LruCache<int, std::string> cache(2);
  cache.Put(1, "one");
  cache.Put(2, "two");
  ASSERT_NE(cache.Find(1), nullptr);
  cache.Put(3, "three");
  EXPECT_EQ(cache.Find(2), nullptr);
  ASSERT_NE(cache.Find(1), nullptr);
  EXPECT_EQ(*cache.Find(3), "three");
  EXPECT_EQ(cache.size(), 2u);
}

TEST(LruCacheTest, PutReplacesAndRefreshes) {
  LruCache<int, std::string> cache(2);
  cache.Put(1, "one");
  cache.Put(2, "two");
  cache.Put(1, "uno");
  cache.Put(3, "three");
  EXPECT_EQ(*cache.Find(1), "uno");
  EXPECT_EQ(cache.Find(2), nullptr);
}

TEST(LruCacheTest, EraseForgets) {
  LruCache<int, std::string> cache(2);
  cache.Put(1, "one");
  cache.Erase(1);
  cache.Erase(7);
  EXPECT_EQ(cache.Find(1), nullptr);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(LruCacheTest, CapacityZeroKeepsNothing) {
  LruCache<int, std::string> cache(0);
  cache.Put(1, "one");
  EXPECT_EQ(cache.Find(1), nullptr);
}

}  // namespace
}  // namespace crm::eventstore
