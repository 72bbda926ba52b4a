// Organization: the unit of isolation, backup and erasure, with the settings that hold for every
// team. Every other aggregate reads it; only administrators change it.
//
//   (operator) CreateOrganization -> exists for ever
//
// Invariants
//   I1  Birth makes, in one commit: the organization with every default written out (a later
//       release's defaults change nothing), the default loss reasons, an administrator, that
//       member's token, and the claim of the e-mail address.
//   I2  Currency and time zone are known ones and never change.
//   I3  Membership is single-team only while nobody belongs to two teams.
//   I4  Loss reasons are never removed, only archived; their ids are unique. "other" wants text.
//   I5  Teams are given up only while every team is archived: records that are in one keep it, and
//       nobody is left in a team that cannot be seen or changed.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crm/events/v1/organization_events.pb.h"
#include "crm/v1/operator_service.pb.h"
#include "crm/v1/organization_service.pb.h"
#include "domain/decide_context.h"
#include "domain/types/calendar.h"
#include "domain/types/currency.h"

namespace crm::domain {

// Why something may be lost.
struct LossReason {
  std::string id;  // chosen by the organization, for example "price"
  std::string display_name;
  bool requires_text = false;  // free text is mandatory
  bool archived = false;       // no longer offered

  friend bool operator==(const LossReason&, const LossReason&) = default;
};

struct OrganizationState {
  std::string display_name;
  std::string letterhead;            // printed below the name on documents, line by line
  std::optional<Currency> currency;  // set from the first event on
  std::string time_zone;
  FiscalYearStart fiscal_year_start;
  bool leads_enabled = true;       // captures become leads, otherwise opportunities
  bool teams_enabled = true;       // otherwise none is created and no record is put into one
  bool single_team = false;        // a member belongs to one team at most
  bool everything_shared = false;  // every member sees every record
  v1::ReassignPolicy reassign_policy = v1::REASSIGN_POLICY_EVERY_MEMBER;
  v1::Rounding rounding = v1::ROUNDING_HALF_UP;
  int commission_waiting_days = 0;
  bool auto_invoice_on_acceptance = false;
  int stagnation_threshold_days = 14;  // stagnant after more than this many days in a stage
  int reminder_days = 0;
  v1::TaxLevel tax_level = v1::TAX_LEVEL_LINE;  // of new documents
  v1::CommissionCombination commission_combination = v1::COMMISSION_COMBINATION_FIRST_BY_PRIORITY;
  bool proposal_approval_required = false;
  int invoice_reminder_after_days = 0;   // after the due day; 0: never
  int invoice_reminder_every_days = 0;   // and again; 0: not again
  std::vector<LossReason> loss_reasons;  // in order of definition
  MemberId administrator;                // the first member

  // A record follows its new owner into the owner's only team, or out of all where none is used;
  // otherwise it stays in its team.
  bool OwnerBringsTeam() const { return single_team || !teams_enabled; }
  // The zone that says which day an instant belongs to.
  Zone zone() const;
  // Archived ones too; nullptr when there is none.
  const LossReason* FindLossReason(absl::string_view id) const;
};

struct Organization {
  using Id = OrganizationId;
  using State = OrganizationState;
  using Event =
      std::variant<events::v1::OrganizationCreated, events::v1::OrganizationSettingsRevised,
                   events::v1::MembershipPolicySwitched, events::v1::LossReasonDefined>;
  using Resource = v1::Organization;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Organization>& self, const Lookup& lookup);

  // What the operator is told about the new organization.
  static absl::StatusOr<v1::CreateOrganizationResponse> Respond(
      const v1::CreateOrganizationRequest& command, const Ref<Organization>& self,
      const Lookup& lookup);

  // Every command is about the caller's organization; the operator's pipeline derives that of a
  // new one from the request id.
  template <class Command>
  static absl::StatusOr<OrganizationId> TargetOf(const Command&, const Caller& caller) {
    return caller.organization;
  }
  static void Births(const v1::CreateOrganizationRequest&);

  // Refuses DISPLAY_NAME_REQUIRED, CURRENCY_UNKNOWN, TIME_ZONE_UNKNOWN, EMAIL_INVALID,
  // SECRET_HASH_INVALID.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateOrganizationRequest&,
                                                const DecideContext&);
  // Refuses FIELD_UNKNOWN, FIELD_NOT_UPDATABLE, DISPLAY_NAME_REQUIRED, MONTH_INVALID, and
  // TEAMS_IN_USE with the first of them in the metadata.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateOrganizationRequest&,
                                                const DecideContext&);
  // Refuses MEMBERS_IN_SEVERAL_TEAMS, with the first of them in the metadata.
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::SwitchMembershipPolicyRequest&,
                                                const DecideContext&);
  // Refuses DISPLAY_NAME_REQUIRED, OTHER_REQUIRES_TEXT.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::DefineLossReasonRequest&,
                                                const DecideContext&);
};

}  // namespace crm::domain
