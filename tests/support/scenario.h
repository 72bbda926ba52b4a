// Scenario: a decision told as given, when, then.
//
//   Scenario<Opportunity>()
//       .GivenStream<Pipeline>(ExampleId<PipelineId>(), PipelineExample())
//       .Given(OpportunityOpenedExample())
//       .When(MoveStageExample(kProposal))
//       .Then(moved)
//       .ThenAlso<Opportunity>(ExampleId<OpportunityId>(2), followed);
//
// The aggregate under test is ExampleId<A::Id>() unless the command names another or makes a new
// one. What was decided is appended and rendered, so several When() tell a story. A refusal or an
// effect that no Then mentions fails the test. Time stands still at kExampleNow. Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/decide_context.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/example_ids.h"
#include "tests/support/example_rights.h"
#include "tests/support/memory_streams.h"
#include "tests/support/readable.h"
#include "tests/support/status_matchers.h"

namespace crm::testing {

template <class A>
class Scenario {
 public:
  using Event = typename A::Event;
  using Id = typename A::Id;

  explicit Scenario(Id id = ExampleId<Id>()) : id_(id) {
    caller_ = {ExampleId<domain::OrganizationId>(), ExampleId<domain::MemberId>(), {}};
  }
  Scenario(const Scenario&) = delete;
  ~Scenario() { Settle(); }

  // What happened to the aggregate before, at kExampleBefore.
  template <class... E>
  Scenario& Given(const E&... events) {
    return GivenStream<A>(id_, events...);
  }
  // What happened to another aggregate before.
  template <class B, class... E>
  Scenario& GivenStream(const typename B::Id& id, const E&... events) {
    (MustAppend(domain::StreamOf(id), events, given_time_), ...);
    return *this;
  }
  // The following Given happened at `time`.
  Scenario& GivenAt(absl::Time time) {
    given_time_ = time;
    return *this;
  }
  // The following commands come from `member`, are true at `time`, or lack a permission.
  Scenario& By(const domain::MemberId& member) {
    caller_.actor = member;
    return *this;
  }
  Scenario& At(absl::Time effective_time) {
    effective_time_ = effective_time;
    return *this;
  }
  Scenario& Denying(absl::string_view permission) {
    rights_.Deny(permission);
    return *this;
  }

  template <class Command>
  requires domain::Decides<A, Command> Scenario& When(const Command& command) {
    Settle();
    decided_.clear();
    effects_.clear();
    caller_.request_id = ExampleRequestId(++commands_);
    consulted_.clear();
    outcome_ = Run(command);
    pending_ = true;
    return *this;
  }

  // Exactly these events were decided, in this order.
  template <class... E>
  Scenario& Then(const E&... events) {
    return Expect({std::make_shared<const E>(events)...});
  }
  // The command was right and changed nothing.
  Scenario& ThenNothing() { return Expect({}); }
  // ...and these events of another aggregate, in the same commit.
  template <class B, class... E>
  Scenario& ThenAlso(const typename B::Id& id, const E&... events) {
    const auto effect = effects_.find(domain::StreamOf(id));
    const std::vector<MessagePtr> actual =
        effect == effects_.end() ? std::vector<MessagePtr>() : effect->second;
    ExpectSame({std::make_shared<const E>(events)...}, actual);
    if (effect != effects_.end()) effects_.erase(effect);
    return *this;
  }
  // The command was refused for this reason.
  Scenario& ThenRejected(absl::string_view reason) {
    EXPECT_THAT(outcome_, HasReason(std::string(reason))) << "decided:\n" << Readable(decided_);
    return Settled();
  }
  // ...and the refusal says this about `key`.
  Scenario& Naming(absl::string_view key, absl::string_view value) {
    EXPECT_EQ(ReasonMetadataValue(outcome_, key), value) << outcome_;
    return *this;
  }
  // The decision rests on this aggregate: a commit expects its version unchanged.
  template <class B>
  Scenario& ThenConsulted(const typename B::Id& id) {
    EXPECT_TRUE(consulted_.contains(domain::StreamOf(id))) << domain::NameOf(id);
    return *this;
  }
  // What the aggregate is now, as State and as the API shows it.
  template <class Matcher>
  Scenario& ThenState(const Matcher& matcher) {
    EXPECT_THAT(Current().state(), matcher);
    return *this;
  }
  template <class Matcher>
  Scenario& ThenShows(const Matcher& matcher) {
    EXPECT_THAT(Shown(), matcher);
    return *this;
  }

  // For assertions of their own: the last outcome, events and effects, and the aggregate now.
  const absl::Status& outcome() { return pending_ = false, outcome_; }
  const std::vector<MessagePtr>& decided() const { return decided_; }
  const std::map<StreamId, std::vector<MessagePtr>>& effects() { return effects_; }
  domain::Ref<A> Current() { return *domain::Lookup(streams_).Find<A>(id_); }
  template <class B>
  domain::Ref<B> CurrentOf(const typename B::Id& id) {
    return *domain::Lookup(streams_).Find<B>(id);
  }
  auto Shown() {
    auto shown = A::Render(Current(), domain::Lookup(streams_));
    EXPECT_THAT(shown, IsOk());
    return *std::move(shown);
  }
  // An expectation of its own replaces Then: nothing is left to check.
  Scenario& Settled() {
    pending_ = false;
    effects_.clear();
    return *this;
  }

 private:
  template <class Command>
  absl::Status Run(const Command& command) {
    ASSIGN_OR_RETURN(id_, (domain::TargetOf<A, Command>(command, caller_)));
    const domain::DecideContext context(caller_, kExampleNow, effective_time_, streams_, rights_);
    ASSIGN_OR_RETURN(const domain::Ref<A> before, context.Find<A>(id_));
    if (before.head.exists() == domain::Creates<A, Command>()) {
      return absl::InternalError(absl::StrCat(domain::NameOf(id_), " was not given, or too early"));
    }
    streams_.ForgetConsulted();
    ASSIGN_OR_RETURN(const auto decision, A::Decide(before.state(), command, context));
    consulted_ = streams_.consulted();
    for (const Event& event : decision.events()) {
      std::visit(
          [&](const auto& e) {
            decided_.push_back(std::make_shared<std::decay_t<decltype(e)>>(e));
          },
          event);
    }
    for (const MessagePtr& event : decided_) {
      MustAppend(domain::StreamOf(id_), *event, context.effective_time());
    }
    for (const domain::Effect& effect : decision.effects()) {
      effects_[effect.stream] = effect.events;
      for (const auto& event : effect.events) {
        MustAppend(effect.stream, *event, context.effective_time());
      }
    }
    const auto shown = A::Render(Current(), domain::Lookup(streams_));
    EXPECT_THAT(shown, IsOk()) << "while rendering " << domain::NameOf(id_);
    return absl::OkStatus();
  }

  Scenario& Expect(const std::vector<MessagePtr>& expected) {
    EXPECT_THAT(outcome_, IsOk());
    if (outcome_.ok()) ExpectSame(expected, decided_);
    pending_ = false;
    return *this;
  }

  static void ExpectSame(const std::vector<MessagePtr>& expected,
                         const std::vector<MessagePtr>& actual) {
    const std::string difference = Difference(expected, actual);
    EXPECT_TRUE(difference.empty()) << difference;
  }

  // Before the story goes on or ends: nothing went unnoticed.
  void Settle() {
    if (pending_) {
      EXPECT_THAT(outcome_, IsOk()) << "and no Then expected it";
    }
    for (const auto& [stream, events] : effects_) {
      ADD_FAILURE() << "nobody expected on " << stream.category << "/" << stream.id.ToString()
                    << ":\n"
                    << Readable(events);
    }
    Settled();
  }

  void MustAppend(const StreamId& stream, const google::protobuf::Message& event, absl::Time time) {
    const absl::Status status = streams_.Append(stream, event, time, caller_.actor);
    EXPECT_THAT(status, IsOk());
  }

  Id id_;
  domain::Caller caller_;
  MemoryStreams streams_{ExampleId<domain::OrganizationId>()};
  ExampleRights rights_;
  absl::Time given_time_ = kExampleBefore;
  std::optional<absl::Time> effective_time_;
  int commands_ = 0;

  absl::Status outcome_;
  std::vector<MessagePtr> decided_;
  std::map<StreamId, std::vector<MessagePtr>> effects_;  // not yet expected
  std::set<StreamId> consulted_;
  bool pending_ = false;
};

}  // namespace crm::testing
