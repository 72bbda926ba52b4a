// Scenario: a decision told as given, when, then.
//
//   Scenario<Opportunity>()
//       .GivenStream<Pipeline>(ExampleId<PipelineId>(), PipelineCreatedExample())
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
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/example_world.h"

namespace crm::testing {

template <class A>
class Scenario {
 public:
  using Id = typename A::Id;

  explicit Scenario(Id id = ExampleId<Id>()) { decided_.id = id; }
  Scenario(const Scenario&) = delete;
  ~Scenario() { Settle(); }

  // What happened to the aggregate before, at kExampleBefore.
  template <class... E>
  Scenario& Given(const E&... events) {
    return GivenStream<A>(decided_.id, events...);
  }
  // What happened to another aggregate before.
  template <class B, class... E>
  Scenario& GivenStream(const typename B::Id& id, const E&... events) {
    (world_.Append(domain::StreamOf(id), events, given_time_), ...);
    return *this;
  }
  // The following Given happened at `time`.
  Scenario& GivenAt(absl::Time time) {
    given_time_ = time;
    return *this;
  }
  // The following commands come from `member`, are true at `time`, or lack a permission.
  Scenario& By(const domain::MemberId& member) {
    world_.caller.actor = member;
    return *this;
  }
  Scenario& At(absl::Time effective_time) {
    world_.effective_time = effective_time;
    return *this;
  }
  Scenario& Denying(absl::string_view permission) {
    world_.rights.Deny(permission);
    return *this;
  }

  template <class Command>
  requires domain::Decides<A, Command> Scenario& When(const Command& command) {
    Settle();
    absl::StatusOr<Decided<A>> decided = world_.template Run<A>(command);
    outcome_ = decided.status();
    Decided<A> nothing;
    nothing.id = decided_.id;
    decided_ = std::move(decided).value_or(std::move(nothing));
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
    ExpectSame({std::make_shared<const E>(events)...}, decided_.effects[domain::StreamOf(id)]);
    decided_.effects.erase(domain::StreamOf(id));
    return *this;
  }
  // ...and those are true at this instant, not when the command is.
  template <class B>
  Scenario& ThenDated(const typename B::Id& id, absl::Time instant) {
    EXPECT_EQ(decided_.dated[domain::StreamOf(id)], instant) << domain::NameOf(id);
    return *this;
  }
  // The command was refused for this reason.
  Scenario& ThenRejected(absl::string_view reason) {
    EXPECT_THAT(outcome_, HasReason(std::string(reason))) << "decided:\n"
                                                          << Readable(decided_.events);
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
    EXPECT_TRUE(decided_.consulted.contains(domain::StreamOf(id))) << domain::NameOf(id);
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

  // For assertions of their own: the last outcome, events and effects, and aggregates now.
  const absl::Status& outcome() {
    pending_ = false;
    return outcome_;
  }
  const std::vector<MessagePtr>& decided() const { return decided_.events; }
  const std::map<StreamId, std::vector<MessagePtr>>& effects() const { return decided_.effects; }
  domain::Ref<A> Current() { return CurrentOf<A>(decided_.id); }
  template <class B>
  domain::Ref<B> CurrentOf(const typename B::Id& id) {
    return world_.template Load<B>(id);
  }
  typename A::Resource Shown() { return world_.Show(Current()); }
  // For stories of several kinds of aggregate.
  ExampleWorld& world() { return world_; }
  // An expectation of its own replaces Then: nothing is left to check.
  Scenario& Settled() {
    pending_ = false;
    decided_.effects.clear();
    return *this;
  }

 private:
  Scenario& Expect(const std::vector<MessagePtr>& expected) {
    EXPECT_THAT(outcome_, IsOk());
    if (outcome_.ok()) ExpectSame(expected, decided_.events);
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
    for (const auto& [stream, events] : decided_.effects) {
      ADD_FAILURE() << "nobody expected on " << stream.category << "/" << stream.id.ToString()
                    << ":\n"
                    << Readable(events);
    }
    Settled();
  }

  ExampleWorld world_;
  absl::Time given_time_ = kExampleBefore;
  Decided<A> decided_;  // by the last command; effects are those not yet expected
  absl::Status outcome_;
  bool pending_ = false;
};

}  // namespace crm::testing
