#include "tools/crmctl/table.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tools/crmctl/text.h"

namespace crm::ctl {
namespace {

constexpr int kGap = 2;
constexpr int kLeastWidth = 8;      // a column is not squeezed below this
constexpr int kReadableWidth = 14;  // before it comes to that, columns are left out

int Total(const std::vector<int>& widths) {
  return std::accumulate(widths.begin(), widths.end(), kGap * static_cast<int>(widths.size())) -
         kGap;
}

int LongestWord(const std::string& title) {
  int longest = 0;
  for (const std::string& word : Wrap(title, 1)) longest = std::max(longest, DisplayWidth(word));
  return longest;
}

}  // namespace

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(headings_.size());
  for (std::string& cell : cells) cell = OneLine(cell);
  rows_.push_back(std::move(cells));
}

int Table::DataWidth(size_t place) const {
  int width = 0;
  for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[place]));
  return width;
}

void Table::Squeeze(int columns, Layout& layout) const {
  while (Total(layout.widths) > columns) {
    size_t widest = layout.widths.size();
    for (size_t i = 0; i < layout.widths.size(); ++i) {
      const Heading& heading = headings_[layout.places[i]];
      if (heading.right_aligned || heading.whole || layout.widths[i] <= kLeastWidth) continue;
      if (widest == layout.widths.size() || layout.widths[i] > layout.widths[widest]) widest = i;
    }
    if (widest == layout.widths.size()) return;  // nothing left to squeeze
    --layout.widths[widest];
  }
}

Table::Layout Table::LayOut(int columns, bool headers) const {
  Layout layout;
  for (size_t i = 0; i < headings_.size(); ++i) {
    const int data = DataWidth(i);
    if (shown_ == Columns::kUseful && data == 0) continue;
    layout.places.push_back(i);
    layout.widths.push_back(headers ? std::max(data, DisplayWidth(headings_[i].title)) : data);
  }
  if (columns <= 0 || Total(layout.widths) <= columns) return layout;

  layout.wrapped = headers;
  std::vector<int> least;  // as narrow as each column is still pleasant to read
  for (size_t i = 0; i < layout.places.size(); ++i) {
    const Heading& heading = headings_[layout.places[i]];
    const int data = DataWidth(layout.places[i]);
    layout.widths[i] = headers ? std::max(data, LongestWord(heading.title)) : data;
    const bool uncut = heading.right_aligned || heading.whole;
    least.push_back(uncut ? layout.widths[i] : std::min(layout.widths[i], kReadableWidth));
  }
  while (shown_ == Columns::kUseful && least.size() > 1 && Total(least) > columns) {
    layout.left_out.insert(layout.left_out.begin(), layout.places.back());
    least.pop_back();
    layout.places.pop_back();
    layout.widths.pop_back();
  }
  Squeeze(columns, layout);
  return layout;
}

std::string Table::Line(const Layout& layout, const std::vector<std::string>& cells) const {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line.append(kGap, ' ');
    const std::string cell = Truncate(cells[i], layout.widths[i]);
    line += headings_[layout.places[i]].right_aligned ? PadLeft(cell, layout.widths[i])
                                                      : PadRight(cell, layout.widths[i]);
  }
  return absl::StrCat(absl::StripTrailingAsciiWhitespace(line), "\n");
}

std::string Table::Render(int columns, bool headers, bool color) const {
  const Layout layout = LayOut(columns, headers);
  std::vector<std::vector<std::string>> titles;  // one column each, from top to bottom
  size_t height = headers ? 1 : 0;
  for (size_t i = 0; headers && i < layout.places.size(); ++i) {
    const std::string& title = headings_[layout.places[i]].title;
    titles.push_back(layout.wrapped ? Wrap(title, layout.widths[i])
                                    : std::vector<std::string>{title});
    height = std::max(height, titles.back().size());
  }
  std::string text = headers && color ? "\033[1m" : "";
  for (size_t row = 0; row < height; ++row) {
    std::vector<std::string> cells;
    for (const std::vector<std::string>& title : titles) {
      const size_t above = height - title.size();  // titles stand on their column
      cells.push_back(row < above ? "" : title[row - above]);
    }
    text += Line(layout, cells);
  }
  if (headers && color) text.insert(text.size() - 1, "\033[0m");
  for (const auto& row : rows_) {
    std::vector<std::string> cells;
    for (const size_t place : layout.places) cells.push_back(row[place]);
    text += Line(layout, cells);
  }
  return text;
}

std::vector<std::string> Table::LeftOut(int columns, bool headers) const {
  std::vector<std::string> titles;
  for (const size_t place : LayOut(columns, headers).left_out) {
    titles.push_back(headings_[place].title);
  }
  return titles;
}

}  // namespace crm::ctl
