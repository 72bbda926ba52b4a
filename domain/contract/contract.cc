#include "domain/contract/contract.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "domain/details_revision.h"
#include "domain/document/document.h"
#include "domain/organization/organization.h"
#include "domain/ownership.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using State = ContractState;

absl::Status RefuseContract(absl::string_view reason, absl::string_view message,
                            const ContractId& id) {
  return Refuse(reason, absl::StrCat(NameOf(id), " ", message), {{"contract", NameOf(id)}});
}

void On(State& state, const events::v1::ContractDrafted& event, const EventMetadata& metadata) {
  state.id = ContractId(metadata.stream.id);
  state.organization = OrganizationId(metadata.organization);
  state.phase = v1::CONTRACT_STATE_DRAFT;
  state.details = event.details();
  state.ownership = event.at().ownership();
  state.recipient = event.recipient();
  state.subject = FromBytes<PersonId>(event.subject_id());
  state.source = event.source();
}

void On(State& state, const events::v1::ContractDetailsRevised& event, const EventMetadata&) {
  CopyFields(event.details(), event.fields(), state.details);
  if (state.sign_time.has_value() || state.content_hash == ContentHashOf(state.details)) return;
  state.phase = v1::CONTRACT_STATE_DRAFT;  // I1
  state.content_hash.clear();
}

void On(State& state, const events::v1::ContractApproved& event, const EventMetadata&) {
  state.phase = v1::CONTRACT_STATE_APPROVED;
  state.content_hash = event.content_hash();
}

void On(State& state, const events::v1::ContractSent&, const EventMetadata& metadata) {
  state.phase = v1::CONTRACT_STATE_SENT;
  if (!state.send_time.has_value()) state.send_time = metadata.effective_time;
}

void On(State& state, const events::v1::ContractLinkIssued& event, const EventMetadata&) {
  state.link = LinkFrom(event.link());
}

void On(State& state, const events::v1::ContractViewed& event, const EventMetadata& metadata) {
  state.view_count = event.ordinal();
  state.link.view_time = metadata.effective_time;
  state.last_view_time = metadata.effective_time;
}

void On(State& state, const events::v1::ContractSigned& event, const EventMetadata& metadata) {
  state.phase = v1::CONTRACT_STATE_SIGNED;
  state.content_hash = event.content_hash();
  state.sign_time = metadata.effective_time;
  state.signer_person_name = event.caller().display_name();
  state.signature = event.signature();
}

void On(State& state, const events::v1::ContractRenewed& event, const EventMetadata& metadata) {
  State::Renewal before;
  before.value = event.from_value();
  before.time = metadata.effective_time;
  if (event.has_from_end()) before.end = DayFromStored(event.from_end());
  state.renewals.push_back(std::move(before));
  state.details.clear_end();
  if (event.has_to_end()) *state.details.mutable_end() = event.to_end();
  state.details.clear_value();
  if (event.has_to_value()) *state.details.mutable_value() = event.to_value();
}

void On(State& state, const events::v1::ContractExpiryNoticed& event, const EventMetadata&) {
  state.noticed_end = DayFromStored(event.end());
}

void On(State& state, const events::v1::ContractTerminated& event, const EventMetadata&) {
  state.phase = v1::CONTRACT_STATE_TERMINATED;
  state.last_day = DayFromStored(event.last_day());
  state.end_reason = event.reason();
}

void On(State& state, const events::v1::ContractVoided& event, const EventMetadata&) {
  state.phase = v1::CONTRACT_STATE_VOID;
  state.end_reason = event.reason();
}

void On(State& state, const events::v1::ContractAssigned& event, const EventMetadata&) {
  state.ownership = event.to();
}

void ShowDetails(const events::v1::ContractDetails& details, v1::Contract& shown) {
  shown.set_display_name(details.display_name());
  shown.set_contract_type(details.contract_type());
  if (const auto value = AmountFromStored(details.value())) {
    *shown.mutable_value() = value->ToProto();
  }
  if (details.has_start()) *shown.mutable_start_date() = DayToProto(DayFromStored(details.start()));
  if (details.has_end()) *shown.mutable_end_date() = DayToProto(DayFromStored(details.end()));
  shown.set_notice_days(details.notice_days());
  shown.set_text(details.text());
  shown.set_opportunity(NameOf(FromBytes<OpportunityId>(details.opportunity_id())));
  *shown.mutable_tags() = details.tags();
}

// What became of it.
void ShowLife(const State& state, v1::Contract& shown) {
  shown.set_content_hash(state.content_hash);
  if (state.send_time.has_value()) *shown.mutable_send_time() = TimestampOf(*state.send_time);
  if (state.sign_time.has_value()) *shown.mutable_sign_time() = TimestampOf(*state.sign_time);
  shown.set_signer_person_name(state.signer_person_name);
  shown.set_signature(state.signature);
  for (const State::Renewal& before : state.renewals) {
    v1::ContractRenewal& renewal = *shown.add_renewals();
    if (before.end.has_value()) *renewal.mutable_end_date() = DayToProto(*before.end);
    if (const auto value = AmountFromStored(before.value)) {
      *renewal.mutable_value() = value->ToProto();
    }
    *renewal.mutable_renew_time() = TimestampOf(before.time);
  }
  if (state.last_day.has_value()) *shown.mutable_last_date() = DayToProto(*state.last_day);
  shown.set_end_reason(state.end_reason);
}

void ShowLink(const State& state, v1::Contract& shown) {
  shown.set_linked(state.link.exists());
  if (state.link.last_day.has_value()) {
    *shown.mutable_link_expire_date() = DayToProto(*state.link.last_day);
  }
  shown.set_view_count(state.view_count);
  if (state.last_view_time.has_value()) {
    *shown.mutable_last_view_time() = TimestampOf(*state.last_view_time);
  }
}

}  // namespace

std::optional<absl::CivilDay> ContractState::End() const {
  if (last_day.has_value()) return last_day;
  return details.has_end() ? std::optional(DayFromStored(details.end())) : std::nullopt;
}

bool ContractState::IsExpired(absl::CivilDay today) const {
  if (phase == v1::CONTRACT_STATE_VOID) return false;
  const std::optional<absl::CivilDay> last = End();
  return last.has_value() && *last < today;
}

State Contract::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

Scope Contract::ScopeOf(const State& state) { return ScopeFrom(state.ownership); }

absl::StatusOr<v1::Contract> Contract::Render(const Ref<Contract>& self, const Lookup& lookup) {
  const State& state = self.state();
  v1::Contract shown;
  shown.set_name(NameOf(self.id));
  shown.set_state(state.phase);
  ASSIGN_OR_RETURN(const Ref<Organization> settings, lookup.Find<Organization>(state.organization));
  shown.set_expired(state.IsExpired(settings->zone().DayOf(lookup.instant())));
  ShowDetails(state.details, shown);
  *shown.mutable_recipient() = ShownRecipient(state.recipient);
  if (state.source.category() == ProposalTag::kCategory) {
    shown.set_proposal(NameOf(FromBytes<ProposalId>(state.source.source_id())));
  }
  shown.set_team(NameOf(FromBytes<TeamId>(state.ownership.team_id())));
  shown.set_owner(NameOf(FromBytes<MemberId>(state.ownership.owner_id())));
  ShowLife(state, shown);
  ShowLink(state, shown);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<v1::Contract> Contract::RenderRow(const ContractId& id, const Lookup& lookup) {
  ASSIGN_OR_RETURN(const Ref<Contract> self, lookup.Find<Contract>(id));
  ASSIGN_OR_RETURN(v1::Contract row, Render(self, lookup));
  row.clear_text();
  row.clear_signature();
  return row;
}

absl::StatusOr<ContractId> Contract::TargetOf(const v1::UpdateContractRequest& command,
                                              const Caller&) {
  return ParseName<ContractId>(command.contract().name());
}

absl::Status RequireNotEnded(const State& state) {
  if (!state.HasEnded()) return absl::OkStatus();
  return RefuseContract("CONTRACT_ENDED", "is terminated or void", state.id);
}

absl::Status RequireUnsigned(const State& state) {
  RETURN_IF_ERROR(RequireNotEnded(state));
  if (!state.IsSigned()) return absl::OkStatus();
  return RefuseContract("CONTRACT_SIGNED", "is signed", state.id);
}

absl::Status RequireSent(const State& state) {
  RETURN_IF_ERROR(RequireUnsigned(state));
  if (state.phase == v1::CONTRACT_STATE_SENT) return absl::OkStatus();
  return RefuseContract("CONTRACT_NOT_SENT", "was not sent for signature as it is", state.id);
}

std::string ContentHashOf(const events::v1::ContractDetails& details) {
  events::v1::ContractDetails content;
  if (details.has_value()) *content.mutable_value() = details.value();
  if (details.has_start()) *content.mutable_start() = details.start();
  if (details.has_end()) *content.mutable_end() = details.end();
  if (details.has_text()) content.set_text(details.text());
  return std::string(AsView(Sha256(content.SerializeAsString())));
}

events::v1::DocumentSnapshot SnapshotOf(const State& state) {
  events::v1::DocumentSnapshot at;
  *at.mutable_ownership() = state.ownership;
  at.set_customer_id(state.recipient.customer_id());
  at.set_opportunity_id(state.details.opportunity_id());
  at.set_currency_code(state.details.value().currency_code());
  at.set_base_minor(state.details.value().minor());
  at.set_total_minor(state.details.value().minor());
  return at;
}

}  // namespace crm::domain
