// crmctl as people and scripts use it.
#include "tools/crmctl/run.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/uuid.h"
#include "crm/v1/organization_service.pb.h"
#include "crm/v1/report_service.pb.h"
#include "tests/crmctl/run_fixture.h"
#include "tools/crmctl/assign.h"
#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

using testing::Answer;
using testing::As;
using testing::BusyFor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Ran;
using testing::Refusal;
using testing::RunTest;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST_F(RunTest, EveryRpcHasACommandAndEveryVerbAnRpc) {
  std::set<std::string> served;
  for (const Resource& resource : Resources()) {
    for (const Verb& verb : resource.verbs) {
      EXPECT_NE(FindMethod(verb.method), nullptr) << verb.method;
      served.insert(verb.method);
    }
  }
  for (const char* method : MethodsWithOwnCommand()) served.insert(method);
  size_t count = 0;
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_EQ(served.count(service->method(i)->name()), 1U) << service->method(i)->full_name();
      ++count;
    }
  }
  EXPECT_EQ(served.size(), count);
}

TEST_F(RunTest, UsualColumnsExist) {
  for (const Resource& resource : Resources()) {
    for (const Verb& verb : resource.verbs) {
      const FieldDescriptor* rows = RowsField(*FindMethod(verb.method)->output_type());
      if (rows == nullptr) continue;
      const Descriptor& type = *rows->message_type();
      for (const std::string& field : UsualFields(type.full_name())) {
        EXPECT_FALSE(FindPath(type, field).empty()) << type.full_name() << " " << field;
      }
    }
  }
}

TEST_F(RunTest, ExitCodesFollowTheAnswer) {
  const std::vector<std::pair<grpc::StatusCode, ExitCode>> cases = {
      {grpc::StatusCode::FAILED_PRECONDITION, ExitCode::kFailed},
      {grpc::StatusCode::INVALID_ARGUMENT, ExitCode::kFailed},
      {grpc::StatusCode::INTERNAL, ExitCode::kFailed},
      {grpc::StatusCode::NOT_FOUND, ExitCode::kNotFound},
      {grpc::StatusCode::ABORTED, ExitCode::kConflict},
      {grpc::StatusCode::ALREADY_EXISTS, ExitCode::kConflict},
      {grpc::StatusCode::UNAUTHENTICATED, ExitCode::kDenied},
      {grpc::StatusCode::PERMISSION_DENIED, ExitCode::kDenied},
      {grpc::StatusCode::UNAVAILABLE, ExitCode::kUnavailable},
      {grpc::StatusCode::DEADLINE_EXCEEDED, ExitCode::kUnavailable}};
  for (const auto& [status, code] : cases) {
    server_.Fail("GetOpportunity", Refusal(status, "SOME_REASON", "some words"));
    const Ran ran = cli_.Run({"opportunity", "get", "opportunities/1"});
    EXPECT_EQ(ran.code, code) << status;
    EXPECT_EQ(ran.err, "crmctl: SOME_REASON: some words\n");
    EXPECT_THAT(ran.out, IsEmpty());
  }
}

// Mutations seen to fail: Session::CallPatiently that calls once; one that never stops.
TEST_F(RunTest, ABusyServerIsAskedAgainWhenItSaysAndNotForEver) {
  int calls = 0;
  server_.On("WinOpportunity", [&calls](const google::protobuf::Message&) {
    if (++calls < 3) return Answer{{}, BusyFor(20), 0};
    return Answer{{std::make_shared<crm::v1::Opportunity>()}, grpc::Status::OK, 0};
  });
  EXPECT_EQ(cli_.Run({"opportunity", "win", "opportunities/1"}).code, ExitCode::kOk);
  const auto sent = server_.Requests("WinOpportunity");
  ASSERT_THAT(sent, SizeIs(3));
  EXPECT_EQ(sent[0]->SerializeAsString(), sent[2]->SerializeAsString()) << "the same request id";

  calls = 0;
  server_.On("WinOpportunity", [&calls](const google::protobuf::Message&) {
    ++calls;
    return Answer{{}, BusyFor(20, grpc::StatusCode::RESOURCE_EXHAUSTED), 0};
  });
  EXPECT_EQ(cli_.Run({"opportunity", "win", "opportunities/1"}).code, ExitCode::kUnavailable);
  EXPECT_EQ(std::exchange(calls, 0), 5);
  EXPECT_EQ(cli_.Run({"--deadline", "10ms", "opportunity", "win", "opportunities/1"}).code,
            ExitCode::kUnavailable);
  EXPECT_LE(calls, 1) << "the deadline would be over";
}

TEST_F(RunTest, NoServerIsUnavailable) {
  cli_.Variable("CRMCTL_TARGET") = "127.0.0.1:1";
  EXPECT_EQ(cli_.Run({"organization", "get"}).code, ExitCode::kUnavailable);
}

TEST_F(RunTest, ASilentServerEndsAtTheDeadline) {
  server_.On("GetOrganization", [](const google::protobuf::Message&) {
    return Answer{{}, grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "late"), 0};
  });
  EXPECT_EQ(cli_.Run({"--deadline", "200ms", "organization", "get"}).code, ExitCode::kUnavailable);
}

TEST_F(RunTest, WrongCommandLinesAreUsageErrors) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"nonsense"},
      {"opportunity"},
      {"opportunity", "get"},
      {"opportunity", "get", "opportunities/1", "--nonsense"},
      {"opportunity", "get", "opportunities/1", "-o", "xml"},
      {"opportunity", "get", "opportunities/1", "--deadline", "soon"},
      {"opportunity", "get", "opportunities/1", "--as-of", "someday"},
      {"opportunity", "get", "opportunities/1", "--validate-only"},
      {"opportunity", "move", "opportunities/1", "Engaging", "--as-of", "2017-01-01"},
      {"opportunity", "create", "--priority", "9"},
      {"opportunity", "create", "--expected-revenue", "USD lots"},
      {"opportunity", "create", "--forecast-category", "maybe"},
      {"opportunity", "update", "opportunities/1"},
      {"opportunity", "update", "opportunities/1", "--clear", "state"},
      {"--request-id", "x", "opportunity", "create"},
      {"--context", "nowhere", "organization", "get"}};
  for (const auto& arguments : wrong) {
    const Ran ran = cli_.Run(arguments);
    EXPECT_EQ(ran.code, ExitCode::kUsage) << ::testing::PrintToString(arguments) << ran.err;
    EXPECT_THAT(ran.err, StartsWith("crmctl: "));
  }
}

TEST_F(RunTest, HelpNamesTheExitCodes) {
  const Ran ran = cli_.Run({"--help"});
  EXPECT_EQ(ran.code, ExitCode::kOk);
  EXPECT_THAT(ran.out, HasSubstr("6  unavailable"));
}

TEST_F(RunTest, ErrorsAreJsonWhenOutputIs) {
  server_.Fail("GetOpportunity", Refusal(grpc::StatusCode::NOT_FOUND, "NO_SUCH", "none \"there\""));
  const Ran ran = cli_.Run({"-o", "json", "opportunity", "get", "opportunities/1"});
  const auto error = nlohmann::json::parse(ran.err)["error"];
  EXPECT_EQ(error["code"], "NOT_FOUND");
  EXPECT_EQ(error["reason"], "NO_SUCH");
  EXPECT_EQ(error["exit_code"], 3);
  EXPECT_EQ(nlohmann::json::parse(cli_.Run({"-o", "json", "x"}).err)["error"]["code"], "USAGE");
}

TEST_F(RunTest, FlagsFillTheRequest) {
  const Ran ran = cli_.Run({"opportunity",
                            "create",
                            "--display-name",
                            "Big one",
                            "--owner",
                            "moses FRASE",
                            "--stage",
                            "sales/engaging",
                            "--expected-revenue",
                            "USD 1,234.50",
                            "--probability-bp",
                            "12.5%",
                            "--expected-close-date",
                            "2017-12-31",
                            "--forecast-category",
                            "best-case",
                            "--tags",
                            "a",
                            "--tags",
                            "b,c",
                            "--contributors",
                            "member=members/2,weight=60",
                            "--recurring-revenue-monthly",
                            "EUR 5",
                            "--recurring-revenue-months",
                            "12",
                            "--effective-time",
                            "2016-10-20"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const auto request = Last<crm::v1::CreateOpportunityRequest>("CreateOpportunity");
  const crm::v1::Opportunity& sent = request.opportunity();
  EXPECT_TRUE(Uuid::Parse(request.request_id()).has_value());
  EXPECT_EQ(request.effective_time().seconds(), 1476921600);
  EXPECT_EQ(sent.owner(), "members/1");
  EXPECT_EQ(sent.stage(), "pipelines/1/stages/1");
  EXPECT_EQ(sent.expected_revenue().units(), 1234);
  EXPECT_EQ(sent.expected_revenue().nanos(), 500'000'000);
  EXPECT_EQ(sent.probability_bp(), 1250);
  EXPECT_EQ(sent.expected_close_date().day(), 31);
  EXPECT_EQ(sent.forecast_category(), crm::v1::FORECAST_CATEGORY_BEST_CASE);
  EXPECT_THAT(sent.tags(), ElementsAre("a", "b,c"));
  ASSERT_THAT(sent.contributors(), SizeIs(1));
  EXPECT_EQ(sent.contributors(0).weight(), 60);
  EXPECT_EQ(sent.recurring_revenue().months(), 12);
}

TEST_F(RunTest, WhatHasAPlaceMayBeGivenByFlagToo) {
  for (const char* flag : {"Engaging", "--stage=Engaging"}) {
    const Ran ran = cli_.Run({"opportunity", "move", "opportunities/1", flag});
    ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
    EXPECT_EQ(Last<crm::v1::MoveStageRequest>("MoveStage").stage(), "pipelines/1/stages/1");
  }
}

TEST_F(RunTest, AmountsWithoutACurrencyAreInTheOrganizations) {
  crm::v1::Organization organization;
  organization.set_currency_code("CHF");
  server_.Return("GetOrganization", organization);
  ASSERT_EQ(cli_.Run({"opportunity", "create", "--expected-revenue", "12"}).code, ExitCode::kOk);
  const auto request = Last<crm::v1::CreateOpportunityRequest>("CreateOpportunity");
  EXPECT_EQ(request.opportunity().expected_revenue().currency_code(), "CHF");
}

TEST_F(RunTest, UpdatesChangeWhatIsNamedAndNothingElse) {
  const Ran ran = cli_.Run({"opportunity", "update", "opportunities/1", "--display-name", "New",
                            "--clear", "description", "--etag", "\"7\""});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const auto request = Last<crm::v1::UpdateOpportunityRequest>("UpdateOpportunity");
  EXPECT_EQ(request.opportunity().name(), "opportunities/1");
  EXPECT_EQ(request.etag(), "\"7\"");
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("description", "display_name"));
}

TEST_F(RunTest, AmbiguousNamesAreUsageErrorsAndUnknownOnesAreNotFound) {
  Ran ran = cli_.Run({"opportunity", "create", "--owner", "Twin"});
  EXPECT_EQ(ran.code, ExitCode::kUsage);
  EXPECT_THAT(ran.err, HasSubstr("members/2"));
  EXPECT_THAT(ran.err, HasSubstr("members/3"));
  ran = cli_.Run({"opportunity", "create", "--owner", "Mose"});
  EXPECT_EQ(ran.code, ExitCode::kNotFound);
  EXPECT_THAT(ran.err, HasSubstr("no member is named \"Mose\"; did you mean \"Moses Frase\"?"));
  EXPECT_THAT(server_.Requests("CreateOpportunity"), IsEmpty());
}

TEST_F(RunTest, NamesAreTakenAsUuidEmailOrResourceNameToo) {
  const std::string id = "11111111-1111-4111-8111-111111111111";
  for (const auto& [text, name] : std::vector<std::pair<std::string, std::string>>{
           {id, "members/" + id}, {"moses@example.com", "members/1"}, {"members/x", "members/x"}}) {
    ASSERT_EQ(cli_.Run({"opportunity", "create", "--owner", text}).code, ExitCode::kOk);
    EXPECT_EQ(Last<crm::v1::CreateOpportunityRequest>("CreateOpportunity").opportunity().owner(),
              name);
  }
}

TEST_F(RunTest, ListsFollowPages) {
  server_.On("ListOpportunities", [](const google::protobuf::Message& message) {
    crm::v1::ListOpportunitiesRequest request;
    request.CopyFrom(message);
    auto response = std::make_shared<crm::v1::ListOpportunitiesResponse>();
    response->add_opportunities()->set_name("opportunities/" + request.page_token() + "x");
    if (request.page_token().size() < 2) response->set_next_page_token(request.page_token() + "n");
    return Answer{{response}, grpc::Status::OK, 0};
  });
  Ran ran = cli_.Run({"opportunity", "list", "--all", "--columns", "name", "--no-headers"});
  EXPECT_EQ(ran.out, "opportunities/x\nopportunities/nx\nopportunities/nnx\n");
  ran = cli_.Run({"opportunity", "list", "--limit", "2", "-o", "jsonl"});
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 2);
  ran = cli_.Run({"opportunity", "list", "--all", "-o", "json"});
  EXPECT_THAT(nlohmann::json::parse(ran.out), SizeIs(3));
}

TEST_F(RunTest, OnlyTablesAreCutAndTheySaySo) {
  crm::v1::ListOpportunitiesResponse response;
  for (int i = 0; i < 150; ++i) response.add_opportunities()->set_name("opportunities/x");
  server_.Return("ListOpportunities", response);
  for (const char* format : {"jsonl", "csv"}) {
    const Ran ran = cli_.Run({"opportunity", "list", "-o", format, "--no-headers"});
    EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 150) << format;
    EXPECT_THAT(ran.err, IsEmpty());
  }
  const Ran table = cli_.Run({"opportunity", "list", "--no-headers"});
  EXPECT_EQ(std::count(table.out.begin(), table.out.end(), '\n'), 100);
  EXPECT_THAT(table.err, HasSubstr("more rows"));
}

TEST_F(RunTest, AnEmptyListSaysSoToPeopleOnly) {
  server_.Return("ListOpportunities", crm::v1::ListOpportunitiesResponse());
  Ran ran = cli_.Run({"opportunity", "list"});
  EXPECT_EQ(ran.code, ExitCode::kOk);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_EQ(ran.err, "no opportunities\n");
  ran = cli_.Run({"opportunity", "list", "-o", "json"});
  EXPECT_EQ(ran.out, "[]\n");
  EXPECT_THAT(ran.err, IsEmpty());
}

TEST_F(RunTest, TheLastOfTwoTargetsCounts) {
  const Ran ran = cli_.Run(
      {"--target", "127.0.0.1:1", "--target", server_.target(), "opportunity", "get", "x/y"});
  EXPECT_NE(ran.code, ExitCode::kUsage) << ran.err;
  EXPECT_NE(ran.code, ExitCode::kUnavailable) << ran.err;
}

TEST_F(RunTest, ReportsCoverTheLast90DaysUnlessToldOtherwise) {
  server_.Return("GetStatistics", crm::v1::Statistics());
  const auto days = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"stats"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    cli_.Run(arguments);
    const auto request = Last<crm::v1::GetStatisticsRequest>("GetStatistics");
    const auto day = [](const google::type::Date& date) {
      return absl::CivilDay(date.year(), date.month(), date.day());
    };
    return std::pair(day(request.from_date()), day(request.to_date()));
  };
  const auto usual = days({});
  EXPECT_EQ(usual.second - usual.first, 90);
  const auto ended = days({"--to-date", "2020-12-31"});
  EXPECT_EQ(ended.second, absl::CivilDay(2020, 12, 31));
  EXPECT_EQ(ended.first, absl::CivilDay(2020, 10, 2));
  EXPECT_EQ(days({"2020-01-01"}).first, absl::CivilDay(2020, 1, 1));
  EXPECT_EQ(days({"--as-of", "2020-12-31"}).second, absl::CivilDay(2020, 12, 31));
}

TEST_F(RunTest, WhatIsNotThereYetSaysAsOfWhen) {
  server_.Fail("GetOpportunity", Refusal(grpc::StatusCode::NOT_FOUND, "NOT_FOUND", "is not there"));
  const Ran ran = cli_.Run({"opportunity", "get", "opportunities/1", "--as-of", "last tuesday"});
  EXPECT_EQ(ran.code, ExitCode::kNotFound);
  EXPECT_THAT(ran.err, HasSubstr("is not there as of last tuesday"));
  EXPECT_TRUE(Last<crm::v1::GetOpportunityRequest>("GetOpportunity").as_of().has_as_of_date());
}

TEST_F(RunTest, TheAsOfDayIsSentAsADay) {
  cli_.Run({"opportunity", "get", "opportunities/1", "--as-of", "2017-12-31", "--known-at",
            "2018-01-01T00:00:00Z"});
  const auto day = Last<crm::v1::GetOpportunityRequest>("GetOpportunity").as_of();
  EXPECT_EQ(day.as_of_date().day(), 31);
  EXPECT_FALSE(day.has_as_of_time());
  EXPECT_EQ(day.known_at_time().seconds(), 1514764800);
  cli_.Run({"opportunity", "get", "opportunities/1", "--as-of", "2017-12-31T12:00:00Z"});
  EXPECT_TRUE(Last<crm::v1::GetOpportunityRequest>("GetOpportunity").as_of().has_as_of_time());
}

TEST_F(RunTest, SendsCredentialAndPosition) {
  cli_.Variable("CRMCTL_TOKEN") = "crm_x_y";
  cli_.Run({"--min-position", "42", "opportunity", "get", "opportunities/1"});
  EXPECT_EQ(server_.LastMetadata().at("authorization"), "Bearer crm_x_y");
  EXPECT_EQ(server_.LastMetadata().at("crm-min-position"), "42");
  cli_.Run({"opportunity", "get", "opportunities/1"});
  EXPECT_EQ(server_.LastMetadata().at("crm-min-position"), "latest");
}

TEST_F(RunTest, VerboseTellsPositionAndRequestId) {
  const auto answer = std::make_shared<crm::v1::Opportunity>();
  server_.On("MoveStage", [answer](const google::protobuf::Message&) {
    return Answer{{answer}, grpc::Status::OK, 77};
  });
  const std::string id = "22222222-2222-4222-8222-222222222222";
  const std::vector<std::string> move = {"-v",   "--request-id",    id,        "opportunity",
                                         "move", "opportunities/1", "Engaging"};
  EXPECT_THAT(cli_.Run(move).err, HasSubstr("request id " + id + " position 77"));
  EXPECT_THAT(cli_.Run(move).err, HasSubstr("replayed"));
}

TEST_F(RunTest, FailuresSayWhatToDoNext) {
  server_.Fail("GetOpportunity",
               Refusal(grpc::StatusCode::UNAUTHENTICATED, "CREDENTIAL_MISSING", "no token"));
  const std::vector<std::string> get = {"opportunity", "get", "opportunities/1"};
  EXPECT_THAT(cli_.Run(get).err, HasSubstr("\n  give a token: --token-file FILE"));
  cli_.Variable("CRMCTL_TARGET") = "127.0.0.1:1";
  EXPECT_THAT(cli_.Run(get).err, HasSubstr("no answer from 127.0.0.1:1"));
}

TEST_F(RunTest, CompletionAndDescriptionKnowEveryCommand) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Ran ran = cli_.Run({"completion", shell});
    EXPECT_EQ(ran.code, ExitCode::kOk);
    EXPECT_THAT(ran.out, HasSubstr("revise-stage-probability"));
    EXPECT_THAT(ran.out, HasSubstr("expected-close-date"));
  }
  EXPECT_EQ(cli_.Run({"completion", "tcsh"}).code, ExitCode::kUsage);
}

TEST_F(RunTest, DescribesWhatThisVersionOffers) {
  const std::string api = cli_.Run({"describe", "api"}).out;
  for (const auto* service : Services()) EXPECT_THAT(api, HasSubstr("## " + service->name()));
  EXPECT_THAT(cli_.Run({"describe", "errors"}).out, HasSubstr("| ETAG_MISMATCH | ABORTED |"));
  EXPECT_THAT(cli_.Run({"describe", "events", "stagemoved"}).out,
              AllOf(HasSubstr("### StageMoved"), Not(HasSubstr("### StageAdded"))));
  EXPECT_THAT(cli_.Run({"describe", "errors", "etag_mismatch"}).out,
              AllOf(StartsWith("| ETAG_MISMATCH"), Not(HasSubstr("NOT_FOUND"))));
  const Ran none = cli_.Run({"describe", "api", "nonsense"});
  EXPECT_NE(none.code, ExitCode::kOk);
  EXPECT_THAT(none.err, HasSubstr("'nonsense'"));
}

}  // namespace
}  // namespace crm::ctl
