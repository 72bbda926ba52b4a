// The road of a command where threads meet: the same request twice at a time, lost races, a disk
// that fails while the answer is being made.
#include "services/command_pipeline.h"

#include <future>

#include "base/reason.h"
#include "gmock/gmock.h"
#include "services/validator.h"
#include "tests/eventstore/test_log.h"
#include "tests/support/memory_key_ring.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using eventstore::AppendNow;
using eventstore::CreateOrganization;
using eventstore::Engine;
using eventstore::kOrganization;
using eventstore::RequestRecord;
using eventstore::TestAppend;
using eventstore::TestCommit;
using eventstore::TestId;
using eventstore::TestLog;
using testing::HasReason;
using testing::IsOk;

// How a command ended.
struct Ended {
  absl::Status status;
  Outcome outcome;
};

class CommandPipelineTest : public ::testing::Test {
 protected:
  CommandPipelineTest() {
    CreateOrganization(*log_);
    auto actor = std::make_shared<Actor>();
    actor->organization = domain::OrganizationId(kOrganization);
    actor->member = domain::MemberId(TestId("member"));
    call_.method = &method_;
    call_.actor = std::move(actor);
    call_.now = eventstore::kStart;
    options_.request_id = TestId("request");
    options_.digest = Sha256("input");
  }

  // An attempt that appends `events` to a stream it found at `version`.
  static Attempt Appends(const std::string& stream, Version version, int events) {
    Attempt attempt;
    attempt.commit = TestCommit({TestAppend(stream, version, events)});
    attempt.reached.add_streams()->set_version(version + events);
    return attempt;
  }
  static Attempt Refuses(Position seen) {
    Attempt attempt;
    attempt.status = WithReason(absl::StatusCode::kFailedPrecondition, "TOO_LATE", "no");
    attempt.seen = seen;
    return attempt;
  }

  using Decide = absl::AnyInvocable<Attempt()>;
  using Answer = absl::AnyInvocable<absl::Status(const RequestRecord&)>;
  static absl::Status AnswerNothing(const RequestRecord&) { return absl::OkStatus(); }

  std::future<Ended> Run(Decide decide, Answer answer = AnswerNothing) {
    auto ended = std::make_shared<std::promise<Ended>>();
    std::future<Ended> future = ended->get_future();
    pipeline_.Run(call_, options_,
                  std::make_shared<CommandSteps>(
                      CommandSteps{std::move(decide), std::move(answer),
                                   [ended](const absl::Status& status, const Outcome& outcome) {
                                     ended->set_value({status, outcome});
                                   }}));
    return future;
  }
  static bool IsReady(const std::future<Ended>& future) {
    return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }

  std::promise<void> stopped_;
  TestLog log_{Engine::kMemory, [this] {
                 eventstore::SequencedLogOptions options;
                 options.on_fatal = [this](const absl::Status&) { stopped_.set_value(); };
                 return options;
               }()};
  testing::MemoryKeyRing keys_;
  StreamCache streams_{*log_, keys_, 10};
  Authorizer authorizer_{streams_};
  const std::unique_ptr<Validator> validator_ = *Validator::Create({});
  CommandPipeline pipeline_{{*log_, keys_, authorizer_, *validator_}};
  const Method method_{"crm.v1.LeadService", "QualifyLead"};
  Call call_;
  CommandOptions options_;
};

TEST_F(CommandPipelineTest, NobodyIsToldBeforeTheCommitIsDurable) {
  log_.storage().Hold();
  auto done = Run([] { return Appends("a", 0, 2); });
  auto again = Run([] { return Appends("a", 0, 2); });
  log_.storage().AwaitHeldWrite();
  EXPECT_FALSE(IsReady(done));
  EXPECT_FALSE(IsReady(again));
  log_.storage().Release();
  const Ended first = done.get();
  const Ended second = again.get();
  EXPECT_THAT(first.status, IsOk());
  EXPECT_EQ(first.outcome.position, 2);
  EXPECT_FALSE(first.outcome.replayed);
  EXPECT_THAT(second.status, IsOk());
  EXPECT_EQ(second.outcome.position, 2);
  EXPECT_TRUE(second.outcome.replayed);
}

TEST_F(CommandPipelineTest, ARefusalWaitsForWhatItSaw) {
  log_.storage().Hold();
  auto seen = eventstore::AppendLater(*log_, TestCommit({TestAppend("a", 0, 1)}));
  auto refused = Run([] { return Refuses(1); });
  EXPECT_FALSE(IsReady(refused));
  log_.storage().Release();
  EXPECT_THAT(refused.get().status, HasReason("TOO_LATE"));
  EXPECT_TRUE(seen.get().ok());
}

// The repetition looked for the request too early, and decides on what the first try did.
TEST_F(CommandPipelineTest, ARepetitionIsNotRefusedForWhatTheFirstTryDid) {
  log_.storage().Hold();
  std::future<Ended> first;
  auto second = Run([&] {
    first = Run([] { return Appends("a", 0, 1); });
    return Refuses(1);
  });
  log_.storage().Release();
  EXPECT_THAT(first.get().status, IsOk());
  const Ended ended = second.get();
  EXPECT_THAT(ended.status, IsOk());
  EXPECT_TRUE(ended.outcome.replayed);
}

// The same, and it would append: it joins the first one while it fills its response.
TEST_F(CommandPipelineTest, TheResponseIsFilledByOneThreadAtATime) {
  log_.storage().Hold();
  std::future<Ended> first;
  std::future<Ended> second;
  std::promise<Ended> told;
  std::atomic<int> inside{0};
  int answers = 0;
  const auto decide = [&] {
    first = Run([] { return Appends("a", 0, 1); });
    return Appends("a", 0, 1);
  };
  const auto answer = [&](const RequestRecord&) {
    EXPECT_EQ(++inside, 1);
    if (++answers == 1) {
      log_.storage().Release();
      EXPECT_THAT(first.get().status, IsOk());  // whoever joined it was told before
    }
    --inside;
    return absl::OkStatus();
  };
  std::atomic<bool> finished{false};
  pipeline_.Run(call_, options_,
                std::make_shared<CommandSteps>(CommandSteps{
                    decide, answer, [&](const absl::Status& status, const Outcome& outcome) {
                      EXPECT_EQ(inside, 0) << "told while the response is being filled";
                      finished = true;
                      told.set_value({status, outcome});
                    }}));
  const Ended ended = told.get_future().get();
  EXPECT_THAT(ended.status, IsOk());
  EXPECT_TRUE(ended.outcome.replayed);
  EXPECT_EQ(answers, 2);
}

TEST_F(CommandPipelineTest, ADiskThatFailsMeanwhileEndsTheCallAfterItsResponse) {
  log_.storage().Hold();
  bool answering = false;
  std::promise<Ended> told;
  const auto answer = [&](const RequestRecord&) {
    answering = true;
    log_.storage().Fail(/*store=*/false);
    log_.storage().Release();
    stopped_.get_future().wait();
    answering = false;
    return absl::OkStatus();
  };
  pipeline_.Run(call_, options_,
                std::make_shared<CommandSteps>(
                    CommandSteps{[] { return Appends("a", 0, 1); }, answer,
                                 [&](const absl::Status& status, const Outcome& outcome) {
                                   EXPECT_FALSE(answering);
                                   told.set_value({status, outcome});
                                 }}));
  EXPECT_THAT(told.get_future().get().status, HasReason("LOG_STOPPED"));
}

TEST_F(CommandPipelineTest, AfterThreeLostRacesNobodyElseMayAppend) {
  int attempts = 0;
  Version head = 0;
  const auto done = Run([&] {
                      ++attempts;
                      if (attempts > 3) return Appends("hot", head, 1);
                      // Somebody was faster.
                      EXPECT_TRUE(AppendNow(*log_, TestCommit({TestAppend("hot", head, 1)})).ok());
                      return Appends("hot", head++, 1);
                    }).get();
  EXPECT_THAT(done.status, IsOk());
  EXPECT_EQ(attempts, 4);
  EXPECT_EQ(done.outcome.position, 4);
}

// As with heads that are not what the log says. Without may_race it is decided again for ever.
TEST_F(CommandPipelineTest, ALogThatContradictsItselfEndsTheCommand) {
  int attempts = 0;
  const auto decide = [&] {
    EXPECT_LT(++attempts, 100);
    return attempts < 100 ? Appends("a", 7, 1) : Refuses(0);
  };
  EXPECT_THAT(Run(decide).get().status, HasReason("STREAM_CHANGED"));
  EXPECT_EQ(attempts, 4);
}

TEST_F(CommandPipelineTest, AnIdIsReusedOnlyOnceThatIsCertain) {
  log_.storage().Hold();
  auto first = Run([] { return Appends("a", 0, 1); });
  options_.digest = Sha256("other input");
  auto reused = Run([] { return Appends("b", 0, 1); });
  EXPECT_FALSE(IsReady(reused));
  log_.storage().Release();
  EXPECT_THAT(first.get().status, IsOk());
  EXPECT_THAT(reused.get().status, HasReason("REQUEST_ID_REUSED"));
}

}  // namespace
}  // namespace crm::services
