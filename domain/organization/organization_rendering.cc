// What the API shows of an organization.
#include "base/status_macros.h"
#include "domain/organization/organization.h"
#include "domain/render.h"
#include "domain/token/token.h"

namespace crm::domain {

absl::StatusOr<v1::Organization> Organization::Render(const Ref<Organization>& self,
                                                      const Lookup&) {
  const State& state = self.state();
  v1::Organization resource;
  resource.set_name(NameOf(self.id));
  resource.set_display_name(state.display_name);
  resource.set_letterhead(state.letterhead);
  if (state.currency.has_value()) resource.set_currency_code(std::string(state.currency->code()));
  resource.set_time_zone(state.time_zone);
  resource.set_fiscal_year_start_month(state.fiscal_year_start.month());
  resource.set_leads_enabled(state.leads_enabled);
  resource.set_teams_enabled(state.teams_enabled);
  resource.set_membership_policy(state.single_team ? v1::MEMBERSHIP_POLICY_SINGLE_TEAM
                                                   : v1::MEMBERSHIP_POLICY_MULTI_TEAM);
  resource.set_everything_shared(state.everything_shared);
  resource.set_reassign_policy(state.reassign_policy);
  resource.set_rounding(state.rounding);
  resource.set_commission_waiting_days(state.commission_waiting_days);
  resource.set_auto_invoice_on_acceptance(state.auto_invoice_on_acceptance);
  resource.set_stagnation_threshold_days(state.stagnation_threshold_days);
  resource.set_reminder_days(state.reminder_days);
  resource.set_tax_level(state.tax_level);
  resource.set_commission_combination(state.commission_combination);
  resource.set_proposal_approval_required(state.proposal_approval_required);
  resource.set_invoice_reminder_after_days(state.invoice_reminder_after_days);
  resource.set_invoice_reminder_every_days(state.invoice_reminder_every_days);
  for (const LossReason& reason : state.loss_reasons) {
    v1::LossReason& shown = *resource.add_loss_reasons();
    shown.set_loss_reason_id(reason.id);
    shown.set_display_name(reason.display_name);
    shown.set_requires_text(reason.requires_text);
    shown.set_archived(reason.archived);
  }
  Stamp(resource, self.head);
  return resource;
}

absl::StatusOr<v1::CreateOrganizationResponse> Organization::Respond(
    const v1::CreateOrganizationRequest& command, const Ref<Organization>& self, const Lookup&) {
  ASSIGN_OR_RETURN(const TokenId token, TokenIdOf(command.secret_hash()));
  v1::CreateOrganizationResponse response;
  response.set_organization(NameOf(self.id));
  response.set_administrator(NameOf(self->administrator));
  response.set_token(NameOf(token));
  return response;
}

}  // namespace crm::domain
