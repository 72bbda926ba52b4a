#include "domain/record_filter.h"

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using crm::testing::HasReason;
using crm::testing::IsOk;
using crm::testing::StatusIs;

v1::RecordFilter Filter(const std::string& text) {
  v1::RecordFilter filter;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &filter)) << text;
  return filter;
}

v1::RecordFilter Nested(int depth) {
  v1::RecordFilter filter = Filter(R"(field_in { field: "source" values: "web" })");
  for (int level = 1; level < depth; ++level) {
    v1::RecordFilter outer;
    *outer.mutable_negated() = filter;
    filter = outer;
  }
  return filter;
}

RecordTraits Record() {
  return {.region_code = "DE",
          .language_code = "de",
          .source = "Web",
          .campaign = "spring",
          .tags = {"desks", "VIP"},
          .expected_revenue = Money(*Currency::Parse("EUR"), 100'000)};
}

bool Holds(const std::string& text, const RecordTraits& record = Record()) {
  const auto condition = ConditionFrom(Filter(text));
  EXPECT_THAT(condition, IsOk()) << text;
  return condition.ok() && Matches(*condition, record);
}

TEST(RecordFilterTest, LooksAtEachFieldWithoutCase) {
  EXPECT_TRUE(Holds(R"(field_in { field: "region_code" values: ["AT", "de"] })"));
  EXPECT_TRUE(Holds(R"(field_in { field: "language_code" values: "DE" })"));
  EXPECT_TRUE(Holds(R"(field_in { field: "source" values: "wEB" })"));
  EXPECT_TRUE(Holds(R"(field_in { field: "campaign" values: "Spring" })"));
  EXPECT_TRUE(Holds(R"(field_in { field: "tag" values: "vip" })"));
  EXPECT_FALSE(Holds(R"(field_in { field: "region_code" values: ["AT", "CH"] })"));
  EXPECT_FALSE(Holds(R"(field_in { field: "tag" values: "chairs" })"));
}

TEST(RecordFilterTest, CombinesWithAllAnyAndNot) {
  const std::string web = R"(filters { field_in { field: "source" values: "web" } })";
  const std::string mail = R"(filters { field_in { field: "source" values: "mail" } })";
  EXPECT_TRUE(Holds("all {" + web + web + "}"));
  EXPECT_FALSE(Holds("all {" + web + mail + "}"));
  EXPECT_TRUE(Holds("any {" + mail + web + "}"));
  EXPECT_FALSE(Holds("any {" + mail + mail + "}"));
  EXPECT_TRUE(Holds(R"(negated { field_in { field: "source" values: "mail" } })"));
}

TEST(RecordFilterTest, RevenueRangesAreInclusiveAndOfOneCurrency) {
  EXPECT_TRUE(Holds(R"(expected_revenue { minimum { currency_code: "EUR" units: 1000 } })"));
  EXPECT_TRUE(Holds(R"(expected_revenue { maximum { currency_code: "EUR" units: 1000 } })"));
  EXPECT_FALSE(Holds(
      R"(expected_revenue { minimum { currency_code: "EUR" units: 1000 nanos: 10000000 } })"));
  EXPECT_FALSE(Holds(
      R"(expected_revenue { maximum { currency_code: "EUR" units: 999 nanos: 990000000 } })"));
  EXPECT_FALSE(Holds(R"(expected_revenue { minimum { currency_code: "USD" units: 1 } })"));
  EXPECT_FALSE(Holds(R"(expected_revenue { maximum { currency_code: "USD" units: 9999 } })"));
}

TEST(RecordFilterTest, AnUnknownRevenueLiesInNoRange) {
  RecordTraits record = Record();
  record.expected_revenue.reset();
  EXPECT_FALSE(Holds(R"(expected_revenue { minimum { currency_code: "EUR" } })", record));
}

TEST(RecordFilterTest, ConvertsThereAndBack) {
  const v1::RecordFilter filter = Filter(R"(
      all {
        filters { any { filters { field_in { field: "tag" values: "vip" } } } }
        filters { negated { field_in { field: "source" values: ["web", "mail"] } } }
        filters {
          expected_revenue {
            minimum { currency_code: "EUR" units: 5 nanos: 500000000 }
            maximum { currency_code: "EUR" units: 50 }
          }
        }
      })");
  const auto condition = ConditionFrom(filter);
  ASSERT_THAT(condition, IsOk());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(FilterOf(*condition), filter))
      << FilterOf(*condition).DebugString();
}

TEST(RecordFilterTest, NestsEightDeepAndNoDeeper) {
  EXPECT_THAT(ConditionFrom(Nested(8)), IsOk());
  EXPECT_THAT(ConditionFrom(Nested(9)), HasReason("FILTER_TOO_DEEP"));
  EXPECT_THAT(ConditionFrom(Nested(9)), StatusIs(absl::StatusCode::kInvalidArgument));
  v1::RecordFilter in_a_list;
  *in_a_list.mutable_any()->add_filters() = Nested(8);
  EXPECT_THAT(ConditionFrom(in_a_list), HasReason("FILTER_TOO_DEEP"));
}

TEST(RecordFilterTest, RefusesWhatCanNeverBeMeant) {
  const auto refused = [](const std::string& text) { return ConditionFrom(Filter(text)); };
  EXPECT_THAT(refused(""), HasReason("FILTER_EMPTY"));
  EXPECT_THAT(refused("all {}"), HasReason("FILTER_EMPTY"));
  EXPECT_THAT(refused("any { filters {} }"), HasReason("FILTER_EMPTY"));
  EXPECT_THAT(refused(R"(field_in { field: "source" })"), HasReason("FILTER_EMPTY"));
  EXPECT_THAT(refused("expected_revenue {}"), HasReason("FILTER_EMPTY"));
  EXPECT_THAT(refused(R"(field_in { field: "email" values: "x" })"),
              HasReason("FILTER_FIELD_UNKNOWN"));
  EXPECT_THAT(refused(R"(expected_revenue { minimum { currency_code: "EUR" }
                                            maximum { currency_code: "USD" } })"),
              HasReason("FILTER_CURRENCY_MIXED"));
  EXPECT_THAT(refused(R"(expected_revenue { minimum { currency_code: "EUR" units: 2 }
                                            maximum { currency_code: "EUR" units: 1 } })"),
              HasReason("FILTER_RANGE_REVERSED"));
  EXPECT_THAT(refused(R"(expected_revenue { minimum { currency_code: "XYZ" } })"),
              HasReason("CURRENCY_UNKNOWN"));
}

}  // namespace
}  // namespace crm::domain
