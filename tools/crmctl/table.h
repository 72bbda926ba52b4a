// Columns of text for a terminal. Not thread-safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace crm::ctl {

class Table {
 public:
  struct Heading {
    std::string title;
    bool right_aligned = false;  // numbers and amounts; never cut
    bool whole = false;          // days, states, resource names: never cut either
  };
  // What becomes of columns that nobody asked for by name.
  enum class Columns { kAll, kUseful };

  // With kUseful, columns without any text are left out, and on a terminal too narrow for the rest
  // those furthest to the right.
  explicit Table(std::vector<Heading> headings, Columns columns = Columns::kAll)
      : headings_(std::move(headings)), shown_(columns) {}

  // One cell per heading; control characters become spaces.
  void AddRow(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Lines of at most `columns` terminal columns (0: as wide as needed): titles take several lines,
  // the widest columns that may be cut give way. Titles are bold with `color` and left out without
  // `headers`.
  std::string Render(int columns, bool headers, bool color) const;

  // Titles of the columns that Render leaves out for want of room.
  std::vector<std::string> LeftOut(int columns, bool headers) const;

 private:
  struct Layout {
    std::vector<size_t> places;  // of the headings shown
    std::vector<int> widths;     // one per place
    bool wrapped = false;        // titles take several lines
    std::vector<size_t> left_out;
  };

  Layout LayOut(int columns, bool headers) const;
  int DataWidth(size_t place) const;
  void Squeeze(int columns, Layout& layout) const;
  std::string Line(const Layout& layout, const std::vector<std::string>& cells) const;

  const std::vector<Heading> headings_;
  const Columns shown_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace crm::ctl
