// Workers draw at the same time.
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "services/papers/chart.h"
#include "services/papers/pdf.h"
#include "tests/services/papers/paper_examples.h"

namespace crm::services::papers {
namespace {

TEST(DrawingThreadsTest, DrawTheSameAtTheSameTime) {
  const Paper paper = PaperOf(IssuedInvoice(20), FromNorthwind());
  const BarChart chart = {
      .heading = {"North", "2026", ""}, .axis_title = "Opportunities", .bars = {{"1", "2", 3}}};
  std::vector<std::vector<std::string>> drawn(4);
  {
    std::vector<std::jthread> threads;
    for (std::vector<std::string>& own : drawn) {
      threads.emplace_back([&] {
        for (int i = 0; i < 8; ++i) {
          own.push_back(DrawPdf(paper).value_or(Pdf()).content);
          own.push_back(PngOf(Draw(chart)).value_or(""));
        }
      });
    }
  }
  for (const std::vector<std::string>& own : drawn) {
    for (size_t i = 0; i < own.size(); ++i) EXPECT_EQ(own[i], drawn[0][i % 2]) << i;
  }
  EXPECT_NE(drawn[0][0], "");
  EXPECT_NE(drawn[0][1], "");
}

}  // namespace
}  // namespace crm::services::papers
