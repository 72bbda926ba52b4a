#include "services/papers/document_paper.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/papers/figures.h"

namespace crm::services::papers {
namespace {

// Of "proposals/1f0c22aa-...": "1F0C22AA".
std::string ShortReference(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return absl::AsciiStrToUpper(name.substr(slash == absl::string_view::npos ? 0 : slash + 1, 8));
}

// A name for a file: letters, digits, dots and dashes.
std::string FileName(absl::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
    name += plain ? c : '-';
  }
  return name + ".pdf";
}

std::vector<std::string> AddressLines(const v1::Recipient& recipient) {
  std::vector<std::string> lines;
  const auto add = [&lines](absl::string_view text) {
    const std::string line(absl::StripAsciiWhitespace(OnOneLine(text)));
    if (!line.empty()) lines.push_back(line);
  };
  add(recipient.company_name());
  add(recipient.person_name());
  const v1::Address& address = recipient.address();
  for (const std::string& line : address.address_lines()) add(line);
  add(absl::StrCat(address.postal_code(), " ", address.locality()));
  add(address.administrative_area());
  add(address.region_code());
  if (!recipient.has_address()) add(recipient.email());
  return lines;
}

void AddFact(Paper& paper, absl::string_view label, std::string value) {
  if (!value.empty()) paper.facts.push_back({std::string(label), std::move(value)});
}

std::string Negative(const std::string& amount) { return absl::StrCat("-", amount); }

std::string DiscountText(const v1::DocumentLine& line) {
  if (line.discount_ppm() > 0) return RateText(line.discount_ppm());
  return MinorOf(line.discount()) == 0 ? "" : Negative(AmountText(line.discount()));
}

void AddLines(const v1::DocumentContent& content, Paper& paper) {
  int64_t carried_minor = 0;
  bool any_tax = false;
  for (const v1::DocumentLine& line : content.lines()) any_tax |= line.tax_rate_ppm() > 0;
  for (const v1::DocumentLine& line : content.lines()) {
    carried_minor += MinorOf(line.net());
    paper.lines.push_back({.description = Printable(line.description()),
                           .quantity = QuantityText(line.quantity_e6()),
                           .unit_price = AmountText(line.unit_price()),
                           .discount = DiscountText(line),
                           .tax = any_tax ? RateText(line.tax_rate_ppm()) : "",
                           .amount = AmountText(line.net()),
                           .carried = MinorText(content.currency_code(), carried_minor)});
  }
}

void AddTaxes(const v1::DocumentContent& content, Paper& paper) {
  for (const v1::TaxTotal& tax : content.tax_totals()) {
    paper.totals.push_back(
        {absl::StrCat("Tax ", RateText(tax.tax_rate_ppm()), " on ", AmountText(tax.taxed())),
         AmountText(tax.tax())});
  }
}

// In the order they are reckoned in: the rows add up to the last.
void AddTotals(const v1::DocumentContent& content, absl::string_view total, Paper& paper) {
  const bool after_tax = content.discount_timing() == v1::DISCOUNT_TIMING_AFTER_TAX;
  const bool discounted = MinorOf(content.discount_total()) != 0;
  const bool adjusted = MinorOf(content.adjustment()) != 0;
  if (discounted || adjusted || content.tax_totals_size() > 0) {
    paper.totals.push_back({"Subtotal", AmountText(content.subtotal())});
  }
  if (after_tax) AddTaxes(content, paper);
  if (discounted) {
    const std::string rate =
        content.discount_ppm() > 0 ? absl::StrCat(" ", RateText(content.discount_ppm())) : "";
    paper.totals.push_back(
        {absl::StrCat("Discount", rate), Negative(AmountText(content.discount_total()))});
  }
  if (!after_tax) AddTaxes(content, paper);
  if (adjusted) paper.totals.push_back({"Adjustment", AmountText(content.adjustment())});
  paper.totals.push_back({absl::StrCat(total, " ", content.currency_code()),
                          AmountText(content.total()), /*strong=*/true});
}

Paper Begin(const v1::DocumentContent& content, const v1::Recipient& recipient,
            absl::string_view total, const Sending& sending) {
  Paper paper;
  paper.sender_name = OnOneLine(sending.sender_name);
  paper.letterhead = Printable(sending.letterhead);
  paper.instant = sending.instant;
  paper.recipient = AddressLines(recipient);
  paper.currency_code = content.currency_code();
  paper.note = Printable(content.note());
  AddLines(content, paper);
  AddTotals(content, total, paper);
  return paper;
}

}  // namespace

Paper PaperOf(const v1::Invoice& invoice, const Sending& sending) {
  Paper paper = Begin(invoice.content(), invoice.recipient(), "Total", sending);
  const bool issued = !invoice.number().empty();
  paper.title = issued ? absl::StrCat("Invoice ", invoice.number()) : "Invoice";
  paper.subject = OnOneLine(invoice.display_name());
  if (invoice.state() == v1::INVOICE_STATE_DRAFT) paper.watermark = "DRAFT";
  if (invoice.state() == v1::INVOICE_STATE_VOID) paper.watermark = "VOID";
  AddFact(paper, "Invoice number", invoice.number());
  AddFact(paper, "Invoice date", DayText(invoice.issue_date()));
  AddFact(paper, "Due date", DayText(invoice.due_date()));
  if (!invoice.has_due_date() && invoice.due_days() > 0) {
    AddFact(paper, "Due", absl::StrCat(invoice.due_days(), " days after issue"));
  }
  if (invoice.state() == v1::INVOICE_STATE_ISSUED) {
    paper.closing = absl::StrCat("Please pay ", invoice.content().currency_code(), " ",
                                 AmountText(invoice.content().total()), " by ",
                                 DayText(invoice.due_date()), " and name ", invoice.number(), ".");
  }
  paper.file_name =
      FileName(issued ? invoice.number() : absl::StrCat("draft-", ShortReference(invoice.name())));
  return paper;
}

Paper PaperOf(const v1::Proposal& proposal, const Sending& sending) {
  Paper paper = Begin(proposal.content(), proposal.recipient(), "Total", sending);
  const std::string reference = ShortReference(proposal.name());
  paper.title = "Proposal";
  paper.subject = OnOneLine(proposal.display_name());
  if (proposal.state() == v1::PROPOSAL_STATE_DRAFT) paper.watermark = "DRAFT";
  if (proposal.state() == v1::PROPOSAL_STATE_REVISED) paper.watermark = "REPLACED";
  AddFact(paper, "Reference", reference);
  if (proposal.revision() > 1) AddFact(paper, "Revision", absl::StrCat(proposal.revision()));
  AddFact(paper, "Date", DayText(sending.day));
  AddFact(paper, "Valid until", DayText(proposal.open_till_date()));
  if (proposal.has_open_till_date()) {
    paper.closing =
        absl::StrCat("This proposal is valid until ", DayText(proposal.open_till_date()), ".");
  }
  paper.file_name = FileName(absl::StrCat("proposal-", reference));
  return paper;
}

Paper PaperOf(const v1::CreditNote& credit_note, const CreditedInvoice& credited,
              const Sending& sending) {
  Paper paper = Begin(credit_note.content(), credited.recipient, "Total credited", sending);
  paper.title = absl::StrCat("Credit note ", credit_note.number());
  AddFact(paper, "Credit note number", credit_note.number());
  AddFact(paper, "Date", DayText(credit_note.issue_date()));
  AddFact(paper, "Credits invoice", credited.number);
  AddFact(paper, "Invoice date", DayText(credited.issue_day));
  paper.subject = absl::StrCat("Takes back invoice ", credited.number, " or a part of it");
  if (!credit_note.reason().empty()) {
    paper.closing = absl::StrCat("Reason: ", OnOneLine(credit_note.reason()));
  }
  paper.file_name = FileName(credit_note.number());
  return paper;
}

}  // namespace crm::services::papers
