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
using ::testing::SizeIs;

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

  AsOfCache CacheOf(const AsOfCache::Options& options) {
    return AsOfCache(log_, history_.keys(), *store_, options);
  }

  const ViewDefinition view_ = DefinitionOf<CountingView>();
  const std::string directory_ = FreshDirectory();
  std::unique_ptr<ViewStore> store_ = *ViewStore::Open(directory_, {.purge_in_background = false});
  History history_;
  ScriptedLog log_;
  AsOfCache cache_{log_, history_.keys(), *store_, {}};
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
    AsOfCache fresh = CacheOf({});
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
  AsOfCache one = CacheOf({});
  Read(one, {.effective_before = Day(100)});
  const int64_t size = one.bytes();
  ASSERT_GT(size, 100 * 100);

  AsOfCache three = CacheOf({.max_bytes = size * 7 / 2});
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

TEST_F(AsOfTest, AFoldThatOutgrowsItsMemoryGoesOnInTheStore) {
  for (int i = 0; i < 5000; ++i) {
    GivenTeam(history_, absl::StrCat("team ", i % 500), {.at = Day(i)});
  }
  history_.WriteTo(log_);
  AsOfCache small = CacheOf({.max_bytes_each = 10'000});
  const AsOfCut cut{.effective_before = Day(4900)};
  const RowDump folded = Read(small, cut);
  EXPECT_EQ(folded, Read(cut)) << "as in memory";
  EXPECT_EQ(small.bytes(), 0);
  EXPECT_EQ(small.stored(), 1u);
  EXPECT_EQ(cache_.stored(), 0u);
  const int before = applied;
  EXPECT_EQ(Read(small, cut), folded);
  EXPECT_EQ(applied, before) << "the same question again folds nothing";
  // What is learned late changes rows that are in the store.
  for (int i = 0; i < 700; ++i) {
    GivenTeam(history_, absl::StrCat("team ", i), {.at = Day(5000 + i), .effective = Day(i)});
  }
  history_.WriteTo(log_);
  const RowDump extended = Read(small, cut);
  EXPECT_EQ(applied - before, 700);
  EXPECT_NE(extended, folded);
  EXPECT_EQ(extended, Read(cut));
}

TEST_F(AsOfTest, AFoldInMemoryMovesToTheStoreWhole) {
  for (int i = 0; i < 20; ++i) GivenTeam(history_, absl::StrCat("team ", i), {.at = Day(i)});
  history_.WriteTo(log_);
  AsOfCache small = CacheOf({.max_bytes_each = 20'000});
  Read(small, {.known_at = Day(9000)});
  EXPECT_EQ(small.stored(), 0u);
  for (int i = 20; i < 200; ++i) GivenTeam(history_, absl::StrCat("team ", i), {.at = Day(i)});
  history_.WriteTo(log_);
  const RowDump grown = Read(small, {.known_at = Day(9000)});
  EXPECT_EQ(small.stored(), 1u);
  EXPECT_EQ(grown.size(), 400u);
  EXPECT_EQ(grown, Read({.known_at = Day(9000)}));
}

TEST_F(AsOfTest, FoldsInTheStoreAreBoundedByNumberAndLeaveIt) {
  for (int i = 0; i < 10; ++i) GivenTeam(history_, "a", {.at = Day(i)});
  history_.WriteTo(log_);
  {
    AsOfCache two = CacheOf({.max_bytes_each = 0, .max_stored = 2});
    for (const int day : {5, 6, 7}) Read(two, {.effective_before = Day(day)});
    EXPECT_EQ(two.stored(), 2u);
    EXPECT_THAT(*store_->ListAllGenerations(), SizeIs(2));
    const int before = applied;
    Read(two, {.effective_before = Day(6)});
    EXPECT_EQ(applied, before);
    Read(two, {.effective_before = Day(5)});
    EXPECT_EQ(applied, before + 5) << "the least recently used went";
  }
  EXPECT_THAT(*store_->ListAllGenerations(), SizeIs(0));
}

TEST_F(AsOfTest, MemoryAndStoreAreBoundedApart) {
  for (int i = 0; i < 100; ++i) GivenTeam(history_, absl::StrCat("team ", i), {.at = Day(i)});
  history_.WriteTo(log_);
  AsOfCache cache = CacheOf({.max_bytes = 60'000, .max_bytes_each = 20'000, .max_stored = 1});
  Read(cache, {.effective_before = Day(10)});
  for (const int day : {98, 99, 100}) Read(cache, {.effective_before = Day(day)});
  EXPECT_EQ(cache.stored(), 1u);
  EXPECT_EQ(cache.size(), 2u) << "what lies in memory stays";
}

// Mutation: FoldRows keeps its generation when it ends.
TEST_F(AsOfTest, AfterForgettingAPersonTheirNameLeavesTheStoreToo) {
  history_.Given({"customer", IdOf("c")}, Customer("Grace Hopper", IdOf("p")), {.at = Day(1)});
  history_.WriteTo(log_);
  const AsOfCut cut{.effective_before = Day(2)};
  {
    AsOfCache stored = CacheOf({.max_bytes_each = 0});
    ASSERT_THAT(Read(stored, cut)[0].second, HasSubstr("Grace Hopper"));
    ASSERT_EQ(stored.stored(), 1u);
    ASSERT_TRUE(FilesHold(directory_, "Grace Hopper"));
    ASSERT_THAT(history_.keys().Destroy(history_.organization(), IdOf("p")), IsOk());
    stored.Forget(history_.organization());
    EXPECT_EQ(stored.stored(), 0u);
    EXPECT_EQ(Read(stored, cut)[0].second, "");
  }
  ASSERT_THAT(store_->PurgeNow(), IsOk());
  store_.reset();
  EXPECT_FALSE(FilesHold(directory_, "Grace Hopper"));
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
