// Where sheets end.
#include "services/papers/pages.h"

#include "gmock/gmock.h"

namespace crm::services::papers {
namespace {

constexpr SheetShape kShape = {.top = 0, .bottom = 100, .head_height = 10, .carry_height = 10};

Strip Row(double height, const std::string& carried, bool joined = false) {
  return {
      .height = height, .draw = nullptr, .joined = joined, .in_table = true, .carried = carried};
}

TEST(PagesTest, NothingReachesBelowASheet) {
  std::vector<Strip> strips;
  for (int i = 1; i <= 30; ++i) strips.push_back(Row(15, std::to_string(i)));
  const std::vector<Page> pages = Paginate(strips, kShape);
  size_t placed = 0;
  for (const Page& page : pages) {
    EXPECT_EQ(page.head_y, 0);
    for (const Placed& strip : page.strips) EXPECT_LE(strip.y + strip.strip->height, kShape.bottom);
    EXPECT_TRUE(page.carried.empty() || page.carried_y + kShape.carry_height <= kShape.bottom);
    placed += page.strips.size();
  }
  EXPECT_EQ(placed, strips.size());
  ASSERT_GT(pages.size(), 2U);
  EXPECT_EQ(pages[0].strips.size(), 5U);  // 10 + 5 * 15 + 10 <= 100
  EXPECT_EQ(pages[0].carried, "5");
  EXPECT_EQ(pages[1].brought, "5");
  EXPECT_EQ(pages.back().carried, "");
}

TEST(PagesTest, AGroupStaysTogetherUnlessItIsLongerThanASheet) {
  const std::vector<Strip> together = {Row(60, "1"), Row(15, "2", /*joined=*/true), Row(15, "2")};
  const std::vector<Page> pages = Paginate(together, kShape);
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(pages[1].strips.size(), 2U);
  std::vector<Strip> long_group(20, Row(15, "1", /*joined=*/true));
  EXPECT_EQ(Paginate(long_group, kShape).size(), 5U);  // 5, then 4 a sheet with the sum above
}

TEST(PagesTest, WhatComesAfterATableHasNoHead) {
  const std::vector<Strip> strips = {Row(60, "1"), {.height = 50, .draw = nullptr}};
  const std::vector<Page> pages = Paginate(strips, kShape);
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(pages[0].carried, "") << "the table ended";
  EXPECT_LT(pages[1].head_y, 0);
}

}  // namespace
}  // namespace crm::services::papers
