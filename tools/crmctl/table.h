// Columns of text for a terminal. Not thread-safe.
#pragma once

#include <string>
#include <vector>

namespace crm::ctl {

class Table {
 public:
  struct Heading {
    std::string title;
    bool right_aligned = false;  // numbers and amounts
  };

  explicit Table(std::vector<Heading> headings) : headings_(std::move(headings)) {}

  // One cell per heading; control characters become spaces.
  void AddRow(std::vector<std::string> cells);

  // Lines of at most `columns` terminal columns (0: as wide as needed): the widest left-aligned
  // columns give way, numbers never. Titles are bold with `color` and left out without `headers`.
  std::string Render(int columns, bool headers, bool color) const;

 private:
  std::vector<int> Widths(int columns, bool headers) const;

  std::vector<Heading> headings_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace crm::ctl
