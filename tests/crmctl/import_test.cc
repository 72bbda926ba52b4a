// Imports against a server that remembers request ids.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/member_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "gmock/gmock.h"
#include "tests/crmctl/command_line.h"
#include "tests/crmctl/fake_server.h"

namespace crm::ctl {
namespace {

using google::protobuf::Message;
using testing::Answer;
using testing::BusyFor;
using testing::CommandLine;
using testing::FakeServer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Ran;
using testing::Refusal;
using ::testing::SizeIs;

constexpr char kOpportunities[] = R"(
id = "6f1c2b0e-6f0b-4a53-9c39-0d3a54a6d5a1"
[source]
key = "id"
time_zone = "UTC"
[[lookup]]
name = "products"
file = "products.csv"
key = "product"
[alias.products]
"GTXPro" = "GTX Pro"
[[command]]
id = "create"
method = "CreateOpportunity"
when = [{column = "stage", not_equals = "Skip"}]
effective_time = "{opened}"
[command.fields]
opportunity.display_name = "{id} {alias.products[product]}"
opportunity.owner = "{member:agent}"
opportunity.stage = "{stage:Sales/Engaging}"
opportunity.tags = ["imported", "{region|lower}"]
opportunity.expected_revenue.currency_code = "USD"
opportunity.expected_revenue.units = "{lookup.products[alias.products[product]].price}"
[[command]]
id = "win"
method = "WinOpportunity"
when = [{column = "stage", in = ["Won"]}]
effective_time = "{closed}"
[command.fields]
name = "{result.create.name}"
won_revenue = {currency = "USD", amount = "{value}", times = 1000}
)";

constexpr char kHeader[] = "id,agent,product,stage,opened,closed,value,region\n";

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() : cli_(server_.target()) {
    folder_ = std::filesystem::temp_directory_path() / Uuid::Random().ToString();
    std::filesystem::create_directories(folder_);
    Write("products.csv", "product,price\nGTX Pro,4821\nMG Special,55\n");
    Write("map.toml", kOpportunities);
    crm::v1::ListMembersResponse members;
    members.add_members()->set_name("members/1");
    members.mutable_members(0)->set_display_name("Moses Frase");
    server_.Return("ListMembers", members);
    crm::v1::ListPipelinesResponse pipelines;
    pipelines.add_pipelines()->set_display_name("Sales");
    pipelines.mutable_pipelines(0)->add_stages()->set_name("pipelines/1/stages/1");
    pipelines.mutable_pipelines(0)->mutable_stages(0)->set_display_name("Engaging");
    server_.Return("ListPipelines", pipelines);
    server_.On("CreateOpportunity", [this](const Message&) {
      auto made = std::make_shared<crm::v1::Opportunity>();
      made->set_name(absl::StrCat("opportunities/", ++made_));
      return Answer{{made}, grpc::Status::OK, 0};
    });
    server_.Return("WinOpportunity", crm::v1::Opportunity());
  }
  ~ImportTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Ran Import(const std::string& rows, std::vector<std::string> more = {}) {
    Write("rows.csv", rows);
    std::vector<std::string> arguments = {"import",         Path("rows.csv"), "--mapping",
                                          Path("map.toml"), "--rejects",      Path("rejects.csv")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cli_.Run(arguments);
  }
  nlohmann::json Summary(const std::string& rows, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"-o", "json"});
    const Ran ran = Import(rows, more);
    return nlohmann::json::parse(ran.out, nullptr, false);
  }

  template <class T>
  std::vector<T> Sent(const std::string& method) {
    std::vector<T> all;
    for (const auto& message : server_.Requests(method)) all.emplace_back().CopyFrom(*message);
    return all;
  }

  FakeServer server_;
  CommandLine cli_;
  std::filesystem::path folder_;
  std::atomic<int> made_{0};
};

const std::string kTwoRows = std::string(kHeader) +
                             "A1,Moses Frase,GTXPro,Won,2016-10-20,2017-03-01,1.054,North\r\n"
                             "A2,moses frase,MG Special,Open,2017-01-02,,,\n";

TEST_F(ImportTest, RowsBecomeCommands) {
  const Ran ran = Import(kTwoRows, {"--jobs", "1"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const auto created = Sent<crm::v1::CreateOpportunityRequest>("CreateOpportunity");
  ASSERT_THAT(created, SizeIs(2));
  EXPECT_EQ(created[0].opportunity().display_name(), "A1 GTX Pro");
  EXPECT_EQ(created[0].opportunity().owner(), "members/1");
  EXPECT_EQ(created[0].opportunity().stage(), "pipelines/1/stages/1");
  EXPECT_EQ(created[0].opportunity().expected_revenue().units(), 4821);
  EXPECT_EQ(created[0].effective_time().seconds(), 1476921600);
  EXPECT_THAT(created[0].opportunity().tags(), ::testing::ElementsAre("imported", "north"));
  EXPECT_THAT(created[1].opportunity().tags(), ::testing::ElementsAre("imported"));
  const auto won = Sent<crm::v1::WinOpportunityRequest>("WinOpportunity");
  ASSERT_THAT(won, SizeIs(1));
  EXPECT_EQ(won[0].name(), "opportunities/1");
  EXPECT_EQ(won[0].won_revenue().units(), 1054);
}

TEST_F(ImportTest, ASecondRunEntersNothing) {
  auto summary = Summary(kTwoRows);
  EXPECT_EQ(summary["new"], 3);
  EXPECT_EQ(summary["replayed"], 0);
  summary = Summary(kTwoRows);
  EXPECT_EQ(summary["new"], 0);
  EXPECT_EQ(summary["replayed"], 3);
  EXPECT_EQ(made_, 2);
}

TEST_F(ImportTest, AnInterruptedRunIsFinishedByTheNext) {
  Import(std::string(kHeader) + "A1,Moses Frase,GTXPro,Won,2016-10-20,2017-03-01,1.054,North\n");
  const auto summary = Summary(kTwoRows);
  EXPECT_EQ(summary["new"], 1);
  EXPECT_EQ(summary["replayed"], 2);
}

TEST_F(ImportTest, AChangedRowIsRejectedNotEnteredAgain) {
  Import(kTwoRows);
  std::string changed = kTwoRows;
  changed.replace(changed.find("2017-01-02"), 10, "2017-01-03");
  EXPECT_EQ(Import(changed).code, ExitCode::kFailed);
  EXPECT_THAT(Read("rejects.csv"), HasSubstr("3,A2,create,REQUEST_ID_REUSED,"));
  EXPECT_EQ(made_, 2);
}

TEST_F(ImportTest, BrokenRowsAreRejectedWithTheirLineAndTheOthersGetIn) {
  const std::string rows = std::string(kHeader) +
                           "A1,Moses Frase,GTXPro,Open,2016-10-20,,,\n"
                           "A2,Moses Frase,GTXPro\n"
                           "A3,\"Moses Frase,GTXPro,Open,2016-10-20,,,\n"
                           "A4,Nobody,GTXPro,Open,2016-10-20,,,\n"
                           "A5,Moses Frase,Unknown,Open,2016-10-20,,,\n"
                           "A6,Moses Frase,GTXPro,Open,20.10.2016,,,\n"
                           "A7,Moses Frase,GTXPro,Won,2016-10-20,2016-10-21,much,\n"
                           ",Moses Frase,GTXPro,Open,2016-10-20,,,\n"
                           "A9,Moses Frase,GTXPro,Skip,,,,\n"
                           "A10,Moses Frase,GTXPro,Open,2016-10-20,,,\n";
  const Ran ran = Import(rows, {"--jobs", "1"});
  EXPECT_EQ(ran.code, ExitCode::kFailed);
  EXPECT_EQ(made_, 3);  // A1, A7 (whose win failed), A10
  const std::string rejects = Read("rejects.csv");
  EXPECT_THAT(rejects, HasSubstr("3,,,COLUMN_COUNT,3 columns instead of 8"));
  EXPECT_THAT(rejects, HasSubstr("4,,,CSV_INVALID,"));
  EXPECT_THAT(rejects, HasSubstr("5,A4,create,NAME_UNKNOWN,"));
  EXPECT_THAT(rejects, HasSubstr("6,A5,create,LOOKUP_MISS,"));
  EXPECT_THAT(rejects, HasSubstr("7,A6,create,VALUE_INVALID,"));
  EXPECT_THAT(rejects, HasSubstr("8,A7,win,VALUE_INVALID,"));
  EXPECT_THAT(rejects, HasSubstr("9,,,EXTERNAL_ID_MISSING,"));
  EXPECT_EQ(std::count(rejects.begin(), rejects.end(), '\n'), 8);
}

TEST_F(ImportTest, OfTwoRowsWithTheSameIdTheFirstGetsIn) {
  std::string rows = kHeader;
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&rows, "A", i % 20, ",Moses Frase,GTXPro,Open,2016-10-", 10 + i / 20, ",,,\n");
  }
  Import(rows, {"--jobs", "16"});
  EXPECT_EQ(made_, 20);
  const std::string rejects = Read("rejects.csv");
  EXPECT_EQ(std::count(rejects.begin(), rejects.end(), '\n'), 21);
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(rejects,
                HasSubstr(absl::StrCat(22 + i, ",A", i, ",create,EXTERNAL_ID_REPEATED,line ", 2 + i,
                                       " has the same")));
  }
}

// Rows of one id that do different things are no copies of each other, and keep their order.
TEST_F(ImportTest, RowsWithTheSameIdMayEachDoTheirPart) {
  std::string text = kOpportunities;
  text.replace(text.find("not_equals = \"Skip\""), 19, "equals = \"Open\"");
  text.replace(text.find("{result.create.name}"), 20, "opportunities/1");
  Write("map.toml", text);
  const Ran ran = Import(std::string(kHeader) + "A1,Moses Frase,GTXPro,Open,2016-10-20,,,\n" +
                         "A1,Moses Frase,GTXPro,Won,,2017-03-01,1,\n");
  EXPECT_EQ(ran.code, ExitCode::kOk) << Read("rejects.csv");
  EXPECT_THAT(server_.Requests("WinOpportunity"), SizeIs(1));
}

TEST_F(ImportTest, FilesThatAreNoTableAreUsageErrors) {
  std::filesystem::create_directories(Path("folder"));
  Write("twice.csv", "id,agent,id\nA1,x,y\n");
  const std::string mapping = Path("map.toml");
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"import", Path("folder"), "--mapping", mapping}, "it is a folder"},
      {{"import", Path("none.csv"), "--mapping", mapping}, "No such file"},
      {{"import", Path("twice.csv"), "--mapping", mapping}, "two columns are named \"id\""},
      {{"import", Path("products.csv"), "--mapping", Path("none.toml")}, "none.toml"},
      {{"import", Path("products.csv"), "--mapping", Path("folder")}, "it is a folder"}};
  for (const auto& [arguments, words] : wrong) {
    const Ran ran = cli_.Run(arguments);
    EXPECT_EQ(ran.code, ExitCode::kUsage) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(words));
  }
}

TEST_F(ImportTest, StandardInputIsAFileToo) {
  cli_.Input(kTwoRows);
  const Ran ran = cli_.Run({"import", "-", "--mapping", Path("map.toml")});
  EXPECT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_EQ(made_, 2);
  EXPECT_THAT(ran.out, HasSubstr("2 rows, 3 commands: 3 new, 0 replayed, 0 rejects, in "));
}

TEST_F(ImportTest, BusyServersAreAskedAgainAfterTheirPause) {
  auto calls = std::make_shared<std::atomic<int>>(0);
  server_.On("CreateOpportunity", [calls](const Message&) {
    if (++*calls < 3) return Answer{{}, BusyFor(20), 0};
    return Answer{{std::make_shared<crm::v1::Opportunity>()}, grpc::Status::OK, 0};
  });
  const auto summary = Summary(std::string(kHeader) + "A1,Moses Frase,GTXPro,Open,2016-10-20,,,\n");
  EXPECT_EQ(summary["new"], 1);
  EXPECT_EQ(summary["commands"], 1);
  EXPECT_EQ(calls->load(), 3);
  const auto sent = Sent<crm::v1::CreateOpportunityRequest>("CreateOpportunity");
  ASSERT_THAT(sent, SizeIs(3));
  EXPECT_EQ(sent[0].request_id(), sent[2].request_id());
}

TEST_F(ImportTest, ACallerWhoIsNotLetInStopsAtOnce) {
  server_.Fail("CreateOpportunity", Refusal(grpc::StatusCode::UNAUTHENTICATED, "NO_TOKEN", "who?"));
  std::string rows = kHeader;
  for (int i = 0; i < 200; ++i) {
    absl::StrAppend(&rows, "A", i, ",Moses Frase,GTXPro,Open,2016-10-20,,,\n");
  }
  const Ran ran = Import(rows, {"--jobs", "2"});
  EXPECT_EQ(ran.code, ExitCode::kDenied);
  EXPECT_LT(server_.Requests("CreateOpportunity").size(), 10U);
}

TEST_F(ImportTest, DryRunsRecordNothingAndCheckEverything) {
  const std::string rows = kTwoRows + "A3,Nobody,GTXPro,Open,2016-10-20,,,\n";
  const auto summary = Summary(rows, {"--dry-run"});
  EXPECT_EQ(summary["new"], 0);
  EXPECT_EQ(summary["checked"], 3);
  EXPECT_EQ(summary["rejects"], 1);
  for (const auto& sent : Sent<crm::v1::CreateOpportunityRequest>("CreateOpportunity")) {
    EXPECT_TRUE(sent.validate_only());
  }
  EXPECT_THAT(server_.Requests("WinOpportunity"), IsEmpty());
}

TEST_F(ImportTest, AtMostTheGivenNumberOfRowsIsInFlight) {
  std::string rows = kHeader;
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&rows, "A", i, ",Moses Frase,GTXPro,Open,2016-10-20,,,\n");
  }
  ASSERT_EQ(Import(rows, {"--jobs", "3"}).code, ExitCode::kOk);
  EXPECT_LE(server_.most_concurrent(), 3);
  EXPECT_EQ(made_, 100);
}

constexpr char kTeams[] = R"(
id = "0b7c2f5e-2a1d-4c11-8d8e-5a0a6f0f5b11"
[source]
key = "agent"
time_zone = "UTC"
[[command]]
id = "team"
method = "CreateTeam"
once_per = "manager"
[command.fields]
team.display_name = "Team {manager}"
leaders = ["{member:'Moses Frase'}"]
[[command]]
id = "pipeline"
method = "CreatePipeline"
once_per = "'Sales'"
[command.fields]
pipeline.display_name = "Sales"
pipeline.kind = "opportunity"
pipeline.stages = [
  {display_name = "Open", probability_bp = 1000},
  {display_name = "Won", kind = "won"},
]
[[command]]
method = "AddTeamMember"
[command.fields]
name = "{result.team.name}"
membership.member = "members/{agent|slug}"
)";

TEST_F(ImportTest, WhatRowsShareIsMadeOnce) {
  Write("map.toml", kTeams);
  std::atomic<int> teams{0};
  server_.On("CreateTeam", [&teams](const Message& message) {
    auto team = std::make_shared<crm::v1::Team>();
    crm::v1::CreateTeamRequest request;
    request.CopyFrom(message);
    team->set_name("teams/" + request.team().display_name().substr(5));
    ++teams;
    return Answer{{team}, grpc::Status::OK, 0};
  });
  server_.Return("CreatePipeline", crm::v1::Pipeline());
  server_.Return("AddTeamMember", crm::v1::Team());
  std::string rows = "agent,manager\n";
  for (int i = 0; i < 30; ++i) absl::StrAppend(&rows, "Agent ", i, ",M", i % 3, "\n");
  const Ran ran = Import(rows, {"--jobs", "16"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err << Read("rejects.csv");
  EXPECT_EQ(teams, 3);
  const auto pipelines = Sent<crm::v1::CreatePipelineRequest>("CreatePipeline");
  ASSERT_THAT(pipelines, SizeIs(1));
  EXPECT_EQ(pipelines[0].pipeline().stages(1).kind(), crm::v1::STAGE_KIND_WON);
  EXPECT_EQ(pipelines[0].pipeline().kind(), crm::v1::PIPELINE_KIND_OPPORTUNITY);
  const auto added = Sent<crm::v1::AddTeamMemberRequest>("AddTeamMember");
  ASSERT_THAT(added, SizeIs(30));
  for (const auto& request : added) {
    EXPECT_THAT(request.membership().member(), ::testing::StartsWith("members/agent."));
    EXPECT_THAT(request.name(), ::testing::StartsWith("teams/M"));
  }
}

TEST_F(ImportTest, WrongMappingsAreUsageErrorsWithTheirLine) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"opportunity.owner = \"{member:agent}\"", "opportunity.owner = \"{member:agnt}\""},
      {"opportunity.owner = \"{member:agent}\"", "opportunity.ownr = \"x\""},
      {"{result.create.name}", "{result.made.name}"},
      {"method = \"WinOpportunity\"", "method = \"GetOpportunity\""},
      {"{region|lower}", "{region|shout}"},
      {"lookup.products", "lookup.prices"},
      {"id = \"6f1c2b0e-6f0b-4a53-9c39-0d3a54a6d5a1\"", "id = \"mine\""},
      {"not_equals = \"Skip\"", "resembles = \"Skip\""},
      {"key = \"id\"", "key = \"external\""}};
  for (const auto& [right, replacement] : wrong) {
    std::string text = kOpportunities;
    const size_t at = text.find(right);
    ASSERT_NE(at, std::string::npos) << right;
    text.replace(at, right.size(), replacement);
    Write("map.toml", text);
    const Ran ran = Import(kTwoRows);
    EXPECT_EQ(ran.code, ExitCode::kUsage) << replacement;
    EXPECT_THAT(ran.err, HasSubstr("map.toml line ")) << replacement;
  }
  EXPECT_EQ(made_, 0);
}

}  // namespace
}  // namespace crm::ctl
