// A filter of opportunities, read once and asked for every card.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/views/v1/shapes.pb.h"
#include "domain/types/calendar.h"
#include "domain/types/money.h"

namespace crm::projections {

// Instants in [begin, end).
struct TimeRange {
  absl::Time begin;
  absl::Time end;
};

class OpportunityFilter {
 public:
  // INVALID_ARGUMENT for names, dates or amounts that are none. `zone` and `at` say which day is
  // today.
  static absl::StatusOr<OpportunityFilter> Create(const v1::OpportunityFilter& filter,
                                                  const domain::Zone& zone, absl::Time at);

  // Everything but `stagnant`, which depends on the stage: see wants_stagnant().
  bool Matches(const views::v1::OpportunityCard& card) const;
  bool wants_stagnant() const { return filter_.stagnant(); }
  // Only open cards can match, so closed ones need not be looked at.
  bool OnlyOpen() const;
  // 16 bytes; empty: any.
  const std::string& pipeline_id() const { return pipeline_id_; }
  const std::string& customer_id() const { return customer_id_; }
  const std::string& group_id() const { return group_id_; }
  // Only what was closed then can match; nullopt: any.
  std::optional<TimeRange> closed_within() const;

  // The same filter for open cards of any stage, as boards use it.
  void ForBoard();

 private:
  explicit OpportunityFilter(const domain::Zone& zone) : zone_(zone) {}

  absl::Status ReadNames();
  absl::Status ReadRanges();
  bool MatchesNames(const views::v1::OpportunityCard& card) const;
  bool MatchesRanges(const views::v1::OpportunityCard& card) const;

  v1::OpportunityFilter filter_;
  domain::Zone zone_;
  absl::CivilDay today_;
  std::set<int> states_;
  std::string team_id_, owner_id_, stage_id_, pipeline_id_, customer_id_, group_id_, text_;
  std::optional<absl::CivilDay> expected_from_, expected_to_, created_from_, created_to_,
      closed_from_, closed_to_;
  std::optional<domain::Money> minimum_, maximum_;
};

}  // namespace crm::projections
