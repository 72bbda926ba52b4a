// A filter of leads, read once and asked for every card. What it says about names is asked apart:
// they are personal and lie in another table, which is read only for cards that match otherwise.
//
// Days of the filter are days of the organization's zone. Immutable but for ForBoard; one query,
// one thread.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/views/v1/record_card.pb.h"
#include "domain/types/calendar.h"

namespace crm::projections {

class LeadFilter {
 public:
  // INVALID_ARGUMENT for names or dates that are none. Days are days of `zone`.
  static absl::StatusOr<LeadFilter> Create(const v1::LeadFilter& filter, const domain::Zone& zone);

  // Everything but the text.
  bool Matches(const views::v1::LeadCard& card) const;
  bool wants_text() const { return !text_.empty(); }
  // The text occurs in the name, the company or the person's name.
  bool MatchesText(const views::v1::LeadCard& card, const views::v1::PersonalDetails& person) const;

  // Only leads that are worked on can match, so others need not be looked at.
  bool OnlyWorked() const;
  // 16 bytes; empty: any.
  const std::string& pipeline_id() const { return pipeline_id_; }

  // The same filter for leads that are worked on, in any stage, as boards use it.
  void ForBoard();

 private:
  explicit LeadFilter(const domain::Zone& zone) : zone_(zone) {}

  absl::Status ReadNames();

  v1::LeadFilter filter_;
  domain::Zone zone_;
  std::set<int> states_;
  std::string team_id_, owner_id_, stage_id_, pipeline_id_, text_;
  std::optional<absl::CivilDay> created_from_, created_to_;
};

}  // namespace crm::projections
