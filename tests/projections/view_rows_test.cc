// Table and ViewTransaction against a plain std::map, over nothing and over stored rows.
#include "projections/view_rows.h"

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "projections/view_store.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/toy_view.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::IsOk;
using ::crm::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Numbers = Table<std::tuple<std::string, int64_t>, Int64Value>;
constexpr Numbers kNumbers{7};
constexpr Numbers kOthers{8};

Int64Value Number(int64_t value) {
  Int64Value row;
  row.set_value(value);
  return row;
}

std::vector<int64_t> Values(const ViewReader& rows, const KeyRange<Numbers::Key>& range,
                            size_t limit = SIZE_MAX) {
  std::vector<int64_t> values;
  const absl::Status scanned =
      kNumbers.Scan(rows, range, [&](const Numbers::Key&, const Int64Value& row) {
        values.push_back(row.value());
        return values.size() < limit;
      });
  EXPECT_THAT(scanned, IsOk());
  return values;
}

class TableTest : public ::testing::Test {
 protected:
  TableTest() {
    for (int64_t i = 1; i <= 3; ++i) {
      kNumbers.Put(rows_, {"a", i}, Number(i));
      kNumbers.Put(rows_, {"b", i}, Number(10 + i));
    }
    kOthers.Put(rows_, {"a", 1}, Number(99));
  }
  ViewTransaction rows_;
};

TEST_F(TableTest, GetsWhatWasPut) {
  EXPECT_EQ((*kNumbers.Get(rows_, {"a", 2}))->value(), 2);
  EXPECT_EQ(*kNumbers.Get(rows_, {"a", 9}), std::nullopt);
  EXPECT_EQ(*kNumbers.Find(rows_, {"a", 9}), nullptr);
}

TEST_F(TableTest, ScansByPrefixAndStaysInItsTable) {
  EXPECT_THAT(Values(rows_, kNumbers.All()), ElementsAre(1, 2, 3, 11, 12, 13));
  EXPECT_THAT(Values(rows_, kNumbers.Prefix("b")), ElementsAre(11, 12, 13));
  EXPECT_THAT(Values(rows_, kNumbers.Prefix("b", 2)), ElementsAre(12));
  EXPECT_THAT(Values(rows_, kNumbers.Prefix("c")), IsEmpty());
}

TEST_F(TableTest, ScansBackwardAndStopsEarly) {
  EXPECT_THAT(Values(rows_, kNumbers.All().Backward()), ElementsAre(13, 12, 11, 3, 2, 1));
  EXPECT_THAT(Values(rows_, kNumbers.All().Backward(), 2), ElementsAre(13, 12));
  EXPECT_THAT(Values(rows_, kNumbers.All(), 4), ElementsAre(1, 2, 3, 11));
}

TEST_F(TableTest, ScansBetweenBounds) {
  using Bound = std::tuple<std::string, int64_t>;
  EXPECT_THAT(Values(rows_, kNumbers.All().From(Bound("a", 3)).Until(Bound("b", 2))),
              ElementsAre(3, 11));
  EXPECT_THAT(Values(rows_, kNumbers.Prefix("a").After({"a", 1})), ElementsAre(2, 3));
  EXPECT_THAT(Values(rows_, kNumbers.Prefix("b").Backward().After({"b", 3})), ElementsAre(12, 11));
  // A bound outside the prefix does not widen it.
  EXPECT_THAT(Values(rows_, kNumbers.Prefix("a").Until(Bound("b", 2))), ElementsAre(1, 2, 3));
}

TEST_F(TableTest, VisitorErrorEndsTheScan) {
  const absl::Status scanned = kNumbers.Scan(
      rows_, kNumbers.All(), [](const Numbers::Key&, const Int64Value&) -> absl::StatusOr<bool> {
        return absl::AbortedError("enough");
      });
  EXPECT_THAT(scanned, StatusIs(absl::StatusCode::kAborted));
}

TEST_F(TableTest, TwoTablesUnderOneNumberAreFound) {
  constexpr Table<std::tuple<std::string, int64_t>, StringValue> kClash{7};
  EXPECT_THAT(kClash.Edit(rows_, {"a", 1}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("two tables share a number")));
}

TEST_F(TableTest, SettlingCountsMemoryAndDropsErasedRows) {
  rows_.Settle();
  const int64_t full = rows_.memory_bytes();
  EXPECT_GT(full, 7 * 16);
  ASSERT_THAT(kNumbers.ErasePrefix(rows_, "a"), IsOk());
  rows_.Settle();
  EXPECT_LT(rows_.memory_bytes(), full);
  kNumbers.Erase(rows_, {"b", 1});
  ASSERT_THAT(kNumbers.ErasePrefix(rows_), IsOk());
  ASSERT_THAT(kOthers.ErasePrefix(rows_), IsOk());
  rows_.Settle();
  EXPECT_EQ(rows_.memory_bytes(), 0);
}

// Random writes in several transactions over one store agree with a std::map after every write.
TEST(ViewTransactionTest, BehavesAsAMapOverStoredRows) {
  using Model = std::map<Numbers::Key, int64_t>;
  auto store = ViewStore::Open(FreshDirectory());
  ASSERT_THAT(store, IsOk());
  Generation generation = *(*store)->CreateGeneration("map", 1, IdOf("organization"));
  std::mt19937 random(7);
  Model model;
  for (int round = 0; round < 40; ++round) {
    const StoredRows stored = (*store)->Rows(generation);
    ViewTransaction rows(&stored);
    for (int write = 0; write < 25; ++write) {
      const Numbers::Key key{std::string(random() % 3, 'k'), random() % 5};
      const int64_t value = static_cast<int64_t>(random() % 1000);
      switch (random() % 8) {
        case 0:
        case 1:
          kNumbers.Put(rows, key, Number(value));
          model[key] = value;
          break;
        case 2:
          kNumbers.Erase(rows, key);
          model.erase(key);
          break;
        case 3:
          ASSERT_THAT(kNumbers.ErasePrefix(rows, std::get<0>(key)), IsOk());
          std::erase_if(model,
                        [&](const auto& e) { return std::get<0>(e.first) == std::get<0>(key); });
          break;
        case 4:
          ASSERT_THAT(kNumbers.Find(rows, key), IsOk());
          break;
        default:
          (*kNumbers.Edit(rows, key))->set_value(value);
          model[key] = value;
      }
      std::vector<int64_t> ascending, descending;
      for (const auto& [k, v] : model) ascending.push_back(v);
      descending.assign(ascending.rbegin(), ascending.rend());
      ASSERT_EQ(Values(rows, kNumbers.All()), ascending) << round << "/" << write;
      ASSERT_EQ(Values(rows, kNumbers.All().Backward()), descending) << round << "/" << write;
      const auto found = kNumbers.Get(rows, key);
      ASSERT_EQ(found->has_value(), model.contains(key));
    }
    generation.set_position(round + 1);
    ASSERT_THAT((*store)->Commit(generation, rows), IsOk());
    std::vector<int64_t> committed;
    for (const auto& [k, v] : model) committed.push_back(v);
    ASSERT_EQ(Values((*store)->Rows(generation), kNumbers.All()), committed) << round;
  }
}

// A scan may read rows, which loads them, without losing its place.
TEST(ViewTransactionTest, ReadingDuringAScanKeepsThePlace) {
  auto store = ViewStore::Open(FreshDirectory());
  ASSERT_THAT(store, IsOk());
  Generation generation = *(*store)->CreateGeneration("scan", 1, IdOf("organization"));
  const StoredRows stored = (*store)->Rows(generation);
  {
    ViewTransaction rows(&stored);
    for (int64_t i = 0; i < 200; ++i) kNumbers.Put(rows, {"k", i}, Number(i));
    ASSERT_THAT((*store)->Commit(generation, rows), IsOk());
  }
  ViewTransaction rows(&stored);
  for (int64_t i = 0; i < 200; i += 3) (*kNumbers.Edit(rows, {"k", i}))->set_value(i);
  int64_t expected = 0;
  const auto scanned =
      kNumbers.Scan(rows, kNumbers.All(), [&](const Numbers::Key&, const Int64Value& row) {
        EXPECT_EQ(row.value(), expected++);
        // The neighbours on both sides: loading them moves entries beside the place itself.
        for (int64_t key = row.value() - 2; key <= row.value() + 2; ++key) {
          EXPECT_THAT(kNumbers.Find(rows, {"k", key}), IsOk());
        }
        return true;
      });
  EXPECT_THAT(scanned, IsOk());
  EXPECT_EQ(expected, 200);
}

}  // namespace
}  // namespace crm::projections::testing
