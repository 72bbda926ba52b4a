// The table of a document: as many columns as its lines need, as wide as their figures are; what is
// left is the description's. Not thread-safe, as its TypeSetter.
#pragma once

#include <cairo.h>

#include <string>
#include <vector>

#include "services/papers/pages.h"
#include "services/papers/paper.h"
#include "services/papers/type_setter.h"

namespace crm::services::papers {

class PdfTable {
 public:
  // Between these edges of the sheet. The paper must outlive it.
  PdfTable(const Paper& paper, const TypeSetter& setter, double left, double right);

  // One strip a line of text, those of a line of the document joined.
  void AppendStrips(std::vector<Strip>& strips) const;

  double head_height() const { return 1.9 * size_; }
  double carry_height() const { return 1.9 * size_; }
  void DrawHead(cairo_t* cairo, double y) const;
  // "Carried over" and the sum so far.
  void DrawCarry(cairo_t* cairo, const char* label, const std::string& sum, double y) const;

 private:
  struct Column {
    std::string title;
    std::string PaperLine::*text;  // null: the number of the line
    Align align;
    double x = 0;
    double width = 0;
  };

  void ChooseColumns();
  // True when the description gets enough room.
  bool Fit();
  std::string TextIn(const Column& column, size_t line) const;

  const Paper& paper_;
  const TypeSetter& setter_;
  const double left_;
  const double right_;
  double size_ = 9;  // of its letters
  std::vector<Column> columns_;
};

}  // namespace crm::services::papers
