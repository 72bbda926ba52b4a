// Document: what proposals, orders and invoices have in common besides the words for their lives.
// What a new one is not told it takes from what it is made of: an opportunity or a lead. Converting
// one into another carries all of this over, so a conversion never changes a cent.
//   D1  Customer and contact exist, may be seen and are not archived when they are named. What is
//       not entered of the recipient is taken from the contact, then the customer, then the lead.
//   D2  The recipient's personal fields belong to one person: the contact, the customer who is a
//       person, the lead's person, or else the document itself.
//   D3  Whoever is credited with it, or with a line of it, sees it as their own.
// Pure over what the lookup reads; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "crm/events/v1/document_types.pb.h"
#include "crm/v1/document.pb.h"
#include "domain/decide_context.h"
#include "domain/document/content.h"
#include "domain/ownership.h"
#include "domain/types/ids.h"

namespace crm::domain {

struct DocumentState {
  events::v1::Ownership ownership;  // contributors: all who are credited (D3)
  events::v1::Recipient recipient;  // personal fields may be erased
  PersonId subject;                 // whose key seals them (D2)
  events::v1::DocumentContent content;
  CreditedMembers credited;           // with the document; empty: the owner
  std::string channel;                // where it was sold
  events::v1::DocumentSource source;  // without category: free
};

// What a document is made of, and what it takes from there unless the client says otherwise.
struct DocumentOrigin {
  std::string display_name;
  events::v1::DocumentSource source;
  Ownership ownership;
  events::v1::Recipient recipient;
  PersonId subject;  // of the recipient; nil: nobody in particular
  CreditedMembers credited;
  events::v1::DocumentContent content;  // a revision's: of what it revises
};

// Of the opportunity or lead that is named, which the caller must see; of nothing when both are
// empty. Refuses SOURCE_AMBIGUOUS when both are named, and SOURCE_CLOSED what is archived, lost,
// superseded, junk, refused, or a lead that became an opportunity.
absl::StatusOr<DocumentOrigin> OriginFrom(absl::string_view opportunity, absl::string_view lead,
                                          const DecideContext& context);

// Recipient and subject (D1, D2), `own` being the document itself. Refuses what may not be named,
// and EMAIL_INVALID.
struct Addressee {
  events::v1::Recipient recipient;
  PersonId subject;
};
absl::StatusOr<Addressee> AddresseeFrom(const v1::Recipient& entered, const DocumentOrigin& origin,
                                        const PersonId& own, const DecideContext& context);
v1::Recipient ShownRecipient(const events::v1::Recipient& recipient);

// What a client says of a new document.
struct EnteredDocument {
  const v1::Recipient& recipient;
  const v1::DocumentContent& content;
  const google::protobuf::RepeatedPtrField<v1::Contributor>& contributors;
  absl::string_view team;
  absl::string_view owner;
  absl::string_view channel = {};  // empty: sales
};

// The new document; `own` as above. Team, owner, who is credited and the lines come from `origin`
// when nothing is said of them. Refuses what ContentFrom, AddresseeFrom, ContributorsFrom and
// ResolveOwnership refuse.
absl::StatusOr<DocumentState> DocumentFrom(const EnteredDocument& entered,
                                           const DocumentOrigin& origin, const PersonId& own,
                                           const DecideContext& context);

// What it is worth and whose it is, as its events carry it. Number and opportunity are left to the
// caller.
events::v1::DocumentSnapshot SnapshotOf(const DocumentState& document);

// D3, after who is credited or the lines changed.
void SetContributors(DocumentState& document);

// The event that gives a document to another team and owner: `to`, and the contributors as they
// are. The snapshot is left to the caller.
template <class Assigned>
Assigned AssignmentTo(const Ownership& to, const DocumentState& document) {
  Assigned assigned;
  *assigned.mutable_to() = ToEvent(to);
  *assigned.mutable_to()->mutable_contributor_ids() = document.ownership.contributor_ids();
  return assigned;
}

}  // namespace crm::domain
