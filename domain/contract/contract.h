// Contract: what was agreed with a customer, for how much, until when.
//
//   Create --> draft -- Approve --> approved -- Send --> sent -- Sign --> signed (Renew: goes on)
//                ^                     |                   |                |
//                +---- what is signed changes -------------+            Terminate --> terminated
//
//   Void: any of the first three is not wanted any more.
//
// Invariants
//   I1  What is signed is what was approved: value, days and text, held by their hash. A change of
//       one of them makes it a draft again (APPROVAL_REQUIRED), and the link opens nothing until it
//       is approved and sent again. Who signs may say what was seen (CONTENT_CHANGED).
//   I2  It is signed once (CONTRACT_SIGNED), and until the end of its last day in the
//   organization's
//       zone (CONTRACT_EXPIRED, as T43). Then only name, notice, opportunity and tags change.
//   I3  It is renewed while it is signed and did not end early (CONTRACT_NOT_SIGNED,
//       CONTRACT_ENDED); it never ends earlier by that, and what it was stays in its history.
//   I4  It is terminated once, on a day within its days (PERIOD_INVALID); one that is not signed is
//       made void instead.
//   I5  The first day is not after the last (PERIOD_INVALID); its value is not negative
//       (AMOUNT_NEGATIVE).
//   I6  Whether it expired is not in it: it follows from its last day and the day asked for.
//   I7  Its owner is told once of a last day, so many days before, while it is signed.
//   I8  A public link opens it once it was sent, one link at a time, while it is not void or being
//       changed and the link's last day has not passed (LINK_INVALID). That it was opened is
//       recorded once a link and day. Only what is on paper is seen.
//   I9  A revision of its fields names exactly those whose values changed; no change, no event.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crm/events/v1/contract_events.pb.h"
#include "crm/v1/contract_service.pb.h"
#include "crm/v1/public_document_service.pb.h"
#include "domain/decide_context.h"
#include "domain/document/public_link.h"
#include "domain/schedule/rules.h"

namespace crm::domain {

struct ContractState {
  struct Renewal {
    std::optional<absl::CivilDay> end;  // before; absent: no end
    events::v1::Amount value;           // before; without currency: not known
    absl::Time time;                    // effective
  };

  ContractId id;                // nil before the first event
  OrganizationId organization;  // the same
  v1::ContractState phase = v1::CONTRACT_STATE_UNSPECIFIED;
  events::v1::ContractDetails details;
  events::v1::Ownership ownership;
  events::v1::Recipient recipient;    // personal fields may be erased
  PersonId subject;                   // whose key seals them
  events::v1::DocumentSource source;  // without category: free
  std::string content_hash;  // of what was approved, then signed; empty: not approved as it is
  std::optional<absl::Time> send_time;  // effective time of the first sending
  std::optional<absl::Time> sign_time;  // effective
  std::string signer_person_name;       // through the link; may be erased, as the signature may
  std::string signature;
  std::vector<Renewal> renewals;
  std::optional<absl::CivilDay> last_day;  // terminated only
  std::string end_reason;
  std::optional<absl::CivilDay> noticed_end;  // the last day its owner was told of
  LinkState link;
  int64_t view_count = 0;
  std::optional<absl::Time> last_view_time;

  bool IsSigned() const { return phase == v1::CONTRACT_STATE_SIGNED; }
  // Terminated or void.
  bool HasEnded() const {
    return phase == v1::CONTRACT_STATE_TERMINATED || phase == v1::CONTRACT_STATE_VOID;
  }
  // Terminated or by its end, inclusive; absent: no end.
  std::optional<absl::CivilDay> End() const;
  // I6. Never of a void one.
  bool IsExpired(absl::CivilDay today) const;
};

struct Contract {
  using Id = ContractId;
  using State = ContractState;
  using Event = std::variant<
      events::v1::ContractDrafted, events::v1::ContractDetailsRevised, events::v1::ContractApproved,
      events::v1::ContractSent, events::v1::ContractLinkIssued, events::v1::ContractViewed,
      events::v1::ContractSigned, events::v1::ContractRenewed, events::v1::ContractExpiryNoticed,
      events::v1::ContractTerminated, events::v1::ContractVoided, events::v1::ContractAssigned>;
  using Resource = v1::Contract;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State& state);
  // Expired or not at the lookup's instant.
  static absl::StatusOr<Resource> Render(const Ref<Contract>& self, const Lookup& lookup);
  // A row of a list: without text and signature, which may be long.
  static absl::StatusOr<Resource> RenderRow(const ContractId& id, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<ContractId> TargetOf(const v1::UpdateContractRequest&, const Caller&);
  static absl::StatusOr<ContractId> TargetOf(const DueInstant& instant, const Caller&) {
    return ContractId(instant.subject.id);
  }
  // What a link names; LINK_INVALID when that is no contract.
  static absl::StatusOr<ContractId> TargetOf(absl::string_view link);
  template <class Command>
  requires requires(const Command& c) { c.link(); }
  static absl::StatusOr<ContractId> TargetOf(const Command& command, const Caller&) {
    return TargetOf(command.link());
  }

  // Refuses DISPLAY_NAME_REQUIRED, SOURCE_AMBIGUOUS, SOURCE_CLOSED, by I5, and what AddresseeFrom
  // and ResolveOwnership refuse.
  static Result Decide(const State&, const v1::CreateContractRequest&, const DecideContext&);
  // Refuses CONTRACT_ENDED, and by I2 and I5.
  static Result Decide(const State&, const v1::UpdateContractRequest&, const DecideContext&);
  // Refuses what ResolveOwnership refuses.
  static Result Decide(const State&, const v1::AssignContractRequest&, const DecideContext&);
  // Refuses CONTRACT_SIGNED, CONTRACT_ENDED.
  static Result Decide(const State&, const v1::ApproveContractRequest&, const DecideContext&);
  // Refuses by I1 and I2, and RECIPIENT_REQUIRED.
  static Result Decide(const State&, const v1::SendContractRequest&, const DecideContext&);
  // Refuses by I1 and I2.
  static Result Decide(const State&, const v1::SignContractRequest&, const DecideContext&);
  // Refuses by I3 and I5.
  static Result Decide(const State&, const v1::RenewContractRequest&, const DecideContext&);
  // Refuses by I4.
  static Result Decide(const State&, const v1::TerminateContractRequest&, const DecideContext&);
  // Refuses CONTRACT_SIGNED, CONTRACT_ENDED.
  static Result Decide(const State&, const v1::VoidContractRequest&, const DecideContext&);
  // The clock's (I7); refuses nothing.
  static Result Decide(const State&, const DueInstant&, const DecideContext&);
  // By I8: CONTRACT_NOT_SENT, CONTRACT_SIGNED, CONTRACT_ENDED; and LINK_EXPIRY_PASSED.
  static Result Decide(const State&, const v1::CreateContractLinkRequest&, const DecideContext&);
  // In any state.
  static Result Decide(const State&, const v1::RevokeContractLinkRequest&, const DecideContext&);

  // Whoever holds the link: each refuses by I8, then what a member's would be refused, and by I1.
  static Result Decide(const State&, const v1::ViewPublicDocumentRequest&, const DecideContext&);
  static Result Decide(const State&, const v1::SignPublicDocumentRequest&, const DecideContext&);
  static absl::StatusOr<v1::ViewPublicDocumentResponse> Respond(
      const v1::ViewPublicDocumentRequest&, const Ref<Contract>& self, const Lookup& lookup);
  static absl::StatusOr<v1::SignPublicDocumentResponse> Respond(
      const v1::SignPublicDocumentRequest&, const Ref<Contract>& self, const Lookup& lookup);
};

// CONTRACT_ENDED; each of the next is refused by those below it.
absl::Status RequireNotEnded(const ContractState& state);
// CONTRACT_SIGNED.
absl::Status RequireUnsigned(const ContractState& state);
// CONTRACT_NOT_SENT, after what RequireUnsigned refuses.
absl::Status RequireSent(const ContractState& state);

// I1: 32 bytes, the SHA-256 of the details with value, start, end and text alone.
std::string ContentHashOf(const events::v1::ContractDetails& details);

// What it is worth and whose it is, as its events carry it.
events::v1::DocumentSnapshot SnapshotOf(const ContractState& state);

}  // namespace crm::domain
