// The words of documents on paper.
#include "services/papers/document_paper.h"

#include "gmock/gmock.h"
#include "services/papers/figures.h"
#include "tests/services/papers/paper_examples.h"

namespace crm::services::papers {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Labels(const Paper& paper) {
  std::vector<std::string> labels;
  for (const PaperTotal& total : paper.totals) labels.push_back(total.label);
  return labels;
}

std::string FactOf(const Paper& paper, const std::string& label) {
  for (const PaperFact& fact : paper.facts) {
    if (fact.label == label) return fact.value;
  }
  return "";
}

TEST(DocumentPaperTest, TheRowsBelowTheTableAddUpToTheLast) {
  Paper paper = PaperOf(IssuedInvoice(0), FromNorthwind());
  EXPECT_THAT(Labels(paper), ElementsAre("Subtotal", "Discount 5 %", "Tax 19 % on 2,870.90",
                                         "Tax 7 % on 190.00", "Adjustment", "Total EUR"));
  EXPECT_EQ(322'200 - 16'110 + 54'547 + 1'330 - 37, 361'930);
  // After tax the discount comes after it.
  v1::Invoice after = IssuedInvoice(0);
  after.mutable_content()->set_discount_timing(v1::DISCOUNT_TIMING_AFTER_TAX);
  EXPECT_EQ(Labels(PaperOf(after, FromNorthwind()))[3], "Discount 5 %");
}

TEST(DocumentPaperTest, AVoidInvoiceSaysSoAndAsksForNothing) {
  v1::Invoice invoice = IssuedInvoice(0);
  invoice.set_state(v1::INVOICE_STATE_VOID);
  const Paper paper = PaperOf(invoice, FromNorthwind());
  EXPECT_EQ(paper.watermark, "VOID");
  EXPECT_EQ(paper.closing, "");
  EXPECT_EQ(paper.file_name, "INV-2026-00001.pdf");
}

TEST(DocumentPaperTest, AProposalSaysHowLongItIsValid) {
  v1::Proposal proposal;
  proposal.set_name("proposals/1f0c22aa-0000-4000-8000-000000000001");
  proposal.set_state(v1::PROPOSAL_STATE_SENT);
  proposal.set_revision(2);
  *proposal.mutable_open_till_date() = Date(2026, 4, 14);
  *proposal.mutable_recipient() = MillRecipient();
  *proposal.mutable_content() = Content(0);
  Paper paper = PaperOf(proposal, FromNorthwind());
  EXPECT_EQ(paper.watermark, "");
  EXPECT_EQ(FactOf(paper, "Reference"), "1F0C22AA");
  EXPECT_EQ(FactOf(paper, "Revision"), "2");
  EXPECT_EQ(FactOf(paper, "Date"), "14 March 2026");
  EXPECT_EQ(FactOf(paper, "Valid until"), "14 April 2026");
  proposal.set_state(v1::PROPOSAL_STATE_DRAFT);
  EXPECT_EQ(PaperOf(proposal, FromNorthwind()).watermark, "DRAFT");
  proposal.set_state(v1::PROPOSAL_STATE_REVISED);
  EXPECT_EQ(PaperOf(proposal, FromNorthwind()).watermark, "REPLACED");
}

TEST(DocumentPaperTest, ACreditNoteNamesItsInvoice) {
  v1::CreditNote note;
  note.set_number("CN/2026/1");
  note.set_reason("Two desks came\nback");
  *note.mutable_issue_date() = Date(2026, 4, 2);
  *note.mutable_content() = Content(0);
  const Paper paper = PaperOf(
      note, {MillRecipient(), "INV-2026-00001", absl::CivilDay(2026, 3, 14)}, FromNorthwind());
  EXPECT_EQ(FactOf(paper, "Credits invoice"), "INV-2026-00001");
  EXPECT_EQ(FactOf(paper, "Invoice date"), "14 March 2026");
  EXPECT_EQ(paper.closing, "Reason: Two desks came back");
  EXPECT_EQ(paper.totals.back().label, "Total credited EUR");
  EXPECT_EQ(paper.recipient.front(), "Mühle & Söhne GmbH");
  EXPECT_EQ(paper.file_name, "CN-2026-1.pdf") << "leads out of no folder";
}

TEST(DocumentPaperTest, WhatIsErasedIsLeftOut) {
  v1::Invoice invoice = IssuedInvoice(0);
  *invoice.mutable_recipient() = v1::Recipient();
  EXPECT_TRUE(PaperOf(invoice, FromNorthwind()).recipient.empty());
}

TEST(FiguresTest, AreExact) {
  EXPECT_EQ(Grouped("-1234567.50"), "-1,234,567.50");
  EXPECT_EQ(Grouped("123"), "123");
  EXPECT_EQ(MinorText("JPY", 1'000), "1,000");
  EXPECT_EQ(MinorText("KWD", -1'000'005), "-1,000.005");
  EXPECT_EQ(DecimalText(-5, 2), "-0.05");
  EXPECT_EQ(QuantityText(1), "0.000001");
  EXPECT_EQ(RateText(72'500), "7.25 %");
  EXPECT_EQ(ShareText(10'000), "100.0 %");
  EXPECT_EQ(ShareText(7'069), "70.6 %");
  EXPECT_EQ(Printable("a\tb\x01\nc"), "a b \nc");
}

}  // namespace
}  // namespace crm::services::papers
