#include "domain/comment/comment.h"

#include <type_traits>
#include <utility>

#include "absl/strings/ascii.h"
#include "domain/opportunity/opportunity.h"
#include "domain/opportunity_group/opportunity_group.h"
#include "domain/person/subject.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

CommentState On(CommentState state, const events::v1::CommentAdded& event,
                const EventMetadata& metadata) {
  state.parent = {event.parent_category(), Uuid::FromBytes(event.parent_id()).value_or(Uuid{})};
  state.author = MemberId(metadata.actor);
  state.text = event.text();
  return state;
}

// A record that may be commented on, and who it is about.
struct Parent {
  StreamId stream;
  PersonId subject;  // nil: no person
};

// The person, seen through the opportunity's contact, or through its customer.
absl::StatusOr<PersonId> SubjectOf(const Ref<Opportunity>& opportunity,
                                   const DecideContext& context) {
  const auto contact_id = FromBytes<ContactId>(opportunity->details.contact_id());
  if (!contact_id.IsNil()) {
    ASSIGN_OR_RETURN(const Ref<Contact> contact, context.Get<Contact>(contact_id));
    return domain::SubjectOf(contact);
  }
  const auto customer_id = FromBytes<CustomerId>(opportunity->details.customer_id());
  if (customer_id.IsNil()) return PersonId();
  ASSIGN_OR_RETURN(const Ref<Customer> customer, context.Find<Customer>(customer_id));
  return domain::SubjectOf(customer);
}

// A group is about its offers.
absl::StatusOr<PersonId> SubjectOf(const Ref<OpportunityGroup>&, const DecideContext&) {
  return PersonId();
}

template <class A>
absl::StatusOr<PersonId> SubjectOf(const Ref<A>& record, const DecideContext&) {
  return domain::SubjectOf(record);
}

absl::Status Hidden() {
  return WithReason(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                    "the record does not exist or may not be seen");
}

template <class A>
absl::StatusOr<Parent> VisibleParent(const typename A::Id& id, const DecideContext& context) {
  const StreamId stream = StreamOf(id);
  ASSIGN_OR_RETURN(const Ref<A> record, context.Find<A>(id));
  if (!record.head.exists()) return Hidden();
  // Groups are seen as opportunities are.
  const std::string kind =
      std::is_same_v<A, OpportunityGroup> ? StreamOf(OpportunityId()).category : stream.category;
  ASSIGN_OR_RETURN(const bool is_visible,
                   context.Permits(absl::StrCat(kind, ".view"), A::ScopeOf(record.state())));
  if (!is_visible) return Hidden();
  RETURN_IF_ERROR(context.Require<A>(id).status());  // ...and had begun
  ASSIGN_OR_RETURN(const PersonId subject, SubjectOf(record, context));
  return Parent{stream, subject};
}

absl::StatusOr<Parent> ParentNamed(absl::string_view name, const DecideContext& context) {
  absl::StatusOr<Parent> parent =
      InvalidName("{opportunities,opportunityGroups,leads,customers,contacts}", name);
  const auto attempt = [&]<class A>(std::type_identity<A>) {
    const absl::StatusOr<typename A::Id> id = ParseName<typename A::Id>(name);
    if (id.ok()) parent = VisibleParent<A>(*id, context);
    return id.ok();
  };
  static_cast<void>(
      attempt(std::type_identity<Opportunity>{}) || attempt(std::type_identity<Lead>{}) ||
      attempt(std::type_identity<Customer>{}) || attempt(std::type_identity<Contact>{}) ||
      attempt(std::type_identity<OpportunityGroup>{}));
  return parent;
}

std::string NameOfParent(const StreamId& parent) {
  if (parent.category == StreamOf(LeadId()).category) return NameOf(LeadId(parent.id));
  if (parent.category == StreamOf(CustomerId()).category) return NameOf(CustomerId(parent.id));
  if (parent.category == StreamOf(ContactId()).category) return NameOf(ContactId(parent.id));
  if (parent.category == StreamOf(OpportunityGroupId()).category) {
    return NameOf(OpportunityGroupId(parent.id));
  }
  return NameOf(OpportunityId(parent.id));
}

}  // namespace

absl::StatusOr<Decision<Comment::Event>> Comment::Decide(const State&,
                                                         const v1::CreateCommentRequest& command,
                                                         const DecideContext& context) {
  ASSIGN_OR_RETURN(const Parent parent, ParentNamed(command.comment().parent(), context));
  if (absl::StripAsciiWhitespace(command.comment().text()).empty()) {
    return Invalid("TEXT_REQUIRED", "a comment has a text");
  }
  events::v1::CommentAdded added;
  added.set_parent_category(parent.stream.category);
  added.set_parent_id(parent.stream.id.ToBytes());
  added.set_text(command.comment().text());
  added.set_subject_id(ToBytes(parent.subject));
  return Decision<Event>(std::move(added));
}

Comment::State Comment::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

absl::StatusOr<v1::Comment> Comment::Render(const Ref<Comment>& self, const Lookup&) {
  v1::Comment resource;
  resource.set_name(NameOf(self.id));
  resource.set_parent(NameOfParent(self->parent));
  resource.set_text(self->text);
  resource.set_author(NameOf(self->author));
  Stamp(resource, self.head);
  return resource;
}

}  // namespace crm::domain
