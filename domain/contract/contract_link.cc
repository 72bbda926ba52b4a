// Decisions of Contract about its public link, and that of whoever only looks through it; signing
// is in contract_outcome.cc.
#include "domain/contract/contract_link.h"

#include <utility>

#include "base/status_macros.h"
#include "domain/document/document.h"
#include "domain/organization/organization.h"
#include "domain/proposal/proposal.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using State = ContractState;
using Result = Contract::Result;

// I8: it was sent, and is what was sent.
bool IsShown(const State& state) {
  return state.phase == v1::CONTRACT_STATE_SENT || state.phase == v1::CONTRACT_STATE_SIGNED ||
         state.phase == v1::CONTRACT_STATE_TERMINATED;
}

absl::Status CheckOpens(const State& state, const PublicLinkText& link, absl::CivilDay today) {
  const bool opens = IsShown(state) && link.kind == kContractLink &&
                     link.organization == state.organization && link.document == state.id.uuid() &&
                     state.link.Opens(link.secret_hash, today);
  return opens ? absl::OkStatus() : LinkInvalid();
}

v1::PublicDocumentState StateShown(const State& state, absl::CivilDay today) {
  switch (state.phase) {
    case v1::CONTRACT_STATE_SIGNED:
      return v1::PUBLIC_DOCUMENT_STATE_SIGNED;
    case v1::CONTRACT_STATE_TERMINATED:
      return v1::PUBLIC_DOCUMENT_STATE_TERMINATED;
    default:
      return state.IsExpired(today) ? v1::PUBLIC_DOCUMENT_STATE_EXPIRED
                                    : v1::PUBLIC_DOCUMENT_STATE_OPEN;
  }
}

// Field by field: what a later release adds to a contract is not shown to strangers by that.
void ShowContent(const State& state, v1::PublicDocument& shown) {
  const events::v1::ContractDetails& details = state.details;
  shown.set_display_name(details.display_name());
  shown.set_text(details.text());
  if (const auto value = AmountFromStored(details.value())) {
    *shown.mutable_value() = value->ToProto();
  }
  if (details.has_start()) *shown.mutable_start_date() = DayToProto(DayFromStored(details.start()));
  if (const auto end = state.End()) *shown.mutable_end_date() = DayToProto(*end);
  shown.set_content_hash(state.content_hash);
  shown.set_signer_person_name(state.signer_person_name);
  if (state.sign_time.has_value()) *shown.mutable_sign_time() = TimestampOf(*state.sign_time);
}

// The answer of each of a link holder's commands.
template <class Response>
absl::StatusOr<Response> Showing(const Ref<Contract>& self, const Lookup& lookup) {
  Response response;
  ASSIGN_OR_RETURN(*response.mutable_document(), PublicDocumentOf(self, lookup));
  return response;
}

}  // namespace

absl::Status CheckContractLink(const PublicLinkText& link, const Lookup& lookup) {
  ASSIGN_OR_RETURN(const Ref<Contract> self, lookup.Find<Contract>(ContractId(link.document)));
  if (!self.head.exists()) return LinkInvalid();
  ASSIGN_OR_RETURN(const Ref<Organization> settings, lookup.Find<Organization>(self->organization));
  return CheckOpens(self.state(), link, settings->zone().DayOf(lookup.instant()));
}

absl::StatusOr<PublicLinkText> RequireLink(const State& state, absl::string_view link,
                                           const DecideContext& context) {
  const std::optional<PublicLinkText> text = ParsePublicLink(link);
  if (!text.has_value()) return LinkInvalid();
  ASSIGN_OR_RETURN(const absl::CivilDay today, DayOfCommand(context));
  RETURN_IF_ERROR(CheckOpens(state, *text, today));
  return *text;
}

absl::StatusOr<v1::PublicDocument> PublicDocumentOf(const Ref<Contract>& self,
                                                    const Lookup& lookup) {
  const State& state = self.state();
  ASSIGN_OR_RETURN(const Ref<Organization> settings, lookup.Find<Organization>(state.organization));
  v1::PublicDocument shown;
  shown.set_organization_display_name(settings->display_name);
  shown.set_state(StateShown(state, settings->zone().DayOf(lookup.instant())));
  const v1::Recipient recipient = ShownRecipient(state.recipient);
  shown.set_recipient_company_name(recipient.company_name());
  shown.set_recipient_person_name(recipient.person_name());
  if (recipient.has_address()) *shown.mutable_recipient_address() = recipient.address();
  ShowContent(state, shown);
  return shown;
}

Result Contract::Decide(const State& state, const v1::CreateContractLinkRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireSent(state));
  events::v1::ContractLinkIssued issued;
  issued.mutable_link()->set_secret_hash(command.secret_hash());
  if (command.has_expire_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay last, DayFromProto(command.expire_date()));
    ASSIGN_OR_RETURN(const absl::CivilDay today, DayOfCommand(context));
    if (last < today) {
      return Refuse("LINK_EXPIRY_PASSED", "the link's last day has passed",
                    {{"today", absl::FormatCivilTime(today)}});
    }
    *issued.mutable_link()->mutable_expiry() = StoredDay(last);
  }
  const LinkState wanted = LinkFrom(issued.link());
  const bool same =
      wanted.secret_hash == state.link.secret_hash && wanted.last_day == state.link.last_day;
  if (same) return Decision<Event>();
  return issued;
}

Result Contract::Decide(const State& state, const v1::RevokeContractLinkRequest&,
                        const DecideContext&) {
  if (!state.link.exists()) return Decision<Event>();
  return events::v1::ContractLinkIssued();
}

Result Contract::Decide(const State& state, const v1::ViewPublicDocumentRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireLink(state, command.link(), context).status());
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  const Zone zone = settings->zone();
  const std::optional<absl::Time>& last = state.link.view_time;
  if (last.has_value() && zone.DayOf(*last) == zone.DayOf(context.effective_time())) {
    return Decision<Event>();  // I8
  }
  events::v1::ContractViewed viewed;
  viewed.set_ordinal(state.view_count + 1);
  return viewed;
}

absl::StatusOr<ContractId> Contract::TargetOf(absl::string_view link) {
  const std::optional<PublicLinkText> text = ParsePublicLink(link);
  if (!text.has_value() || text->kind != kContractLink) return LinkInvalid();
  return ContractId(text->document);
}

absl::StatusOr<v1::ViewPublicDocumentResponse> Contract::Respond(
    const v1::ViewPublicDocumentRequest&, const Ref<Contract>& self, const Lookup& lookup) {
  return Showing<v1::ViewPublicDocumentResponse>(self, lookup);
}

absl::StatusOr<v1::SignPublicDocumentResponse> Contract::Respond(
    const v1::SignPublicDocumentRequest&, const Ref<Contract>& self, const Lookup& lookup) {
  return Showing<v1::SignPublicDocumentResponse>(self, lookup);
}

}  // namespace crm::domain
