// What a command decides: events of its own stream, and effects on others, in one commit. A plain
// value; deciding nothing (`{}`) is a valid answer.
#pragma once

#include <algorithm>
#include <concepts>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "domain/aggregate.h"
#include "domain/types/ids.h"

namespace crm::domain {

// Events for another aggregate, in the same commit.
struct Effect {
  StreamId stream;
  const AggregateType* type = nullptr;
  Version expected = 0;  // the version they were decided on
  bool bookkeeping = false;
  // When they are true, where that is not when the command is.
  std::optional<absl::Time> effective_time = std::nullopt;
  std::vector<std::shared_ptr<const google::protobuf::Message>> events;
};

template <class Event>
class Decision {
 public:
  Decision() = default;
  template <class E>
  requires std::constructible_from<Event, E>
  // Implicit: `return StageMoved{...};` reads best.
  Decision(E event) {
    events_.emplace_back(std::move(event));
  }

  // Appends an event of the command's own stream.
  template <class E>
  Decision& Add(E event) {
    events_.emplace_back(std::move(event));
    return *this;
  }

  // Appends an event of another aggregate, decided on `target` as it was read.
  template <class B, class E>
  requires std::constructible_from<typename B::Event, E> Decision& Affect(const Ref<B>& target,
                                                                          E event) {
    return AffectWhen(target, std::nullopt, std::move(event));
  }

  // The same, true at another instant than the command: a correction is dated as what it corrects.
  // All that a command decides for one stream is true at one instant.
  template <class B, class E>
  requires std::constructible_from<typename B::Event, E> Decision& AffectAt(const Ref<B>& target,
                                                                            absl::Time instant,
                                                                            E event) {
    static_assert(!IsBookkeeping<B>(), "bookkeeping is true when it is recorded");
    return AffectWhen(target, instant, std::move(event));
  }

  // Takes over what was decided about another aggregate: its events, and their effects, become
  // effects of this decision.
  template <class B>
  Decision& Include(const Ref<B>& target, const Decision<typename B::Event>& decided) {
    for (const auto& event : decided.events()) {
      std::visit([&](const auto& e) { Affect(target, e); }, event);
    }
    effects_.insert(effects_.end(), decided.effects().begin(), decided.effects().end());
    return *this;
  }

  const std::vector<Event>& events() const { return events_; }
  const std::vector<Effect>& effects() const { return effects_; }

 private:
  template <class B, class E>
  Decision& AffectWhen(const Ref<B>& target, std::optional<absl::Time> instant, E event) {
    const StreamId stream = StreamOf(target.id);
    const auto same = [&](const Effect& effect) {
      return effect.stream == stream && effect.effective_time == instant;
    };
    auto effect = std::find_if(effects_.begin(), effects_.end(), same);
    if (effect == effects_.end()) {
      effects_.push_back(
          {stream, &TypeOf<B>(), target.head.version, IsBookkeeping<B>(), instant, {}});
      effect = std::prev(effects_.end());
    }
    effect->events.push_back(std::make_shared<const E>(std::move(event)));
    return *this;
  }

  std::vector<Event> events_;
  std::vector<Effect> effects_;
};

}  // namespace crm::domain
