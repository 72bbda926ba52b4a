#include "tools/crmctl/board.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tools/crmctl/text.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

constexpr int kLeastColumn = 24;
constexpr int kMostColumn = 40;
constexpr int kGap = 2;

struct Line {
  std::string text;  // as wide as its column
  const char* color = "";
};

std::string Totals(const google::protobuf::RepeatedPtrField<crm::v1::BoardTotals>& totals) {
  return absl::StrJoin(totals, ", ", [](std::string* out, const crm::v1::BoardTotals& total) {
    absl::StrAppend(out, FormatMoneyBriefly(total.expected_revenue()));
  });
}

// `left` and `right` at the two ends of a line; the left one gives way.
std::string TwoEnds(const std::string& left, const std::string& right, int width) {
  const int room = width - DisplayWidth(right) - 1;
  if (room < 1) return Truncate(right, width);
  return PadRight(Truncate(left, room), room + 1) + right;
}

std::string Mark(const crm::v1::Card& card) {
  if (card.standby()) return " z";
  if (card.stagnant()) return " !";
  return card.warned() ? " ~" : "";
}

void AddCard(const crm::v1::Card& card, const Style& style, int width, std::vector<Line>& lines) {
  const char* color = card.stagnant() ? "\033[31m" : card.warned() ? "\033[33m" : "";
  const std::string age = absl::StrCat(card.stage_age_days(), "d", Mark(card));
  std::string owner = card.owner();
  if (style.names != nullptr && !owner.empty()) owner = style.names->DisplayName(owner);
  const std::string amount =
      card.has_expected_revenue() ? FormatMoneyBriefly(card.expected_revenue()) : "-";
  lines.push_back({Repeat("\u2500", width)});
  lines.push_back({TwoEnds(OneLine(card.display_name()), age, width), color});
  lines.push_back({TwoEnds(OneLine(owner), amount, width)});
}

std::vector<Line> DrawColumn(const crm::v1::Column& column, const Style& style, int width) {
  std::vector<Line> lines;
  const std::string count = absl::StrCat(
      column.card_count(),
      column.stagnant_count() > 0 ? absl::StrCat(" (", column.stagnant_count(), "!)") : "");
  lines.push_back({TwoEnds(OneLine(column.display_name()), count, width), "\033[1m"});
  lines.push_back({PadLeft(Truncate(Totals(column.totals()), width), width)});
  for (const crm::v1::Card& card : column.cards()) AddCard(card, style, width, lines);
  const int hidden = column.card_count() - column.cards_size();
  if (hidden > 0) {
    lines.push_back({PadRight(absl::StrCat("\u2026 ", FormatCount(hidden), " more"), width)});
  }
  return lines;
}

// Columns side by side.
std::string Band(const std::vector<std::vector<Line>>& columns, int width, bool color) {
  size_t height = 0;
  for (const auto& column : columns) height = std::max(height, column.size());
  std::string text;
  for (size_t row = 0; row < height; ++row) {
    std::string line;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      const Line cell = row < columns[i].size() ? columns[i][row] : Line{Repeat(" ", width)};
      const bool paint = color && cell.color[0] != '\0';
      absl::StrAppend(&line, paint ? cell.color : "", PadRight(Truncate(cell.text, width), width),
                      paint ? "\033[0m" : "");
    }
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(line), "\n");
  }
  return text;
}

// What the marks mean that stand on this board.
std::string Legend(const crm::v1::Board& board, int columns) {
  bool standby = false;
  bool stagnant = false;
  bool warned = false;
  for (const crm::v1::Column& column : board.columns()) {
    stagnant = stagnant || column.stagnant_count() > 0;
    for (const crm::v1::Card& card : column.cards()) {
      standby = standby || card.standby();
      stagnant = stagnant || card.stagnant();
      warned = warned || card.warned();
    }
  }
  std::vector<std::string> marks;
  if (stagnant) marks.push_back("! too long in its stage");
  if (warned) marks.push_back("~ soon too long");
  if (standby) marks.push_back("z on standby");
  return marks.empty() ? ""
                       : absl::StrCat("\n", Truncate(absl::StrJoin(marks, "   "), columns), "\n");
}

}  // namespace

std::string DrawBoard(const crm::v1::Board& board, const Style& style, int columns) {
  std::string text =
      absl::StrCat(OneLine(board.display_name()), ": ", Counted(board.card_count(), "record"));
  if (board.totals_size() > 0) absl::StrAppend(&text, ", ", Totals(board.totals()));
  absl::StrAppend(&text, "\n\n");
  const int stages = std::max(1, board.columns_size());
  const int fitting = std::clamp((columns + kGap) / (kLeastColumn + kGap), 1, stages);
  const int width =
      std::min({(columns + kGap) / fitting - kGap, std::max(kMostColumn, kLeastColumn), columns});
  for (int first = 0; first < board.columns_size(); first += fitting) {
    std::vector<std::vector<Line>> band;
    for (int i = first; i < std::min(first + fitting, board.columns_size()); ++i) {
      band.push_back(DrawColumn(board.columns(i), style, width));
    }
    absl::StrAppend(&text, first > 0 ? "\n" : "", Band(band, width, style.color));
  }
  return absl::StrCat(text, Legend(board, columns));
}

}  // namespace crm::ctl
