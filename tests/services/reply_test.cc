#include "services/reply.h"

#include <grpcpp/test/default_reactor_test_peer.h>

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

  std::shared_ptr<Reply> Begin() {
    return std::make_shared<Reply>(method_, &context_, peer_.reactor(),
                                   Reply::Parts{*log_, clock_, observer_});
  }
  bool Sent() const { return peer_.test_status_set(); }
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
  eventstore::TestLog log_{eventstore::Engine::kMemory};
  std::future<eventstore::Outcome> pending_;
  Call call_;
  grpc::CallbackServerContext context_;
  grpc::testing::DefaultReactorTestPeer peer_{&context_};
};

TEST_F(ReplyTest, WhatIsDurableIsToldAtOnce) {
  const auto reply = Begin();
  reply->Identify({kOrganization, 3}, &call_);
  reply->Finish(WithReason(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED", "no"), {});
  ASSERT_TRUE(Sent());
  EXPECT_EQ(peer_.test_status().error_code(), grpc::StatusCode::PERMISSION_DENIED);
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
  EXPECT_TRUE(peer_.test_status().ok());
}

}  // namespace
}  // namespace crm::services
