// Fifty times as many commands under way as the server takes at a time: what it does not take it
// refuses, saying when to come again, and what it acknowledges is there after a kill -9 in the
// middle, once.
//
// Short by default; CRM_OVERLOAD_CALLS=64 and CRM_OVERLOAD_ACKNOWLEDGED=50000 for long. CRM_SEED
// for the same names again.
#include <atomic>
#include <iostream>
#include <map>
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
  // Asks until `wanted` commands were acknowledged, and on until the server is gone.
  Storm(const ChildServer& server, int64_t callers, int64_t wanted, std::mt19937_64& random)
      : wanted_(wanted), under_way_(callers) {
    for (int i = 0; i < kConnections; ++i) administrators_.push_back(server.Administrator());
    for (int64_t i = 0; i < callers; ++i) {
      const auto connection = static_cast<size_t>(i) % administrators_.size();
      callers_.push_back(std::make_unique<Caller>(*this, administrators_[connection], random()));
    }
    for (const auto& caller : callers_) caller->Send();
  }
  ~Storm() { AwaitGone(); }

  // Blocks until enough were acknowledged.
  void AwaitEnough() {
    MutexLock lock(mutex_);
    while (!enough_ && under_way_ > 0) changed_.Wait(mutex_);
  }

  // What was told of each request, by its id, once the server is gone.
  std::map<std::string, Told> AwaitTold() {
    AwaitGone();
    std::map<std::string, Told> told;
    for (const auto& caller : callers_) told.insert(caller->told.begin(), caller->told.end());
    return told;
  }
  int64_t acknowledged() const { return acknowledged_; }
  int64_t refused() const { return refused_; }
  // Refusals that do not say that the server has too much to do, and when to come again.
  int64_t wrong_refusals() const { return wrong_refusals_; }

 private:
  // Shares nothing with the others but counts: they are to be as fast as they can.
  struct Caller {
    Caller(Storm& its_storm, const ApiCaller& administrator, uint64_t seed)
        : storm(its_storm),
          authorization(absl::StrCat("Bearer ", administrator.token())),
          stub(administrator.channel()),
          random(seed) {
      DrawRequest();
    }

    void DrawRequest() {
      request.Clear();
      request.mutable_lead()->set_given_name(absl::StrCat("Lead", random()));
      request.mutable_lead()->set_family_name("Storm");
      testing::DrawRequestId(request);
    }

    void Send() {
      told[request.request_id()] = Told::kNothing;
      context = std::make_unique<grpc::ClientContext>();
      context->AddMetadata("authorization", authorization);
      stub.async()->CaptureLead(context.get(), &request, &lead,
                                [this](const grpc::Status& status) { Heard(status); });
    }

    void Heard(const grpc::Status& status) {
      Told& now = told[request.request_id()];
      if (status.ok()) {
        now = Told::kAcknowledged;
        storm.NoteAcknowledged();
        DrawRequest();
      } else if (!status.error_details().empty()) {
        now = Told::kRefused;
        storm.NoteRefused(status);
        if (OneIn(random, 4)) DrawRequest();
      } else {
        return storm.NoteGone();  // nobody answers any more
      }
      Send();
    }

    Storm& storm;
    const std::string authorization;
    Leads stub;
    std::mt19937_64 random;
    v1::CaptureLeadRequest request;
    v1::Lead lead;
    std::unique_ptr<grpc::ClientContext> context;
    std::map<std::string, Told> told;
  };

  void NoteAcknowledged() {
    if (++acknowledged_ != wanted_) return;
    MutexLock lock(mutex_);
    enough_ = true;
    changed_.NotifyAll();
  }
  void NoteRefused(const grpc::Status& status) {
    ++refused_;
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
    if (!right) ++wrong_refusals_;
  }
  void NoteGone() {
    MutexLock lock(mutex_);
    if (--under_way_ == 0) changed_.NotifyAll();
  }
  void AwaitGone() {
    MutexLock lock(mutex_);
    while (under_way_ > 0) changed_.Wait(mutex_);
  }

  const int64_t wanted_;
  std::vector<ApiCaller> administrators_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::atomic<int64_t> acknowledged_{0};
  std::atomic<int64_t> refused_{0};
  std::atomic<int64_t> wrong_refusals_{0};
  Mutex mutex_;
  CondVar changed_;
  bool enough_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t under_way_ ABSL_GUARDED_BY(mutex_);
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

// Mutations seen to fail: CallGate::Enter that never refuses (nobody is); SequencedLog::WriteLoop
// that answers before it writes (acknowledged and gone).
TEST(StormTest, WhatIsAcknowledgedIsKeptAndTheRestIsRefused) {
  const int64_t at_a_time = NumberFromEnvironment("CRM_OVERLOAD_CALLS", 16);
  const int64_t acknowledged = NumberFromEnvironment("CRM_OVERLOAD_ACKNOWLEDGED", 1000);
  ChildServer server({absl::StrCat("--max-calls=", at_a_time)});
  ASSERT_TRUE(server.Start()) << server.Log();
  std::map<std::string, Told> told;
  {
    Watch watch(server);
    std::mt19937_64 random(DrawSeed());
    Storm storm(server, kTimes * at_a_time, acknowledged, random);
    storm.AwaitEnough();
    watch.Stop();
    const Watch::Found found = watch.found();
    std::cout << kTimes * at_a_time << " callers, " << at_a_time
              << " served at a time: " << storm.acknowledged() << " acknowledged, "
              << storm.refused() << " refused; " << found << "\n";
    EXPECT_EQ(found.unanswered, 0);
    // What was written fills caches, which have bounds of their own.
    EXPECT_LT(found.grown_bytes, int64_t{512} << 20);
    server.Kill();
    told = storm.AwaitTold();
    EXPECT_EQ(storm.wrong_refusals(), 0);
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
