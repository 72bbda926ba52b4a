// Fifty times as many commands under way as the server takes at a time: what it does not take it
// refuses, saying when to come again, and what it acknowledges is there after a kill -9 in the
// middle, once.
//
// Short by default; CRM_OVERLOAD_CALLS=64 and CRM_OVERLOAD_ACKNOWLEDGED=50000 for long. CRM_SEED
// for the same names again.
#include <iostream>
#include <memory>
#include <vector>

#include "crm/v1/event_service.grpc.pb.h"
#include "crm/v1/lead_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "tests/crash/history.h"
#include "tests/overload/watch.h"
#include "tests/support/running_server.h"
#include "tests/support/seed.h"

namespace crm::testing {
namespace {

using Events = v1::EventService::Stub;
using Leads = v1::LeadService::Stub;

constexpr int64_t kTimes = 50;
constexpr int kConnections = 16;

// What the callers were told of a request last.
enum class Told { kNothing, kAcknowledged, kRefused };

// Callers who ask without pause: each keeps one command under way, asks again at once when it is
// refused, or gives it up, and asks for something else when it is acknowledged.
class Storm {
 public:
  Storm(const ChildServer& server, int64_t callers, uint64_t seed) : random_(seed) {
    for (int i = 0; i < kConnections; ++i) administrators_.push_back(server.Administrator());
    MutexLock lock(mutex_);
    for (int64_t i = 0; i < callers; ++i) {
      ++under_way_;
      auto caller = std::make_unique<Caller>(
          *this, administrators_[static_cast<size_t>(i) % administrators_.size()]);
      DrawRequest(*caller);
      callers_.push_back(std::move(caller));
    }
    for (const auto& caller : callers_) caller->Send();
  }
  // Returns when all have heard that the server is gone.
  ~Storm() {
    MutexLock lock(mutex_);
    while (under_way_ > 0) changed_.Wait(mutex_);
  }

  // Blocks until so many were acknowledged, and some refused.
  void Await(int64_t acknowledged) {
    MutexLock lock(mutex_);
    while ((acknowledged_ < acknowledged || refused_ == 0) && under_way_ > 0) changed_.Wait(mutex_);
  }

  // What was told of each request, by its id, once the server is gone.
  std::map<std::string, Told> AwaitTold() {
    MutexLock lock(mutex_);
    while (under_way_ > 0) changed_.Wait(mutex_);
    return told_;
  }
  // Refusals that do not say that the server has too much to do, and when to come again.
  std::vector<std::string> wrong_refusals() {
    MutexLock lock(mutex_);
    return wrong_refusals_;
  }
  int64_t acknowledged() {
    MutexLock lock(mutex_);
    return acknowledged_;
  }
  int64_t refused() {
    MutexLock lock(mutex_);
    return refused_;
  }

 private:
  struct Caller {
    Caller(Storm& its_storm, const ApiCaller& administrator)
        : storm(its_storm),
          authorization(absl::StrCat("Bearer ", administrator.token())),
          stub(administrator.channel()) {}

    void Send() {
      context = std::make_unique<grpc::ClientContext>();
      context->AddMetadata("authorization", authorization);
      stub.async()->CaptureLead(context.get(), &request, &lead,
                                [this](const grpc::Status& status) { storm.Heard(*this, status); });
    }

    Storm& storm;
    const std::string authorization;
    Leads stub;
    v1::CaptureLeadRequest request;
    v1::Lead lead;
    std::unique_ptr<grpc::ClientContext> context;
  };

  void DrawRequest(Caller& caller) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    caller.request = From<v1::CaptureLeadRequest>(
        absl::StrCat("lead { given_name: 'Lead", random_(), "' family_name: 'Storm' }"));
    DrawRequestId(caller.request);
    told_[caller.request.request_id()] = Told::kNothing;
  }

  void Heard(Caller& caller, const grpc::Status& status) {
    {
      MutexLock lock(mutex_);
      Told& told = told_[caller.request.request_id()];
      if (status.ok()) {
        told = Told::kAcknowledged;
        ++acknowledged_;
        DrawRequest(caller);
      } else if (!status.error_details().empty()) {
        told = Told::kRefused;
        ++refused_;
        NoteRefusal(status);
        if (OneIn(random_, 4)) DrawRequest(caller);
      } else {
        // Nobody answers any more.
        told = Told::kNothing;
        --under_way_;
        changed_.NotifyAll();
        return;
      }
      changed_.NotifyAll();
    }
    caller.Send();
  }

  void NoteRefusal(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    google::rpc::Status details;
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    details.ParseFromString(status.error_details());
    for (const google::protobuf::Any& detail : details.details()) {
      detail.UnpackTo(&info);
      detail.UnpackTo(&retry);
    }
    const bool right = status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
                       info.reason() == "SERVER_OVERLOADED" && retry.retry_delay().seconds() > 0;
    if (!right && wrong_refusals_.size() < 10)
      wrong_refusals_.push_back(absl::StrCat(info.reason(), " ", status.error_message()));
  }

  std::vector<ApiCaller> administrators_;
  Mutex mutex_;
  CondVar changed_;
  std::mt19937_64 random_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Caller>> callers_;
  int64_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t acknowledged_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t refused_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Told> told_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> wrong_refusals_ ABSL_GUARDED_BY(mutex_);
};

Commits ReadCommits(const ApiCaller& caller) {
  Commits commits;
  int64_t position = 0;
  for (bool more = true; more;) {
    const auto page = caller.Do(&Events::ReadEvents,
                                absl::StrCat("from_position: ", position + 1, " page_size: 1000"));
    std::vector<v1::Event> events(page.events().begin(), page.events().end());
    more = page.next_position() <= page.head_position();
    while (more && !events.empty() &&
           events.back().index_in_commit() + 1 != events.back().commit_size())
      events.pop_back();
    AddCommits(events, position, commits);
    if (::testing::Test::HasFatalFailure()) break;
  }
  return commits;
}

// Mutations seen to fail: CallGate::Enter that never refuses (nobody is); Reply::Finish that does
// not wait until its commit is durable, with the log's write put off (acknowledged and gone).
TEST(StormTest, WhatIsAcknowledgedIsKeptAndTheRestIsRefused) {
  const int64_t at_a_time = NumberFromEnvironment("CRM_OVERLOAD_CALLS", 16);
  const int64_t acknowledged = NumberFromEnvironment("CRM_OVERLOAD_ACKNOWLEDGED", 1000);
  ChildServer server({absl::StrCat("--max-calls=", at_a_time)});
  ASSERT_TRUE(server.Start()) << server.Log();
  std::map<std::string, Told> told;
  {
    Watch watch(server);
    Storm storm(server, kTimes * at_a_time, DrawSeed());
    storm.Await(acknowledged);
    watch.Stop();
    const Watch::Found found = watch.found();
    std::cout << kTimes * at_a_time << " callers, " << at_a_time
              << " served at a time: " << storm.acknowledged() << " acknowledged, "
              << storm.refused() << " refused; " << found << "\n";
    EXPECT_EQ(found.unanswered, 0);
    EXPECT_LT(found.grown_bytes, int64_t{256} << 20);
    server.Kill();
    told = storm.AwaitTold();
    EXPECT_THAT(storm.wrong_refusals(), ::testing::IsEmpty());
  }
  ASSERT_TRUE(server.Start()) << server.Log();
  const ApiCaller caller = server.Administrator();
  const Commits commits = ReadCommits(caller);
  std::map<Told, int64_t> count;
  for (const auto& [id, what] : told) {
    const auto found = commits.find(id);
    const int times = found == commits.end() ? 0 : found->second.commits;
    ++count[what];
    if (what == Told::kAcknowledged) {
      EXPECT_EQ(times, 1) << id << " was acknowledged";
    } else {
      EXPECT_LE(times, what == Told::kRefused ? 0 : 1) << id;
    }
  }
  EXPECT_GE(count[Told::kAcknowledged], acknowledged);
  EXPECT_GT(count[Told::kRefused], 0);
  EXPECT_TRUE(caller.Do(&Events::VerifyLog).valid());
  std::cout << "after the kill: " << count[Told::kAcknowledged] << " acknowledged, "
            << count[Told::kRefused] << " refused, " << count[Told::kNothing] << " untold\n";
}

}  // namespace
}  // namespace crm::testing
