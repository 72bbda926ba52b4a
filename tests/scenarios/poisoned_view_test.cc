// A record of the log is damaged, or of a kind this program does not know: the views that would
// have to skip it stop, say where, and answer nothing; everything else goes on.
// Mutations seen to fail: ApplyPage that skips what it cannot apply; ApplyIfHeard that passes over
// an unknown type; TakeUp that resumes after the poison; Publish that leaves the gate open; Crmd
// that does not tell health; the gauge always 0.
#include <future>

#include "crm/v1/comment_service.grpc.pb.h"
#include "crm/v1/projection_service.grpc.pb.h"
#include "eventstore/rocksdb/rocksdb_storage.h"
#include "eventstore/sequencer.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using ::grpc::health::v1::HealthCheckResponse;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Comments = v1::CommentService::Stub;
using Projections = v1::ProjectionService::Stub;

class PoisonedViewTest : public ::testing::Test {
 protected:
  PoisonedViewTest() {
    mill_ =
        office_.Open(office_.ada, "Mill", 100, office_.OwnedBy(office_.ada_name, office_.north));
    office_.ada.Do(&Comments::CreateComment, Says("Hello"));
  }

  std::string Says(absl::string_view text) const {
    return absl::StrCat("comment { ", With("parent", mill_.name()), With("text", text), "}");
  }

  // Stops the server, adds a record as the engine stores them, and starts it again.
  void Write(const std::string& type, const std::string& data) {
    server_.Stop();
    {
      auto storage = eventstore::RocksDbStorage::Open(server_.data_dir() + "/log");
      ASSERT_TRUE(storage.ok()) << storage.status();
      auto log = eventstore::SequencedLog::Open(**storage);
      ASSERT_TRUE(log.ok()) << log.status();
      eventstore::Commit commit;
      commit.organization = (*log)->ListOrganizations().front();
      commit.now = clock_.Now();
      commit.streams.push_back({poisoned_, 0, {{type, data, Uuid{}, ""}}, false});
      std::promise<absl::StatusOr<eventstore::Committed>> done;
      (*log)->Append(std::move(commit), [&](absl::StatusOr<eventstore::Committed> committed) {
        done.set_value(std::move(committed));
      });
      const auto committed = done.get_future().get();
      ASSERT_TRUE(committed.ok()) << committed.status();
      position_ = committed->record.last_position();
    }
    ::testing::internal::CaptureStderr();
    server_.Start();
    ada_ = server_.Reconnect(office_.ada);
    administrator_ = server_.Reconnect(office_.administrator);
  }
  std::string Where() const { return absl::StrCat("position ", position_, ", stream comment/"); }

  HealthCheckResponse::ServingStatus Health(const std::string& name) const {
    ::grpc::ClientContext context;
    ::grpc::health::v1::HealthCheckRequest request;
    request.set_service(name);
    HealthCheckResponse response;
    const auto stub = ::grpc::health::v1::Health::NewStub(server_.Channel());
    EXPECT_TRUE(stub->Check(&context, request, &response).ok()) << name;
    return response.status();
  }
  std::map<std::string, v1::Projection> Views() const {
    std::map<std::string, v1::Projection> views;
    const auto listed = administrator_.Do(&Projections::ListProjections);
    for (const v1::Projection& view : listed.projections()) views[view.name()] = view;
    return views;
  }

  // A line of the metrics.
  std::string Stopped(absl::string_view view, int value) const {
    const Uuid organization = services::ParseToken(administrator_.token())->organization.uuid();
    return absl::StrCat("crm_projection_stopped{organization=\"", organization.ToString(),
                        "\",view=\"", view, "\"} ", value, "\n");
  }

  SystemClock clock_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  v1::Opportunity mill_;
  const StreamId poisoned_{"comment", Uuid::FromName(Uuid{}, "poisoned")};
  int64_t position_ = 0;
  ApiCaller ada_, administrator_;
};

TEST_F(PoisonedViewTest, ADamagedRecordStopsTheViewsThatHearIt) {
  ASSERT_NO_FATAL_FAILURE(Write("crm.events.v1.CommentAdded", "\xff\xff"));
  const std::string comments = With("parent", mill_.name());
  const auto stopped = Refused(grpc::StatusCode::UNAVAILABLE, "VIEW_STOPPED");
  EXPECT_THAT(ada_.Try(&Comments::ListComments, comments), stopped);
  // Whoever does not ask for what was just written gets no stale rows either.
  const ApiCaller patient(ada_.channel(), ada_.token(), std::make_shared<std::atomic<int64_t>>(0));
  EXPECT_THAT(patient.Try(&Comments::ListComments, comments), stopped);

  // The others go on.
  office_.Move(ada_, mill_, "Talks");
  const auto open = ada_.Do(&Opportunities::ListOpportunities);
  ASSERT_EQ(open.opportunities_size(), 1);
  EXPECT_EQ(open.opportunities(0).stage(), office_.stages.at("Talks"));

  const v1::Projection view = Views().at("projections/comment_list");
  EXPECT_EQ(view.state(), v1::PROJECTION_STATE_STOPPED);
  EXPECT_EQ(view.position(), position_ - 1);
  EXPECT_THAT(view.problem(), AllOf(HasSubstr("view comment_list"), HasSubstr(Where()),
                                    HasSubstr(poisoned_.id.ToString())));
  EXPECT_EQ(Views().at("projections/pipeline_board").state(), v1::PROJECTION_STATE_LIVE);
  EXPECT_EQ(Health("crm.view.comment_list"), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Health("crm.view.pipeline_board"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Health("crm.ready"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Health(""), HealthCheckResponse::SERVING);
  EXPECT_THAT(server_.Scrape(), AllOf(HasSubstr(Stopped("comment_list", 1)),
                                      HasSubstr(Stopped("pipeline_board", 0))));

  // Trying again, and a rebuild, come to the same end: nothing is ever skipped.
  administrator_.Do(&Projections::ResumeProjection, With("name", "projections/comment_list"));
  EXPECT_THAT(ada_.Try(&Comments::ListComments, comments), stopped);
  administrator_.Do(&Projections::RebuildProjection, With("name", "projections/comment_list"));
  EXPECT_THAT(ada_.Try(&Comments::ListComments, comments), stopped);
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, AllOf(HasSubstr("a view has stopped"), HasSubstr("view=comment_list"),
                         HasSubstr(Where())));
}

// Nobody can tell who should have heard it.
TEST_F(PoisonedViewTest, ARecordOfAnUnknownTypeStopsEveryView) {
  ASSERT_NO_FATAL_FAILURE(Write("crm.events.v1.FromTheFuture", ""));
  EXPECT_THAT(ada_.Try(&Opportunities::ListOpportunities),
              Refused(grpc::StatusCode::UNAVAILABLE, "VIEW_STOPPED"));
  for (const auto& [name, view] : Views()) {
    EXPECT_EQ(view.state(), v1::PROJECTION_STATE_STOPPED) << name;
    EXPECT_THAT(view.problem(), AllOf(HasSubstr(Where()), HasSubstr("FromTheFuture"))) << name;
  }
  // Records are streams of their own.
  EXPECT_THAT(ada_.Try(&Opportunities::GetOpportunity, NameIs(mill_)), Succeeded());
  EXPECT_EQ(office_.Move(ada_, mill_, "Talks").stage(), office_.stages.at("Talks"));
  ::testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace crm::testing
