// Papers and pictures from a running server: who may have them, what they say of the past, and that
// they say what the document and the report say.
#include "crm/v1/credit_note_service.grpc.pb.h"
#include "crm/v1/goal_service.grpc.pb.h"
#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/proposal_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"
#include "tests/services/papers/reading.h"

namespace crm::testing {
namespace {

using CreditNotes = v1::CreditNoteService::Stub;
using Goals = v1::GoalService::Stub;
using Invoices = v1::InvoiceService::Stub;
using Proposals = v1::ProposalService::Stub;
using grpc::StatusCode;
using services::papers::TextOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class PapersTest : public ::testing::Test {
 protected:
  PapersTest() {
    office_.administrator.Do(&Organizations::UpdateOrganization,
                             "organization { letterhead: '12 Harbour Road\\nVAT IE1234567T' } "
                             "update_mask { paths: 'letterhead' }");
    customer_ = office_.administrator
                    .Do(&Customers::CreateCustomer,
                        absl::StrCat("customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Mill' ",
                                     "addresses { address_lines: 'Am Wehr 7' locality: 'Berlin' } ",
                                     With("account_manager", office_.ada_name),
                                     With("team", office_.north), "}"))
                    .name();
  }

  static constexpr char kDesks[] =
      "content { currency_code: 'USD' lines { description: 'Desks' quantity_e6: 2000000 "
      "unit_price { currency_code: 'USD' units: 1250 } } } ";

  v1::Invoice Drafted() const {
    return office_.administrator.Do(
        &Invoices::CreateInvoice,
        absl::StrCat("invoice { display_name: 'Office' due_days: 14 recipient { ",
                     With("customer", customer_), "} ", kDesks,
                     office_.OwnedBy(office_.ada_name, office_.north), "}"));
  }
  static bool IsPdf(const v1::Paper& paper) {
    return paper.content().rfind("%PDF-", 0) == 0 && paper.page_count() == 1 &&
           paper.position() > 0;
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  std::string customer_;
};

TEST_F(PapersTest, AnInvoiceOnPaperSaysWhatTheInvoiceSays) {
  const v1::Invoice draft = Drafted();
  const v1::Paper before = office_.ada.Do(&Invoices::GetInvoicePdf, NameIs(draft));
  EXPECT_THAT(before.file_name(), StartsWith("draft-"));
  clock_.Advance(absl::Hours(24));
  const v1::Invoice invoice = office_.administrator.Do(&Invoices::IssueInvoice, NameIs(draft));
  const v1::Paper paper = office_.ada.Do(&Invoices::GetInvoicePdf, NameIs(draft));
  ASSERT_TRUE(IsPdf(paper));
  EXPECT_EQ(paper.file_name(), invoice.number() + ".pdf");
  const std::string text = TextOf(paper.content());
  EXPECT_THAT(text, HasSubstr("Invoice " + invoice.number()));
  EXPECT_THAT(text, HasSubstr("12 Harbour Road"));
  EXPECT_THAT(text, HasSubstr("Mill"));
  EXPECT_THAT(text, HasSubstr("Am Wehr 7"));
  EXPECT_THAT(text, ContainsRegex("Invoice date +3 March 2026"));
  EXPECT_THAT(text, ContainsRegex("Due date +17 March 2026"));
  EXPECT_THAT(text, ContainsRegex("Desks +2 +1,250.00 +2,500.00"));
  EXPECT_THAT(text, ContainsRegex("Total USD +2,500.00"));
  // As of the day before it is the draft it was.
  const v1::Paper then =
      office_.ada.Do(&Invoices::GetInvoicePdf,
                     NameIs(draft) + "as_of { as_of_date { year: 2026 month: 3 day: 2 } }");
  EXPECT_EQ(then.content(), before.content());
}

TEST_F(PapersTest, WhatWasIssuedIsPrintedAlikeForEver) {
  const v1::Invoice invoice = office_.administrator.Do(&Invoices::IssueInvoice, NameIs(Drafted()));
  const v1::Paper first = office_.ada.Do(&Invoices::GetInvoicePdf, NameIs(invoice));
  clock_.Advance(absl::Hours(24 * 40));
  office_.administrator.Do(&Organizations::UpdateOrganization,
                           "organization { display_name: 'New name' letterhead: 'Elsewhere' } "
                           "update_mask { paths: 'display_name' paths: 'letterhead' }");
  office_.administrator.Do(&Invoices::SendInvoice, NameIs(invoice));
  EXPECT_EQ(office_.ada.Do(&Invoices::GetInvoicePdf, NameIs(invoice)).content(), first.content());
  EXPECT_THAT(TextOf(office_.ada.Do(&Invoices::GetInvoicePdf, NameIs(Drafted())).content()),
              HasSubstr("Elsewhere"));
}

TEST_F(PapersTest, WhoeverMayNotSeeItMayNotPrintIt) {
  const v1::Invoice invoice = Drafted();
  EXPECT_THAT(office_.cleo.Try(&Invoices::GetInvoicePdf, NameIs(invoice)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  EXPECT_TRUE(office_.avi.Try(&Invoices::GetInvoicePdf, NameIs(invoice)).status.ok());
  EXPECT_EQ(
      office_.ada
          .Try(&Invoices::GetInvoicePdf, "name: 'invoices/00000000-0000-4000-8000-000000000001'")
          .status.error_code(),
      office_.ada
          .Try(&Invoices::GetInvoice, "name: 'invoices/00000000-0000-4000-8000-000000000001'")
          .status.error_code());
}

TEST_F(PapersTest, AProposalAndACreditNoteAreOnPaperToo) {
  const v1::Proposal proposal =
      office_.ada.Do(&Proposals::CreateProposal,
                     absl::StrCat("proposal { display_name: 'Desks' open_till_date { "
                                  "year: 2026 month: 4 day: 30 } recipient { ",
                                  With("customer", customer_), "} ", kDesks,
                                  office_.OwnedBy(office_.ada_name, office_.north), "}"));
  EXPECT_TRUE(IsPdf(office_.ada.Do(&Proposals::GetProposalPdf, NameIs(proposal))));
  office_.ada.Do(&Proposals::SendProposal, NameIs(proposal));
  const std::string text =
      TextOf(office_.ada.Do(&Proposals::GetProposalPdf, NameIs(proposal)).content());
  EXPECT_THAT(text, ContainsRegex("Valid until +30 April 2026"));

  const v1::Invoice invoice = office_.administrator.Do(&Invoices::IssueInvoice, NameIs(Drafted()));
  const v1::CreditNote note =
      office_.administrator.Do(&CreditNotes::CreateCreditNote,
                               absl::StrCat("credit_note { ", With("invoice", invoice.name()),
                                            "reason: 'Back' } full: true"));
  const std::string credited =
      TextOf(office_.administrator.Do(&CreditNotes::GetCreditNotePdf, NameIs(note)).content());
  EXPECT_THAT(credited, HasSubstr("Credit note " + note.number()));
  EXPECT_THAT(credited, ContainsRegex("Credits invoice +" + invoice.number()));
  EXPECT_THAT(credited, HasSubstr("Reason: Back"));
  EXPECT_THAT(credited, HasSubstr("Mill"));
}

TEST_F(PapersTest, ReportsAreDrawnForWhoeverMayReadThem) {
  clock_.Advance(absl::Hours(2));
  const auto sale =
      office_.Open(office_.ada, "Sale", 100, office_.OwnedBy(office_.ada_name, office_.north));
  office_.Move(office_.ada, sale, "Talks");
  const std::string flow = absl::StrCat(
      "report { ", With("pipeline", office_.pipeline_name),
      "from_date { year: 2026 month: 3 day: 1 } to_date { year: 2026 month: 3 day: 31 } } ");
  const v1::Picture funnel = office_.ada.Do(&Reports::GetStageFlowPicture, flow);
  EXPECT_EQ(funnel.media_type(), "image/svg+xml");
  EXPECT_EQ(funnel.position(), office_.HeadPosition());
  for (const char* part :
       {">Sales: from stage to stage<", ">New<", ">Talks<", ">Won 0 · Lost 0<"}) {
    EXPECT_THAT(funnel.content(), HasSubstr(part));
  }
  EXPECT_THAT(funnel.content(), Not(HasSubstr(">Lost<")));
  const v1::Picture png =
      office_.ada.Do(&Reports::GetStageFlowPicture, flow + "format: PICTURE_FORMAT_PNG");
  EXPECT_EQ(png.media_type(), "image/png");
  EXPECT_THAT(png.content(), StartsWith("\x89PNG"));

  const std::string tile = absl::StrCat("report { ", With("team", office_.north), "} ");
  EXPECT_THAT(office_.leah.Do(&Dashboards::GetTeamDashboardPicture, tile).content(),
              HasSubstr(">North: new opportunities per week<"));
  EXPECT_THAT(
      office_.leah
          .Do(&Dashboards::GetTeamDashboardPicture, tile + "part: TEAM_DASHBOARD_PART_REVENUE")
          .content(),
      HasSubstr(">Apr 2025 to Mar 2026<"));

  const v1::Goal goal = office_.leah.Do(
      &Goals::CreateGoal,
      absl::StrCat("goal { display_name: 'Win two' kind: GOAL_KIND_OPPORTUNITIES_WON ",
                   "target_count: 2 first_date { year: 2026 month: 3 day: 1 } ",
                   "last_date { year: 2026 month: 3 day: 31 } ", With("member", office_.ada_name),
                   "}"));
  const std::string progress = absl::StrCat("report { ", NameIs(goal), "} ");
  EXPECT_THAT(office_.ada.Do(&Goals::GetGoalProgressPicture, progress).content(),
              HasSubstr(">0 of 2 (0.0 %)"));
  EXPECT_THAT(office_.ben.Try(&Goals::GetGoalProgressPicture, progress),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  // The past is asked for inside the report.
  EXPECT_THAT(funnel.content(), HasSubstr(">1<"));
  const std::string earlier = absl::StrCat(
      "report { ", With("pipeline", office_.pipeline_name),
      "from_date { year: 2026 month: 3 day: 1 } to_date { year: 2026 month: 3 day: 31 } ",
      "as_of { as_of_time { seconds: ", absl::ToUnixSeconds(clock_.Now() - absl::Hours(1)),
      " } } }");
  EXPECT_THAT(office_.ada.Do(&Reports::GetStageFlowPicture, earlier).content(),
              Not(HasSubstr(">1<")));
}

}  // namespace
}  // namespace crm::testing
