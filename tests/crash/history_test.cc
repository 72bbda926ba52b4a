// The checker itself: each kind of lie is caught.
// Mutations seen to fail: FindContradiction without each of its checks; Reply::outcome that takes a
// log that stopped for a refusal.
#include "tests/crash/history.h"

#include "gmock/gmock.h"

namespace crm::testing {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

Attempt Ended(Outcome outcome, int64_t start, int64_t end, const std::string& response = "") {
  Attempt attempt{start, end, {}};
  attempt.reply.response = response;
  if (outcome == Outcome::kFailed) {
    attempt.reply.ending.status = grpc::Status(grpc::StatusCode::ABORTED, "");
    attempt.reply.ending.reason = "ETAG_MISMATCH";
  } else if (outcome == Outcome::kUnknown) {
    attempt.reply.ending.status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "");
  }
  return attempt;
}

TEST(HistoryTest, WhatMayHaveHappenedIsNoContradiction) {
  std::map<std::string, Asked> asked;
  asked["ok"].attempts = {Ended(Outcome::kOk, 1, 2), Ended(Outcome::kOk, 9, 10)};
  asked["failed"].attempts = {Ended(Outcome::kFailed, 3, 4)};
  asked["unknown, there"].attempts = {Ended(Outcome::kUnknown, 5, kNever)};
  asked["unknown, not there"].attempts = {Ended(Outcome::kUnknown, 6, kNever)};
  asked["side by side, the other way round"].attempts = {Ended(Outcome::kOk, 5, 8)};
  const Commits commits = {{"ok", {1, 2, 1}},
                           {"unknown, there", {4, 4, 1}},
                           {"side by side, the other way round", {3, 3, 1}},
                           {"of somebody else", {5, 5, 7}}};
  EXPECT_EQ(FindContradiction(asked, commits), "");
}

TEST(HistoryTest, EveryContradictionIsFound) {
  const auto check = [](std::vector<Attempt> attempts, int commits) {
    std::map<std::string, Asked> asked;
    asked["a"].attempts = std::move(attempts);
    Commits log;
    if (commits > 0) log["a"] = {1, 1, commits};
    return FindContradiction(asked, log);
  };
  EXPECT_THAT(check({Ended(Outcome::kOk, 1, 2)}, 0), HasSubstr("acknowledged and is not"));
  EXPECT_THAT(check({Ended(Outcome::kOk, 1, 2)}, 2), HasSubstr("recorded 2 times"));
  EXPECT_THAT(check({Ended(Outcome::kUnknown, 1, kNever)}, 2), HasSubstr("recorded 2 times"));
  EXPECT_THAT(check({Ended(Outcome::kFailed, 1, 2)}, 1), HasSubstr("was refused"));
  EXPECT_THAT(check({Ended(Outcome::kOk, 1, 2, "x"), Ended(Outcome::kOk, 3, 4, "y")}, 1),
              HasSubstr("in two ways"));
}

TEST(HistoryTest, AnOrderThatNobodyCanHaveSeenIsFound) {
  std::map<std::string, Asked> asked;
  asked["early"].attempts = {Ended(Outcome::kOk, 1, 2)};
  asked["late"].attempts = {Ended(Outcome::kUnknown, 3, kNever)};
  EXPECT_EQ(FindContradiction(asked, {{"early", {1, 1, 1}}, {"late", {2, 2, 1}}}), "");
  EXPECT_THAT(FindContradiction(asked, {{"early", {2, 2, 1}}, {"late", {1, 1, 1}}}),
              HasSubstr("request late at position 1 began after request early"));
}

TEST(HistoryTest, AnAnswerWithoutAReasonIsUnknown) {
  EXPECT_EQ(Ended(Outcome::kUnknown, 1, 2).reply.outcome(), Outcome::kUnknown);
  Reply stopped = Ended(Outcome::kUnknown, 1, 2).reply;
  stopped.ending.reason = "LOG_STOPPED";
  EXPECT_EQ(stopped.outcome(), Outcome::kUnknown);
  EXPECT_EQ(Ended(Outcome::kFailed, 1, 2).reply.outcome(), Outcome::kFailed);
}

}  // namespace
}  // namespace crm::testing
