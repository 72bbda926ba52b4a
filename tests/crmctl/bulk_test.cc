// One action on many records: what became of it, for people and for scripts.
#include "tests/crmctl/run_fixture.h"

namespace crm::ctl {
namespace {

using ::testing::HasSubstr;
using testing::Ran;
using testing::RunTest;

TEST_F(RunTest, ARefusedBulkActionFails) {
  crm::v1::ApplyOpportunityActionResponse response;
  response.add_results()->set_reason("OPPORTUNITY_CLOSED");
  server_.Return("ApplyOpportunityAction", response);
  const Ran ran = cli_.Run({"opportunity", "apply", "--names", "opportunities/1", "--move-stage",
                            "Engaging", "--move-clear-probability"});
  EXPECT_EQ(ran.code, ExitCode::kFailed);
  EXPECT_THAT(ran.out, HasSubstr("OPPORTUNITY_CLOSED"));
  const auto request = Last<crm::v1::ApplyOpportunityActionRequest>("ApplyOpportunityAction");
  EXPECT_EQ(request.move().stage(), "pipelines/1/stages/1");
  EXPECT_TRUE(request.move().clear_probability());
}

TEST_F(RunTest, ABulkActionThatWouldBeDoneIsValid) {
  crm::v1::ApplyOpportunityActionResponse response;  // committed: no, since nothing is recorded
  response.add_results()->set_opportunity("opportunities/1");
  server_.Return("ApplyOpportunityAction", response);
  const std::vector<std::string> transfer = {
      "opportunity",      "apply",     "--names",        "opportunities/1",
      "--transfer-owner", "members/1", "--validate-only"};
  const Ran ran = cli_.Run(transfer);
  EXPECT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("valid; nothing was recorded"));
  response.mutable_results(0)->set_reason("OPPORTUNITY_CLOSED");
  server_.Return("ApplyOpportunityAction", response);
  EXPECT_EQ(cli_.Run(transfer).code, ExitCode::kFailed);
}

TEST_F(RunTest, ADoneBulkActionSaysHowManyRecords) {
  crm::v1::ApplyOpportunityActionResponse response;
  response.set_committed(true);
  response.add_results()->set_opportunity("opportunities/1");
  server_.Return("ApplyOpportunityAction", response);
  const Ran ran = cli_.Run(
      {"opportunity", "apply", "--names", "opportunities/1", "--transfer-owner", "members/1"});
  EXPECT_EQ(ran.err, "1 record changed\n");
}

}  // namespace
}  // namespace crm::ctl
