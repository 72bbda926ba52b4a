// Decisions of SalesOrder about invoices: drafted of all of it or of a part, and undone.
#include <algorithm>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "domain/invoice/invoice.h"
#include "domain/opportunity/opportunity.h"
#include "domain/rejection.h"
#include "domain/sales_order/order_effects.h"
#include "domain/sales_order/sales_order.h"

namespace crm::domain {
namespace {

using State = SalesOrderState;
using Result = SalesOrder::Result;
using events::v1::DocumentContent;
using events::v1::DocumentLine;
using events::v1::OrderedQuantity;
using Quantities = std::vector<std::pair<const OrderLine*, int64_t>>;

// What is invoiced (I5).
absl::StatusOr<Quantities> InvoicedBy(const v1::InvoiceSalesOrderRequest& command,
                                      const State& state) {
  if (!command.quantities().empty()) {
    ASSIGN_OR_RETURN(const Quantities entered, LinesFrom(command.quantities(), state));
    for (const auto& [line, quantity_e6] : entered) {
      const int64_t most_e6 = line->InvoiceableE6(state.invoicing());
      if (quantity_e6 <= most_e6) continue;
      return Refuse("INVOICING_EXCEEDS_ORDERED", "more than is to invoice of the line",
                    {{"line_key", Uuid::FromBytes(line->line_id).value_or(Uuid{}).ToString()},
                     {"invoiceable_e6", absl::StrCat(most_e6)}});
    }
    return entered;
  }
  Quantities all;
  for (const OrderLine& line : state.lines) {
    const int64_t quantity_e6 = line.InvoiceableE6(state.invoicing());
    if (quantity_e6 > 0) all.emplace_back(&line, quantity_e6);
  }
  if (!all.empty()) return all;
  return Refuse("NOTHING_TO_INVOICE", absl::StrCat(NameOf(state.id), " has nothing to invoice"),
                {{"sales_order", NameOf(state.id)}});
}

// `amount * part / whole`, cut toward zero. Requires whole > 0.
int64_t Proportion(int64_t amount, int64_t part, int64_t whole) {
  return static_cast<int64_t>(absl::int128(amount) * part / whole);
}

// The content of one invoice, cut out of an order's. Amounts that belong to all of the order are
// shared by proportion; whoever completes it takes what is left (I5).
class Part {
 public:
  Part(const State& state, const Quantities& quantities) : state_(state), quantities_(quantities) {}

  // Refuses what Reckon refuses.
  absl::StatusOr<DocumentContent> Cut() {
    const DocumentContent& whole = state_.document.content;
    DocumentContent part = whole;
    part.clear_lines();
    for (const auto& [line, quantity_e6] : quantities_) AddLine(*line, quantity_e6, part);
    part.clear_discount();
    part.clear_adjustment();
    if (whole.has_discount() || whole.has_adjustment()) {
      RETURN_IF_ERROR(Reckon(part));
      ShareAmounts(part);
    }
    RETURN_IF_ERROR(Reckon(part));
    return part;
  }

  // What the order keeps of it. Valid after Cut.
  const events::v1::SalesOrderInvoiced& invoiced() const { return invoiced_; }

 private:
  void AddLine(const OrderLine& line, int64_t quantity_e6, DocumentContent& part) {
    OrderedQuantity& taken = *invoiced_.add_invoiced();
    taken.set_line_id(line.line_id);
    taken.set_quantity_e6(quantity_e6);
    completes_ += line.invoiced_e6 + quantity_e6 == line.ordered_e6 ? 1 : 0;
    for (const DocumentLine& ordered : state_.document.content.lines()) {
      if (ordered.line_id() != line.line_id) continue;
      weight_ += Proportion(ordered.net_minor(), quantity_e6, ordered.quantity_e6());
      DocumentLine& added = *part.add_lines();
      added = ordered;
      added.set_quantity_e6(quantity_e6);
      if (!ordered.has_discount()) continue;
      taken.set_discount_minor(ShareOfLine(line, quantity_e6, ordered.discount().minor()));
      added.mutable_discount()->set_minor(taken.discount_minor());
    }
  }

  int64_t ShareOfLine(const OrderLine& line, int64_t quantity_e6, int64_t minor) const {
    int64_t left_minor = minor;
    for (const State::Invoicing& made : state_.invoicings) {
      for (const OrderedQuantity& taken : made.invoiced) {
        if (taken.line_id() == line.line_id) left_minor -= taken.discount_minor();
      }
    }
    if (line.invoiced_e6 + quantity_e6 == line.ordered_e6) return left_minor;
    return std::min(left_minor, Proportion(minor, quantity_e6, line.ordered_e6));
  }

  // `part` is reckoned without them.
  void ShareAmounts(DocumentContent& part) {
    const DocumentContent& whole = state_.document.content;
    int64_t discount_minor = whole.discount().minor();
    int64_t adjustment_minor = whole.adjustment().minor();
    const auto others =
        std::count_if(state_.lines.begin(), state_.lines.end(),
                      [](const OrderLine& line) { return line.invoiced_e6 == line.ordered_e6; });
    if (completes_ + others == static_cast<int64_t>(state_.lines.size())) {
      for (const State::Invoicing& made : state_.invoicings) {
        discount_minor -= made.discount_minor;
        adjustment_minor -= made.adjustment_minor;
      }
    } else {
      const int64_t subtotal_minor = std::max<int64_t>(whole.subtotal_minor(), 1);
      discount_minor = Proportion(discount_minor, weight_, subtotal_minor);
      adjustment_minor = Proportion(adjustment_minor, weight_, subtotal_minor);
    }
    // Rounding may leave less to take it off from.
    discount_minor = std::min(discount_minor, part.subtotal_minor());
    invoiced_.set_discount_minor(discount_minor);
    invoiced_.set_adjustment_minor(adjustment_minor);
    if (discount_minor != 0) {
      part.mutable_discount()->set_currency_code(part.currency_code());
      part.mutable_discount()->set_minor(discount_minor);
    }
    if (adjustment_minor != 0) {
      part.mutable_adjustment()->set_currency_code(part.currency_code());
      part.mutable_adjustment()->set_minor(adjustment_minor);
    }
  }

  const State& state_;
  const Quantities& quantities_;
  events::v1::SalesOrderInvoiced invoiced_;
  int64_t completes_ = 0;  // lines that are invoiced whole with it
  int64_t weight_ = 0;     // its part of the subtotal, minor units
};

// The customer an invoice is made out to: the order's, or that of its opportunity.
absl::StatusOr<std::string> CustomerOf(const State& state, const DecideContext& context) {
  if (!state.document.recipient.customer_id().empty() || !state.details.has_opportunity_id()) {
    return state.document.recipient.customer_id();
  }
  const auto id = FromBytes<OpportunityId>(state.details.opportunity_id());
  ASSIGN_OR_RETURN(const Ref<Opportunity> opportunity, context.Find<Opportunity>(id));
  return opportunity->details.customer_id();
}

// A proposal counts once, however many invoices its order has.
absl::StatusOr<events::v1::DocumentSource> SourceOf(const State& state,
                                                    const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<SalesOrder> self, context.Find<SalesOrder>(state.id));
  events::v1::DocumentSource source;
  source.set_category(StreamOf(state.id).category);
  source.set_source_id(ToBytes(state.id));
  source.set_version(self.head.version);
  const events::v1::DocumentSource& own = state.document.source;
  if (own.category() == ProposalTag::kCategory && state.invoicings.empty()) {
    source.set_proposal_id(own.source_id());
  }
  return source;
}

}  // namespace

Result SalesOrder::Decide(const State& state, const v1::InvoiceSalesOrderRequest& command,
                          const DecideContext& context) {
  RETURN_IF_ERROR(RequireConfirmed(state));
  ASSIGN_OR_RETURN(const Quantities quantities, InvoicedBy(command, state));
  Part part(state, quantities);
  DocumentState document = state.document;
  ASSIGN_OR_RETURN(document.content, part.Cut());
  ASSIGN_OR_RETURN(*document.recipient.mutable_customer_id(), CustomerOf(state, context));
  ASSIGN_OR_RETURN(document.source, SourceOf(state, context));
  SetContributors(document);
  events::v1::InvoiceDetails details;
  details.set_display_name(state.details.display_name());
  if (state.details.has_opportunity_id()) {
    details.set_opportunity_id(state.details.opportunity_id());
  }
  *details.mutable_tags() = state.details.tags();

  const InvoiceId id(
      Uuid::FromName(state.id.uuid(), absl::StrCat("invoice/", state.invoicings_ever + 1)));
  ASSIGN_OR_RETURN(const Ref<Invoice> invoice, context.Find<Invoice>(id));
  events::v1::SalesOrderInvoiced invoiced = part.invoiced();
  invoiced.set_invoice_id(ToBytes(id));
  *invoiced.mutable_at() = SnapshotOf(state);
  Decision<Event> decision(std::move(invoiced));
  decision.Affect(invoice, DraftInvoice(document, details));
  return decision;
}

namespace internal {

events::v1::SalesOrderInvoicingUndone InvoicingUndone(const State& state,
                                                      const InvoiceId& invoice) {
  events::v1::SalesOrderInvoicingUndone undone;
  for (const State::Invoicing& made : state.invoicings) {
    if (made.invoice != invoice) continue;
    undone.set_invoice_id(ToBytes(invoice));
    *undone.mutable_undone() = made.invoiced;
    *undone.mutable_at() = SnapshotOf(state);
  }
  return undone;
}

}  // namespace internal

}  // namespace crm::domain
