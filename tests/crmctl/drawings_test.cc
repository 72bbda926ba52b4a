// crmctl ... pdf, --svg and --png: what the server draws, as files.
#include <filesystem>

#include "crm/v1/credit_note_service.pb.h"
#include "crm/v1/dashboard_service.pb.h"
#include "crm/v1/goal_service.pb.h"
#include "crm/v1/invoice_service.pb.h"
#include "crm/v1/paper.pb.h"
#include "crm/v1/proposal_service.pb.h"
#include "crm/v1/report_service.pb.h"
#include "tests/crmctl/run_fixture.h"
#include "tests/support/scratch_folder.h"
#include "tools/crmctl/files.h"

namespace crm::ctl {
namespace {

using ::testing::HasSubstr;
using testing::Ran;
using testing::RunTest;

const std::string kBytes("%PDF-1.5\n\0\xFF\n", 12);

class DrawingsTest : public RunTest {
 protected:
  DrawingsTest() {
    crm::v1::Paper paper;
    paper.set_content(kBytes);
    paper.set_file_name("INV-2026-00001.pdf");
    for (const char* method : {"GetInvoicePdf", "GetProposalPdf", "GetCreditNotePdf"}) {
      server_.Return(method, paper);
    }
    crm::v1::Picture picture;
    picture.set_content("<svg/>");
    for (const char* method :
         {"GetStageFlowPicture", "GetTeamDashboardPicture", "GetGoalProgressPicture"}) {
      server_.Return(method, picture);
    }
    crm::v1::ListInvoicesResponse invoices;
    crm::v1::Invoice& invoice = *invoices.add_invoices();
    invoice.set_name("invoices/7a2b");
    invoice.set_number("INV-2026-00001");
    server_.Return("ListInvoices", invoices);
  }

  std::string File(const std::string& name) const { return folder_ / name; }
  static std::string Content(const std::string& path) {
    return ReadWholeFile(path).value_or("no such file");
  }

  crm::testing::ScratchFolder folder_;
};

TEST_F(DrawingsTest, AnInvoiceIsFoundByItsNumberAndSaved) {
  const Ran ran = cli_.Run({"invoice", "pdf", "INV-2026-00001", "--out", File("one.pdf")});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_EQ(Content(File("one.pdf")), kBytes);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(Last<crm::v1::GetInvoicePdfRequest>("GetInvoicePdf").name(), "invoices/7a2b");
  EXPECT_EQ(Last<crm::v1::ListInvoicesRequest>("ListInvoices").filter().number(), "INV-2026-00001");
}

TEST_F(DrawingsTest, PapersOfEveryKindAndOfThePastGoWhereTheyAreSent) {
  ASSERT_EQ(cli_.Run({"proposal", "pdf", "proposals/1", "--out", File("p.pdf")}).code,
            ExitCode::kOk);
  ASSERT_EQ(cli_.Run({"credit-note", "pdf", "creditNotes/1", "--out", File("c.pdf"), "--as-of",
                      "2026-03-31"})
                .code,
            ExitCode::kOk);
  EXPECT_EQ(Last<crm::v1::GetCreditNotePdfRequest>("GetCreditNotePdf").as_of().as_of_date().month(),
            3);
  const Ran ran = cli_.Run({"invoice", "pdf", "invoices/7a2b", "--out", "-"});
  EXPECT_EQ(ran.out, kBytes);
}

TEST_F(DrawingsTest, ANameFromElsewhereLeadsOutOfNoFolder) {
  crm::v1::Paper paper;
  paper.set_content(kBytes);
  for (const char* name : {"../x.pdf", "/tmp/x.pdf", ".profile", ""}) {
    paper.set_file_name(name);
    server_.Return("GetInvoicePdf", paper);
    const Ran ran = cli_.Run({"invoice", "pdf", "invoices/7a2b"});
    EXPECT_NE(ran.code, ExitCode::kOk) << name;
    EXPECT_THAT(ran.err, HasSubstr("names no file"));
  }
}

TEST_F(DrawingsTest, AReportIsDrawnWithItsOwnParameters) {
  const Ran ran = cli_.Run({"flow", "Sales", "2026-01-01", "2026-03-31", "--svg", File("f.svg"),
                            "--png", File("f.png"), "--as-of", "2026-03-15"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(Content(File("f.svg")), "<svg/>");
  EXPECT_EQ(Content(File("f.png")), "<svg/>");
  EXPECT_EQ(server_.Requests("GetStageFlow").size(), 0U);
  const auto request = Last<crm::v1::GetStageFlowPictureRequest>("GetStageFlowPicture");
  EXPECT_EQ(request.format(), crm::v1::PICTURE_FORMAT_PNG);
  EXPECT_EQ(request.report().pipeline(), "pipelines/1");
  EXPECT_EQ(request.report().to_date().day(), 31);
  EXPECT_EQ(request.report().as_of().as_of_date().day(), 15);
}

TEST_F(DrawingsTest, ATileIsDrawnAsBarsOrAsLines) {
  ASSERT_EQ(cli_.Run({"dashboard", "teams/1", "--svg", File("bars.svg")}).code, ExitCode::kOk);
  EXPECT_EQ(Last<crm::v1::GetTeamDashboardPictureRequest>("GetTeamDashboardPicture").part(),
            crm::v1::TEAM_DASHBOARD_PART_NEW_OPPORTUNITIES);
  ASSERT_EQ(
      cli_.Run({"dashboard", "teams/1", "--revenue", "--months", "6", "--svg", File("lines.svg")})
          .code,
      ExitCode::kOk);
  const auto request = Last<crm::v1::GetTeamDashboardPictureRequest>("GetTeamDashboardPicture");
  EXPECT_EQ(request.part(), crm::v1::TEAM_DASHBOARD_PART_REVENUE);
  EXPECT_EQ(request.report().month_count(), 6);
  EXPECT_EQ(cli_.Run({"dashboard", "--svg", File("all.svg")}).code, ExitCode::kUsage);
}

TEST_F(DrawingsTest, AGoalIsDrawn) {
  ASSERT_EQ(cli_.Run({"goal", "progress", "goals/1", "--png", "-"}).out, "<svg/>");
  EXPECT_EQ(Last<crm::v1::GetGoalProgressPictureRequest>("GetGoalProgressPicture").report().name(),
            "goals/1");
}

}  // namespace
}  // namespace crm::ctl
