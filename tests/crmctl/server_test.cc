// crmctl health and events: for those who run the server.
#include <algorithm>
#include <atomic>
#include <filesystem>

#include "base/uuid.h"
#include "crm/v1/consumer_group_service.pb.h"
#include "crm/v1/event_service.pb.h"
#include "crm/v1/projection_service.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "tests/crmctl/run_fixture.h"

namespace crm::ctl {
namespace {

using testing::Answer;
using ::testing::HasSubstr;
using testing::Ran;
using testing::RunTest;

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

TEST_F(RunTest, ConsumePrintsWhatTheGroupHandsOutUntilAllIsSettled) {
  server_.On("Consume", [](const google::protobuf::Message&) {
    auto batch = std::make_shared<crm::v1::ConsumeResponse>();
    auto& delivery = *batch->mutable_batch()->add_deliveries();
    delivery.mutable_event()->set_position(17);
    delivery.set_attempt(1);
    auto end = std::make_shared<crm::v1::ConsumeResponse>();
    end->mutable_caught_up()->set_position(17);
    return Answer{{batch, end}, grpc::Status::OK, 0};
  });
  const std::string group = "consumerGroups/" + Uuid::Random().ToString();
  const Ran ran = cli_.Run(
      {"events", "consume", group, "--max-in-flight", "5", "--until-caught-up", "-o", "jsonl"});
  EXPECT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\"position\":\"17\""));
  crm::v1::ConsumeRequest begin;
  begin.CopyFrom(*server_.Requests("Consume").at(0));
  EXPECT_EQ(begin.begin().consumer_group(), group);
  EXPECT_EQ(begin.begin().max_in_flight_count(), 5);
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

TEST_F(RunTest, CompareWaitsAndFailsWhenRowsDiffer) {
  crm::v1::Projection projection;
  projection.set_name("projections/pipeline_board");
  projection.mutable_comparison()->set_state(crm::v1::COMPARISON_STATE_RUNNING);
  crm::v1::ListProjectionsResponse listed;
  *listed.add_projections() = projection;
  server_.Return("ListProjections", listed);
  server_.Return("CompareProjection", projection);
  auto calls = std::make_shared<std::atomic<int>>(0);
  server_.On("GetProjection", [calls, projection](const google::protobuf::Message&) {
    auto shown = std::make_shared<crm::v1::Projection>(projection);
    crm::v1::ProjectionComparison& found = *shown->mutable_comparison();
    found.set_position(70);
    if (++*calls < 3) return Answer{{shown}, grpc::Status::OK, 0};
    found.set_state(crm::v1::COMPARISON_STATE_DIFFERENT);
    found.set_rows_count(1200);
    found.set_differing_count(1);
    auto& difference = *found.add_differences();
    difference.set_table(3);
    difference.set_key("text of 5 bytes/7");
    return Answer{{shown}, grpc::Status::OK, 0};
  });
  const Ran ran = cli_.Run({"projection", "compare", "pipeline_board"});
  EXPECT_EQ(ran.code, ExitCode::kFailed);
  EXPECT_EQ(calls->load(), 3);
  EXPECT_THAT(ran.out, HasSubstr("1,200 rows compared at position 70"));
  EXPECT_THAT(ran.out, HasSubstr("1 differ, 0 missing, 0 extra"));
  EXPECT_THAT(ran.out, HasSubstr("text of 5 bytes/7"));
  EXPECT_THAT(ran.err, HasSubstr("projection rebuild"));

  projection.mutable_comparison()->set_state(crm::v1::COMPARISON_STATE_EQUAL);
  server_.Return("CompareProjection", projection);
  EXPECT_EQ(cli_.Run({"projection", "compare", "pipeline_board"}).code, ExitCode::kOk);
  projection.mutable_comparison()->set_state(crm::v1::COMPARISON_STATE_FAILED);
  projection.mutable_comparison()->set_problem("a rebuild took its place");
  server_.Return("CompareProjection", projection);
  const Ran failed = cli_.Run({"projection", "compare", "pipeline_board"});
  EXPECT_EQ(failed.code, ExitCode::kFailed);
  EXPECT_THAT(failed.err, HasSubstr("a rebuild took its place"));
}

TEST_F(RunTest, EventsForProgramsAreReadToTheEnd) {
  server_.On("ReadEvents", [](const google::protobuf::Message& message) {
    crm::v1::ReadEventsRequest request;
    request.CopyFrom(message);
    auto response = std::make_shared<crm::v1::ReadEventsResponse>();
    int64_t position = std::max<int64_t>(1, request.from_position());
    for (int i = 0; i < std::min(request.page_size(), 90) && position <= 250; ++i) {
      response->add_events()->set_position(position++);
    }
    response->set_next_position(position);
    response->set_head_position(250);
    return Answer{{response}, grpc::Status::OK, 0};
  });
  const auto lines = [this](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"events", "read"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = cli_.Run(arguments);
    return std::pair(std::count(ran.out.begin(), ran.out.end(), '\n'), ran.err);
  };
  EXPECT_EQ(lines({"-o", "jsonl"}), std::pair(std::ptrdiff_t{250}, std::string()));
  EXPECT_EQ(lines({"-o", "jsonl", "--from", "11", "--to", "120"}).first, 110);
  EXPECT_EQ(lines({"-o", "jsonl", "--limit", "95"}).first, 95);
  const auto [shown, note] = lines({});
  EXPECT_EQ(shown, 100);
  EXPECT_THAT(note, HasSubstr("there may be more: --from 101"));
}

TEST_F(RunTest, ContextsAreListedInEveryFormat) {
  const std::string file =
      std::filesystem::temp_directory_path() / (Uuid::Random().ToString() + ".toml");
  cli_.Variable("CRMCTL_CONFIG") = file;
  EXPECT_THAT(cli_.Run({"context", "list"}).err, HasSubstr("crmctl context set"));
  ASSERT_EQ(cli_.Run({"context", "set", "here", "--target", "x:1"}).code, ExitCode::kOk);
  EXPECT_EQ(cli_.Run({"context", "list", "-o", "csv"}).out,
            "current,name,target,token_file\r\n*,here,x:1,\r\n");
  EXPECT_EQ(cli_.Run({"context", "list", "-o", "jsonl"}).out,
            "{\"name\":\"here\",\"target\":\"x:1\",\"token_file\":\"\",\"current\":true}\n");
  EXPECT_THAT(cli_.Run({"context", "show", "-o", "json"}).out, HasSubstr("\"target\":\"x:1\""));
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace crm::ctl
