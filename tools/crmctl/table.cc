#include "tools/crmctl/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/crmctl/text.h"

namespace crm::ctl {
namespace {

constexpr int kGap = 2;
constexpr int kLeastWidth = 8;  // a column is not squeezed below this

}  // namespace

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(headings_.size());
  for (std::string& cell : cells) cell = OneLine(cell);
  rows_.push_back(std::move(cells));
}

std::vector<int> Table::Widths(int columns, bool headers) const {
  std::vector<int> widths(headings_.size(), 0);
  for (size_t i = 0; i < headings_.size(); ++i) {
    if (headers) widths[i] = DisplayWidth(headings_[i].title);
    for (const auto& row : rows_) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  const int gaps = kGap * (static_cast<int>(widths.size()) - 1);
  while (columns > 0 && std::accumulate(widths.begin(), widths.end(), gaps) > columns) {
    size_t widest = widths.size();
    for (size_t i = 0; i < widths.size(); ++i) {
      if (headings_[i].right_aligned || widths[i] <= kLeastWidth) continue;
      if (widest == widths.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == widths.size()) break;  // nothing left to squeeze
    --widths[widest];
  }
  return widths;
}

std::string Table::Render(int columns, bool headers, bool color) const {
  const std::vector<int> widths = Widths(columns, headers);
  std::string text;
  const auto line = [&](const auto& cell_at) {
    std::string cells;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (i > 0) cells.append(kGap, ' ');
      const std::string cell = Truncate(cell_at(i), widths[i]);
      cells += headings_[i].right_aligned ? PadLeft(cell, widths[i]) : PadRight(cell, widths[i]);
    }
    return std::string(absl::StripTrailingAsciiWhitespace(cells));
  };
  if (headers) {
    const std::string titles = line([&](size_t i) { return headings_[i].title; });
    absl::StrAppend(&text, color ? "\033[1m" : "", titles, color ? "\033[0m" : "", "\n");
  }
  for (const auto& row : rows_) {
    absl::StrAppend(&text, line([&](size_t i) { return row[i]; }), "\n");
  }
  return text;
}

}  // namespace crm::ctl
