#include "services/papers/pages.h"

#include <utility>

namespace crm::services::papers {
namespace {

class Paginator {
 public:
  explicit Paginator(const SheetShape& shape) : shape_(shape), y_(shape.top) {}

  // A strip with those that it is joined to.
  void AddGroup(const Strip* first, const Strip* end) {
    double height = 0;
    for (const Strip* strip = first; strip != end; ++strip) height += strip->height;
    const double needed = height + Overhead(*first);
    const bool fits_a_sheet = needed + HeadOnNewSheet(*first) <= shape_.bottom - shape_.top;
    if (y_ + needed > shape_.bottom && fits_a_sheet) EndPage(first->in_table);
    for (const Strip* strip = first; strip != end; ++strip) Add(*strip);
  }

  std::vector<Page> Take() && {
    pages_.push_back(std::move(page_));
    return std::move(pages_);
  }

 private:
  // What a strip of a table needs besides itself: its head, and room for the sum so far.
  double Overhead(const Strip& strip) const {
    if (!strip.in_table) return 0;
    return shape_.carry_height + (page_.head_y < 0 ? shape_.head_height : 0);
  }
  double HeadOnNewSheet(const Strip& strip) const {
    return strip.in_table && page_.head_y >= 0 ? shape_.head_height + shape_.carry_height : 0;
  }

  void Add(const Strip& strip) {
    if (y_ + strip.height + Overhead(strip) > shape_.bottom && !page_.strips.empty()) {
      EndPage(strip.in_table);
    }
    if (strip.in_table && page_.head_y < 0) {
      page_.head_y = y_;
      y_ += shape_.head_height;
      if (!page_.brought.empty()) {
        page_.brought_y = y_;
        y_ += shape_.carry_height;
      }
    }
    page_.strips.push_back({&strip, y_});
    y_ += strip.height;
    carried_ = strip.in_table ? strip.carried : "";
  }

  void EndPage(bool table_goes_on) {
    Page next;
    if (table_goes_on && !carried_.empty()) {
      page_.carried = carried_;
      page_.carried_y = y_;
      next.brought = carried_;
    }
    pages_.push_back(std::exchange(page_, std::move(next)));
    y_ = shape_.top;
  }

  const SheetShape shape_;
  std::vector<Page> pages_;
  Page page_;
  double y_;
  std::string carried_;  // after the last strip
};

}  // namespace

std::vector<Page> Paginate(const std::vector<Strip>& strips, const SheetShape& shape) {
  Paginator paginator(shape);
  const Strip* const end = strips.data() + strips.size();
  for (const Strip* strip = strips.data(); strip != end;) {
    const Strip* last = strip;
    while (last->joined && last + 1 != end) ++last;
    paginator.AddGroup(strip, last + 1);
    strip = last + 1;
  }
  return std::move(paginator).Take();
}

}  // namespace crm::services::papers
