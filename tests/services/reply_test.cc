#include "services/reply.h"

#include "base/reason.h"
#include "gmock/gmock.h"
#include "google/rpc/status.pb.h"
#include "tests/eventstore/test_log.h"

namespace crm::services {
namespace {

using eventstore::kOrganization;
using eventstore::TestAppend;
using eventstore::TestCommit;

class Observer final : public CallObserver {
 public:
  void OnStarted(const std::string&) override { ++started; }
  void OnFinished(const std::string&, grpc::StatusCode code, absl::Duration) override {
    finished.push_back(code);
  }

  int started = 0;
  std::vector<grpc::StatusCode> finished;
};

class ReplyTest : public ::testing::Test {
 protected:
  ReplyTest() {
    eventstore::CreateOrganization(*log_);
    EXPECT_TRUE(eventstore::AppendNow(*log_, TestCommit({TestAppend("a", 0, 3)})).ok());
    auto actor = std::make_shared<Actor>();
    call_.actor = std::move(actor);
    log_.storage().Hold();
    pending_ = eventstore::AppendLater(*log_, TestCommit({TestAppend("b", 0, 2)}));
  }
  ~ReplyTest() override {
    log_.storage().Release();
    EXPECT_TRUE(pending_.get().ok());
  }

  // As gRPC sees it: done once the reply is let go.
  std::shared_ptr<Reply> Begin() {
    return {Reply::Begin(method_, &context_, Reply::Parts{*log_, clock_, observer_, gate_}).get(),
            [](Reply* reply) { reply->OnDone(); }};
  }
  bool Sent() const { return !observer_.finished.empty(); }
  void MakeDurable() {
    log_.storage().Release();
    // The first may share a batch with what was held, and be told before whoever waits for that;
    // the second is written when all of that batch have been told.
    EXPECT_TRUE(eventstore::AppendNow(*log_, TestCommit({TestAppend("c", 0, 1)})).ok());
    EXPECT_TRUE(eventstore::AppendNow(*log_, TestCommit({TestAppend("c", 1, 1)})).ok());
  }

  const Method method_{"crm.v1.LeadService", "QualifyLead"};
  const SystemClock clock_;
  Observer observer_;
  CallGate gate_{1};
  eventstore::TestLog log_{eventstore::Engine::kMemory};
  std::future<eventstore::Outcome> pending_;
  Call call_;
  grpc::CallbackServerContext context_;
};

TEST_F(ReplyTest, WhatIsDurableIsToldAtOnce) {
  const auto reply = Begin();
  reply->Identify({kOrganization, 3}, &call_);
  reply->Finish(WithReason(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED", "no"), {});
  ASSERT_TRUE(Sent());
  EXPECT_EQ(observer_.started, 1);
  EXPECT_THAT(observer_.finished, ::testing::ElementsAre(grpc::StatusCode::PERMISSION_DENIED));
}

// A role taken away a moment ago may not have been taken away, should the power fail now.
TEST_F(ReplyTest, NobodyIsRefusedForWhatMayBeLost) {
  const auto reply = Begin();
  reply->Identify({kOrganization, 5}, &call_);
  reply->Finish(WithReason(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED", "no"), {});
  EXPECT_FALSE(Sent());
  MakeDurable();
  ASSERT_TRUE(Sent());
}

TEST_F(ReplyTest, AnAnswerWaitsForWhatItShows) {
  const auto reply = Begin();
  reply->Identify({kOrganization, 2}, &call_);
  reply->Finish(absl::OkStatus(), {.position = 3, .replayed = true, .rests_on = 5});
  EXPECT_FALSE(Sent());
  MakeDurable();
  ASSERT_TRUE(Sent());
  EXPECT_THAT(observer_.finished, ::testing::ElementsAre(grpc::StatusCode::OK));
}

// Until gRPC is done with a call it counts: its answer may wait to be taken.
// Mutation seen to fail: Reply::Send that leaves the gate.
TEST_F(ReplyTest, ACallKeepsItsPlaceUntilItsAnswerIsTaken) {
  auto reply = Begin();
  ASSERT_TRUE(reply->admitted().ok());
  reply->Finish(absl::OkStatus(), {});
  EXPECT_TRUE(Sent());
  EXPECT_EQ(ReasonOf(Begin()->admitted()), "SERVER_OVERLOADED");
  reply.reset();
  EXPECT_EQ(gate_.open(), 0);
  EXPECT_TRUE(Begin()->admitted().ok());
}

}  // namespace
}  // namespace crm::services
