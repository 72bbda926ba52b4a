#include "services/papers/pdf_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace crm::services::papers {
namespace {

constexpr double kGap = 12;                // between columns
constexpr double kLeastDescription = 130;  // its width
constexpr double kLeastSize = 5;
constexpr double kPadding = 3.2;  // above and below a line of the document
constexpr Ink kHeadFill = {0.93, 0.94, 0.96};
constexpr Ink kRule = {0.8, 0.8, 0.82};

void FillBand(cairo_t* cairo, double left, double right, double y, double height) {
  cairo_set_source_rgb(cairo, kHeadFill.red, kHeadFill.green, kHeadFill.blue);
  cairo_rectangle(cairo, left, y, right - left, height);
  cairo_fill(cairo);
}

void DrawRule(cairo_t* cairo, double left, double right, double y) {
  cairo_set_source_rgb(cairo, kRule.red, kRule.green, kRule.blue);
  cairo_set_line_width(cairo, 0.5);
  cairo_move_to(cairo, left, y);
  cairo_line_to(cairo, right, y);
  cairo_stroke(cairo);
}

}  // namespace

PdfTable::PdfTable(const Paper& paper, const TypeSetter& setter, double left, double right)
    : paper_(paper), setter_(setter), left_(left), right_(right) {
  ChooseColumns();
  // Figures are never cut: of very long ones the letters get smaller.
  while (!Fit() && size_ > kLeastSize) size_ -= 1;
}

void PdfTable::ChooseColumns() {
  const std::vector<Column> all = {
      {"#", nullptr, Align::kRight},
      {"Description", &PaperLine::description, Align::kLeft},
      {"Quantity", &PaperLine::quantity, Align::kRight},
      {"Unit price", &PaperLine::unit_price, Align::kRight},
      {"Discount", &PaperLine::discount, Align::kRight},
      {"Tax", &PaperLine::tax, Align::kRight},
      {absl::StrCat("Amount ", paper_.currency_code), &PaperLine::amount, Align::kRight}};
  for (const Column& column : all) {
    const bool used =
        column.text == nullptr ||
        std::any_of(paper_.lines.begin(), paper_.lines.end(),
                    [&](const PaperLine& line) { return !(line.*column.text).empty(); });
    if (used || column.text == &PaperLine::description) columns_.push_back(column);
  }
}

std::string PdfTable::TextIn(const Column& column, size_t line) const {
  return column.text == nullptr ? absl::StrCat(line + 1) : paper_.lines[line].*column.text;
}

bool PdfTable::Fit() {
  Column* description = nullptr;
  double rest = right_ - left_ - kGap;
  for (Column& column : columns_) {
    if (column.text == &PaperLine::description) {
      description = &column;
      continue;
    }
    column.width = setter_.Set(column.title, {size_, /*bold=*/true}).width();
    for (size_t line = 0; line < paper_.lines.size(); ++line) {
      column.width = std::max(column.width, setter_.Set(TextIn(column, line), {size_}).width());
    }
    // The sum so far stands in the last column.
    if (column.text == &PaperLine::amount) {
      const std::string& sum = paper_.lines.back().carried;
      column.width = std::max(column.width, setter_.Set(sum, {size_}).width());
    }
    rest -= column.width + kGap;
  }
  description->width = std::max(rest, 40.0);
  double x = left_ + kGap / 2;
  for (Column& column : columns_) {
    column.x = x;
    x += column.width + kGap;
  }
  return rest >= kLeastDescription;
}

void PdfTable::AppendStrips(std::vector<Strip>& strips) const {
  for (size_t i = 0; i < paper_.lines.size(); ++i) {
    std::vector<std::pair<double, SetText>> figures;  // by x
    const SetText* description = nullptr;
    std::vector<SetText> texts;
    texts.reserve(columns_.size());
    double x = 0;
    for (const Column& column : columns_) {
      texts.push_back(setter_.Set(TextIn(column, i), {size_}, column.width, column.align));
      if (column.text == &PaperLine::description) {
        description = &texts.back();
        x = column.x;
      } else {
        figures.emplace_back(column.x, texts.back());
      }
    }
    const int lines = description->line_count();
    const bool whole = lines <= 15;  // a longer one may go over to the next sheet
    for (int line = 0; line < lines; ++line) {
      const bool first = line == 0;
      const bool last = line + 1 == lines;
      const double above = first ? kPadding : 0;
      strips.push_back({.height = description->LineHeight(line) + above + (last ? kPadding : 0),
                        .draw =
                            [text = *description, figures, line, first, last, above, x,
                             left = left_, right = right_](cairo_t* cairo, double y) {
                              text.DrawLine(cairo, line, x, y + above);
                              for (const auto& [figure_x, figure] : figures) {
                                if (first) figure.DrawLine(cairo, 0, figure_x, y + above);
                              }
                              const double end = y + above + text.LineHeight(line) + kPadding;
                              if (last) DrawRule(cairo, left, right, end);
                            },
                        .joined = !last && whole,
                        .in_table = true,
                        .carried = paper_.lines[i].carried});
    }
  }
}

void PdfTable::DrawHead(cairo_t* cairo, double y) const {
  FillBand(cairo, left_, right_, y, head_height());
  for (const Column& column : columns_) {
    const SetText title =
        setter_.Set(column.title, {size_, /*bold=*/true}, column.width, column.align);
    title.Draw(cairo, column.x, y + (head_height() - title.height()) / 2);
  }
}

void PdfTable::DrawCarry(cairo_t* cairo, const char* label, const std::string& sum,
                         double y) const {
  const TextStyle style = {size_, false, kGray};
  const Column& amount = columns_.back();
  const SetText text = setter_.Set(label, style);
  const double middle = y + (carry_height() - text.height()) / 2;
  text.Draw(cairo, columns_[1].x, middle);
  setter_.Set(sum, style, amount.width, Align::kRight).Draw(cairo, amount.x, middle);
}

}  // namespace crm::services::papers
