// crmctl as people and scripts use it, against a server with handlers.
#include "tools/crmctl/run.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "crm/v1/dashboard_service.pb.h"
#include "crm/v1/event_service.pb.h"
#include "crm/v1/member_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/organization_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "crm/v1/token_service.pb.h"
#include "gmock/gmock.h"
#include "grpc/health/v1/health.pb.h"
#include "tests/crmctl/command_line.h"
#include "tests/crmctl/fake_server.h"
#include "tools/crmctl/api.h"
#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

using testing::Answer;
using testing::BusyFor;
using testing::CommandLine;
using ::testing::ElementsAre;
using testing::FakeServer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Ran;
using testing::Refusal;
using ::testing::SizeIs;
using ::testing::StartsWith;

template <class T>
T As(const std::shared_ptr<google::protobuf::Message>& message) {
  T typed;
  typed.CopyFrom(*message);
  return typed;
}

class RunTest : public ::testing::Test {
 protected:
  RunTest() : cli_(server_.target()) {
    crm::v1::ListMembersResponse members;
    AddMember(members, "members/1", "Moses Frase", "moses@example.com");
    AddMember(members, "members/2", "Twin", "a@example.com");
    AddMember(members, "members/3", "twin", "b@example.com");
    server_.Return("ListMembers", members);
    crm::v1::ListPipelinesResponse pipelines;
    crm::v1::Pipeline& pipeline = *pipelines.add_pipelines();
    pipeline.set_name("pipelines/1");
    pipeline.set_display_name("Sales");
    pipeline.add_stages()->set_name("pipelines/1/stages/1");
    pipeline.mutable_stages(0)->set_display_name("Engaging");
    server_.Return("ListPipelines", pipelines);
    crm::v1::Opportunity opportunity;
    opportunity.set_name("opportunities/1");
    opportunity.set_display_name("Big one");
    server_.Return("CreateOpportunity", opportunity);
    server_.Return("UpdateOpportunity", opportunity);
    server_.Return("MoveStage", opportunity);
    server_.Return("GetOpportunity", opportunity);
  }

  static void AddMember(crm::v1::ListMembersResponse& list, const std::string& name,
                        const std::string& display_name, const std::string& email) {
    crm::v1::Member& member = *list.add_members();
    member.set_name(name);
    member.set_display_name(display_name);
    member.set_email(email);
  }

  template <class T>
  T Last(const std::string& method) {
    const auto requests = server_.Requests(method);
    EXPECT_THAT(requests, Not(IsEmpty())) << method << " was not called";
    return requests.empty() ? T() : As<T>(requests.back());
  }

  FakeServer server_;
  CommandLine cli_;
};

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
        EXPECT_NE(type.FindFieldByName(field), nullptr) << type.full_name() << " " << field;
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

TEST_F(RunTest, AmbiguousAndUnknownNamesAreUsageErrors) {
  Ran ran = cli_.Run({"opportunity", "create", "--owner", "Twin"});
  EXPECT_EQ(ran.code, ExitCode::kUsage);
  EXPECT_THAT(ran.err, HasSubstr("members/2"));
  EXPECT_THAT(ran.err, HasSubstr("members/3"));
  ran = cli_.Run({"opportunity", "create", "--owner", "Mose"});
  EXPECT_EQ(ran.code, ExitCode::kUsage);
  EXPECT_THAT(ran.err, HasSubstr("no member is named \"Mose\""));
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
  ASSERT_EQ(cli_.Run({"--min-position", "42", "opportunity", "get", "opportunities/1"}).code,
            ExitCode::kOk);
  const auto metadata = server_.LastMetadata();
  EXPECT_EQ(metadata.at("authorization"), "Bearer crm_x_y");
  EXPECT_EQ(metadata.at("crm-min-position"), "42");
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

TEST_F(RunTest, HealthHasItsOwnExitCodes) {
  ::grpc::health::v1::HealthCheckResponse response;
  response.set_status(::grpc::health::v1::HealthCheckResponse::SERVING);
  server_.Return("Check", response);
  EXPECT_EQ(cli_.Run({"health", "--service", "crm.ready"}).code, ExitCode::kOk);
  response.set_status(::grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  server_.Return("Check", response);
  EXPECT_EQ(cli_.Run({"health"}).code, ExitCode::kFailed);
  server_.Fail("Check", grpc::Status(grpc::StatusCode::NOT_FOUND, "unknown service"));
  EXPECT_EQ(cli_.Run({"health", "--service", "x"}).code, ExitCode::kFailed);
  cli_.Variable("CRMCTL_TARGET") = "127.0.0.1:1";
  EXPECT_EQ(cli_.Run({"health"}).code, ExitCode::kUnavailable);
}

TEST_F(RunTest, HealthWaitsUntilReady) {
  auto calls = std::make_shared<std::atomic<int>>(0);
  server_.On("Check", [calls](const google::protobuf::Message&) {
    using Response = ::grpc::health::v1::HealthCheckResponse;
    auto response = std::make_shared<Response>();
    response->set_status(++*calls < 3 ? Response::NOT_SERVING : Response::SERVING);
    return Answer{{response}, grpc::Status::OK, 0};
  });
  EXPECT_EQ(cli_.Run({"health", "--wait"}).code, ExitCode::kOk);
  EXPECT_EQ(calls->load(), 3);
}

TEST_F(RunTest, TailGoesOnWhereItWasAfterTheServerWentAway) {
  auto calls = std::make_shared<std::atomic<int>>(0);
  server_.On("SubscribeEvents", [calls](const google::protobuf::Message& message) {
    crm::v1::SubscribeEventsRequest request;
    request.CopyFrom(message);
    auto batch = std::make_shared<crm::v1::SubscribeEventsResponse>();
    crm::v1::Event& event = *batch->mutable_batch()->add_events();
    event.set_position(request.from_position());
    event.set_type("crm.events.v1.StageMoved");
    batch->mutable_batch()->set_checkpoint_position(request.from_position() + 4);
    Answer answer{{batch}, grpc::Status(grpc::StatusCode::UNAVAILABLE, "going away"), 0};
    if (++*calls == 2) {
      auto end = std::make_shared<crm::v1::SubscribeEventsResponse>();
      end->mutable_caught_up()->set_position(request.from_position());
      answer.messages.push_back(end);
    }
    return answer;
  });
  const Ran ran = cli_.Run({"events", "tail", "--from", "10", "--until-caught-up", "-o", "jsonl"});
  EXPECT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"position\":\"10\""));
  EXPECT_THAT(ran.out, HasSubstr("\"position\":\"15\""));
  EXPECT_THAT(ran.err, HasSubstr("going on from position 15"));
}

TEST_F(RunTest, VerifyFailsOnABrokenLog) {
  crm::v1::VerifyLogResponse response;
  response.set_first_bad_position(12);
  response.set_problem("hash differs");
  server_.Return("VerifyLog", response);
  const Ran ran = cli_.Run({"events", "verify"});
  EXPECT_EQ(ran.code, ExitCode::kFailed);
  EXPECT_THAT(ran.err, HasSubstr("position 12: hash differs"));
}

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

class TokenTest : public RunTest {
 protected:
  TokenTest() {
    crm::v1::Organization organization;
    organization.set_name("organizations/01234567-89AB-4def-8123-456789abcdef");
    server_.Return("GetOrganization", organization);
    crm::v1::Token token;
    token.set_name("tokens/1");
    server_.Return("CreateToken", token);
    folder_ = std::filesystem::temp_directory_path() / Uuid::Random().ToString();
    cli_.Variable("CRMCTL_CONFIG") = (folder_ / "contexts.toml").string();
  }
  ~TokenTest() override { std::filesystem::remove_all(folder_); }

  static mode_t Mode(const std::filesystem::path& file) {
    struct stat info {};
    EXPECT_EQ(::stat(file.c_str(), &info), 0) << file;
    return info.st_mode & 0777U;
  }

  std::filesystem::path folder_;
};

TEST_F(TokenTest, OnlyTheHashOfTheSecretIsSent) {
  const Ran ran = cli_.Run({"token", "create", "--member", "Moses Frase", "--display-name", "CI"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  const std::string prefix = "crm_0123456789ab4def8123456789abcdef_";
  ASSERT_THAT(ran.out, StartsWith(prefix));
  const std::string encoded = ran.out.substr(prefix.size(), ran.out.size() - prefix.size() - 1);
  EXPECT_EQ(encoded.size(), 43U);
  std::string secret;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(encoded, &secret));
  const auto request = Last<crm::v1::CreateTokenRequest>("CreateToken");
  EXPECT_EQ(request.secret_hash(), std::string(AsView(Sha256(secret))));
  EXPECT_EQ(request.token().member(), "members/1");
}

TEST_F(TokenTest, ASavedTokenIsPrivateAndUsedFromThenOn) {
  const Ran ran = cli_.Run({"token", "create", "--member", "Moses Frase", "--display-name", "CI",
                            "--save-context", "prod"});
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_THAT(ran.out, Not(HasSubstr("crm_")));
  EXPECT_EQ(Mode(folder_ / "contexts.toml"), 0600U);
  EXPECT_EQ(Mode(folder_ / "prod.token"), 0600U);
  cli_.Variable("CRMCTL_TARGET") = "";
  ASSERT_EQ(cli_.Run({"opportunity", "get", "opportunities/1"}).code, ExitCode::kOk);
  EXPECT_THAT(server_.LastMetadata().at("authorization"), StartsWith("Bearer crm_0123"));
}

TEST_F(TokenTest, AContextsTokenGoesNowhereElse) {
  FakeServer other;
  cli_.Input("secret\n");
  ASSERT_EQ(
      cli_.Run({"context", "set", "prod", "--target", other.target(), "--token-from-input"}).code,
      ExitCode::kOk);
  ASSERT_EQ(cli_.Run({"--target", server_.target(), "opportunity", "get", "opportunities/1"}).code,
            ExitCode::kOk);
  EXPECT_EQ(server_.LastMetadata().count("authorization"), 0U);
}

TEST_F(TokenTest, ContextsAreListedUsedAndDeleted) {
  cli_.Variable("CRMCTL_TARGET") = "";
  for (const char* name : {"one", "two"}) {
    ASSERT_EQ(cli_.Run({"context", "set", name, "--target", "h:1"}).code, ExitCode::kOk);
  }
  EXPECT_EQ(cli_.Run({"context", "use", "two"}).code, ExitCode::kOk);
  EXPECT_THAT(cli_.Run({"context", "list"}).out, HasSubstr("*        two"));
  EXPECT_EQ(cli_.Run({"context", "use", "three"}).code, ExitCode::kNotFound);
  EXPECT_EQ(cli_.Run({"context", "delete", "two"}).code, ExitCode::kOk);
  EXPECT_THAT(cli_.Run({"context", "list"}).out, Not(HasSubstr("two")));
  EXPECT_EQ(cli_.Run({"context", "set", "../x", "--target", "h:1"}).code, ExitCode::kUsage);
}

TEST_F(RunTest, CompletionAndDescriptionKnowEveryCommand) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Ran ran = cli_.Run({"completion", shell});
    EXPECT_EQ(ran.code, ExitCode::kOk);
    EXPECT_THAT(ran.out, HasSubstr("revise-stage-probability"));
    EXPECT_THAT(ran.out, HasSubstr("expected-close-date"));
  }
  EXPECT_EQ(cli_.Run({"completion", "tcsh"}).code, ExitCode::kUsage);
  const std::string api = cli_.Run({"describe", "api"}).out;
  for (const auto* service : Services()) EXPECT_THAT(api, HasSubstr("## " + service->name()));
  EXPECT_THAT(api, HasSubstr("| WinOpportunity | opportunity.edit |"));
}

}  // namespace
}  // namespace crm::ctl
