#include "domain/person/person.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "domain/claim/claim.h"
#include "domain/person/subject.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/types/email.h"

namespace crm::domain {
namespace {

// Records that name persons: tries each kind on `name` and answers what `use(type)` does for the
// one that fits.
template <class Result, class Use>
absl::StatusOr<Result> WithPersonalRecord(absl::string_view name, Use use) {
  absl::StatusOr<Result> result = InvalidName("{contacts,leads,customers,members}", name);
  const auto attempt = [&]<class A>(std::type_identity<A> type) {
    const absl::StatusOr<typename A::Id> id = ParseName<typename A::Id>(name);
    if (id.ok()) result = use(type, *id);
    return id.ok();
  };
  static_cast<void>(attempt(std::type_identity<Contact>{}) || attempt(std::type_identity<Lead>{}) ||
                    attempt(std::type_identity<Customer>{}) ||
                    attempt(std::type_identity<Member>{}));
  return result;
}

absl::Status CheckErasable(const Ref<Member>& member) {
  if (!member->active) return absl::OkStatus();
  return Refuse("MEMBER_STILL_ACTIVE",
                absl::StrCat(NameOf(member.id), " must be deactivated before being erased"),
                {{"member", NameOf(member.id)}});
}

template <class A>
absl::Status CheckErasable(const Ref<A>& record) {
  if (!SubjectOf(record).IsNil()) return absl::OkStatus();
  return Refuse("NOT_A_PERSON", absl::StrCat(NameOf(record.id), " is no person"),
                {{"record", NameOf(record.id)}});
}

// What else goes with the record.
template <class A>
absl::Status LetGo(const Ref<A>&, const DecideContext&, Decision<Person::Event>&) {
  return absl::OkStatus();
}

absl::Status LetGo(const Ref<Member>& member, const DecideContext& context,
                   Decision<Person::Event>& decision) {
  if (member->erased) return absl::OkStatus();
  const ClaimId claim_id =
      ClaimOf(context.caller().organization, kMemberEmailClaim, EmailKey(member->email));
  ASSIGN_OR_RETURN(const Ref<Claim> claim, context.Find<Claim>(claim_id));
  const bool is_held = claim->held && claim->holder == StreamOf(member.id);
  if (is_held) decision.Affect(claim, events::v1::ValueReleased());
  return absl::OkStatus();
}

template <class A>
absl::StatusOr<Decision<Person::Event>> Erase(const typename A::Id& id, const std::string& reason,
                                              const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<A> record, context.Require<A>(id));
  RETURN_IF_ERROR(CheckErasable(record));
  events::v1::SubjectErased erased;
  erased.set_subject_id(ToBytes(SubjectOf(record)));
  erased.set_reason(reason);
  erased.set_record_category(StreamOf(id).category);
  Decision<Person::Event> decision(std::move(erased));
  RETURN_IF_ERROR(LetGo(record, context, decision));
  return decision;
}

std::string RecordName(const std::string& category, const Uuid& id) {
  if (category == StreamOf(ContactId()).category) return NameOf(ContactId(id));
  if (category == StreamOf(LeadId()).category) return NameOf(LeadId(id));
  if (category == StreamOf(CustomerId()).category) return NameOf(CustomerId(id));
  return NameOf(MemberId(id));
}

PersonState On(PersonState state, const events::v1::SubjectErased& event) {
  state.subject = FromBytes<PersonId>(event.subject_id());
  state.record_category = event.record_category();
  state.reason = event.reason();
  return state;
}

}  // namespace

absl::StatusOr<PersonId> Person::TargetOf(const v1::ErasePersonRequest& command, const Caller&) {
  return WithPersonalRecord<PersonId>(command.record(),
                                      [](auto, const auto& id) { return PersonId(id.uuid()); });
}

absl::StatusOr<Decision<Person::Event>> Person::Decide(const State& state,
                                                       const v1::ErasePersonRequest& command,
                                                       const DecideContext& context) {
  if (state.erased()) return Decision<Event>();
  if (absl::StripAsciiWhitespace(command.reason()).empty()) {
    return Invalid("ERASURE_REASON_REQUIRED", "an erasure says why, without naming the person");
  }
  return WithPersonalRecord<Decision<Event>>(
      command.record(), [&]<class A>(std::type_identity<A>, const typename A::Id& id) {
        return Erase<A>(id, command.reason(), context);
      });
}

Person::State Person::Evolve(State state, const Event& event, const EventMetadata&) {
  return std::visit([&](const auto& e) { return On(std::move(state), e); }, event);
}

absl::StatusOr<v1::Erasure> Person::Render(const Ref<Person>& self, const Lookup&) {
  v1::Erasure resource;
  resource.set_record(RecordName(self->record_category, self.id.uuid()));
  *resource.mutable_erase_time() = TimestampOf(self.head.first_effective_time);
  resource.set_position(self.head.position);
  return resource;
}

}  // namespace crm::domain
