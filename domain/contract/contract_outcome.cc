// Decisions of Contract about what becomes of it: approved, sent, signed, renewed, ended.
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/contract/contract.h"
#include "domain/contract/contract_link.h"
#include "domain/proposal/proposal.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/types/money.h"

namespace crm::domain {
namespace {

using State = ContractState;
using Result = Contract::Result;
using Events = Decision<Contract::Event>;

absl::Status RefuseContract(absl::string_view reason, absl::string_view message,
                            const ContractId& id) {
  return Refuse(reason, absl::StrCat(NameOf(id), " ", message), {{"contract", NameOf(id)}});
}

// I1.
absl::Status RequireApproved(const State& state) {
  RETURN_IF_ERROR(RequireUnsigned(state));
  if (state.content_hash == ContentHashOf(state.details)) return absl::OkStatus();
  return RefuseContract("APPROVAL_REQUIRED", "wants a manager's approval first", state.id);
}

absl::Status RequireSigned(const State& state) {
  RETURN_IF_ERROR(RequireNotEnded(state));
  if (state.IsSigned()) return absl::OkStatus();
  return RefuseContract("CONTRACT_NOT_SIGNED", "is not signed", state.id);
}

// I2.
absl::Status RequireNotExpired(const State& state, const DecideContext& context) {
  ASSIGN_OR_RETURN(const absl::CivilDay today, DayOfCommand(context));
  if (!state.IsExpired(today)) return absl::OkStatus();
  return RefuseContract("CONTRACT_EXPIRED", "ended before it was signed", state.id);
}

bool HasRecipient(const events::v1::Recipient& recipient) {
  return !recipient.customer_id().empty() || !recipient.contact_id().empty() ||
         !recipient.company_name().empty() || !recipient.person_name().empty() ||
         !recipient.email().empty();
}

// I1, I2.
absl::StatusOr<events::v1::ContractSigned> Signed(const State& state,
                                                  const DecideContext& context) {
  RETURN_IF_ERROR(RequireApproved(state));
  RETURN_IF_ERROR(RequireNotExpired(state, context));
  events::v1::ContractSigned signed_now;
  signed_now.set_content_hash(state.content_hash);
  signed_now.set_subject_id(ToBytes(state.subject));
  if (state.details.has_value()) *signed_now.mutable_value() = state.details.value();
  signed_now.set_contract_type(state.details.contract_type());
  *signed_now.mutable_at() = SnapshotOf(state);
  return signed_now;
}

// I3: the last day before, and now.
absl::Status ReadEnds(const State& state, const v1::RenewContractRequest& command,
                      events::v1::ContractRenewed& renewed) {
  if (state.details.has_end()) *renewed.mutable_from_end() = state.details.end();
  if (!command.has_end_date()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::CivilDay last, DayFromProto(command.end_date()));
  *renewed.mutable_to_end() = StoredDay(last);
  if (renewed.has_from_end() && renewed.to_end().days() >= renewed.from_end().days()) {
    return absl::OkStatus();
  }
  return Invalid("PERIOD_INVALID", "a renewal does not end it earlier", {{"field", "end_date"}});
}

// I3: what it was worth, and is now.
absl::Status ReadValues(const State& state, const v1::RenewContractRequest& command,
                        events::v1::ContractRenewed& renewed) {
  if (state.details.has_value()) {
    *renewed.mutable_from_value() = state.details.value();
    *renewed.mutable_to_value() = state.details.value();
  }
  if (!command.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Money value, Money::FromProto(command.value()));
  if (value.IsNegative()) return Invalid("AMOUNT_NEGATIVE", "an amount must not be negative");
  *renewed.mutable_to_value() = StoredAmount(value);
  return absl::OkStatus();
}

bool ChangesNothing(const events::v1::ContractRenewed& renewed) {
  return renewed.has_from_end() == renewed.has_to_end() &&
         renewed.from_end().days() == renewed.to_end().days() &&
         renewed.has_from_value() == renewed.has_to_value() &&
         renewed.from_value().minor() == renewed.to_value().minor() &&
         renewed.from_value().currency_code() == renewed.to_value().currency_code();
}

}  // namespace

Result Contract::Decide(const State& state, const v1::ApproveContractRequest&,
                        const DecideContext&) {
  RETURN_IF_ERROR(RequireUnsigned(state));
  if (RequireApproved(state).ok()) return Events();
  events::v1::ContractApproved approved;
  approved.set_content_hash(ContentHashOf(state.details));
  *approved.mutable_at() = SnapshotOf(state);
  return approved;
}

Result Contract::Decide(const State& state, const v1::SendContractRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireApproved(state));
  RETURN_IF_ERROR(RequireNotExpired(state, context));
  if (!HasRecipient(state.recipient)) {
    return RefuseContract("RECIPIENT_REQUIRED", "is to nobody", state.id);
  }
  events::v1::ContractSent sent;
  sent.set_channel(command.channel());
  *sent.mutable_at() = SnapshotOf(state);
  return sent;
}

Result Contract::Decide(const State& state, const v1::SignContractRequest&,
                        const DecideContext& context) {
  ASSIGN_OR_RETURN(events::v1::ContractSigned signed_now, Signed(state, context));
  return signed_now;
}

Result Contract::Decide(const State& state, const v1::SignPublicDocumentRequest& command,
                        const DecideContext& context) {
  ASSIGN_OR_RETURN(const PublicLinkText link, RequireLink(state, command.link(), context));
  ASSIGN_OR_RETURN(events::v1::ContractSigned signed_now, Signed(state, context));
  if (!command.content_hash().empty() && command.content_hash() != state.content_hash) {
    return RefuseContract("CONTENT_CHANGED", "is no longer what was seen", state.id);
  }
  *signed_now.mutable_caller() = CallerThrough(link, command.person_name());
  signed_now.set_signature(command.signature());
  return signed_now;
}

Result Contract::Decide(const State& state, const v1::RenewContractRequest& command,
                        const DecideContext&) {
  RETURN_IF_ERROR(RequireSigned(state));
  events::v1::ContractRenewed renewed;
  RETURN_IF_ERROR(ReadEnds(state, command, renewed));
  RETURN_IF_ERROR(ReadValues(state, command, renewed));
  if (ChangesNothing(renewed)) return Events();
  *renewed.mutable_at() = SnapshotOf(state);
  return renewed;
}

Result Contract::Decide(const State& state, const v1::TerminateContractRequest& command,
                        const DecideContext&) {
  RETURN_IF_ERROR(RequireSigned(state));
  ASSIGN_OR_RETURN(const absl::CivilDay last, DayFromProto(command.last_date()));
  events::v1::ContractTerminated terminated;
  *terminated.mutable_last_day() = StoredDay(last);
  const int64_t day = terminated.last_day().days();
  const events::v1::ContractDetails& details = state.details;
  if ((details.has_start() && day < details.start().days()) ||
      (details.has_end() && day > details.end().days())) {
    return Invalid("PERIOD_INVALID", "the contract does not hold on that day",
                   {{"field", "last_date"}});
  }
  terminated.set_reason(command.reason());
  *terminated.mutable_at() = SnapshotOf(state);
  return terminated;
}

Result Contract::Decide(const State& state, const v1::VoidContractRequest& command,
                        const DecideContext&) {
  RETURN_IF_ERROR(RequireUnsigned(state));
  events::v1::ContractVoided voided;
  voided.set_reason(command.reason());
  *voided.mutable_at() = SnapshotOf(state);
  return voided;
}

Result Contract::Decide(const State& state, const DueInstant& instant,
                        const DecideContext& context) {
  const events::v1::ContractDetails& details = state.details;
  if (!state.IsSigned() || !details.has_end() || details.notice_days() <= 0) return Events();
  const absl::CivilDay last = DayFromStored(details.end());
  if (state.noticed_end == last) return Events();
  ASSIGN_OR_RETURN(const bool due, IsDue(instant, last - details.notice_days(), context));
  if (!due) return Events();
  events::v1::ContractExpiryNoticed noticed;
  *noticed.mutable_end() = StoredDay(last);
  return noticed;
}

}  // namespace crm::domain
