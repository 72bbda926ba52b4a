#include "projections/sales_order_list.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/story_names.h"
#include "tests/projections/view_scenario.h"
#include "tests/support/status_matchers.h"

namespace crm::projections::testing {
namespace {

using ::crm::testing::HasReason;
using domain::SalesOrderId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

StreamId OrderStream(const std::string& name) { return {"sales_order", testing::Named(name)}; }
SalesOrderId Id(const std::string& name) { return SalesOrderId(testing::Named(name)); }

events::v1::OrderedQuantity Pieces(int64_t count) {
  events::v1::OrderedQuantity quantity;
  quantity.set_line_id(BytesOf("line"));
  quantity.set_quantity_e6(count);
  return quantity;
}

events::v1::SalesOrderDrafted Drafted(const std::string& customer, const std::string& owner,
                                      const std::string& team = "north") {
  events::v1::SalesOrderDrafted drafted;
  drafted.mutable_recipient()->set_customer_id(BytesOf(customer));
  *drafted.mutable_at()->mutable_ownership() = OwnershipOf(team, owner);
  events::v1::DocumentLine& line = *drafted.mutable_content()->add_lines();
  line.set_line_id(BytesOf("line"));
  line.set_quantity_e6(5);
  return drafted;
}

class SalesOrderListTest : public ::testing::Test {
 protected:
  // Recorded in another order than they were drafted.
  SalesOrderListTest() {
    scenario_.Given(OrderStream("new"), Drafted("acme", "ann"), At("2026-03-20"))
        .Given(OrderStream("old"), Drafted("acme", "ann"),
               {.at = TimeAt("2026-03-21"), .effective = TimeAt("2026-03-05")})
        .Given(OrderStream("south"), Drafted("beta", "bob", "south"),
               {.at = TimeAt("2026-03-22"), .effective = TimeAt("2026-03-07")});
  }
  static Told At(const std::string& day) { return {.at = TimeAt(day)}; }
  template <class Event>
  void Happens(const std::string& order, const Event& event) {
    scenario_.Given(OrderStream(order), event);
  }
  std::vector<SalesOrderId> List(const v1::ListSalesOrdersRequest& request,
                                 const Asking& asking = {}) {
    return SelectAll<SalesOrderList>(scenario_.Rows(), request, asking);
  }
  std::vector<SalesOrderId> Invoiceable() {
    v1::ListSalesOrdersRequest request;
    request.set_invoiceable(true);
    return List(request);
  }
  std::vector<SalesOrderId> Deliverable() {
    v1::ListSalesOrdersRequest request;
    request.set_deliverable(true);
    return List(request);
  }

  ViewScenario<SalesOrderList> scenario_;
};

TEST_F(SalesOrderListTest, ListsTheNewestFirst) {
  for (const int page_size : {1, 2, 50}) {
    EXPECT_THAT(List({}, {.page_size = page_size}), ElementsAre(Id("new"), Id("south"), Id("old")));
  }
  EXPECT_THAT(SelectRefusal<SalesOrderList>(scenario_.Rows(), v1::ListSalesOrdersRequest(), "x"),
              HasReason("PAGE_TOKEN_INVALID"));
  ExpectReplayEquality(scenario_);
}

TEST_F(SalesOrderListTest, Filters) {
  v1::ListSalesOrdersRequest request;
  request.set_customer(ResourceOf<domain::CustomerId>("acme"));
  for (const int page_size : {1, 50}) {
    EXPECT_THAT(List(request, {.page_size = page_size}), ElementsAre(Id("new"), Id("old")));
  }
  request.Clear();
  request.set_team(ResourceOf<domain::TeamId>("south"));
  EXPECT_THAT(List(request), ElementsAre(Id("south")));
  request.Clear();
  request.set_owner("x");
  EXPECT_THAT(SelectRefusal<SalesOrderList>(scenario_.Rows(), request), HasReason("INVALID_NAME"));
  request.Clear();
  Happens("old", events::v1::SalesOrderCancelled());
  request.add_states(v1::SALES_ORDER_STATE_CANCELLED);
  EXPECT_THAT(List(request), ElementsAre(Id("old")));
}

TEST_F(SalesOrderListTest, ShowsWhatTheCallerMaySee) {
  EXPECT_THAT(List({}, {.audience = Only("bob")}), ElementsAre(Id("south")));
  events::v1::SalesOrderAssigned assigned;
  *assigned.mutable_to() = OwnershipOf("north", "cleo");
  Happens("south", assigned);
  EXPECT_THAT(List({}, {.audience = Only("bob")}), IsEmpty());
  EXPECT_THAT(List({}, {.audience = Only("cleo")}), ElementsAre(Id("south")));
  auto revised = events::v1::SalesOrderContentRevised();
  *revised.mutable_content() = Drafted("", "").content();
  revised.mutable_content()->mutable_lines(0)->add_credited()->set_member_id(BytesOf("dora"));
  Happens("new", revised);
  EXPECT_THAT(List({}, {.audience = Only("dora")}), ElementsAre(Id("new")));
}

TEST_F(SalesOrderListTest, SaysWhatIsToDeliverAndToInvoice) {
  EXPECT_THAT(Invoiceable(), IsEmpty()) << "drafts are not";
  for (const char* order : {"new", "old"}) Happens(order, events::v1::SalesOrderConfirmed());
  events::v1::SalesOrderDetailsRevised by_delivery;
  by_delivery.add_fields("invoicing");
  by_delivery.mutable_details()->set_invoicing(v1::INVOICING_POLICY_DELIVERED);
  Happens("old", by_delivery);
  EXPECT_THAT(Invoiceable(), ElementsAre(Id("new")));
  EXPECT_THAT(Deliverable(), ElementsAre(Id("new"), Id("old")));

  events::v1::SalesOrderDelivered delivered;
  *delivered.add_delivered() = Pieces(2);
  Happens("old", delivered);
  EXPECT_THAT(Invoiceable(), ElementsAre(Id("new"), Id("old")));
  events::v1::SalesOrderDeliveryReturned returned;
  *returned.add_returned() = Pieces(2);
  Happens("old", returned);
  EXPECT_THAT(Invoiceable(), ElementsAre(Id("new")));
  delivered.mutable_delivered(0)->set_quantity_e6(3);
  Happens("old", delivered);
  EXPECT_THAT(Deliverable(), ElementsAre(Id("new")));

  events::v1::SalesOrderInvoiced invoiced;
  *invoiced.add_invoiced() = Pieces(5);
  Happens("new", invoiced);
  EXPECT_THAT(Invoiceable(), ElementsAre(Id("old")));
  events::v1::SalesOrderInvoicingUndone undone;
  *undone.add_undone() = Pieces(5);
  Happens("new", undone);
  EXPECT_THAT(Invoiceable(), ElementsAre(Id("new"), Id("old")));
  ExpectReplayEquality(scenario_);
}

}  // namespace
}  // namespace crm::projections::testing
