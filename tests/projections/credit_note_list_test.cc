#include "projections/credit_note_list.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/money_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using domain::CreditNoteId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CreditNoteListTest : public ::testing::Test {
 protected:
  // Recorded in another order than they are dated.
  CreditNoteListTest() {
    Issue("late", "A", {.owner = "ann", .issued = "2026-03-20", .customer = "acme"});
    Issue("early", "A", {.owner = "ann", .issued = "2026-03-05", .customer = "acme"});
    Issue("south", "B", {.team = "south", .owner = "bob", .issued = "2026-03-07"});
  }
  void Issue(const std::string& name, const std::string& invoice, const Sale& sale) {
    events::v1::CreditNoteIssued note = Credited(invoice, sale);
    note.mutable_issued()->set_days(DayOf(sale.issued));
    *note.mutable_at()->mutable_ownership() = OwnershipOf(sale.team, sale.owner);
    note.mutable_at()->set_customer_id(BytesOf(sale.customer));
    scenario_.Given(CreditNoteStream(name), note);
  }
  std::vector<CreditNoteId> List(const v1::ListCreditNotesRequest& request = {},
                                 const Asking& asking = {}) {
    return SelectAll<CreditNoteList>(scenario_.Rows(), request, asking);
  }
  static CreditNoteId Id(const std::string& name) { return CreditNoteId(testing::Named(name)); }

  ViewScenario<CreditNoteList> scenario_;
};

TEST_F(CreditNoteListTest, ListsTheNewestDayFirst) {
  for (const int page_size : {1, 2, 50}) {
    EXPECT_THAT(List({}, {.page_size = page_size}),
                ElementsAre(Id("late"), Id("south"), Id("early")));
  }
  EXPECT_THAT(SelectRefusal<CreditNoteList>(scenario_.Rows(), v1::ListCreditNotesRequest(), "x"),
              HasReason("PAGE_TOKEN_INVALID"));
  ExpectReplayEquality(scenario_);
}

TEST_F(CreditNoteListTest, FiltersAndShowsWhatTheCallerMaySee) {
  v1::ListCreditNotesRequest request;
  const auto listed = [&] {
    const auto found = List(request);
    EXPECT_EQ(List(request, {.page_size = 1}), found) << "whatever the size of a page";
    request.Clear();
    return found;
  };
  request.set_invoice(ResourceOf<domain::InvoiceId>("A"));
  EXPECT_THAT(listed(), ElementsAre(Id("late"), Id("early")));
  request.set_invoice(ResourceOf<domain::InvoiceId>("B"));
  request.set_customer(ResourceOf<domain::CustomerId>("acme"));
  EXPECT_THAT(listed(), IsEmpty());
  request.set_customer(ResourceOf<domain::CustomerId>("acme"));
  *request.mutable_issue_date_to() = DateOf(2026, 3, 19);
  EXPECT_THAT(listed(), ElementsAre(Id("early")));
  *request.mutable_issue_date_from() = DateOf(2026, 3, 7);
  EXPECT_THAT(listed(), ElementsAre(Id("late"), Id("south")));
  request.set_team(ResourceOf<domain::TeamId>("south"));
  EXPECT_THAT(listed(), ElementsAre(Id("south")));
  EXPECT_THAT(List({}, {.audience = Only("ann")}), ElementsAre(Id("late"), Id("early")));
  request.set_invoice("x");
  EXPECT_THAT(SelectRefusal<CreditNoteList>(scenario_.Rows(), request), HasReason("INVALID_NAME"));
}

}  // namespace
}  // namespace crm::projections::testing
