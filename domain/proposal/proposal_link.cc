// Decisions of Proposal about its public link, and those of whoever holds it but accepting and
// declining, which are in proposal_outcome.cc.
#include "domain/proposal/proposal_link.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/organization/organization.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using State = ProposalState;
using Result = Proposal::Result;

bool HasRoom(const State& state, bool of_receiver) {
  const auto same_side = [&](const auto& said) { return said.author.IsNil() == of_receiver; };
  return std::count_if(state.comments.begin(), state.comments.end(), same_side) < kMostCommentsEach;
}

absl::Status RequireRoom(const State& state, bool of_receiver) {
  if (HasRoom(state, of_receiver)) return absl::OkStatus();
  return Refuse("COMMENT_LIMIT_REACHED", "no more can be said here",
                {{"maximum_count", absl::StrCat(kMostCommentsEach)}});
}

absl::Status CheckOpens(const State& state, const PublicLinkText& link, absl::CivilDay today) {
  const bool opens = !state.archived() && link.kind == kProposalLink &&
                     link.organization == state.organization && link.document == state.id.uuid() &&
                     state.link.Opens(link.secret_hash, today);
  return opens ? absl::OkStatus() : LinkInvalid();
}

v1::PublicDocumentState StateShown(const State& state, absl::CivilDay today) {
  if (state.IsExpired(today)) return v1::PUBLIC_DOCUMENT_STATE_EXPIRED;
  switch (state.phase) {
    case v1::PROPOSAL_STATE_ACCEPTED:
      return v1::PUBLIC_DOCUMENT_STATE_ACCEPTED;
    case v1::PROPOSAL_STATE_DECLINED:
      return v1::PUBLIC_DOCUMENT_STATE_DECLINED;
    case v1::PROPOSAL_STATE_REVISED:
      return v1::PUBLIC_DOCUMENT_STATE_REVISED;
    default:
      return v1::PUBLIC_DOCUMENT_STATE_OPEN;
  }
}

// Field by field: what a later release adds to a line is not shown to strangers by that.
void ShowContent(const events::v1::DocumentContent& stored, v1::PublicDocument& shown) {
  const v1::DocumentContent content = ShownContent(stored);
  for (const v1::DocumentLine& line : content.lines()) {
    v1::PublicDocumentLine& printed = *shown.add_lines();
    printed.set_description(line.description());
    printed.set_quantity_e6(line.quantity_e6());
    *printed.mutable_unit_price() = line.unit_price();
    printed.set_discount_ppm(line.discount_ppm());
    if (line.has_discount()) *printed.mutable_discount() = line.discount();
    printed.set_tax_rate_ppm(line.tax_rate_ppm());
    *printed.mutable_net() = line.net();
  }
  *shown.mutable_subtotal() = content.subtotal();
  *shown.mutable_discount() = content.discount_total();
  if (content.has_adjustment()) *shown.mutable_adjustment() = content.adjustment();
  for (const v1::TaxTotal& of_rate : content.tax_totals()) {
    v1::PublicTaxTotal& printed = *shown.add_tax_totals();
    printed.set_tax_rate_ppm(of_rate.tax_rate_ppm());
    *printed.mutable_tax() = of_rate.tax();
  }
  *shown.mutable_total() = content.total();
  shown.set_note(content.note());
}

void ShowConversation(const State& state, v1::PublicDocument& shown) {
  shown.set_commentable(!state.details.comments_disallowed() && HasRoom(state, true));
  for (const ProposalState::Comment& said : state.comments) {
    v1::PublicComment& comment = *shown.add_comments();
    comment.set_received(said.author.IsNil());
    comment.set_person_name(said.person_name);
    comment.set_text(said.text);
    *comment.mutable_create_time() = TimestampOf(said.time);
  }
}

// The answer of each of a link holder's commands.
template <class Response>
absl::StatusOr<Response> Showing(const Ref<Proposal>& self, const Lookup& lookup) {
  Response response;
  ASSIGN_OR_RETURN(*response.mutable_document(), PublicDocumentOf(self, lookup));
  return response;
}

}  // namespace

absl::Status CheckProposalLink(const PublicLinkText& link, const Lookup& lookup) {
  ASSIGN_OR_RETURN(const Ref<Proposal> self, lookup.Find<Proposal>(ProposalId(link.document)));
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

absl::StatusOr<v1::PublicDocument> PublicDocumentOf(const Ref<Proposal>& self,
                                                    const Lookup& lookup) {
  const State& state = self.state();
  ASSIGN_OR_RETURN(const Ref<Organization> settings, lookup.Find<Organization>(state.organization));
  v1::PublicDocument shown;
  shown.set_organization_display_name(settings->display_name);
  shown.set_display_name(state.details.display_name());
  shown.set_state(StateShown(state, settings->zone().DayOf(lookup.instant())));
  if (state.details.has_open_till()) {
    *shown.mutable_open_till_date() = DayToProto(DayFromStored(state.details.open_till()));
  }
  const v1::Recipient recipient = ShownRecipient(state.document.recipient);
  shown.set_recipient_company_name(recipient.company_name());
  shown.set_recipient_person_name(recipient.person_name());
  if (recipient.has_address()) *shown.mutable_recipient_address() = recipient.address();
  ShowContent(state.document.content, shown);
  ShowConversation(state, shown);
  return shown;
}

Result Proposal::Decide(const State& state, const v1::CreateProposalLinkRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireSent(state));
  events::v1::ProposalLinkIssued issued;
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

Result Proposal::Decide(const State& state, const v1::RevokeProposalLinkRequest&,
                        const DecideContext&) {
  if (!state.link.exists()) return Decision<Event>();
  return events::v1::ProposalLinkIssued();
}

Result Proposal::Decide(const State& state, const v1::ReplyProposalCommentRequest& command,
                        const DecideContext&) {
  RETURN_IF_ERROR(RequireNotArchived(state));
  if (state.phase == v1::PROPOSAL_STATE_DRAFT) return RequireSent(state);
  RETURN_IF_ERROR(RequireRoom(state, /*of_receiver=*/false));
  events::v1::ProposalReplied replied;
  replied.set_text(std::string(absl::StripAsciiWhitespace(command.text())));
  return replied;
}

Result Proposal::Decide(const State& state, const v1::ViewPublicDocumentRequest& command,
                        const DecideContext& context) {
  RETURN_IF_ERROR(RequireLink(state, command.link(), context).status());
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  const Zone zone = settings->zone();
  const std::optional<absl::Time>& last = state.link.view_time;
  if (last.has_value() && zone.DayOf(*last) == zone.DayOf(context.effective_time())) {
    return Decision<Event>();  // I9
  }
  events::v1::ProposalViewed viewed;
  viewed.set_ordinal(state.view_count + 1);
  *viewed.mutable_at() = SnapshotOf(state);
  return viewed;
}

Result Proposal::Decide(const State& state, const v1::CommentPublicDocumentRequest& command,
                        const DecideContext& context) {
  ASSIGN_OR_RETURN(const PublicLinkText link, RequireLink(state, command.link(), context));
  if (state.details.comments_disallowed()) {
    return Refuse("COMMENTS_DISALLOWED", "this document takes no comments");
  }
  RETURN_IF_ERROR(RequireRoom(state, /*of_receiver=*/true));
  events::v1::ProposalCommented commented;
  commented.set_text(std::string(absl::StripAsciiWhitespace(command.text())));
  *commented.mutable_caller() = CallerThrough(link, command.person_name());
  commented.set_subject_id(ToBytes(state.document.subject));
  return commented;
}

absl::StatusOr<ProposalId> Proposal::TargetOf(absl::string_view link) {
  const std::optional<PublicLinkText> text = ParsePublicLink(link);
  if (!text.has_value() || text->kind != kProposalLink) return LinkInvalid();
  return ProposalId(text->document);
}

absl::StatusOr<v1::ViewPublicDocumentResponse> Proposal::Respond(
    const v1::ViewPublicDocumentRequest&, const Ref<Proposal>& self, const Lookup& lookup) {
  return Showing<v1::ViewPublicDocumentResponse>(self, lookup);
}

absl::StatusOr<v1::CommentPublicDocumentResponse> Proposal::Respond(
    const v1::CommentPublicDocumentRequest&, const Ref<Proposal>& self, const Lookup& lookup) {
  return Showing<v1::CommentPublicDocumentResponse>(self, lookup);
}

absl::StatusOr<v1::AcceptPublicDocumentResponse> Proposal::Respond(
    const v1::AcceptPublicDocumentRequest&, const Ref<Proposal>& self, const Lookup& lookup) {
  return Showing<v1::AcceptPublicDocumentResponse>(self, lookup);
}

absl::StatusOr<v1::DeclinePublicDocumentResponse> Proposal::Respond(
    const v1::DeclinePublicDocumentRequest&, const Ref<Proposal>& self, const Lookup& lookup) {
  return Showing<v1::DeclinePublicDocumentResponse>(self, lookup);
}

}  // namespace crm::domain
