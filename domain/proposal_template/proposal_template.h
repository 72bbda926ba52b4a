// ProposalTemplate: what is offered again and again. A proposal takes a copy, so nothing that
// changes here changes a proposal.
//
//   created -> archived <-> restored
//
// Invariants
//   I1  It has a name (DISPLAY_NAME_REQUIRED) and lines, by the rules of every document's content.
//   I2  Nothing changes while it is archived, and nothing is made of it
//       (PROPOSAL_TEMPLATE_ARCHIVED).
//   I3  What is made of it has its lines with their prices, discount and texts, reckoned anew by
//   the
//       settings of the day; products and taxes they name must still be offered.
//   I4  A revision names exactly what changed; no change, no event.
// Templates belong to the organization. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/proposal_events.pb.h"
#include "crm/v1/proposal.pb.h"
#include "crm/v1/proposal_template_service.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct ProposalTemplateState {
  std::string display_name;
  events::v1::DocumentContent content;
  int open_days = 0;                       // after drafting; 0: no end
  std::optional<absl::Time> archive_time;  // effective; nullopt: offered

  bool archived() const { return archive_time.has_value(); }
};

struct ProposalTemplate {
  using Id = ProposalTemplateId;
  using State = ProposalTemplateState;
  using Event =
      std::variant<events::v1::ProposalTemplateCreated, events::v1::ProposalTemplateRevised,
                   events::v1::ProposalTemplateArchived, events::v1::ProposalTemplateRestored>;
  using Resource = v1::ProposalTemplate;
  using Result = absl::StatusOr<Decision<Event>>;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<ProposalTemplate>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<ProposalTemplateId> TargetOf(const v1::UpdateProposalTemplateRequest&,
                                                     const Caller&);

  // Refuses by I1.
  static Result Decide(const State&, const v1::CreateProposalTemplateRequest&,
                       const DecideContext&);
  // Refuses by I1 and I2.
  static Result Decide(const State&, const v1::UpdateProposalTemplateRequest&,
                       const DecideContext&);
  static Result Decide(const State&, const v1::ArchiveProposalTemplateRequest&,
                       const DecideContext&);
  static Result Decide(const State&, const v1::RestoreProposalTemplateRequest&,
                       const DecideContext&);
};

// I3: what a new proposal is not told, from the template it names. Refuses by I2, and
// SOURCE_AMBIGUOUS of a revision, which is made of what it revises.
absl::Status FillFromTemplate(const ProposalTemplateId& id, absl::CivilDay today,
                              const DecideContext& context, v1::Proposal& proposal);

}  // namespace crm::domain
