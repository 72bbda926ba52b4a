// Documents on paper, read back with another program: every figure is there, nothing is cut, and
// the same document has the same bytes.
#include "services/papers/pdf.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "services/papers/figures.h"
#include "tests/services/papers/paper_examples.h"
#include "tests/services/papers/reading.h"
#include "tests/support/status_matchers.h"

namespace crm::services::papers {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

Pdf Drawn(const Paper& paper) {
  absl::StatusOr<Pdf> pdf = DrawPdf(paper);
  EXPECT_THAT(pdf, crm::testing::IsOk());
  return pdf.ok() ? *std::move(pdf) : Pdf();
}

std::vector<std::string> SheetsOf(const Pdf& pdf) {
  std::vector<std::string> sheets = absl::StrSplit(TextOf(pdf.content), '\f');
  EXPECT_EQ(sheets.back(), "");
  sheets.pop_back();
  return sheets;
}

TEST(PdfTest, AnInvoiceSaysWhoWhomWhenAndHowMuch) {
  const Pdf pdf = Drawn(PaperOf(IssuedInvoice(0), FromNorthwind()));
  EXPECT_EQ(pdf.page_count, 1);
  const std::string text = TextOf(pdf.content);
  for (const char* part :
       {"Northwind Office Ltd", "VAT IE1234567T", "Mühle & Söhne GmbH", "Ann Lee", "Am Wehr 7",
        "10115 Berlin", "Invoice INV-2026-00001", "14 March 2026", "28 March 2026",
        "Office of the new mill", "Delivery to the second floor.", "Thank you for your order.",
        "Please pay EUR 3,619.30 by 28 March 2026 and name INV-2026-00001.", "Page 1 of 1"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, ContainsRegex("1 +Desk, height adjustable, oak +4 +499.00 +19 % +1,996.00"));
  EXPECT_THAT(text, ContainsRegex("2 +Consulting, hours +9.5 +120.00 +10 % +19 % +1,026.00"));
  EXPECT_THAT(text, ContainsRegex("3 +Handbook +10 +20.00 +7 ?% +200.00"));
  EXPECT_THAT(text, ContainsRegex("Subtotal +3,222.00"));
  EXPECT_THAT(text, ContainsRegex("Discount 5 % +-161.10"));
  EXPECT_THAT(text, ContainsRegex("Tax 19 % on 2,870.90 +545.47"));
  EXPECT_THAT(text, ContainsRegex("Tax 7 % on 190.00 +13.30"));
  EXPECT_THAT(text, ContainsRegex("Adjustment +-0.37"));
  EXPECT_THAT(text, ContainsRegex("Total EUR +3,619.30"));
  EXPECT_THAT(text, Not(HasSubstr("DRAFT")));
}

TEST(PdfTest, ALongTableGoesOnWithItsHeadAndTheSumSoFar) {
  const Pdf pdf = Drawn(PaperOf(IssuedInvoice(70), FromNorthwind()));
  const std::vector<std::string> sheets = SheetsOf(pdf);
  ASSERT_EQ(sheets.size(), 3U);
  EXPECT_EQ(pdf.page_count, 3);
  std::string carried;
  int lines = 0;
  for (size_t i = 0; i < sheets.size(); ++i) {
    EXPECT_THAT(sheets[i], ContainsRegex("Description +Quantity +Unit price")) << i;
    EXPECT_THAT(sheets[i], HasSubstr(absl::StrCat("Page ", i + 1, " of 3")));
    int64_t chairs = 0;
    for (const auto line : absl::StrSplit(sheets[i], '\n')) {
      chairs += absl::StrContains(line, "Chair no. ") ? 1 : 0;
    }
    lines += static_cast<int>(chairs);
    if (!carried.empty()) {
      EXPECT_THAT(sheets[i], ContainsRegex("Brought forward +" + carried));
    }
    // 3,222.00 of the first three lines, and 100.00 of every chair.
    const int64_t sum = 3'222 + 100 * lines;
    carried = absl::StrCat(Grouped(absl::StrCat(sum)), ".00");
    const auto matches = ContainsRegex("Carried forward +" + carried);
    if (i + 1 < sheets.size()) {
      EXPECT_THAT(sheets[i], matches);
    }
  }
  EXPECT_EQ(lines, 70);
  EXPECT_THAT(sheets[2], AllOf(ContainsRegex("Total EUR +11,532.80"), Not(HasSubstr("Carried"))));
}

TEST(PdfTest, WhatIsNotIssuedSaysSoAcrossEverySheet) {
  v1::Invoice draft = IssuedInvoice(70);
  draft.set_state(v1::INVOICE_STATE_DRAFT);
  draft.clear_number();
  draft.clear_issue_date();
  const Paper paper = PaperOf(draft, FromNorthwind());
  EXPECT_EQ(paper.watermark, "DRAFT");
  EXPECT_EQ(paper.closing, "") << "nobody is asked to pay a draft";
  EXPECT_EQ(paper.file_name, "draft-7A2B11AA.pdf");
  Paper plain = paper;
  plain.watermark.clear();
  EXPECT_NE(Drawn(paper).content, Drawn(plain).content);
}

TEST(PdfTest, EveryScriptCanBeRead) {
  v1::Invoice invoice = IssuedInvoice(0);
  invoice.mutable_recipient()->set_company_name("Εργαστήριο Άλφα");
  invoice.mutable_content()->mutable_lines(0)->set_description("Письменный стол, дуб");
  const std::string text = TextOf(Drawn(PaperOf(invoice, FromNorthwind())).content);
  EXPECT_THAT(text, HasSubstr("Εργαστήριο Άλφα"));
  EXPECT_THAT(text, HasSubstr("Письменный стол, дуб"));
}

// Nothing is cut: a word that is wider than its column, a description and a note of many lines.
TEST(PdfTest, WhateverIsAllowedIsPrintedWhole) {
  v1::Invoice invoice = IssuedInvoice(0);
  v1::DocumentLine& line = *invoice.mutable_content()->mutable_lines(0);
  std::string many;
  for (int i = 0; i < 600; ++i) absl::StrAppend(&many, "x\n");
  line.set_description(many + "the end of it");
  line.set_quantity_e6(999'999'999'999);
  *line.mutable_unit_price() = Cents(999'999'999'999'999);
  *line.mutable_net() = Cents(999'999'999'999'999);
  invoice.mutable_content()->set_note(std::string(9'000, 'n') + " last words");
  const Pdf pdf = Drawn(PaperOf(invoice, FromNorthwind()));
  EXPECT_GT(pdf.page_count, 5);
  const std::string text = TextOf(pdf.content);
  EXPECT_THAT(text, HasSubstr("the end of it"));
  EXPECT_THAT(text, HasSubstr("999,999.999999"));
  EXPECT_THAT(text, HasSubstr("9,999,999,999,999.99"));
  EXPECT_THAT(text, HasSubstr("last words"));
}

TEST(PdfTest, TheSameDocumentHasTheSameBytesAndItsOwnDate) {
  const Paper paper = PaperOf(IssuedInvoice(30), FromNorthwind());
  const Pdf first = Drawn(paper);
  EXPECT_EQ(first.content, Drawn(paper).content);
  const Said facts = Told(absl::StrCat("TZ=UTC pdfinfo ", Kept("dated.pdf", first.content)));
  EXPECT_THAT(facts.text, ContainsRegex("Title: +Invoice INV-2026-00001"));
  EXPECT_THAT(facts.text, ContainsRegex("Author: +Northwind Office Ltd"));
  EXPECT_THAT(facts.text, ContainsRegex("CreationDate: +Sat Mar 14 09:30:00 2026"));
  EXPECT_THAT(facts.text, ContainsRegex("Page size: .*A4"));
}

TEST(PdfTest, AmountsHaveTheDigitsOfTheirCurrency) {
  v1::Invoice invoice = IssuedInvoice(0);
  v1::DocumentContent& content = *invoice.mutable_content();
  content.Clear();
  content.set_currency_code("JPY");
  v1::DocumentLine& line = *content.add_lines();
  line.set_description("Desk");
  line.set_quantity_e6(2'000'000);
  for (auto* money : {line.mutable_unit_price(), line.mutable_net(), content.mutable_total()}) {
    money->set_currency_code("JPY");
    money->set_units(1'234'567);
  }
  const std::string text = TextOf(Drawn(PaperOf(invoice, FromNorthwind())).content);
  EXPECT_THAT(text, ContainsRegex("Total JPY +1,234,567\n"));
  EXPECT_THAT(text, Not(HasSubstr("Tax"))) << "no column for what no line has";
  EXPECT_THAT(text, Not(HasSubstr("Discount")));
}

}  // namespace
}  // namespace crm::services::papers
