// Lists of records by day, the newest day first, and of one day by id: the indexes a view keeps for
// them, and the pages it answers with.
//
//   static constexpr Table<DayPlace, views::v1::Mark> kByDay{2};
//   static constexpr Table<std::tuple<domain::CustomerId, NewestDay, Uuid>, views::v1::Mark>
//       kOfCustomer{3};
//
//   NewestPage<domain::PaymentId> page(context);
//   ASSIGN_OR_RETURN(const auto range, NewestRange(kByDay, days, context.after()));
//   RETURN_IF_ERROR(kByDay.Scan(rows, range, [&](const DayPlace& place, const auto&) {
//     ... skip what does not match, else
//     return page.Add(place);
//   }));
//   return std::move(page).Take();
//
// Pure functions; a page belongs to one query.
#pragma once

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "domain/rejection.h"
#include "domain/types/calendar.h"
#include "projections/key_codec.h"
#include "projections/query.h"
#include "projections/stored_day.h"
#include "projections/table.h"

namespace crm::projections {

using NewestDay = Descending<absl::CivilDay>;
// Where a record is in a list.
using DayPlace = std::tuple<NewestDay, Uuid>;

// Both inclusive; all days where none are named.
struct ListedDays {
  absl::CivilDay from = kFirstDay;
  absl::CivilDay to = kLastDay;
};

// INVALID_ARGUMENT DATE_INVALID for a day that does not exist.
inline absl::StatusOr<ListedDays> ReadListedDays(const google::type::Date* from,
                                                 const google::type::Date* to) {
  ListedDays days;
  if (from != nullptr) {
    ASSIGN_OR_RETURN(days.from, domain::DayFromProto(*from));
  }
  if (to != nullptr) {
    ASSIGN_OR_RETURN(days.to, domain::DayFromProto(*to));
  }
  return days;
}

// The rows of `index` whose keys begin with `leading` and go on with a place on one of the days,
// after the place where an earlier page ended (empty: from the first on). INVALID_ARGUMENT
// PAGE_TOKEN_INVALID for what is no place.
template <class T, class... Leading>
absl::StatusOr<KeyRange<typename T::Key>> NewestRange(const T& index, const ListedDays& days,
                                                      const std::string& after,
                                                      const Leading&... leading) {
  KeyRange<typename T::Key> range =
      index.Prefix(leading...)
          .From(std::make_tuple(leading..., NewestDay{days.to}))
          .Until(std::make_tuple(leading..., NewestDay{days.from - 1}));
  if (after.empty()) return range;
  DayPlace last;
  if (!ParseKey(after, last)) {
    return domain::Invalid("PAGE_TOKEN_INVALID", "the page token is not one of this list");
  }
  return std::move(range).After(std::tuple_cat(std::make_tuple(leading...), last));
}

// The ids of one page, while places are read in order.
template <class Id>
class NewestPage {
 public:
  explicit NewestPage(QueryContext& context) : context_(context) {}

  // Returns whether there may be more on this page.
  bool Add(const DayPlace& place) {
    if (static_cast<int>(ids_.size()) == context_.page_size()) {
      context_.ContinueAfter(last_);
      return false;
    }
    ids_.emplace_back(std::get<1>(place));
    last_.clear();
    AppendKey(last_, place);
    return true;
  }

  std::vector<Id> Take() && { return std::move(ids_); }

 private:
  QueryContext& context_;
  std::vector<Id> ids_;
  std::string last_;
};

}  // namespace crm::projections
