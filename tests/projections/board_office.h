// BoardOffice: the sales story that tests of the pipeline board and of its lists tell, with what
// they ask of it. Two pipelines, days in Berlin. Include from tests only; not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "projections/pipeline_board.h"
#include "tests/projections/asking.h"
#include "tests/projections/sales_story.h"

namespace crm::projections::testing {

struct BoardOffice : SalesStory<PipelineBoard> {
  BoardOffice() {
    On("2026-01-01").Organization("Europe/Berlin");
    Pipeline("sales", {{"new", 2000}, {"talks", 5000}, {"offer", 8000}, {"done", 10000}}, "done");
    Pipeline("service", {{"first", 1000}});
  }

  BoardOffice& Revise(const std::string& name, const std::string& field,
                      const events::v1::OpportunityDetails& details) {
    events::v1::OpportunityDetailsRevised revised;
    revised.add_fields(field);
    *revised.mutable_details() = details;
    Tell("opportunity", name, revised);
    return *this;
  }
  BoardOffice& Limit(const std::string& stage, int warn_after, int exceeded_after) {
    events::v1::StageDetailsRevised revised;
    revised.set_stage_id(BytesOf(stage));
    revised.set_warn_after_days(warn_after);
    revised.set_exceeded_after_days(exceeded_after);
    Tell("pipeline", "sales", revised);
    return *this;
  }
  BoardOffice& Prefer(const std::string& group, const std::string& member) {
    events::v1::GroupMemberPreferred preferred;
    preferred.set_opportunity_id(BytesOf(member));
    Tell("opportunity_group", group, preferred);
    return *this;
  }

  v1::Board Board(v1::GetPipelineBoardRequest request = {}, const Asker& asker = {}) {
    request.set_pipeline(ResourceOf<domain::PipelineId>("sales"));
    auto board = Answer(request, asker);
    EXPECT_TRUE(board.ok()) << board.status();
    return board.ok() ? *board : v1::Board();
  }
  v1::Board BoardAt(const std::string& time) { return Board({}, {.at = time}); }
  // The only card there is.
  v1::Card CardAt(const std::string& time) {
    const v1::Board board = BoardAt(time);
    EXPECT_EQ(board.card_count(), 1);
    for (const v1::Column& column : board.columns()) {
      if (column.cards_size() == 1) return column.cards(0);
    }
    return {};
  }

  // Names of what a list shows, in its order, however long its pages.
  std::vector<std::string> List(const v1::OpportunityFilter& filter = {},
                                v1::OpportunityOrder order = v1::OPPORTUNITY_ORDER_UNSPECIFIED,
                                const domain::Audience& audience = Everybody()) {
    v1::ListOpportunitiesRequest request;
    *request.mutable_filter() = filter;
    request.set_order_by(order);
    std::vector<std::string> names;
    for (const int page_size : {1, 2, 50}) {
      std::vector<std::string> page_names;
      for (const domain::OpportunityId& id : SelectAll<PipelineBoard>(
               Rows(), request,
               {.audience = audience, .at = TimeAt("2026-06-01"), .page_size = page_size})) {
        const auto card = PipelineBoard::FindCard(Rows(), id.uuid());
        page_names.push_back((*card)->display_name());
      }
      if (page_size > 1) {
        EXPECT_EQ(page_names, names) << "pages of " << page_size;
      }
      names = std::move(page_names);
    }
    return names;
  }
};

}  // namespace crm::projections::testing
