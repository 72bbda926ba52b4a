#include "eventstore/head_cache.h"

#include <gtest/gtest.h>

#include "tests/eventstore/test_log.h"

namespace crm::eventstore {
namespace {

const StreamAddress kA{1, TestStream("a")};
const StreamAddress kB{1, TestStream("b")};

Version VersionIn(HeadCache& heads, const StreamAddress& address) {
  HeadCache::Ticket ticket = 0;
  const std::optional<StreamHead> head = heads.Find(address, ticket);
  return head ? head->version : -1;
}

TEST(HeadCacheTest, KeepsWhatIsOffered) {
  HeadCache heads(8);
  HeadCache::Ticket ticket = 0;
  ASSERT_EQ(heads.Find(kA, ticket), std::nullopt);
  heads.Offer(kA, {0, 0}, ticket);
  EXPECT_EQ(VersionIn(heads, kA), 0) << "that there is no such stream is known too";
}

// A reader looked at storage before the stream moved and offers what it saw after. Mutation: Offer
// that puts without asking.
TEST(HeadCacheTest, WhatWasPutMeanwhileStays) {
  HeadCache heads(8);
  HeadCache::Ticket ticket = 0;
  ASSERT_EQ(heads.Find(kA, ticket), std::nullopt);
  heads.Put(kA, {3, 7});
  heads.Offer(kA, {2, 5}, ticket);
  EXPECT_EQ(VersionIn(heads, kA), 3);
}

// The same, and the head that was put has been forgotten again. Mutation: Offer that ignores the
// ticket.
TEST(HeadCacheTest, NothingIsTakenOnceSomethingWasForgotten) {
  HeadCache heads(1);
  HeadCache::Ticket ticket = 0;
  ASSERT_EQ(heads.Find(kA, ticket), std::nullopt);
  heads.Put(kA, {3, 7});
  heads.Put(kB, {1, 8});
  heads.Offer(kA, {2, 5}, ticket);
  EXPECT_EQ(VersionIn(heads, kA), -1);
  EXPECT_EQ(VersionIn(heads, kB), 1);
}

}  // namespace
}  // namespace crm::eventstore
