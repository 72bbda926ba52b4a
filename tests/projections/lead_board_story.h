// LeadBoardTest: three leads in a pipeline of two stages, for tests of LeadBoard.
//
// Anna (1,000.01 EUR) and Bert (50.00, urgent) are in the stage "fresh", Cleo (33.33) in "talking";
// each came a day after the one before. Include from tests only.
#pragma once

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "projections/lead_board.h"
#include "tests/projections/asking.h"
#include "tests/projections/record_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {

using domain::LeadId;
using domain::PipelineId;

inline const absl::Time kMorning = absl::UnixEpoch() + absl::Hours(24 * 20000 + 8);
inline const absl::Duration kDay = absl::Hours(24);

inline events::v1::OrganizationCreated Organization() {
  events::v1::OrganizationCreated event;
  event.set_time_zone("Europe/Berlin");
  event.set_currency_code("EUR");
  return event;
}

inline events::v1::OrganizationSettingsRevised StagnantAfter(int days) {
  events::v1::OrganizationSettingsRevised event;
  event.set_stagnation_threshold_days(days);
  return event;
}

inline events::v1::PipelineCreated LeadPipeline() {
  events::v1::PipelineCreated event;
  event.set_display_name("Leads");
  event.set_kind(v1::PIPELINE_KIND_LEAD);
  AddStage(event, "fresh", 1000);
  AddStage(event, "talking", 5000);
  return event;
}

inline events::v1::LeadCaptured InStage(events::v1::LeadCaptured event, absl::string_view stage,
                                        int64_t cents, int priority = 0) {
  event.set_pipeline_id(Bytes("leads"));
  event.set_stage_id(Bytes(stage));
  *event.mutable_details()->mutable_expected_revenue() = Euros(cents);
  event.mutable_details()->set_priority(priority);
  return event;
}

inline events::v1::LeadStageMoved MovedTo(absl::string_view stage) {
  events::v1::LeadStageMoved event;
  event.set_to_pipeline_id(Bytes("leads"));
  event.set_to_stage_id(Bytes(stage));
  return event;
}

inline StreamId Lead(absl::string_view name) { return StreamNamed<LeadId>(name); }

// Names of a board's cards, column by column.
inline std::vector<std::vector<std::string>> Cards(const v1::Board& board) {
  std::vector<std::vector<std::string>> columns;
  for (const v1::Column& column : board.columns()) {
    columns.emplace_back();
    for (const v1::Card& card : column.cards()) columns.back().push_back(card.display_name());
  }
  return columns;
}

class LeadBoardTest : public ::testing::Test {
 protected:
  LeadBoardTest() {
    scenario_
        .Given(StreamNamed<domain::OrganizationId>("us"), Organization(), {.at = kMorning - kDay})
        .Given(StreamNamed<domain::OrganizationId>("us"), StagnantAfter(14))
        .Given(StreamNamed<PipelineId>("leads"), LeadPipeline())
        .Given(Lead("anna"), InStage(Captured("anna", "Anna", "Schmidt"), "fresh", 100001),
               {.at = kMorning})
        .Given(Lead("bert"), InStage(Captured("bert", "Bert", "Öz", "Acme"), "fresh", 5000, 3),
               {.at = kMorning + kDay})
        .Given(Lead("cleo"), InStage(Captured("cleo", "Cleo", "Nil", "Nile Ltd"), "talking", 3333),
               {.at = kMorning + 2 * kDay});
  }

  v1::Board Board(v1::GetLeadBoardRequest request = {}, Asking asking = {}) {
    request.set_pipeline(domain::NameOf(Named<PipelineId>("leads")));
    if (asking.at == Asking().at) asking.at = kMorning + 3 * kDay;
    return AnswerTo<LeadBoard>(scenario_.Rows(), request, asking);
  }
  std::vector<LeadId> List(const v1::LeadFilter& filter = {},
                           v1::LeadOrder order = v1::LEAD_ORDER_UNSPECIFIED,
                           const Asking& asking = {}) {
    v1::ListLeadsRequest request;
    *request.mutable_filter() = filter;
    request.set_order_by(order);
    return SelectAll<LeadBoard>(scenario_.Rows(), request, asking);
  }

  ViewScenario<LeadBoard> scenario_;
};

}  // namespace crm::projections::testing
