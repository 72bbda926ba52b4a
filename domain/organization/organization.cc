#include "domain/organization/organization.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "domain/administrator_register/administrator_register.h"
#include "domain/claim/claim.h"
#include "domain/field_mask.h"
#include "domain/member/member.h"
#include "domain/rejection.h"
#include "domain/team_register/team_register.h"
#include "domain/text.h"
#include "domain/token/token.h"
#include "domain/types/email.h"

namespace crm::domain {
namespace {

constexpr char kOtherReason[] = "other";  // the loss reason that says nothing without a text

OrganizationState On(OrganizationState state, const events::v1::OrganizationCreated& event) {
  state.display_name = event.display_name();
  state.currency = Currency::Parse(event.currency_code());
  state.time_zone = event.time_zone();
  state.administrator = FromBytes<MemberId>(event.administrator_id());
  return state;
}

OrganizationState On(OrganizationState state, const events::v1::OrganizationSettingsRevised& e) {
  if (e.has_display_name()) state.display_name = e.display_name();
  if (e.has_fiscal_year_start_month()) {
    state.fiscal_year_start =
        FiscalYearStart::FromMonth(e.fiscal_year_start_month()).value_or(state.fiscal_year_start);
  }
  if (e.has_leads_enabled()) state.leads_enabled = e.leads_enabled();
  if (e.has_teams_enabled()) state.teams_enabled = e.teams_enabled();
  if (e.has_everything_shared()) state.everything_shared = e.everything_shared();
  if (e.has_reassign_policy()) {
    state.reassign_policy = static_cast<v1::ReassignPolicy>(e.reassign_policy());
  }
  if (e.has_rounding()) state.rounding = static_cast<v1::Rounding>(e.rounding());
  if (e.has_commission_waiting_days()) state.commission_waiting_days = e.commission_waiting_days();
  if (e.has_auto_invoice_on_acceptance()) {
    state.auto_invoice_on_acceptance = e.auto_invoice_on_acceptance();
  }
  if (e.has_stagnation_threshold_days()) {
    state.stagnation_threshold_days = e.stagnation_threshold_days();
  }
  if (e.has_reminder_days()) state.reminder_days = e.reminder_days();
  if (e.has_tax_level()) state.tax_level = static_cast<v1::TaxLevel>(e.tax_level());
  if (e.has_commission_combination()) {
    state.commission_combination =
        static_cast<v1::CommissionCombination>(e.commission_combination());
  }
  if (e.has_proposal_approval_required()) {
    state.proposal_approval_required = e.proposal_approval_required();
  }
  if (e.has_invoice_reminder_after_days()) {
    state.invoice_reminder_after_days = e.invoice_reminder_after_days();
  }
  if (e.has_invoice_reminder_every_days()) {
    state.invoice_reminder_every_days = e.invoice_reminder_every_days();
  }
  if (e.has_letterhead()) state.letterhead = e.letterhead();
  return state;
}

OrganizationState On(OrganizationState state, const events::v1::MembershipPolicySwitched& event) {
  state.single_team = event.single_team();
  return state;
}

OrganizationState On(OrganizationState state, const events::v1::LossReasonDefined& event) {
  LossReason reason{event.reason().reason_id(), event.reason().display_name(),
                    event.reason().requires_text(), event.reason().archived()};
  const auto known =
      std::find_if(state.loss_reasons.begin(), state.loss_reasons.end(),
                   [&](const LossReason& candidate) { return candidate.id == reason.id; });
  if (known == state.loss_reasons.end()) {
    state.loss_reasons.push_back(std::move(reason));
  } else {
    *known = std::move(reason);
  }
  return state;
}

// Every default of this release, written out.
events::v1::OrganizationSettingsRevised DefaultSettings() {
  const OrganizationState defaults;
  events::v1::OrganizationSettingsRevised settings;
  settings.set_fiscal_year_start_month(defaults.fiscal_year_start.month());
  settings.set_leads_enabled(defaults.leads_enabled);
  settings.set_teams_enabled(defaults.teams_enabled);
  settings.set_everything_shared(defaults.everything_shared);
  settings.set_reassign_policy(defaults.reassign_policy);
  settings.set_rounding(defaults.rounding);
  settings.set_commission_waiting_days(defaults.commission_waiting_days);
  settings.set_auto_invoice_on_acceptance(defaults.auto_invoice_on_acceptance);
  settings.set_stagnation_threshold_days(defaults.stagnation_threshold_days);
  settings.set_reminder_days(defaults.reminder_days);
  settings.set_tax_level(defaults.tax_level);
  settings.set_commission_combination(defaults.commission_combination);
  settings.set_proposal_approval_required(defaults.proposal_approval_required);
  settings.set_invoice_reminder_after_days(defaults.invoice_reminder_after_days);
  settings.set_invoice_reminder_every_days(defaults.invoice_reminder_every_days);
  return settings;
}

events::v1::LossReasonDefined Defined(const LossReason& reason) {
  events::v1::LossReasonDefined defined;
  defined.mutable_reason()->set_reason_id(reason.id);
  defined.mutable_reason()->set_display_name(reason.display_name);
  defined.mutable_reason()->set_requires_text(reason.requires_text);
  defined.mutable_reason()->set_archived(reason.archived);
  return defined;
}

const std::vector<LossReason>& DefaultLossReasons() {
  static const auto& reasons = *new std::vector<LossReason>{
      {"price", "Price too high"},      {"competitor", "Lost to a competitor"},
      {"no_budget", "No budget"},       {"no_response", "No response"},
      {"timing", "Not the right time"}, {kOtherReason, "Other", /*requires_text=*/true},
  };
  return reasons;
}

// The first member with its role, its address and its credential.
absl::Status AddAdministrator(const v1::CreateOrganizationRequest& command,
                              const DecideContext& context, const MemberId& id,
                              Decision<Organization::Event>& decision) {
  RETURN_IF_ERROR(RequireDisplayName(command.administrator_display_name()));
  ASSIGN_OR_RETURN(const std::string email, NormalizeEmail(command.administrator_email()));
  ASSIGN_OR_RETURN(const TokenId token_id, TokenIdOf(command.secret_hash()));
  const OrganizationId& organization = context.caller().organization;

  events::v1::MemberCreated member;
  member.set_display_name(command.administrator_display_name());
  member.set_email(email);
  member.add_role_ids(RoleKey::Administrator().stored());
  ASSIGN_OR_RETURN(const Ref<Member> administrator, context.Find<Member>(id));
  decision.Affect(administrator, std::move(member));

  events::v1::TokenCreated token;
  token.set_member_id(ToBytes(id));
  token.set_secret_hash(command.secret_hash());
  token.set_display_name("First token");
  ASSIGN_OR_RETURN(const Ref<Token> credential, context.Find<Token>(token_id));
  decision.Affect(credential, std::move(token));

  const ClaimId claim_id = ClaimOf(organization, kMemberEmailClaim, EmailKey(email));
  ASSIGN_OR_RETURN(const Ref<Claim> claim, context.Find<Claim>(claim_id));
  decision.Affect(claim, ClaimedBy(kMemberEmailClaim, StreamOf(id)));

  events::v1::AdministratorNoted noted;
  noted.set_member_id(ToBytes(id));
  noted.set_active(true);
  ASSIGN_OR_RETURN(const Ref<AdministratorRegister> administrators,
                   context.Find<AdministratorRegister>(AdministratorRegisterOf(organization)));
  decision.Affect(administrators, std::move(noted));
  return absl::OkStatus();
}

// The first of the names, by commas: status details are small.
template <class Id>
std::string Listed(const std::vector<Id>& ids) {
  constexpr size_t kMostListed = 50;
  const auto end = ids.begin() + static_cast<ptrdiff_t>(std::min(ids.size(), kMostListed));
  return absl::StrJoin(ids.begin(), end, ",",
                       [](std::string* out, const Id& id) { *out += NameOf(id); });
}

absl::Status MembersInSeveralTeams(const std::vector<MemberId>& members) {
  return Refuse("MEMBERS_IN_SEVERAL_TEAMS",
                absl::StrCat(members.size(), " members belong to several teams"),
                {{"members", Listed(members)}, {"member_count", absl::StrCat(members.size())}});
}

// I5
absl::Status RequireNoTeamInUse(const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<TeamRegister> teams,
                   context.Find<TeamRegister>(TeamRegisterOf(context.caller().organization)));
  const std::vector<TeamId> used = teams->AvailableTeams();
  if (used.empty()) return absl::OkStatus();
  return Refuse("TEAMS_IN_USE", absl::StrCat(used.size(), " teams are not archived"),
                {{"teams", Listed(used)}, {"team_count", absl::StrCat(used.size())}});
}

// What proto3 cannot tell from "not given" means the default when the mask names it.
v1::Organization WithDefaults(v1::Organization wanted) {
  const OrganizationState defaults;
  if (wanted.fiscal_year_start_month() == 0) {
    wanted.set_fiscal_year_start_month(defaults.fiscal_year_start.month());
  }
  if (wanted.reassign_policy() == v1::REASSIGN_POLICY_UNSPECIFIED) {
    wanted.set_reassign_policy(defaults.reassign_policy);
  }
  if (wanted.rounding() == v1::ROUNDING_UNSPECIFIED) wanted.set_rounding(defaults.rounding);
  if (wanted.tax_level() == v1::TAX_LEVEL_UNSPECIFIED) wanted.set_tax_level(defaults.tax_level);
  if (wanted.commission_combination() == v1::COMMISSION_COMBINATION_UNSPECIFIED) {
    wanted.set_commission_combination(defaults.commission_combination);
  }
  return wanted;
}

// The fields that are to change and really differ; none: nullopt.
std::optional<events::v1::OrganizationSettingsRevised> Revision(const OrganizationState& state,
                                                                const v1::Organization& next,
                                                                const FieldChanges& changes) {
  using Revised = events::v1::OrganizationSettingsRevised;
  Revised revised;
  bool any = false;
  const auto revise = [&](absl::string_view field, const auto& now, const auto& wanted,
                          auto setter) {
    if (!changes.Has(field) || now == wanted) return;
    (revised.*setter)(wanted);
    any = true;
  };
  if (changes.Has("display_name") && next.display_name() != state.display_name) {
    revised.set_display_name(next.display_name());
    any = true;
  }
  if (changes.Has("letterhead") && next.letterhead() != state.letterhead) {
    revised.set_letterhead(next.letterhead());
    any = true;
  }
  revise("fiscal_year_start_month", state.fiscal_year_start.month(), next.fiscal_year_start_month(),
         &Revised::set_fiscal_year_start_month);
  revise("leads_enabled", state.leads_enabled, next.leads_enabled(), &Revised::set_leads_enabled);
  revise("teams_enabled", state.teams_enabled, next.teams_enabled(), &Revised::set_teams_enabled);
  revise("everything_shared", state.everything_shared, next.everything_shared(),
         &Revised::set_everything_shared);
  revise("reassign_policy", state.reassign_policy, next.reassign_policy(),
         &Revised::set_reassign_policy);
  revise("rounding", state.rounding, next.rounding(), &Revised::set_rounding);
  revise("commission_waiting_days", state.commission_waiting_days, next.commission_waiting_days(),
         &Revised::set_commission_waiting_days);
  revise("auto_invoice_on_acceptance", state.auto_invoice_on_acceptance,
         next.auto_invoice_on_acceptance(), &Revised::set_auto_invoice_on_acceptance);
  revise("stagnation_threshold_days", state.stagnation_threshold_days,
         next.stagnation_threshold_days(), &Revised::set_stagnation_threshold_days);
  revise("reminder_days", state.reminder_days, next.reminder_days(), &Revised::set_reminder_days);
  revise("tax_level", state.tax_level, next.tax_level(), &Revised::set_tax_level);
  revise("commission_combination", state.commission_combination, next.commission_combination(),
         &Revised::set_commission_combination);
  revise("proposal_approval_required", state.proposal_approval_required,
         next.proposal_approval_required(), &Revised::set_proposal_approval_required);
  revise("invoice_reminder_after_days", state.invoice_reminder_after_days,
         next.invoice_reminder_after_days(), &Revised::set_invoice_reminder_after_days);
  revise("invoice_reminder_every_days", state.invoice_reminder_every_days,
         next.invoice_reminder_every_days(), &Revised::set_invoice_reminder_every_days);
  if (!any) return std::nullopt;
  return revised;
}

}  // namespace

Zone OrganizationState::zone() const {
  absl::StatusOr<Zone> zone = Zone::Load(time_zone);
  // Checked at birth; a zone that tzdata has dropped since must not make the log unreadable.
  return zone.ok() ? *zone : *Zone::Load("UTC");
}

const LossReason* OrganizationState::FindLossReason(absl::string_view id) const {
  const auto found = std::find_if(loss_reasons.begin(), loss_reasons.end(),
                                  [&](const LossReason& reason) { return reason.id == id; });
  return found == loss_reasons.end() ? nullptr : &*found;
}

absl::StatusOr<Decision<Organization::Event>> Organization::Decide(
    const State&, const v1::CreateOrganizationRequest& command, const DecideContext& context) {
  RETURN_IF_ERROR(RequireDisplayName(command.display_name()));
  const std::optional<Currency> currency = Currency::Parse(command.currency_code());
  if (!currency.has_value()) {
    return Invalid("CURRENCY_UNKNOWN",
                   absl::StrCat("'", command.currency_code(), "' is no currency of ISO 4217"),
                   {{"currency_code", command.currency_code()}});
  }
  ASSIGN_OR_RETURN(const Zone zone, Zone::Load(command.time_zone()));
  const auto administrator = context.NewId<MemberId>(1);

  events::v1::OrganizationCreated created;
  created.set_display_name(command.display_name());
  created.set_currency_code(std::string(currency->code()));
  created.set_time_zone(zone.name());
  created.set_administrator_id(ToBytes(administrator));
  Decision<Event> decision(std::move(created));
  decision.Add(DefaultSettings());
  for (const LossReason& reason : DefaultLossReasons()) decision.Add(Defined(reason));
  RETURN_IF_ERROR(AddAdministrator(command, context, administrator, decision));
  return decision;
}

absl::StatusOr<Decision<Organization::Event>> Organization::Decide(
    const State& state, const v1::UpdateOrganizationRequest& command,
    const DecideContext& context) {
  const v1::Organization& wanted = command.organization();
  ASSIGN_OR_RETURN(
      const FieldChanges changes,
      FieldChanges::Resolve(
          wanted, command.update_mask(),
          {"display_name", "fiscal_year_start_month", "leads_enabled", "teams_enabled",
           "everything_shared", "reassign_policy", "rounding", "commission_waiting_days",
           "auto_invoice_on_acceptance", "stagnation_threshold_days", "reminder_days", "tax_level",
           "commission_combination", "proposal_approval_required", "invoice_reminder_after_days",
           "invoice_reminder_every_days", "letterhead"}));
  if (changes.Has("display_name")) RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  const v1::Organization next = WithDefaults(wanted);
  RETURN_IF_ERROR(FiscalYearStart::FromMonth(next.fiscal_year_start_month()).status());
  std::optional<events::v1::OrganizationSettingsRevised> revised = Revision(state, next, changes);
  if (!revised.has_value()) return Decision<Event>();
  if (revised->has_teams_enabled() && !revised->teams_enabled()) {
    RETURN_IF_ERROR(RequireNoTeamInUse(context));
  }
  return Decision<Event>(*std::move(revised));
}

absl::StatusOr<Decision<Organization::Event>> Organization::Decide(
    const State& state, const v1::SwitchMembershipPolicyRequest& command,
    const DecideContext& context) {
  if (command.membership_policy() == v1::MEMBERSHIP_POLICY_UNSPECIFIED) {
    return Invalid("MEMBERSHIP_POLICY_REQUIRED", "membership_policy must be given");
  }
  const bool single_team = command.membership_policy() == v1::MEMBERSHIP_POLICY_SINGLE_TEAM;
  if (single_team == state.single_team) return Decision<Event>();
  if (single_team) {
    ASSIGN_OR_RETURN(const Ref<TeamRegister> teams,
                     context.Find<TeamRegister>(TeamRegisterOf(context.caller().organization)));
    const std::vector<MemberId> members = teams->MembersOfSeveralTeams();
    if (!members.empty()) return MembersInSeveralTeams(members);
  }
  events::v1::MembershipPolicySwitched switched;
  switched.set_single_team(single_team);
  return Decision<Event>(std::move(switched));
}

absl::StatusOr<Decision<Organization::Event>> Organization::Decide(
    const State& state, const v1::DefineLossReasonRequest& command, const DecideContext&) {
  const v1::LossReason& wanted = command.loss_reason();
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  if (wanted.loss_reason_id() == kOtherReason && !wanted.requires_text()) {
    return Invalid("OTHER_REQUIRES_TEXT", "the loss reason 'other' always requires a text");
  }
  const LossReason reason{wanted.loss_reason_id(), wanted.display_name(), wanted.requires_text(),
                          wanted.archived()};
  const LossReason* known = state.FindLossReason(reason.id);
  if (known != nullptr && *known == reason) return Decision<Event>();
  return Decision<Event>(Defined(reason));
}

Organization::State Organization::Evolve(State state, const Event& event, const EventMetadata&) {
  return std::visit([&](const auto& e) { return On(std::move(state), e); }, event);
}

}  // namespace crm::domain
