// A filter of leads, read once and asked for every card. What it says about names is asked apart:
// they are personal and lie in another table, which is read only for cards that match otherwise.
//
// Days of the filter are days of the organization's zone. Immutable but for ForBoard and
// ForTotals; one query, one thread.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/views/v1/record_card.pb.h"
#include "domain/types/calendar.h"
#include "domain/types/money.h"

namespace crm::projections {

class LeadFilter {
 public:
  // INVALID_ARGUMENT for names, dates or amounts that are none. Days are days of `zone`.
  static absl::StatusOr<LeadFilter> Create(const v1::LeadFilter& filter, const domain::Zone& zone);

  // Everything but the text and `stagnant`, which depends on the stage: see wants_stagnant().
  bool Matches(const views::v1::LeadCard& card) const;
  // A lead of this team and owner (16 bytes each; empty: none) may match.
  bool MatchesHolder(const std::string& team_id, const std::string& owner_id) const;
  bool wants_stagnant() const { return filter_.stagnant(); }
  bool wants_text() const { return !text_.empty(); }
  // The text occurs in the name, the company or the person's name.
  bool MatchesText(const views::v1::LeadCard& card, const views::v1::PersonalDetails& person) const;

  // Only leads that are worked on can match, so others need not be looked at.
  bool OnlyWorked() const;
  // 16 bytes; empty: any.
  const std::string& pipeline_id() const { return pipeline_id_; }

  // The same filter for any stage, as boards use it.
  void ForBoard();
  // The same filter without junk and what was refused, which enter no total.
  void ForTotals();

 private:
  explicit LeadFilter(const domain::Zone& zone) : zone_(zone) {}

  absl::Status ReadNames();
  absl::Status ReadRanges();
  bool MatchesRanges(const views::v1::LeadCard& card) const;

  v1::LeadFilter filter_;
  domain::Zone zone_;
  std::set<int> states_;
  std::string team_id_, owner_id_, stage_id_, pipeline_id_, customer_id_, text_;
  std::optional<absl::CivilDay> created_from_, created_to_;
  std::optional<domain::Money> minimum_, maximum_;
};

}  // namespace crm::projections
