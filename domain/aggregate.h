// What an aggregate is: a list of events and a handful of pure functions over its state. There is
// no base class; a struct with these members is an aggregate, and the concepts below say what is
// missing when it is not.
//
//   struct Pipeline {
//     using Id = PipelineId;                          // names its stream: category and collection
//     using State = PipelineState;
//     using Event = std::variant<events::v1::PipelineCreated, ...>;
//     using Resource = v1::Pipeline;                  // what the API shows
//     static State Evolve(State, const Event&, const EventMetadata&);  // total: never fails
//     static Scope ScopeOf(const State&);
//     static absl::StatusOr<Resource> Render(const Ref<Pipeline>&, const Lookup&);
//     static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::AddStageRequest&,
//                                                   const DecideContext&);
//     ...one Decide per command (domain/decision.h)
//   };
//
// Bookkeeping aggregates (claims, rosters, registers) have Id, State, Event, Evolve and
// `static constexpr bool kBookkeeping = true`, and are changed only through effects of other
// decisions. Where only the version of such a stream says something (number registers, which grow
// without end), `static constexpr bool kStateless = true`: it is never folded, and its head has the
// times of its last event alone.
#pragma once

#include <concepts>
#include <memory>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "domain/event_codec.h"
#include "domain/scope.h"
#include "domain/types/ids.h"

namespace crm::domain {

// Where a stream stands, apart from its state.
struct StreamHead {
  Version version = 0;      // 0: the stream does not exist
  Position position = 0;    // of its last event
  Position commit_end = 0;  // of the last event of the commit that wrote it
  absl::Time first_effective_time = absl::InfiniteFuture();
  absl::Time last_effective_time = absl::InfinitePast();
  absl::Time last_record_time = absl::InfinitePast();
  bool erased = false;  // some personal fields are gone for good

  bool exists() const { return version > 0; }
  void Advance(const EventMetadata& metadata);
};

// An aggregate as loaded: its id, its state, and where its stream stands. Cheap to copy; the state
// is shared.
template <class A>
struct Ref {
  typename A::Id id;
  StreamHead head;
  std::shared_ptr<const typename A::State> shared_state;

  const typename A::State& state() const { return *shared_state; }
  const typename A::State* operator->() const { return shared_state.get(); }
};

template <class A>
concept Foldable = requires(typename A::State s, const typename A::Event& e,
                            const EventMetadata& m) {
  { A::Evolve(std::move(s), e, m) } -> std::same_as<typename A::State>;
};

template <class A>
constexpr bool IsBookkeeping() {
  if constexpr (requires { A::kBookkeeping; }) return A::kBookkeeping;
  return false;
}

template <class A>
constexpr bool IsStateless() {
  if constexpr (requires { A::kStateless; }) return A::kStateless;
  return false;
}

// Folds the stored events of one kind of aggregate without knowing it: what the log needs to load
// any stream.
struct AggregateType {
  std::shared_ptr<void> (*copy)(const void* state);  // a new state when null
  absl::Status (*evolve)(void* state, StreamHead& head, const RecordedEvent&, KeyRing&);
  bool stateless = false;    // the last event alone makes the state
  bool bookkeeping = false;  // its events are true when they are recorded
};

template <Foldable A>
const AggregateType& TypeOf();

template <Foldable A>
const AggregateType& TypeOf() {
  static constexpr AggregateType kType = {
      .copy = [](const void* state) -> std::shared_ptr<void> {
        using State = typename A::State;
        if (state == nullptr) return std::make_shared<State>();
        return std::make_shared<State>(*static_cast<const State*>(state));
      },
      .evolve =
          [](void* state, StreamHead& head, const RecordedEvent& recorded, KeyRing& keys) {
            auto& typed = *static_cast<typename A::State*>(state);
            absl::StatusOr<bool> heard =
                DispatchEvent(std::type_identity<typename A::Event>{}, recorded, keys,
                              [&](const auto& event, const EventMetadata& metadata) {
                                typed = A::Evolve(std::move(typed), event, metadata);
                                head.Advance(metadata);
                                return absl::OkStatus();
                              });
            if (!heard.ok()) return heard.status();
            return *heard ? absl::OkStatus() : UnknownEvent(recorded);
          },
      .stateless = IsStateless<A>(),
      .bookkeeping = IsBookkeeping<A>(),
  };
  return kType;
}

}  // namespace crm::domain
