// Every engine against the reference, operation by operation. Longer: CRM_MODEL_RUNS=1000.
#include "tests/eventstore/log_model.h"

#include <gmock/gmock.h>

#include "absl/strings/str_join.h"
#include "tests/eventstore/contract.h"
#include "tests/support/seed.h"

namespace crm::eventstore {
namespace {

using ::testing::HasSubstr;

constexpr int kOperations = 150;

class EngineUnderTest final : public ModelledLog {
 public:
  explicit EngineUnderTest(Engine engine) : log_(engine) {}
  EventLog& log() override { return *log_; }
  void Restart() override { log_.Restart(); }

 private:
  TestLog log_;
};

std::string Explain(const std::vector<Operation>& operations, const MakeLog& make) {
  const std::vector<Operation> fewest = Shrink(operations, make);
  const auto log = make();
  return absl::StrCat("the fewest operations that differ:\n",
                      absl::StrJoin(fewest, "\n",
                                    [](std::string* out, const Operation& operation) {
                                      absl::StrAppend(out, "  ", operation.ToString());
                                    }),
                      "\n", FindDifference(fewest, *log));
}

class LogModelTest : public ::testing::TestWithParam<Engine> {};
INSTANTIATE_TEST_SUITE_P(Engines, LogModelTest,
                         ::testing::Values(Engine::kMemory, Engine::kRocksDb), EngineName);

// Mutations seen to fail: CheckExpectations without `unchanged`; Sequence without
// CheckExpectations; RocksDbStorage::Write without the request row; FillOutcome without the digest,
// or with a record time a microsecond off; RecordTimeAfter that takes the clock's word alone.
TEST_P(LogModelTest, ShowsWhatTheReferenceShows) {
  std::mt19937_64 random(crm::testing::DrawSeed());
  const MakeLog make = [] { return std::make_unique<EngineUnderTest>(GetParam()); };
  const int64_t usual = GetParam() == Engine::kMemory ? 60 : 6;
  const int64_t runs = crm::testing::NumberFromEnvironment("CRM_MODEL_RUNS", usual);
  for (int64_t run = 0; run < runs; ++run) {
    const std::vector<Operation> operations = DrawOperations(random, kOperations);
    const auto log = make();
    if (FindDifference(operations, *log).empty()) continue;
    FAIL() << Explain(operations, make);
  }
}

// A log with a fault that takes three operations to show: it forgets that a stream was only read
// once something was written by an exclusive append.
class FaultyLog final : public ModelledLog {
 public:
  EventLog& log() override { return log_; }
  void Restart() override {}

 private:
  class Forgetful final : public EventLog {
   public:
    void Append(Commit commit, Done done) override {
      if (forgetful_) commit.unchanged.clear();
      log_.Append(std::move(commit), std::move(done));
    }
    void AppendExclusively(Build build, Done done) override {
      forgetful_ = true;
      log_.AppendExclusively(std::move(build), std::move(done));
    }
    bool JoinRequest(const Uuid& organization, const RequestKey& key, Done& done) override {
      return log_.JoinRequest(organization, key, done);
    }
    absl::Status ReadStream(const Uuid& organization, const StreamId& stream, Version from,
                            Visitor visit) override {
      return log_.ReadStream(organization, stream, from, visit);
    }
    absl::StatusOr<Version> GetVersion(const Uuid& organization, const StreamId& stream) override {
      return log_.GetVersion(organization, stream);
    }
    absl::Status ReadLog(const Uuid& organization, Position from, const ReadLimits& limits,
                         Visitor visit) override {
      return log_.ReadLog(organization, from, limits, visit);
    }
    absl::StatusOr<Head> GetHead(const Uuid& organization) override {
      return log_.GetHead(organization);
    }
    std::vector<Uuid> ListOrganizations() override { return log_.ListOrganizations(); }
    void WhenDurable(const Uuid& organization, Position position,
                     absl::AnyInvocable<void(absl::Status) &&> ready) override {
      log_.WhenDurable(organization, position, std::move(ready));
    }
    int64_t Listen(Listener) override { return 1; }
    void Unlisten(int64_t) override {}

   private:
    ReferenceLog log_;
    bool forgetful_ = false;
  };
  Forgetful log_;
};

// Mutation seen to fail: Shrink that leaves nothing out.
TEST(LogModelShrinkTest, FindsTheFewestOperations) {
  std::mt19937_64 random(crm::testing::DrawSeed());
  const MakeLog make = [] { return std::make_unique<FaultyLog>(); };
  std::vector<Operation> operations;
  do {
    operations = DrawOperations(random, kOperations);
  } while (FindDifference(operations, *make()).empty());
  const std::vector<Operation> fewest = Shrink(operations, make);
  // The exclusive append, and an append whose reading is stale; a stream that was at its start
  // cannot lie one behind.
  EXPECT_GE(fewest.size(), 2u);
  EXPECT_LE(fewest.size(), 3u) << Explain(operations, make);
  EXPECT_THAT(Explain(operations, make),
              ::testing::AllOf(HasSubstr("append exclusively"), HasSubstr("read [")));
}

}  // namespace
}  // namespace crm::eventstore
