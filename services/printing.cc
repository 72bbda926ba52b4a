#include "services/printing.h"

#include <string>

#include "domain/document/document.h"
#include "domain/organization/organization.h"
#include "domain/render.h"
#include "services/papers/pdf.h"

namespace crm::services {

using domain::Lookup;
using domain::Organization;
using domain::Ref;

absl::StatusOr<papers::Sending> SenderLookup::SendingAt(absl::Time instant, bool settled) const {
  const auto find = [this](const std::optional<Past>& past) {
    LogStreams streams = gate_.StreamsAt(call_, past);
    return Lookup(streams).Find<Organization>(call_.organization());
  };
  ASSIGN_OR_RETURN(Ref<Organization> sender, find(past_));
  // History may be older than the organization that entered it.
  if (!sender.head.exists()) {
    ASSIGN_OR_RETURN(sender, find(std::nullopt));
  }
  papers::Sending sending = {.sender_name = sender->display_name,
                             .letterhead = sender->letterhead,
                             .instant = instant,
                             .day = sender->zone().DayOf(instant)};
  if (!settled) return sending;
  Past then;
  then.at = instant;
  then.cut.effective_before = instant + absl::Microseconds(1);
  if (past_.has_value()) then.cut.known_at = past_->cut.known_at;
  ASSIGN_OR_RETURN(const Ref<Organization> of_then, find(then));
  if (!of_then.head.exists()) return sending;
  sending.sender_name = of_then->display_name;
  if (!of_then->letterhead.empty()) sending.letterhead = of_then->letterhead;
  return sending;
}

absl::StatusOr<papers::Paper> PaperOf(const Ref<domain::Invoice>& self, const Lookup& lookup,
                                      const SenderLookup& senders) {
  ASSIGN_OR_RETURN(const v1::Invoice invoice, domain::Invoice::Render(self, lookup));
  const bool issued = self->issued.has_value();
  ASSIGN_OR_RETURN(
      const papers::Sending sending,
      senders.SendingAt(issued ? self->issue_time : self.head.last_effective_time, issued));
  return papers::PaperOf(invoice, sending);
}

absl::StatusOr<papers::Paper> PaperOf(const Ref<domain::Proposal>& self, const Lookup& lookup,
                                      const SenderLookup& senders) {
  ASSIGN_OR_RETURN(const v1::Proposal proposal, domain::Proposal::Render(self, lookup));
  const bool sent = self->send_time.has_value();
  ASSIGN_OR_RETURN(
      const papers::Sending sending,
      senders.SendingAt(self->send_time.value_or(self.head.last_effective_time), sent));
  return papers::PaperOf(proposal, sending);
}

absl::StatusOr<papers::Paper> PaperOf(const Ref<domain::CreditNote>& self, const Lookup& lookup,
                                      const SenderLookup& senders) {
  ASSIGN_OR_RETURN(const v1::CreditNote note, domain::CreditNote::Render(self, lookup));
  const events::v1::CreditNoteIssued& issued = self->issued;
  ASSIGN_OR_RETURN(
      const Ref<domain::Invoice> invoice,
      lookup.Get<domain::Invoice>(domain::FromBytes<domain::InvoiceId>(issued.invoice_id())));
  papers::CreditedInvoice credited = {.recipient = domain::ShownRecipient(issued.recipient()),
                                      .number = "",
                                      .issue_day = absl::CivilDay()};
  if (invoice->issued.has_value()) {
    credited.number = invoice->issued->number();
    credited.issue_day = domain::DayFromStored(invoice->issued->issued());
  }
  ASSIGN_OR_RETURN(const papers::Sending sending,
                   senders.SendingAt(self->issue_time, /*settled=*/true));
  return papers::PaperOf(note, credited, sending);
}

absl::Status FillPaper(const papers::Paper& paper, v1::Paper& response) {
  ASSIGN_OR_RETURN(papers::Pdf pdf, papers::DrawPdf(paper));
  response.set_content(std::move(pdf.content));
  response.set_page_count(pdf.page_count);
  response.set_file_name(paper.file_name);
  return absl::OkStatus();
}

}  // namespace crm::services
