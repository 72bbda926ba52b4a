// Asks views as services do: pages are read to the end, whatever their size.
//
//   EXPECT_THAT(SelectAll<LeadBoard>(scenario.Rows(), request, {.page_size = 2}),
//               ElementsAre(Named<LeadId>("anna"), Named<LeadId>("bert")));
//
// Include from tests only.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "domain/audience.h"
#include "gtest/gtest.h"
#include "projections/query.h"
#include "projections/view_rows.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"

namespace crm::projections::testing {

// The id that tests give to what they call so.
template <class Id>
Id Named(absl::string_view name) {
  return Id(Uuid::FromName({}, name));
}

// Its 16 bytes, as in events.
inline std::string Bytes(absl::string_view name) { return Uuid::FromName({}, name).ToBytes(); }

inline domain::Audience Everybody() { return {.everything = true, .member = {}, .teams = {}}; }
// Sees what is its own, and no team's records.
inline domain::Audience Only(absl::string_view member) {
  return {.everything = false, .member = Named<domain::MemberId>(member), .teams = {}};
}

struct Asking {
  domain::Audience audience = Everybody();
  absl::Time at = absl::FromUnixSeconds(1'767'700'000);
  int page_size = 50;
};

// Rows as they are, and how many of them were looked at.
class CountingReader final : public ViewReader {
 public:
  explicit CountingReader(const ViewReader& rows) : rows_(rows) {}

  absl::StatusOr<bool> GetRow(absl::string_view key, Message& row) const override {
    ++count_;
    return rows_.GetRow(key, row);
  }
  absl::Status ScanRows(const RowRange& range, Message& scratch, Visitor visit) const override {
    return rows_.ScanRows(range, scratch, [&](absl::string_view key, const Message& row) {
      ++count_;
      return visit(key, row);
    });
  }
  int count() const { return count_; }

 private:
  const ViewReader& rows_;
  mutable int count_ = 0;
};

// All rows, page by page; none is longer than asked for, and only the last may be shorter.
template <class V, class Request>
auto SelectAll(const ViewReader& rows, const Request& request, const Asking& asking = {}) {
  using Ids =
      typename decltype(V::Select(request, rows, std::declval<QueryContext&>()))::value_type;
  Ids all;
  std::string after;
  do {
    QueryContext context(asking.audience, asking.at, asking.page_size, after);
    const absl::StatusOr<Ids> page = V::Select(request, rows, context);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return all;
    EXPECT_LE(page->size(), static_cast<size_t>(asking.page_size));
    if (!context.next().empty()) {
      EXPECT_EQ(page->size(), static_cast<size_t>(asking.page_size));
      EXPECT_LE(context.next().size(), 512u);
    }
    all.insert(all.end(), page->begin(), page->end());
    after = context.next();
  } while (!after.empty());
  return all;
}

// What the first page is refused with.
template <class V, class Request>
absl::Status SelectRefusal(const ViewReader& rows, const Request& request, std::string after = "") {
  const domain::Audience audience = Everybody();
  QueryContext context(audience, Asking().at, 50, std::move(after));
  return V::Select(request, rows, context).status();
}

template <class V, class Request>
auto AnswerTo(const ViewReader& rows, const Request& request, const Asking& asking = {}) {
  QueryContext context(asking.audience, asking.at, asking.page_size, "");
  auto answer = V::Answer(request, rows, context);
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.ok() ? *std::move(answer) : typename decltype(answer)::value_type();
}

// Keys and bytes of all rows, in lower case: what is not in here is nowhere in the view.
template <View V>
std::string EveryByte(ViewScenario<V>& scenario) {
  std::string bytes;
  for (const auto& [key, row] : FoldInMemory(DefinitionOf<V>(), scenario.history())) {
    absl::StrAppend(&bytes, key, row, "\n");
  }
  return absl::AsciiStrToLower(bytes);
}

}  // namespace crm::projections::testing
