#include "projections/comment_list.h"

#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::StatusIs;
using domain::CommentId;
using domain::CustomerId;
using domain::LeadId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kMonday = absl::UnixEpoch() + absl::Hours(24 * 20000);

events::v1::CommentAdded On(absl::string_view category, absl::string_view parent) {
  events::v1::CommentAdded event;
  event.set_parent_category(std::string(category));
  event.set_parent_id(Bytes(parent));
  event.set_text("Called; wants a call back");
  event.set_subject_id(Bytes(parent));
  return event;
}

StreamId Comment(absl::string_view name) { return domain::StreamOf(Named<CommentId>(name)); }

template <class Id>
v1::ListCommentsRequest CommentsOf(absl::string_view parent) {
  v1::ListCommentsRequest request;
  request.set_parent(domain::NameOf(Named<Id>(parent)));
  return request;
}

class CommentListTest : public ::testing::Test {
 protected:
  CommentListTest() {
    scenario_.Given(Comment("first"), On("lead", "anna"), {.at = kMonday})
        .Given(Comment("second"), On("lead", "anna"), {.at = kMonday + absl::Hours(1)})
        // Entered last, and true before the others.
        .Given(Comment("backdated"), On("lead", "anna"),
               {.at = kMonday + absl::Hours(2), .effective = kMonday - absl::Hours(5)})
        .Given(Comment("elsewhere"), On("customer", "anna"), {.at = kMonday + absl::Hours(3)});
  }
  ViewScenario<CommentList> scenario_;
};

TEST_F(CommentListTest, ListsTheCommentsOfARecordNewestFirst) {
  for (const int page_size : {1, 2, 3, 50}) {
    EXPECT_THAT(SelectAll<CommentList>(scenario_.Rows(), CommentsOf<LeadId>("anna"),
                                       {.page_size = page_size}),
                ElementsAre(Named<CommentId>("second"), Named<CommentId>("first"),
                            Named<CommentId>("backdated")));
  }
}

TEST_F(CommentListTest, RecordsOfOtherKindsWithTheSameIdAreOthers) {
  EXPECT_THAT(SelectAll<CommentList>(scenario_.Rows(), CommentsOf<CustomerId>("anna")),
              ElementsAre(Named<CommentId>("elsewhere")));
  EXPECT_THAT(SelectAll<CommentList>(scenario_.Rows(), CommentsOf<LeadId>("bert")), IsEmpty());
}

TEST_F(CommentListTest, RefusesWhatHasNoCommentsAndWhereNoPageBegins) {
  v1::ListCommentsRequest request;
  request.set_parent(domain::NameOf(Named<domain::TeamId>("north")));
  EXPECT_THAT(SelectRefusal<CommentList>(scenario_.Rows(), request),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(SelectRefusal<CommentList>(scenario_.Rows(), CommentsOf<LeadId>("anna"), "nonsense"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(CommentListTest, ReplaysEqually) {
  ExpectReplayEquality<CommentList>(scenario_);
  // Ids only: the erasure of the person changes nothing here.
  const size_t before = SelectAll<CommentList>(scenario_.Rows(), CommentsOf<LeadId>("anna")).size();
  scenario_.GivenErased(Named<domain::PersonId>("anna").uuid());
  EXPECT_EQ(SelectAll<CommentList>(scenario_.Rows(), CommentsOf<LeadId>("anna")).size(), before);
  ExpectReplayEquality<CommentList>(scenario_);
}

}  // namespace
}  // namespace crm::projections::testing
