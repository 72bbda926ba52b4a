#include "eventstore/subscription.h"

#include <thread>

#include "tests/eventstore/contract.h"

namespace crm::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SubscriptionTest : public ::testing::Test {
 protected:
  SubscriptionTest() : log_(Engine::kMemory) {
    CreateOrganization(*log_);
    hub_.emplace(*log_);
  }

  void Append(absl::string_view stream, Version expected, int events) {
    ASSERT_TRUE(AppendNow(*log_, TestCommit({TestAppend(stream, expected, events)})).ok());
  }

  struct Page {
    std::vector<RecordedEvent> events;
    Scanned scanned;
  };
  static Page Next(Subscription& subscription, const ReadLimits& limits = {}) {
    Page page;
    const auto scanned = subscription.Next(limits, [&](const RecordedEvent& event) {
      page.events.push_back(event);
      return absl::OkStatus();
    });
    EXPECT_TRUE(scanned.ok()) << scanned.status();
    page.scanned = scanned.value_or(Scanned());
    return page;
  }

  TestLog log_;
  std::optional<SubscriptionHub> hub_;
};

TEST_F(SubscriptionTest, CatchesUpInWholeCommitsAndThenSaysSo) {
  for (const char* name : {"a", "b", "c"}) Append(name, 0, 3);
  Subscription subscription(*hub_, kOrganization, 1);
  const Page first = Next(subscription, {6, 1 << 20});
  EXPECT_THAT(PositionsOf(first.events), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(first.scanned.to, 6);
  EXPECT_FALSE(first.scanned.caught_up);
  const Page second = Next(subscription, {6, 1 << 20});
  EXPECT_THAT(PositionsOf(second.events), ElementsAre(7, 8, 9));
  EXPECT_TRUE(second.scanned.caught_up);
  const Page third = Next(subscription, {6, 1 << 20});
  EXPECT_THAT(third.events, IsEmpty());
  EXPECT_EQ(third.scanned.to, 9);
  EXPECT_TRUE(third.scanned.caught_up);
}

// Both are due at the same position; the first one's wake ends the second one.
TEST_F(SubscriptionTest, WhatAWakeCancelsDoesNotRunAnyMore) {
  auto second = std::make_optional<Subscription>(*hub_, kOrganization, 1);
  Subscription first(*hub_, kOrganization, 1);
  std::promise<void> woken;
  bool second_ran = false;
  first.Wait([&] {
    second.reset();
    woken.set_value();
  });
  second->Wait([&] { second_ran = true; });
  Append("a", 0, 1);
  woken.get_future().wait();
  Append("b", 0, 1);  // the writer thread is done with the wakes of the first
  EXPECT_FALSE(second_ran);
}

TEST_F(SubscriptionTest, StartsAfterACheckpoint) {
  Append("a", 0, 2);
  Append("b", 0, 2);
  Subscription subscription(*hub_, kOrganization, 3);
  EXPECT_THAT(PositionsOf(Next(subscription).events), ElementsAre(3, 4));
}

TEST_F(SubscriptionTest, FilterHidesEventsButNotProgress) {
  Commit commit =
      TestCommit({TestAppend("a", 0, 3), {{"roster", TestId("r")}, 0, TestEvents(2), true}});
  commit.streams[0].events[1].type = "crm.test.Rare";
  ASSERT_TRUE(AppendNow(*log_, commit).ok());
  Subscription rare(*hub_, kOrganization, 1, {{"crm.test.Rare"}, {}});
  Page page = Next(rare);
  EXPECT_THAT(PositionsOf(page.events), ElementsAre(2));
  EXPECT_EQ(page.scanned.to, 5);
  Subscription roster(*hub_, kOrganization, 1, {{}, {"roster"}});
  EXPECT_THAT(PositionsOf(Next(roster).events), ElementsAre(4, 5));
  Subscription both(*hub_, kOrganization, 1, {{"crm.test.Rare"}, {"roster"}});
  page = Next(both);
  EXPECT_THAT(page.events, IsEmpty());
  EXPECT_EQ(page.scanned.to, 5);
}

TEST_F(SubscriptionTest, WaitWakesOnceWhenSomethingIsDurable) {
  Subscription subscription(*hub_, kOrganization, 1);
  EXPECT_TRUE(Next(subscription).scanned.caught_up);
  std::atomic<int> woken{0};
  std::promise<void> wake;
  subscription.Wait([&] {
    ++woken;
    wake.set_value();
  });
  EXPECT_EQ(woken, 0);
  // Hears each advance after the hub did.
  std::promise<void> second_advance;
  const int64_t listener = log_->Listen([&](const Uuid&, Position durable) {
    if (durable == 2) second_advance.set_value();
  });
  Append("a", 0, 1);
  wake.get_future().wait();
  Append("b", 0, 1);
  second_advance.get_future().wait();
  log_->Unlisten(listener);
  EXPECT_EQ(woken, 1);
}

TEST_F(SubscriptionTest, WaitWakesAtOnceWhenBehind) {
  Append("a", 0, 1);
  Subscription subscription(*hub_, kOrganization, 1);
  bool woken = false;
  subscription.Wait([&] { woken = true; });
  EXPECT_TRUE(woken);
}

TEST_F(SubscriptionTest, DestroyedSubscriptionIsNotWoken) {
  bool woken = false;
  {
    Subscription subscription(*hub_, kOrganization, 1);
    subscription.Wait([&] { woken = true; });
  }
  Append("a", 0, 1);
  std::promise<void> heard;
  hub_->WakeAt(hub_->NewHandle(), kOrganization, 1, [&] { heard.set_value(); });
  heard.get_future().wait();
  EXPECT_FALSE(woken);
}

TEST_F(SubscriptionTest, NewWaitReplacesTheOldOne) {
  Subscription subscription(*hub_, kOrganization, 1);
  bool first = false;
  std::promise<void> second;
  subscription.Wait([&] { first = true; });
  subscription.Wait([&] { second.set_value(); });
  Append("a", 0, 1);
  second.get_future().wait();
  EXPECT_FALSE(first);
}

TEST_F(SubscriptionTest, AVisitThatFailsLeavesThePlace) {
  Append("a", 0, 3);
  Subscription subscription(*hub_, kOrganization, 1);
  const auto refuse = [](const RecordedEvent& event) {
    return event.version() == 2 ? absl::DataLossError("unreadable") : absl::OkStatus();
  };
  EXPECT_TRUE(absl::IsDataLoss(subscription.Next({}, refuse).status()));
  EXPECT_THAT(PositionsOf(Next(subscription).events), ElementsAre(1, 2, 3));
}

TEST_F(SubscriptionTest, UnknownOrganizationIsAnError) {
  Subscription subscription(*hub_, TestId("nowhere"), 1);
  EXPECT_EQ(
      subscription.Next({}, [](const RecordedEvent&) { return absl::OkStatus(); }).status().code(),
      absl::StatusCode::kNotFound);
}

// Many subscribers follow a log that grows under them; each sees every event once, in order.
TEST_F(SubscriptionTest, ManySubscribersSeeEverythingOnceInOrder) {
  constexpr Position kEnd = 400;
  struct Follower {
    std::unique_ptr<Subscription> subscription;
    std::vector<int64_t> seen;
    std::promise<void> done;

    // Runs on whatever thread wakes it; the hub never runs two wakes of one subscription at once.
    void Pull() {
      for (;;) {
        const Page page = Next(*subscription, {7, 1 << 20});
        for (const RecordedEvent& event : page.events) seen.push_back(event.position());
        if (page.scanned.to == kEnd) return done.set_value();
        if (page.scanned.caught_up) return subscription->Wait([this] { Pull(); });
      }
    }
  };
  std::vector<Follower> followers(20);
  for (Follower& follower : followers) {
    follower.subscription = std::make_unique<Subscription>(*hub_, kOrganization, 1);
    follower.Pull();
  }
  for (int i = 0; i < kEnd / 2; ++i) Append(absl::StrCat(i), 0, 2);
  for (Follower& follower : followers) {
    follower.done.get_future().wait();
    ASSERT_EQ(follower.seen.size(), static_cast<size_t>(kEnd));
    for (size_t i = 0; i < follower.seen.size(); ++i)
      EXPECT_EQ(follower.seen[i], static_cast<Position>(i + 1));
  }
}

TEST_F(SubscriptionTest, CancelWaitsForARunningWake) {
  std::promise<void> inside;
  std::promise<void> leave;
  std::atomic<bool> left{false};
  const int64_t handle = hub_->NewHandle();
  hub_->WakeAt(handle, kOrganization, 1, [&] {
    inside.set_value();
    leave.get_future().wait();
    left = true;
  });
  auto append = AppendLater(*log_, TestCommit({TestAppend("a", 0, 1)}));
  inside.get_future().wait();
  std::thread canceller([&] {
    hub_->Cancel(handle);
    EXPECT_TRUE(left);
  });
  leave.set_value();
  canceller.join();
  EXPECT_TRUE(append.get().ok());
}

}  // namespace
}  // namespace crm::eventstore
