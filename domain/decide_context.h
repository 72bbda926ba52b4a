// DecideContext: everything a decision may know besides its own state and command. Time, actor,
// rights and other aggregates come only through here, so Decide stays pure: the same state, command
// and context decide the same.
#pragma once

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "domain/aggregate.h"
#include "domain/decision.h"
#include "domain/lookup.h"
#include "domain/scope.h"
#include "domain/types/ids.h"

namespace crm::domain {

// Who sends a command, in which organization, under which request id.
struct Caller {
  OrganizationId organization;
  MemberId actor;  // nil: the system, or whoever holds a public link
  Uuid request_id;
};

// Ids born by a command are UUIDv5 over (organization, actor, request id, ordinal): a retried
// create lands on the same stream, and Decide needs no generator.
Uuid DerivedId(const Caller& caller, int ordinal);

// Rights of the caller, asked by rules that depend on them ("unless the caller has
// lead.exceed_capacity").
class Rights {
 public:
  virtual ~Rights() = default;
  // The caller's role grants `permission` on a record of this scope.
  virtual absl::StatusOr<bool> Permits(absl::string_view permission, const Scope& scope) = 0;
};

class DecideContext : public Lookup {
 public:
  DecideContext(Caller caller, absl::Time now, std::optional<absl::Time> effective_time,
                StreamSource& streams, Rights& rights)
      : Lookup(streams),
        caller_(caller),
        now_(now),
        effective_time_(effective_time),
        rights_(rights) {}

  const Caller& caller() const { return caller_; }
  const MemberId& actor() const { return caller_.actor; }
  // The command's one clock reading. Business rules use effective_time(); this only bounds it.
  absl::Time now() const { return now_; }
  // When the command is true; now() unless entered late.
  absl::Time effective_time() const { return effective_time_.value_or(now_); }

  // The `ordinal`-th id born by this command. Ordinal 0 is the command's own new aggregate.
  template <class Id>
  Id NewId(int ordinal) const {
    return Id(DerivedId(caller_, ordinal));
  }

  // An aggregate that must exist and have begun by effective_time(): else REFERENCE_NOT_FOUND or
  // REFERENCE_NOT_YET_EFFECTIVE with the earliest instant in the metadata.
  template <Foldable B>
  absl::StatusOr<Ref<B>> Require(const typename B::Id& id) const {
    absl::StatusOr<Ref<B>> found = Get<B>(id);
    if (!found.ok() || IsBookkeeping<B>()) return found;
    if (found->head.first_effective_time > effective_time()) {
      return NotYetEffective(NameOf(id), found->head.first_effective_time);
    }
    return found;
  }

  // The same, and the caller may see it: what is hidden is refused like what does not exist.
  template <Foldable B>
  absl::StatusOr<Ref<B>> RequireSeen(const typename B::Id& id) const {
    absl::StatusOr<Ref<B>> found = Get<B>(id);
    if (!found.ok()) return found;
    const absl::StatusOr<bool> is_seen =
        Permits(absl::StrCat(StreamOf(id).category, ".view"), B::ScopeOf(found->state()));
    if (!is_seen.ok()) return is_seen.status();
    return *is_seen ? Require<B>(id) : ReferenceNotFound(NameOf(id));
  }

  absl::StatusOr<bool> Permits(absl::string_view permission, const Scope& scope) const {
    return rights_.Permits(permission, scope);
  }

  // PERMISSION_DENIED unless the caller may do this to another record that the command changes.
  template <Foldable B>
  absl::Status RequirePermission(absl::string_view permission, const Ref<B>& record) const {
    const absl::StatusOr<bool> permitted = Permits(permission, B::ScopeOf(record.state()));
    if (!permitted.ok()) return permitted.status();
    return *permitted ? absl::OkStatus() : MayNot(permission, NameOf(record.id));
  }

 private:
  static absl::Status NotYetEffective(const std::string& name, absl::Time first);
  static absl::Status MayNot(absl::string_view permission, const std::string& name);

  Caller caller_;
  absl::Time now_;
  std::optional<absl::Time> effective_time_;
  Rights& rights_;
};

// The stream a command is about. By default the stream its `name` names, or a new one when it has
// no name; an aggregate overloads `A::TargetOf(command, caller)` where the name is elsewhere (for
// example inside the resource).
template <class A, class Command>
absl::StatusOr<typename A::Id> TargetOf(const Command& command, const Caller& caller) {
  if constexpr (requires { A::TargetOf(command, caller); }) {
    return A::TargetOf(command, caller);
  } else if constexpr (requires { command.name(); }) {
    return ParseName<typename A::Id>(command.name());
  } else {
    return typename A::Id(DerivedId(caller, 0));
  }
}

// Whether the command gives birth to its stream (and therefore must find none). An aggregate that
// chooses the id of what it creates itself (TargetOf) declares `static void Births(const Command&)`
// to say so.
template <class A, class Command>
constexpr bool Creates() {
  if constexpr (requires(const Command& c) { A::Births(c); }) return true;
  return !requires(const Command& c, const Caller& caller) { A::TargetOf(c, caller); }
  &&!requires(const Command& c) { c.name(); };
}

// Whether the command takes its stream as it finds it, there or not: what it makes true may be true
// already. The aggregate declares `static void BirthsIfAbsent(const Command&)` to say so.
template <class A, class Command>
constexpr bool CreatesIfAbsent() {
  return requires(const Command& c) { A::BirthsIfAbsent(c); };
}

template <class A, class Command>
concept Decides = Foldable<A> &&
    requires(const typename A::State& s, const Command& c, const DecideContext& x) {
  { A::Decide(s, c, x) } -> std::same_as<absl::StatusOr<Decision<typename A::Event>>>;
  { A::ScopeOf(s) } -> std::same_as<Scope>;
};

}  // namespace crm::domain
