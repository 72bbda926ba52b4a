// The server is killed while clients write, at random moments and at every crash point, and started
// again: what was acknowledged is there once, what was refused is not, the order is one that the
// clients could have seen, views are what the log says, and of the money nothing is lost or counted
// twice. Whoever asks again is answered as before.
//
// Short by default; CRM_CRASH_ROUNDS=500 for long, CRM_SEED for the same again.
#include <filesystem>
#include <fstream>
#include <set>

#include "crm/v1/audit_service.grpc.pb.h"
#include "crm/v1/event_service.grpc.pb.h"
#include "crm/v1/projection_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "tests/crash/clients.h"
#include "tests/crash/crash_points.h"
#include "tests/support/seed.h"

namespace crm::testing {
namespace {

using Events = v1::EventService::Stub;
using Projections = v1::ProjectionService::Stub;

// A new directory after so many rounds: each of them looks at the whole log.
constexpr int kRoundsPerDirectory = 20;
constexpr int kClients = 4;

constexpr size_t kPointCount = std::size(kPoints);

// One data directory and what is known of its log.
class CrashedServer {
 public:
  explicit CrashedServer(std::mt19937_64& random) : random_(random) {
    EXPECT_TRUE(server_.Start()) << server_.Log();
    workplace_ = FurnishWorkplace(server_.Administrator());
    server_.Kill();
  }

  // Lets clients work until the server is gone: at the crash point, or after a moment.
  void Crash(const std::string& crash_at) {
    // A point may be met before the server is ready: there is work left from the last round.
    if (!server_.Start(crash_at)) {
      server_.Kill();
      return;
    }
    const Clients clients(server_, workplace_, requests_, kClients,
                          !crash_at.empty() || OneIn(random_, 3), random_());
    if (crash_at.empty()) {
      server_.AwaitEnd(static_cast<int>(Between(random_, 1, 150)));
      server_.Kill();
    } else {
      EXPECT_TRUE(server_.AwaitEnd(20'000)) << "nobody came by " << crash_at;
      EXPECT_TRUE(server_.Kill());
    }
  }

  // Starts the server again and looks at everything.
  void Check(bool every_view) {
    ASSERT_TRUE(server_.Start()) << server_.Log();
    const ApiCaller caller = server_.Administrator();
    ASSERT_NO_FATAL_FAILURE(ReadLog(caller));
    EXPECT_EQ(FindContradiction(requests_.Take(), commits_), "");
    AskAgain(caller);
    ASSERT_NO_FATAL_FAILURE(ReadLog(caller));
    EXPECT_EQ(FindContradiction(requests_.Take(), commits_), "") << "after asking again";
    const auto verified = caller.Do(&Events::VerifyLog);
    EXPECT_TRUE(verified.valid()) << verified.DebugString();
    const auto books = caller.Do(&v1::AuditService::Stub::GetReconciliation);
    EXPECT_TRUE(books.reconciled()) << books.DebugString();
    for (const auto& check : books.checks()) reconciled_.insert(check.check());
    CompareViews(caller, every_view);
    server_.Kill();
  }

  int64_t events() const { return position_; }
  // The kinds of books that something was in.
  const std::set<std::string>& reconciled() const { return reconciled_; }
  std::map<Outcome, int> CountAttempts() {
    std::map<Outcome, int> count;
    for (const auto& [id, asked] : requests_.Take()) {
      for (const Attempt& attempt : asked.attempts) ++count[attempt.reply.outcome()];
    }
    return count;
  }

 private:
  // What the log holds after what was read before, which must not have changed.
  void ReadLog(const ApiCaller& caller) {
    for (bool more = true; more;) {
      const int64_t from = std::max<int64_t>(1, position_);
      const auto page =
          caller.Do(&Events::ReadEvents, absl::StrCat("from_position: ", from, " page_size: 1000"));
      std::vector<v1::Event> events(page.events().begin(), page.events().end());
      if (position_ > 0) {
        ASSERT_FALSE(events.empty()) << "position " << position_ << " is gone";
        ASSERT_EQ(events[0].hash(), hash_) << "another event at position " << position_;
        events.erase(events.begin());
      }
      more = page.next_position() <= page.head_position();
      // The last commit of a page may go on in the next one.
      while (more && !events.empty() &&
             events.back().index_in_commit() + 1 != events.back().commit_size()) {
        events.pop_back();
      }
      ASSERT_NO_FATAL_FAILURE(AddCommits(events, position_, commits_));
      if (!events.empty()) hash_ = events.back().hash();
    }
  }

  // All that nobody answered, and some others: what is recorded is answered as it was.
  void AskAgain(const ApiCaller& caller) {
    for (const auto& [id, asked] : requests_.Take()) {
      // What was refused may be right by now.
      if (asked.any(Outcome::kFailed) || (asked.any(Outcome::kOk) && !OneIn(random_, 20))) continue;
      const bool recorded = commits_.contains(id);
      const Reply reply = requests_.Try(id, asked.send, caller);
      EXPECT_NE(reply.outcome(), Outcome::kUnknown) << reply.ending;
      EXPECT_EQ(reply.ending.replayed, recorded) << id << " " << reply.ending;
      if (recorded) {
        EXPECT_EQ(reply.outcome(), Outcome::kOk) << id << " " << reply.ending;
      }
    }
  }

  void CompareViews(const ApiCaller& caller, bool every_view) {
    const std::vector<std::string> views = ProjectionsOf(caller);
    EXPECT_GT(views.size(), 8U);
    for (const std::string& view : views) {
      if (!every_view && !OneIn(random_, 4)) continue;
      const std::string name = absl::StrCat("name: '", view, "'");
      auto shown = caller.Try(&Projections::CompareProjection, name);
      // Goes on with a rebuild that was cut short, and compares after it.
      while (shown.reason == "VIEW_REBUILDING" ||
             shown.response.comparison().state() == v1::COMPARISON_STATE_RUNNING) {
        shown = shown.reason == "VIEW_REBUILDING"
                    ? caller.Try(&Projections::CompareProjection, name)
                    : caller.Try(&Projections::GetProjection, name);
      }
      EXPECT_EQ(shown.response.comparison().state(), v1::COMPARISON_STATE_EQUAL)
          << shown.response.DebugString() << shown.reason;
    }
  }

  std::mt19937_64& random_;
  ChildServer server_;
  Workplace workplace_;
  RequestLog requests_;
  int64_t position_ = 0;  // of what is read of the log
  std::string hash_;      // of the event there
  std::set<std::string> reconciled_;
  Commits commits_;
};

// The points in the sources are those that are crashed at here and listed in the ADR.
// Mutation seen to fail: a point taken out of the sources.
TEST(CrashTest, EveryCrashPointIsTried) {
  std::set<std::string> in_sources, tried;
  for (const char* folder : {"base", "eventstore", "projections", "services"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".cc") continue;
      std::ifstream file(entry.path());
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      const std::string call = "CrashPoint(\"";
      for (size_t at = text.find(call); at != std::string::npos; at = text.find(call, at + 1)) {
        const size_t begin = at + call.size();
        in_sources.insert(text.substr(begin, text.find('"', begin) - begin));
      }
    }
  }
  std::ifstream file("docs/adr/0024-crash-points.md");
  const std::string decision((std::istreambuf_iterator<char>(file)), {});
  for (const CrashPlace& point : kPoints) tried.insert(point.name);
  for (const char* name : kBackupPoints) tried.insert(name);
  for (const std::string& name : tried)
    EXPECT_THAT(decision, ::testing::HasSubstr(absl::StrCat("`", name, "`")));
  EXPECT_EQ(in_sources, tried);
}

// Mutations seen to fail: RocksDbStorage::Write without the request row (a request is answered in
// two ways); Projector::Commit that writes the checkpoint first and the rows in a batch of their
// own (rows are missing); WriteLoop that answers before it writes together with WhenDurable that
// looks at what is sequenced (an acknowledged request is gone; either alone is made good by the
// other).
TEST(CrashTest, EverythingAcknowledgedSurvivesAndNothingElseAppears) {
  const int64_t rounds = NumberFromEnvironment("CRM_CRASH_ROUNDS", 20);
  std::mt19937_64 random(DrawSeed());
  std::unique_ptr<CrashedServer> server;
  std::map<Outcome, int> attempts;
  for (int64_t round = 0; round < rounds; ++round) {
    if (round % kRoundsPerDirectory == 0) server = std::make_unique<CrashedServer>(random);
    // Each point in turn, and then moments of no meaning.
    const auto turn = static_cast<size_t>(round) % (2 * kPointCount);
    std::string crash_at;
    if (turn < kPointCount) {
      crash_at = absl::StrCat(kPoints[turn].name, ":", Between(random, 1, kPoints[turn].most));
    }
    SCOPED_TRACE(absl::StrCat("round ", round, " ", crash_at));
    server->Crash(crash_at);
    const bool last = (round + 1) % kRoundsPerDirectory == 0 || round + 1 == rounds;
    ASSERT_NO_FATAL_FAILURE(server->Check(last));
    if (::testing::Test::HasFailure()) return;
    if (!last) continue;
    EXPECT_THAT(server->reconciled(),
                ::testing::IsSupersetOf({"settlement", "payment", "number", "commission"}));
    for (const auto& [outcome, count] : server->CountAttempts()) attempts[outcome] += count;
    std::cout << "after round " << round + 1 << ": " << attempts[Outcome::kOk] << " ok, "
              << attempts[Outcome::kFailed] << " failed, " << attempts[Outcome::kUnknown]
              << " unknown; " << server->events() << " events"
              << "\n";
  }
  EXPECT_GT(attempts[Outcome::kOk], 10 * rounds);
  EXPECT_GT(attempts[Outcome::kFailed], 0);
  EXPECT_GT(attempts[Outcome::kUnknown], 0);
}

}  // namespace
}  // namespace crm::testing
