// ExampleWorld: streams, a caller and a clock that stands still, and the road a command takes
// through them: load, decide, append, fold, render. What a decision's events make of the state in
// hand is compared with what the stored events make of an empty one. Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "base/status_macros.h"
#include "domain/decide_context.h"
#include "gmock/gmock.h"
#include "tests/support/example_ids.h"
#include "tests/support/example_rights.h"
#include "tests/support/memory_streams.h"
#include "tests/support/readable.h"
#include "tests/support/status_matchers.h"

namespace crm::testing {

// What one command did.
template <class A>
struct Decided {
  typename A::Id id;                                    // of the aggregate it was about
  std::vector<MessagePtr> events;                       // in its stream
  std::map<StreamId, std::vector<MessagePtr>> effects;  // in others
  std::map<StreamId, std::optional<absl::Time>> dated;  // effects of another time
  std::set<StreamId> consulted;                         // what the commit expects unchanged
};

class ExampleWorld {
 public:
  domain::Caller caller = {ExampleId<domain::OrganizationId>(), ExampleId<domain::MemberId>(), {}};
  std::optional<absl::Time> effective_time;
  ExampleRights rights;
  MemoryStreams streams{ExampleId<domain::OrganizationId>()};

  // Appends an event as given; the test fails when it cannot be.
  void Append(const StreamId& stream, const google::protobuf::Message& event, absl::Time time) {
    const absl::Status status = streams.Append(stream, event, time, caller.actor);
    EXPECT_THAT(status, IsOk());
  }

  template <class A>
  domain::Ref<A> Load(const typename A::Id& id) {
    return *domain::Lookup(streams).Find<A>(id);
  }

  // As the API shows it; the test fails when it cannot be shown.
  template <class A>
  typename A::Resource Show(const domain::Ref<A>& ref) {
    absl::StatusOr<typename A::Resource> shown = A::Render(ref, domain::Lookup(streams));
    EXPECT_THAT(shown, IsOk()) << "while rendering " << domain::NameOf(ref.id);
    return shown.value_or(typename A::Resource());
  }

  // Decides the command and appends what it decided, or does nothing and says why.
  template <class A, class Command>
  absl::StatusOr<Decided<A>> Run(const Command& command) {
    Decided<A> decided;
    caller.request_id = ExampleRequestId(++commands_);
    ASSIGN_OR_RETURN(decided.id, (domain::TargetOf<A, Command>(command, caller)));
    const domain::DecideContext context(caller, kExampleNow, effective_time, streams, rights);
    const domain::Ref<A> before = Load<A>(decided.id);
    if (!domain::CreatesIfAbsent<A, Command>() &&
        before.head.exists() == domain::Creates<A, Command>()) {
      return absl::InternalError(
          absl::StrCat(domain::NameOf(decided.id), " was not given, or too early"));
    }
    streams.ForgetConsulted();
    ASSIGN_OR_RETURN(const auto decision, A::Decide(before.state(), command, context));
    decided.consulted = streams.consulted();
    for (const auto& event : decision.events()) {
      decided.events.push_back(std::visit(
          [](const auto& e) -> MessagePtr {
            return std::make_shared<std::decay_t<decltype(e)>>(e);
          },
          event));
      Append(domain::StreamOf(decided.id), *decided.events.back(), context.effective_time());
    }
    for (const domain::Effect& effect : decision.effects()) {
      decided.effects[effect.stream] = effect.events;
      for (const MessagePtr& event : effect.events) {
        Append(effect.stream, *event, effect.effective_time.value_or(context.effective_time()));
      }
      decided.dated[effect.stream] = effect.effective_time;
    }
    ExpectSameFold(before, decision.events(), context.effective_time());
    return decided;
  }

 private:
  // Folding on is folding anew.
  template <class A>
  void ExpectSameFold(const domain::Ref<A>& before, const std::vector<typename A::Event>& events,
                      absl::Time time) {
    const domain::Ref<A> anew = Load<A>(before.id);
    typename A::State state = before.state();
    domain::EventMetadata metadata = {.organization = caller.organization.uuid(),
                                      .stream = domain::StreamOf(before.id),
                                      .version = before.head.version,
                                      .position = 0,
                                      .record_time = anew.head.last_record_time,
                                      .effective_time = time,
                                      .actor = caller.actor.uuid(),
                                      .erased = false};
    for (const auto& event : events) {
      ++metadata.version;
      state = A::Evolve(std::move(state), event, metadata);
    }
    const domain::Ref<A> on = {before.id, anew.head,
                               std::make_shared<typename A::State>(std::move(state))};
    const std::string difference = Difference({std::make_shared<typename A::Resource>(Show(anew))},
                                              {std::make_shared<typename A::Resource>(Show(on))});
    EXPECT_TRUE(difference.empty()) << "folding on differs from folding anew\n" << difference;
  }

  int commands_ = 0;
};

}  // namespace crm::testing
