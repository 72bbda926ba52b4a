// Pages: which strip of a document goes on which sheet. Strips are laid from the top down; a sheet
// ends between two of them, never within a group unless the group is longer than a sheet. Where a
// table goes on, its head stands again on the next sheet, and the sum so far on both.
//
// Pure geometry in points; thread-safe.
#pragma once

#include <cairo.h>

#include <functional>
#include <string>
#include <vector>

namespace crm::services::papers {

// A piece of a sheet of full width.
struct Strip {
  double height = 0;
  std::function<void(cairo_t* cairo, double y)> draw;
  bool joined = false;       // stays on the sheet of the strip after it
  bool in_table = false;     // below a head
  std::string carried = {};  // of a table: the sum of the lines up to this one
};

// Where the strips go.
struct SheetShape {
  double top = 0;
  double bottom = 0;        // nothing reaches below
  double head_height = 0;   // of the head of a table
  double carry_height = 0;  // of the row with the sum so far
};

struct Placed {
  const Strip* strip = nullptr;
  double y = 0;
};

// One sheet.
struct Page {
  std::vector<Placed> strips;
  double head_y = -1;   // where the head of the table is; negative: none
  std::string brought;  // sum of the sheets before, below the head; empty: none
  double brought_y = 0;
  std::string carried;  // sum so far, below the last line; empty: the table ends here
  double carried_y = 0;
};

// At least one page. The strips must outlive it.
std::vector<Page> Paginate(const std::vector<Strip>& strips, const SheetShape& shape);

}  // namespace crm::services::papers
