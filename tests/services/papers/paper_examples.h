// Documents for the tests of papers: an invoice of any number of lines, with figures that add up.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "crm/v1/credit_note_service.pb.h"
#include "crm/v1/invoice.pb.h"
#include "crm/v1/proposal.pb.h"
#include "services/papers/document_paper.h"

namespace crm::services::papers {

inline google::type::Money Cents(int64_t minor, const std::string& code = "EUR") {
  google::type::Money money;
  money.set_currency_code(code);
  money.set_units(minor / 100);
  money.set_nanos(static_cast<int32_t>(minor % 100) * 10'000'000);
  return money;
}

inline google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

inline void AddLine(v1::DocumentContent& content, const std::string& description,
                    int64_t quantity_e6, int64_t price_minor, int64_t discount_ppm,
                    int64_t tax_ppm) {
  v1::DocumentLine& line = *content.add_lines();
  line.set_description(description);
  line.set_quantity_e6(quantity_e6);
  *line.mutable_unit_price() = Cents(price_minor);
  line.set_discount_ppm(discount_ppm);
  line.set_tax_rate_ppm(tax_ppm);
  const int64_t amount = quantity_e6 * price_minor / 1'000'000;
  *line.mutable_amount() = Cents(amount);
  *line.mutable_net() = Cents(amount - amount * discount_ppm / 1'000'000);
}

// Two rates of tax, 5 % off the whole before tax, and an adjustment.
inline v1::DocumentContent Content(int extra_lines) {
  v1::DocumentContent content;
  content.set_currency_code("EUR");
  AddLine(content, "Desk, height adjustable, oak", 4'000'000, 49'900, 0, 190'000);
  AddLine(content, "Consulting, hours", 9'500'000, 12'000, 100'000, 190'000);
  AddLine(content, "Handbook", 10'000'000, 2'000, 0, 70'000);
  for (int i = 0; i < extra_lines; ++i) {
    AddLine(content, absl::StrCat("Chair no. ", i + 1), 1'000'000, 10'000, 0, 190'000);
  }
  int64_t subtotal = 0;
  for (const auto& line : content.lines()) {
    subtotal += line.net().units() * 100 + line.net().nanos() / 10'000'000;
  }
  const int64_t discount = subtotal / 20;
  content.set_discount_timing(v1::DISCOUNT_TIMING_BEFORE_TAX);
  content.set_discount_ppm(50'000);
  *content.mutable_subtotal() = Cents(subtotal);
  *content.mutable_discount_total() = Cents(discount);
  const int64_t reduced = 20'000 - 20'000 / 20;
  const int64_t full = subtotal - discount - reduced;
  const auto tax = [&content](int64_t rate_ppm, int64_t taxed) {
    v1::TaxTotal& total = *content.add_tax_totals();
    total.set_tax_rate_ppm(rate_ppm);
    *total.mutable_taxed() = Cents(taxed);
    *total.mutable_tax() = Cents(taxed * rate_ppm / 1'000'000);
    return taxed * rate_ppm / 1'000'000;
  };
  const int64_t taxes = tax(190'000, full) + tax(70'000, reduced);
  *content.mutable_adjustment() = Cents(-37);
  *content.mutable_total() = Cents(subtotal - discount + taxes - 37);
  return content;
}

inline v1::Recipient MillRecipient() {
  v1::Recipient recipient;
  recipient.set_company_name("Mühle & Söhne GmbH");
  recipient.set_person_name("Ann Lee");
  recipient.mutable_address()->add_address_lines("Am Wehr 7");
  recipient.mutable_address()->set_postal_code("10115");
  recipient.mutable_address()->set_locality("Berlin");
  recipient.mutable_address()->set_region_code("DE");
  return recipient;
}

inline Sending FromNorthwind() {
  return {.sender_name = "Northwind Office Ltd",
          .letterhead =
              "12 Harbour Road\nDublin D02 XY45, Ireland\nVAT IE1234567T\n"
              "IBAN IE29 AIBK 9311 5212 3456 78",
          .instant = absl::FromUnixSeconds(1'773'480'600),
          .day = absl::CivilDay(2026, 3, 14)};
}

inline v1::Invoice IssuedInvoice(int extra_lines) {
  v1::Invoice invoice;
  invoice.set_name("invoices/7a2b11aa-0000-4000-8000-000000000001");
  invoice.set_display_name("Office of the new mill");
  invoice.set_state(v1::INVOICE_STATE_ISSUED);
  invoice.set_number("INV-2026-00001");
  *invoice.mutable_issue_date() = Date(2026, 3, 14);
  *invoice.mutable_due_date() = Date(2026, 3, 28);
  *invoice.mutable_recipient() = MillRecipient();
  *invoice.mutable_content() = Content(extra_lines);
  invoice.mutable_content()->set_note("Delivery to the second floor.\nThank you for your order.");
  return invoice;
}

}  // namespace crm::services::papers
