// TopRows: the best `count` of many rows in the order of their sort keys, in memory that does not
// grow with the rows. Lists use it to cut a page out of a scan in another order; the sort key of
// the last row is where the next page begins.
//
// One query, one thread.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace crm::projections {

template <class Row>
class TopRows {
 public:
  // Keeps rows whose key is greater than `after` (all when it is empty), the smallest `count` of
  // them.
  TopRows(size_t count, std::string after) : count_(count), after_(std::move(after)) {}

  void Add(std::string key, Row row) {
    if (!after_.empty() && key <= after_) return;
    if (Excludes(key)) return;
    // One more than the page is kept, to know whether there is a next one.
    if (rows_.size() > count_) {
      std::pop_heap(rows_.begin(), rows_.end(), Less);
      rows_.pop_back();
    }
    rows_.emplace_back(std::move(key), std::move(row));
    std::push_heap(rows_.begin(), rows_.end(), Less);
  }

  // Whether a row has no chance whose key is `key` or begins with it: the page is full of smaller
  // ones. In a scan in key order no later row has one either.
  bool Excludes(const std::string& key) const {
    return rows_.size() > count_ && key >= rows_.front().first;
  }

  // The page in order; `more` is the key of its last row when there are more rows, else empty.
  std::vector<Row> Take(std::string& more) && {
    std::sort_heap(rows_.begin(), rows_.end(), Less);
    more.clear();
    if (rows_.size() > count_) {
      rows_.pop_back();
      if (!rows_.empty()) more = rows_.back().first;
    }
    std::vector<Row> page;
    page.reserve(rows_.size());
    for (auto& [key, row] : rows_) page.push_back(std::move(row));
    return page;
  }

 private:
  using Entry = std::pair<std::string, Row>;
  static bool Less(const Entry& a, const Entry& b) { return a.first < b.first; }

  const size_t count_;
  const std::string after_;
  std::vector<Entry> rows_;  // a heap, the greatest key first
};

}  // namespace crm::projections
