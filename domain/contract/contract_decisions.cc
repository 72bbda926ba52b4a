// Decisions of Contract about what it says: birth, fields, people.
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/contract/contract.h"
#include "domain/details_revision.h"
#include "domain/document/document.h"
#include "domain/field_mask.h"
#include "domain/opportunity/opportunity.h"
#include "domain/ownership.h"
#include "domain/proposal/proposal.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"
#include "domain/types/money.h"

namespace crm::domain {
namespace {

using State = ContractState;
using Result = Contract::Result;
using events::v1::ContractDetails;

// What a contract is made of, and what it takes from there unless the client says otherwise.
struct Origin {
  DocumentOrigin document;
  std::string opportunity_id;
  std::optional<Money> value;
};

absl::StatusOr<Origin> OriginIn(const ProposalId& id, const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Proposal> proposal, context.RequireSeen<Proposal>(id));
  const bool alive = proposal->IsOpen() || proposal->phase == v1::PROPOSAL_STATE_ACCEPTED;
  if (proposal->archived() || !alive) {
    return Refuse("SOURCE_CLOSED", absl::StrCat("nothing is made of ", NameOf(id), " any more"),
                  {{"source", NameOf(id)}});
  }
  Origin origin;
  origin.document.display_name = proposal->details.display_name();
  origin.document.source.set_category(StreamOf(id).category);
  origin.document.source.set_source_id(ToBytes(id));
  origin.document.source.set_version(proposal.head.version);
  origin.document.ownership = OwnershipFrom(proposal->document.ownership);
  origin.document.recipient = proposal->document.recipient;
  origin.document.subject = proposal->document.subject;
  origin.opportunity_id = proposal->details.opportunity_id();
  events::v1::Amount net;
  net.set_currency_code(proposal->document.content.currency_code());
  net.set_minor(proposal->document.content.base_minor());
  origin.value = AmountFromStored(net);
  return origin;
}

absl::StatusOr<Origin> OriginOf(const v1::Contract& entered, const DecideContext& context) {
  ASSIGN_OR_RETURN(const auto proposal, ParseOptionalName<ProposalId>(entered.proposal()));
  if (!proposal.IsNil() && !entered.opportunity().empty()) {
    return Invalid("SOURCE_AMBIGUOUS", "name the proposal or the opportunity, not both");
  }
  if (!proposal.IsNil()) return OriginIn(proposal, context);
  Origin origin;
  ASSIGN_OR_RETURN(origin.document, OriginFrom(entered.opportunity(), /*lead=*/"", context));
  return origin;
}

// I5.
absl::Status ReadTerms(const v1::Contract& entered, ContractDetails& details) {
  if (entered.has_value()) {
    ASSIGN_OR_RETURN(const Money value, Money::FromProto(entered.value()));
    if (value.IsNegative()) return Invalid("AMOUNT_NEGATIVE", "an amount must not be negative");
    *details.mutable_value() = StoredAmount(value);
  }
  if (entered.has_start_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay first, DayFromProto(entered.start_date()));
    *details.mutable_start() = StoredDay(first);
  }
  if (entered.has_end_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay last, DayFromProto(entered.end_date()));
    *details.mutable_end() = StoredDay(last);
  }
  const bool backward =
      details.has_start() && details.has_end() && details.end().days() < details.start().days();
  if (!backward) return absl::OkStatus();
  return Invalid("PERIOD_INVALID", "the last day is before the first", {{"field", "end_date"}});
}

absl::StatusOr<ContractDetails> DetailsFrom(const v1::Contract& entered) {
  ContractDetails details;
  const absl::string_view name = absl::StripAsciiWhitespace(entered.display_name());
  if (!name.empty()) details.set_display_name(std::string(name));
  if (!entered.contract_type().empty()) details.set_contract_type(entered.contract_type());
  RETURN_IF_ERROR(ReadTerms(entered, details));
  if (entered.notice_days() != 0) details.set_notice_days(entered.notice_days());
  if (!entered.text().empty()) details.set_text(entered.text());
  ASSIGN_OR_RETURN(const auto opportunity, ParseOptionalName<OpportunityId>(entered.opportunity()));
  if (!opportunity.IsNil()) details.set_opportunity_id(ToBytes(opportunity));
  *details.mutable_tags() = entered.tags();
  return details;
}

absl::StatusOr<ContractDetails> DetailsFrom(const v1::Contract& entered, const Origin& origin) {
  ASSIGN_OR_RETURN(ContractDetails details, DetailsFrom(entered));
  if (!details.has_display_name()) {
    RETURN_IF_ERROR(RequireDisplayName(origin.document.display_name));
    details.set_display_name(origin.document.display_name);
  }
  if (!details.has_value() && origin.value.has_value()) {
    *details.mutable_value() = StoredAmount(*origin.value);
  }
  if (!details.has_opportunity_id() && !origin.opportunity_id.empty()) {
    details.set_opportunity_id(origin.opportunity_id);
  }
  return details;
}

// As an update finds it.
v1::Contract Entered(const ContractDetails& details) {
  v1::Contract current;
  current.set_display_name(details.display_name());
  current.set_contract_type(details.contract_type());
  if (const auto value = AmountFromStored(details.value())) {
    *current.mutable_value() = value->ToProto();
  }
  if (details.has_start()) {
    *current.mutable_start_date() = DayToProto(DayFromStored(details.start()));
  }
  if (details.has_end()) *current.mutable_end_date() = DayToProto(DayFromStored(details.end()));
  current.set_notice_days(details.notice_days());
  current.set_text(details.text());
  current.set_opportunity(NameOf(FromBytes<OpportunityId>(details.opportunity_id())));
  *current.mutable_tags() = details.tags();
  return current;
}

// I2: what of a signed contract may still change.
bool MayChangeSigned(const std::string& field) {
  return field == "display_name" || field == "notice_days" || field == "opportunity" ||
         field == "tags";
}

}  // namespace

Result Contract::Decide(const State&, const v1::CreateContractRequest& command,
                        const DecideContext& context) {
  const v1::Contract& entered = command.contract();
  ASSIGN_OR_RETURN(const Origin origin, OriginOf(entered, context));
  State drafted;
  ASSIGN_OR_RETURN(drafted.details, DetailsFrom(entered, origin));
  const PersonId own(context.NewId<ContractId>(0).uuid());
  ASSIGN_OR_RETURN(Addressee addressee,
                   AddresseeFrom(entered.recipient(), origin.document, own, context));
  drafted.recipient = std::move(addressee.recipient);
  Ownership ownership = origin.document.ownership;
  if (!entered.team().empty() || !entered.owner().empty()) {
    ASSIGN_OR_RETURN(ownership, ResolveOwnership(entered.team(), entered.owner(), context));
  }
  drafted.ownership = ToEvent(ownership);
  events::v1::ContractDrafted event;
  *event.mutable_details() = drafted.details;
  *event.mutable_recipient() = drafted.recipient;
  event.set_subject_id(ToBytes(addressee.subject));
  *event.mutable_at() = SnapshotOf(drafted);
  const events::v1::DocumentSource& source = origin.document.source;
  if (!source.category().empty()) *event.mutable_source() = source;
  return event;
}

Result Contract::Decide(const State& state, const v1::UpdateContractRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireNotEnded(state));
  ASSIGN_OR_RETURN(
      const FieldChanges changes,
      FieldChanges::Resolve(command.contract(), command.update_mask(),
                            {"display_name", "contract_type", "value", "start_date", "end_date",
                             "notice_days", "text", "opportunity", "tags"}));
  const v1::Contract wanted = changes.Merged(Entered(state.details), command.contract());
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  ASSIGN_OR_RETURN(const ContractDetails details, DetailsFrom(wanted));
  auto revised = RevisionOf<events::v1::ContractDetailsRevised>(state.details, details);
  if (revised.fields().empty()) return Decision<Event>();
  if (!absl::c_all_of(revised.fields(), MayChangeSigned)) {
    RETURN_IF_ERROR(RequireUnsigned(state));
  }
  if (details.has_opportunity_id() && changes.Has("opportunity")) {
    const auto opportunity = FromBytes<OpportunityId>(details.opportunity_id());
    RETURN_IF_ERROR(context.RequireSeen<Opportunity>(opportunity).status());
  }
  *revised.mutable_at() = SnapshotOf(state);
  return revised;
}

Result Contract::Decide(const State& state, const v1::AssignContractRequest& command,
                        const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ownership to, ResolveOwnership(command.team(), command.owner(), context));
  if (to == OwnershipFrom(state.ownership)) return Decision<Event>();
  events::v1::ContractAssigned assigned;
  *assigned.mutable_to() = ToEvent(to);
  *assigned.mutable_at() = SnapshotOf(state);
  return assigned;
}

}  // namespace crm::domain
