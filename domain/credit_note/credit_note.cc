#include "domain/credit_note/credit_note.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/credit_note/credited_lines.h"
#include "domain/document/content.h"
#include "domain/invoice/invoice.h"
#include "domain/invoice_series/invoice_series.h"
#include "domain/organization/organization.h"
#include "domain/ownership.h"
#include "domain/payment/receivable.h"
#include "domain/payment_balance/payment_balance.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/types/allocation.h"

namespace crm::domain {
namespace {

using CreditDecision = Decision<CreditNote::Event>;

CreditNoteState On(CreditNoteState state, const events::v1::CreditNoteIssued& event,
                   const EventMetadata& metadata) {
  state.issued = event;
  state.issue_time = metadata.effective_time;
  return state;
}

absl::Status RefuseInvoice(absl::string_view reason, absl::string_view message,
                           const InvoiceId& invoice) {
  return Refuse(reason, absl::StrCat(NameOf(invoice), " ", message),
                {{"invoice", NameOf(invoice)}});
}

// One credit note as it is issued.
class Issuing {
 public:
  Issuing(const CreditNoteId& id, Receivable receivable, const OrganizationState& settings,
          const DecideContext& context)
      : id_(id), receivable_(std::move(receivable)), settings_(settings), context_(context) {}

  // I1, I2.
  absl::Status Take(const v1::CreateCreditNoteRequest& command);
  // I4.
  absl::Status Number(const std::string& series);
  // I3.
  absl::Status Release();
  absl::StatusOr<CreditDecision> Conclude(const std::string& reason);

 private:
  const CreditNoteId id_;
  const Receivable receivable_;
  const OrganizationState& settings_;
  const DecideContext& context_;
  events::v1::CreditNoteIssued issued_;
  std::vector<PaidPart> parts_;
  std::vector<int64_t> released_minor_;  // of each part
  CreditDecision decision_;
};

absl::Status Issuing::Take(const v1::CreateCreditNoteRequest& command) {
  const v1::DocumentContent& entered = command.credit_note().content();
  if (command.full() && !entered.lines().empty()) {
    return Invalid("CREDIT_AMBIGUOUS", "credit everything, or these lines, not both");
  }
  const Uncredited uncredited(receivable_.issued(), receivable_.credit_notes);
  events::v1::DocumentContent& content = *issued_.mutable_content();
  if (command.full()) {
    content = uncredited.Everything();
  } else {
    ASSIGN_OR_RETURN(content, ContentFrom(entered, receivable_.content(), context_));
  }
  RETURN_IF_ERROR(uncredited.Fit(content));
  ASSIGN_OR_RETURN(const std::vector<events::v1::FrozenCredit> credits, uncredited.Split(content));
  for (const events::v1::FrozenCredit& credit : credits) *issued_.add_credits() = credit;
  return absl::OkStatus();
}

absl::Status Issuing::Number(const std::string& series_name) {
  const absl::CivilDay day = settings_.zone().DayOf(context_.effective_time());
  ASSIGN_OR_RETURN(const Ref<InvoiceSeries> series,
                   SeriesFor(v1::SERIES_KIND_CREDIT_NOTE, series_name, context_, decision_));
  ASSIGN_OR_RETURN(
      const DocumentNumber number,
      NumberDocument(series, StreamOf(id_), day, settings_.fiscal_year_start, context_, decision_));
  issued_.set_number(number.text);
  issued_.set_series_id(ToBytes(series.id));
  issued_.set_ordinal(number.ordinal);
  *issued_.mutable_issued() = StoredDay(day);
  return absl::OkStatus();
}

absl::Status Issuing::Release() {
  const int64_t credited_minor = issued_.content().total_minor();
  const int64_t excess_minor = credited_minor - receivable_.DueMinor();
  ASSIGN_OR_RETURN(parts_, PaidPartsOf(receivable_, context_));
  released_minor_.assign(parts_.size(), 0);
  if (excess_minor > 0) {
    std::vector<int64_t> weights;
    for (const PaidPart& part : parts_) weights.push_back(part.left_minor);
    ASSIGN_OR_RETURN(released_minor_, Allocate(excess_minor, weights));
  }
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (released_minor_[i] == 0) continue;
    events::v1::ReleasedPayment& released = *issued_.add_released();
    released.set_payment_id(ToBytes(parts_[i].payment));
    released.set_amount_minor(released_minor_[i]);
    *released.mutable_paid() = parts_[i].allocation.paid();
    released.set_fiscal_year_start_month(parts_[i].allocation.fiscal_year_start_month());
    ASSIGN_OR_RETURN(const Ref<PaymentBalance> balance,
                     context_.Find<PaymentBalance>(PaymentBalanceOf(parts_[i].payment)));
    decision_.Affect(balance, BalancePosted({.cause = StreamOf(id_),
                                             .instant = context_.effective_time(),
                                             .invoice = receivable_.invoice.id,
                                             .paid_minor = -released_minor_[i],
                                             .credit_minor = released_minor_[i]}));
  }
  const int64_t released = std::max<int64_t>(excess_minor, 0);
  ASSIGN_OR_RETURN(events::v1::SettlementPosted posted,
                   PostSettlement(receivable_.settlement, receivable_.content().total_minor(),
                                  StreamOf(id_), context_.effective_time(),
                                  {.paid_minor = -released, .credited_minor = credited_minor}));
  decision_.Affect(receivable_.settlement, std::move(posted));
  return absl::OkStatus();
}

absl::StatusOr<CreditDecision> Issuing::Conclude(const std::string& reason) {
  const InvoiceState& invoice = receivable_.invoice.state();
  issued_.set_invoice_id(ToBytes(invoice.id));
  issued_.set_reason(reason);
  *issued_.mutable_recipient() = invoice.document.recipient;
  issued_.set_subject_id(ToBytes(invoice.document.subject));
  *issued_.mutable_at() = receivable_.issued().at();

  const FrozenCreditNote note = {id_, context_.effective_time(), issued_};
  Receivable after = receivable_;
  after.credit_notes.push_back(note);
  const int64_t paid_minor = receivable_.settlement->sum.paid_minor;
  int64_t released_minor = 0;
  std::vector<PaidCause> allocations;
  for (size_t i = 0; i < parts_.size(); ++i) {
    released_minor += released_minor_[i];
    allocations.push_back(PaidCauseOf(parts_[i].payment, parts_[i].allocation, parts_[i].instant));
    allocations.back().paid_minor = released_minor_[i];
  }
  issued_.set_paid_base_minor(after.BasePaidMinor(paid_minor - released_minor) -
                              receivable_.BasePaidMinor(paid_minor));
  Recognition recognition(context_, settings_);
  RETURN_IF_ERROR(recognition.EnterCredit(receivable_.frozen(), note, allocations));
  RETURN_IF_ERROR(recognition.Conclude());
  decision_.Add(std::move(issued_));
  recognition.ApplyTo(decision_);
  return std::move(decision_);
}

google::type::Money Shown(const std::string& currency_code, int64_t minor) {
  const auto currency = Currency::Parse(currency_code);
  return currency.has_value() ? Money(*currency, minor).ToProto() : google::type::Money();
}

}  // namespace

CreditNote::State CreditNote::Evolve(State state, const Event& event,
                                     const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

Scope CreditNote::ScopeOf(const State& state) { return ScopeFrom(state.issued.at().ownership()); }

absl::StatusOr<v1::CreditNote> CreditNote::Render(const Ref<CreditNote>& self, const Lookup&) {
  const events::v1::CreditNoteIssued& issued = self->issued;
  v1::CreditNote shown;
  shown.set_name(NameOf(self.id));
  shown.set_number(issued.number());
  shown.set_invoice(NameOf(FromBytes<InvoiceId>(issued.invoice_id())));
  *shown.mutable_content() = ShownContent(issued.content());
  shown.set_reason(issued.reason());
  shown.set_series(NameOf(FromBytes<InvoiceSeriesId>(issued.series_id())));
  *shown.mutable_issue_date() = DayToProto(DayFromStored(issued.issued()));
  int64_t released_minor = 0;
  for (const events::v1::ReleasedPayment& released : issued.released()) {
    released_minor += released.amount_minor();
  }
  *shown.mutable_released() = Shown(issued.content().currency_code(), released_minor);
  shown.set_team(NameOf(FromBytes<TeamId>(issued.at().ownership().team_id())));
  shown.set_owner(NameOf(FromBytes<MemberId>(issued.at().ownership().owner_id())));
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<CreditDecision> CreditNote::Decide(const State&,
                                                  const v1::CreateCreditNoteRequest& command,
                                                  const DecideContext& context) {
  const v1::CreditNote& entered = command.credit_note();
  ASSIGN_OR_RETURN(const InvoiceId id, ParseName<InvoiceId>(entered.invoice()));
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, context.RequireSeen<Invoice>(id));
  RETURN_IF_ERROR(RequireNotVoid(invoice.state()));
  if (!invoice->issued.has_value()) return RefuseInvoice("INVOICE_NOT_ISSUED", "is a draft", id);
  if (context.effective_time() < invoice->issue_time) {
    return RefuseInvoice("CREDIT_BEFORE_ISSUE", "was issued after this credit note", id);
  }
  ASSIGN_OR_RETURN(Receivable receivable, ReceivableOf(invoice, context));
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  Issuing issuing(context.NewId<CreditNoteId>(0), std::move(receivable), settings.state(), context);
  RETURN_IF_ERROR(issuing.Take(command));
  RETURN_IF_ERROR(issuing.Number(entered.series()));
  RETURN_IF_ERROR(issuing.Release());
  return issuing.Conclude(entered.reason());
}

}  // namespace crm::domain
