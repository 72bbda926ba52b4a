#include "projections/as_of.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/toy_view.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::IsOk;
using ::testing::HasSubstr;

// Counts how many events it applies, to tell a fold from an extension.
std::atomic<int> applied = 0;
struct CountingView : ToyView {
  static constexpr absl::string_view kName = "counting";
  using Events = std::variant<TeamCreated, CustomerCreated>;
  static absl::Status Apply(const auto& event, const EventMetadata& metadata,
                            ViewTransaction& rows) {
    ++applied;
    return ToyView::Apply(event, metadata, rows);
  }
};

absl::Time Day(int day) { return absl::FromUnixSeconds(1'767'600'000) + absl::Hours(24 * day); }

RowDump Dump(const ViewReader& rows) {
  RowDump dump;
  StringValue scratch;
  const auto visit = [&dump](absl::string_view key, const Message& row) -> absl::StatusOr<bool> {
    dump.emplace_back(key, EncodeRow(row));
    return true;
  };
  Int64Value number;
  EXPECT_THAT(rows.ScanRows(ToyView::kTeams.All().range(), scratch, visit), IsOk());
  EXPECT_THAT(rows.ScanRows(ToyView::kNames.All().range(), number, visit), IsOk());
  EXPECT_THAT(rows.ScanRows(ToyView::kPeople.All().range(), scratch, visit), IsOk());
  return dump;
}

class AsOfTest : public ::testing::Test {
 protected:
  AsOfTest() { applied = 0; }

  RowDump Read(const AsOfCut& cut) { return Read(cache_, cut); }
  RowDump Read(AsOfCache& cache, const AsOfCut& cut) {
    RowDump dump;
    EXPECT_THAT(cache.Read(view_, history_.organization(), cut,
                           [&](const ViewReader& rows, Position) {
                             dump = Dump(rows);
                             return absl::OkStatus();
                           }),
                IsOk());
    return dump;
  }
  int64_t Count(const AsOfCut& cut, const std::string& name) {
    int64_t count = -1;
    EXPECT_THAT(cache_.Read(view_, history_.organization(), cut,
                            [&](const ViewReader& rows, Position) {
                              count = CountOf(rows, name);
                              return absl::OkStatus();
                            }),
                IsOk());
    return count;
  }

  const ViewDefinition view_ = DefinitionOf<CountingView>();
  History history_;
  ScriptedLog log_;
  AsOfCache cache_{log_, history_.keys(), 64 << 20};
};

TEST_F(AsOfTest, CountsWhatWasEffectiveBeforeTheCutAndKnownThen) {
  GivenTeam(history_, "a", {.at = Day(1)});
  GivenTeam(history_, "a", {.at = Day(5), .effective = Day(2)});  // learned late
  GivenTeam(history_, "a", {.at = Day(6)});
  history_.WriteTo(log_);
  EXPECT_EQ(Count({}, "a"), 3);
  EXPECT_EQ(Count({.effective_before = Day(3)}, "a"), 2);
  EXPECT_EQ(Count({.effective_before = Day(3), .known_at = Day(4)}, "a"), 1);
  EXPECT_EQ(Count({.known_at = Day(4)}, "a"), 1);
}

TEST_F(AsOfTest, TheCutIsExclusiveAndKnownAtInclusive) {
  GivenTeam(history_, "a", {.at = Day(2)});
  history_.WriteTo(log_);
  EXPECT_EQ(Count({.effective_before = Day(2)}, "a"), 0);
  EXPECT_EQ(Count({.effective_before = Day(2) + absl::Microseconds(1)}, "a"), 1);
  EXPECT_EQ(Count({.known_at = Day(2)}, "a"), 1);
  EXPECT_EQ(Count({.known_at = Day(2) - absl::Microseconds(1)}, "a"), 0);
}

TEST_F(AsOfTest, EqualsTheReplayOfThePrefix) {
  for (int i = 0; i < 60; ++i) {
    GivenTeam(history_, std::string(1, static_cast<char>('a' + i % 5)), {.at = Day(i)});
    if (i % 3 == 0) history_.And({"team", IdOf("x")}, Team("x"));
  }
  history_.WriteTo(log_);
  for (const int day : {0, 1, 17, 59, 60, 99}) {
    History prefix;
    for (int i = 0; i < day && i < 60; ++i) {
      GivenTeam(prefix, std::string(1, static_cast<char>('a' + i % 5)), {.at = Day(i)});
      if (i % 3 == 0) prefix.And({"team", IdOf("x")}, Team("x"));
    }
    const RowDump expected = FoldInMemory(view_, prefix);
    EXPECT_EQ(Read({.effective_before = Day(day)}), expected) << day;
    EXPECT_EQ(Read({.known_at = Day(day) - absl::Microseconds(1)}), expected) << day;
  }
}

TEST_F(AsOfTest, AnExtendedScratchEqualsAFreshOneAndFoldsOnlyWhatIsNew) {
  const AsOfCut cut{.effective_before = Day(25)};
  for (int i = 0; i < 30; ++i) {
    GivenTeam(history_, i % 2 == 0 ? "a" : "b", {.at = Day(100 + i), .effective = Day(i)});
    history_.WriteTo(log_);
    const int before = applied;
    const RowDump extended = Read(cut);
    EXPECT_EQ(applied - before, i < 25 ? 1 : 0);
    AsOfCache fresh(log_, history_.keys(), 64 << 20);
    EXPECT_EQ(extended, Read(fresh, cut)) << i;
  }
  EXPECT_EQ(cache_.size(), 1u);
}

TEST_F(AsOfTest, AnErasedRowIsForgottenByTheExtendedScratch) {
  const ViewDefinition view = DefinitionOf<ToyView>();
  history_.Given({"customer", IdOf("c")}, Customer("Grace Hopper", IdOf("p")));
  history_.WriteTo(log_);
  const auto read = [&] {
    RowDump dump;
    EXPECT_THAT(cache_.Read(view, history_.organization(), {},
                            [&](const ViewReader& rows, Position) {
                              dump = Dump(rows);
                              return absl::OkStatus();
                            }),
                IsOk());
    return dump;
  };
  EXPECT_EQ(read().size(), 1u);
  history_.Given({"person", IdOf("p")}, Erasure(IdOf("p")));
  history_.WriteTo(log_);
  EXPECT_EQ(read().size(), 0u);
  EXPECT_EQ(cache_.bytes(), 0);
}

TEST_F(AsOfTest, AfterForgettingAPersonTheirNameIsGoneAtEveryCut) {
  history_.Given({"customer", IdOf("c")}, Customer("Grace Hopper", IdOf("p")), {.at = Day(1)});
  history_.WriteTo(log_);
  const AsOfCut cut{.effective_before = Day(2)};
  ASSERT_THAT(Read(cut)[0].second, HasSubstr("Grace Hopper"));
  ASSERT_THAT(history_.keys().Destroy(history_.organization(), IdOf("p")), IsOk());
  cache_.Forget(IdOf("other"));
  ASSERT_THAT(Read(cut)[0].second, HasSubstr("Grace Hopper"));  // another organization's erasure
  cache_.Forget(history_.organization());
  EXPECT_EQ(cache_.size(), 0u);
  EXPECT_EQ(cache_.bytes(), 0);
  EXPECT_EQ(Read(cut)[0].second, "");
}

TEST_F(AsOfTest, TheBoundOnBytesHoldsAndTheLeastRecentlyUsedGoes) {
  for (int i = 0; i < 100; ++i) GivenTeam(history_, absl::StrCat("team ", i), {.at = Day(i)});
  history_.WriteTo(log_);
  AsOfCache one(log_, history_.keys(), 64 << 20);
  Read(one, {.effective_before = Day(100)});
  const int64_t size = one.bytes();
  ASSERT_GT(size, 100 * 100);

  AsOfCache three(log_, history_.keys(), size * 7 / 2);
  for (const int day : {100, 101, 102, 103, 100}) {
    Read(three, {.effective_before = Day(day)});
    EXPECT_LE(three.bytes(), size * 7 / 2);
  }
  EXPECT_EQ(three.size(), 3u);  // 102, 103 and 100, folded a second time
  const int before = applied;
  Read(three, {.effective_before = Day(102)});
  Read(three, {.effective_before = Day(103)});
  EXPECT_EQ(applied, before);
  Read(three, {.effective_before = Day(101)});
  EXPECT_EQ(applied, before + 100);
}

TEST_F(AsOfTest, AScratchTooLargeToKeepStillAnswers) {
  for (int i = 0; i < 10; ++i) GivenTeam(history_, "a", {.at = Day(i)});
  history_.WriteTo(log_);
  AsOfCache tiny(log_, history_.keys(), 10);
  EXPECT_EQ(Read(tiny, {}).size(), 2u);
  EXPECT_EQ(tiny.size(), 0u);
  EXPECT_EQ(tiny.bytes(), 0);
}

TEST_F(AsOfTest, ConcurrentRequestsShareOneFold) {
  for (int i = 0; i < 3000; ++i) GivenTeam(history_, "a", {.at = Day(i)});
  history_.WriteTo(log_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] { EXPECT_EQ(Count({.known_at = Day(9999)}, "a"), 3000); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(applied, 3000);
}

TEST_F(AsOfTest, AFailingApplyNamesThePlaceAndIsNotKept) {
  GivenTeam(history_, "a", {.at = Day(1)});
  GivenTeam(history_, "poison", {.at = Day(2)});
  history_.WriteTo(log_);
  const auto ignore = [](const ViewReader&, Position) { return absl::OkStatus(); };
  const absl::Status read = cache_.Read(view_, history_.organization(), {}, ignore);
  EXPECT_THAT(read, ::crm::testing::StatusIs(absl::StatusCode::kInternal, HasSubstr("position 2")));
  EXPECT_EQ(cache_.size(), 0u);
  EXPECT_EQ(Count({.effective_before = Day(2)}, "a"), 1);
}

TEST_F(AsOfTest, UnknownOrganizationIsRefused) {
  const auto ignore = [](const ViewReader&, Position) { return absl::OkStatus(); };
  EXPECT_THAT(cache_.Read(view_, IdOf("nobody"), {}, ignore),
              ::crm::testing::StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(cache_.size(), 0u);
}

}  // namespace
}  // namespace crm::projections::testing
