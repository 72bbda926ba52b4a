// ScheduleRunnerFixture: the clock's work over a log in memory, in an organization in Berlin that
// reminds of invoices. The runner is started by the test, and as often as it likes. Include from
// tests only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "domain/render.h"
#include "gmock/gmock.h"
#include "projections/view_store.h"
#include "services/schedule_runner.h"
#include "services/validator.h"
#include "tests/eventstore/test_log.h"
#include "tests/support/memory_key_ring.h"
#include "tests/support/prototext.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace crm::services {

inline absl::Time Midnight(int month, int day) {
  return domain::Zone::Load("Europe/Berlin")->StartOf(absl::CivilDay(2026, month, day));
}

class ScheduleRunnerFixture : public ::testing::Test {
 protected:
  explicit ScheduleRunnerFixture(absl::Time start)
      : clock_(start), store_(*projections::ViewStore::Open(folder_ / "views")) {
    eventstore::CreateOrganization(*log_);
    Give({"organization", eventstore::kOrganization},
         testing::From<events::v1::OrganizationCreated>(
             "time_zone: 'Europe/Berlin' currency_code: 'EUR'"));
    Give({"organization", eventstore::kOrganization},
         testing::From<events::v1::OrganizationSettingsRevised>(
             "invoice_reminder_after_days: 7 invoice_reminder_every_days: 7"));
    views_.Add<projections::Schedule>();
    EXPECT_THAT(views_.Start(), testing::IsOk());
    listener_ = log_->Listen([this](const Uuid&, Position) {
      MutexLock lock(mutex_);
      moved_ = true;
      changed_.NotifyAll();
    });
  }
  ~ScheduleRunnerFixture() override {
    runner_.reset();
    log_->Unlisten(listener_);
  }

  void Start() {
    runner_ = std::make_unique<ScheduleRunner>(
        ScheduleRunner::Parts{*log_, keys_, authorizer_, views_, clock_, work_});
    runner_->Start();
  }
  void Restart() {
    runner_.reset();
    Start();
  }

  // Appends what happened, now.
  void Give(const StreamId& stream, const google::protobuf::Message& event) {
    const absl::StatusOr<Version> version = log_->GetVersion(eventstore::kOrganization, stream);
    ASSERT_THAT(version, testing::IsOk());
    auto stored =
        domain::EncodeEvent(event, eventstore::kOrganization, stream, *version + 1, keys_);
    ASSERT_THAT(stored, testing::IsOk());
    eventstore::Commit commit;
    commit.organization = eventstore::kOrganization;
    commit.now = clock_.Now();
    commit.streams.push_back({stream, *version, {*std::move(stored)}, false});
    ASSERT_THAT(eventstore::AppendNow(*log_, std::move(commit)), testing::IsOk());
  }
  std::vector<log::v1::RecordedEvent> Read(absl::string_view type) {
    std::vector<log::v1::RecordedEvent> found;
    const absl::Status read = log_->ReadLog(eventstore::kOrganization, 1,
                                            {.max_events = INT64_MAX, .max_bytes = INT64_MAX},
                                            [&](const log::v1::RecordedEvent& event) {
                                              if (absl::EndsWith(event.type(), type))
                                                found.push_back(event);
                                              return absl::OkStatus();
                                            });
    EXPECT_THAT(read, testing::IsOk());
    return found;
  }
  // Blocks until there are so many events whose type ends so.
  std::vector<log::v1::RecordedEvent> Await(absl::string_view type, size_t count) {
    for (;;) {
      {
        MutexLock lock(mutex_);
        moved_ = false;
      }
      std::vector<log::v1::RecordedEvent> found = Read(type);
      if (found.size() >= count) return found;
      MutexLock lock(mutex_);
      while (!moved_) {
        if (changed_.WaitFor(mutex_, std::chrono::seconds(20))) continue;
        ADD_FAILURE() << found.size() << " of " << count << " " << type;
        return found;
      }
    }
  }
  static absl::Time EffectiveTime(const log::v1::RecordedEvent& event) {
    return absl::FromUnixMicros(event.effective_time_us());
  }
  static std::vector<absl::Time> EffectiveTimes(const std::vector<log::v1::RecordedEvent>& events) {
    std::vector<absl::Time> times;
    for (const auto& event : events) times.push_back(EffectiveTime(event));
    return times;
  }

  ManualClock clock_;
  testing::ScratchFolder folder_;
  eventstore::TestLog log_{eventstore::Engine::kMemory};
  testing::MemoryKeyRing keys_;
  StreamCache streams_{*log_, keys_, 100};
  Authorizer authorizer_{streams_};
  const std::unique_ptr<Validator> validator_ = *Validator::Create({});
  CommandPipeline pipeline_{{*log_, keys_, authorizer_, *validator_}};
  const std::unique_ptr<projections::ViewStore> store_;
  projections::ProjectionSet views_{*log_, keys_, *store_, clock_, {}};
  std::vector<ScheduledWork> work_ = AllScheduledWork(pipeline_);
  std::unique_ptr<ScheduleRunner> runner_;

  int64_t listener_ = 0;
  Mutex mutex_;
  CondVar changed_;
  bool moved_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace crm::services
