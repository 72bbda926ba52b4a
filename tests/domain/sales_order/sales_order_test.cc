// Invariants I1..I8 of domain/sales_order/sales_order.h; worked case T68 of orders.
#include "domain/sales_order/sales_order.h"

#include "domain/invoice/invoice.h"
#include "domain/proposal/proposal.h"
#include "tests/support/order_examples.h"

namespace crm::domain {
namespace {

using testing::Chairs;
using testing::Desks;
using ::testing::ElementsAre;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using ::testing::IsEmpty;
using testing::kExampleNow;
using testing::kOneE6;
using testing::Naming;
using testing::OrderOffice;
using ::testing::SizeIs;
using testing::Work;

class SalesOrderTest : public ::testing::Test {
 protected:
  template <class Command>
  void Run(const Command& command) {
    office_.Run<SalesOrder>(command);
  }
  template <class Command>
  void Rejects(const Command& command, const std::string& reason) {
    office_.Rejects<SalesOrder>(command, reason);
  }
  template <class Command>
  Command For(const SalesOrderId& id, absl::string_view more = "") {
    return OrderOffice::For<Command>(id, more);
  }
  void Deliver(const SalesOrderId& id, int count, int line = 0) {
    Run(For<v1::DeliverSalesOrderRequest>(id, office_.Pieces(id, count, line)));
  }
  // Returns the invoice.
  InvoiceId Bill(const SalesOrderId& id, const std::string& quantities = "") {
    Run(For<v1::InvoiceSalesOrderRequest>(id, quantities));
    return office_.world.Load<SalesOrder>(id)->invoicings.back().invoice;
  }
  void Void(const InvoiceId& id) {
    office_.Run<Invoice>(OrderOffice::For<v1::VoidInvoiceRequest>(id, "reason: 'x'"));
  }
  int64_t TotalOf(const InvoiceId& id) {
    return office_.world.Load<Invoice>(id)->document.content.total_minor();
  }
  v1::SalesOrder Shown(const SalesOrderId& id) { return office_.Shown(id); }
  v1::OrderLineStatus Line(const SalesOrderId& id, int line = 0) {
    return Shown(id).line_statuses(line);
  }
  void Settings(absl::string_view settings) {
    office_.world.Append(StreamOf(ExampleId<OrganizationId>()), testing::SettingsRevised(settings),
                         kExampleNow);
  }

  OrderOffice office_;
};

TEST_F(SalesOrderTest, TakesFromItsOpportunityWhatItIsNotTold) {
  const SalesOrderId id = office_.Draft(Chairs(2), "tags: 'oak' backorder: true");
  const v1::SalesOrder shown = Shown(id);
  EXPECT_EQ(shown.state(), v1::SALES_ORDER_STATE_DRAFT);
  EXPECT_EQ(shown.display_name(), "Fifty desks");
  EXPECT_EQ(shown.recipient().customer(), ExampleName<CustomerId>());
  EXPECT_EQ(shown.owner(), ExampleName<MemberId>());
  EXPECT_EQ(shown.warehouse(), ExampleName<WarehouseId>());
  EXPECT_EQ(shown.invoicing(), v1::INVOICING_POLICY_IN_FULL);
  EXPECT_EQ(shown.content().total().units(), 237);
  EXPECT_EQ(shown.number(), "");
  EXPECT_FALSE(shown.invoiceable());
  EXPECT_EQ(shown.line_statuses(0).ordered_e6(), 2 * kOneE6);
}

TEST_F(SalesOrderTest, I1LinesChangeInADraft) {
  const SalesOrderId id = office_.Draft(Work(10));
  const auto revise =
      For<v1::ReviseSalesOrderContentRequest>(id, absl::StrCat("content { ", Work(20), " }"));
  Run(revise);
  EXPECT_EQ(Shown(id).content().total().units(), 20);
  EXPECT_THAT(Shown(id).line_statuses(), SizeIs(1));
  Rejects(For<v1::DeliverSalesOrderRequest>(id), "ORDER_NOT_CONFIRMED");
  Rejects(For<v1::InvoiceSalesOrderRequest>(id), "ORDER_NOT_CONFIRMED");
  Run(For<v1::ConfirmSalesOrderRequest>(id));
  Rejects(revise, "ORDER_NOT_DRAFT");
  Rejects(For<v1::ConfirmSalesOrderRequest>(id), "ORDER_NOT_DRAFT");
  Run(For<v1::CancelSalesOrderRequest>(id, "reason: 'twice'"));
  EXPECT_EQ(Shown(id).cancel_reason(), "twice");
  Rejects(For<v1::CancelSalesOrderRequest>(id), "ORDER_CANCELLED");
  Rejects(For<v1::AssignSalesOrderRequest>(id), "ORDER_CANCELLED");
  Rejects(For<v1::DeliverSalesOrderRequest>(id), "ORDER_CANCELLED");
}

TEST_F(SalesOrderTest, I8ARevisionNamesWhatChanged) {
  const SalesOrderId id = office_.Draft(Work(10));
  auto same = From<v1::UpdateSalesOrderRequest>("");
  *same.mutable_sales_order() = Shown(id);
  EXPECT_THAT(office_.Run<SalesOrder>(same).events, IsEmpty());
  const auto update = [&](absl::string_view fields) {
    return From<v1::UpdateSalesOrderRequest>(
        absl::StrCat("sales_order { name: '", NameOf(id), "' ", fields, " }"));
  };
  const auto decided = office_.Run<SalesOrder>(
      update("expected_delivery_date { year: 2026 month: 4 day: 1 } backorder: true"));
  const auto& revised =
      dynamic_cast<const events::v1::SalesOrderDetailsRevised&>(*decided.events.front());
  EXPECT_THAT(revised.fields(), ElementsAre("expected_delivery_date", "backorder"));
  EXPECT_EQ(Shown(id).expected_delivery_date().month(), 4);
  EXPECT_TRUE(Shown(id).backorder());
  Rejects(update(Naming<WarehouseId>("warehouse", 7)), "REFERENCE_NOT_FOUND");
  Run(For<v1::ConfirmSalesOrderRequest>(id));
  Run(update("invoicing: INVOICING_POLICY_DELIVERED"));
  auto without = update("");
  without.mutable_update_mask()->add_paths("warehouse");
  Rejects(without, "ORDER_NOT_DRAFT");
}

TEST_F(SalesOrderTest, I2NumbersAreGaplessInTheOrderOfConfirmation) {
  const SalesOrderId first = office_.Draft(Work(10));
  const SalesOrderId second = office_.Confirmed(Work(10));
  Run(For<v1::ConfirmSalesOrderRequest>(first));
  EXPECT_EQ(Shown(second).number(), "SO-00001");
  EXPECT_EQ(Shown(first).number(), "SO-00002");
  EXPECT_TRUE(Shown(first).has_confirm_time());
}

TEST_F(SalesOrderTest, I2ReservesWhatIsThereOrIsRefused) {
  office_.Receive(5);
  const SalesOrderId homeless =
      office_
          .Run<SalesOrder>(From<v1::CreateSalesOrderRequest>(
              absl::StrCat("sales_order { display_name: 'Free' content { ", Desks(1), " } }")))
          .id;
  Rejects(For<v1::ConfirmSalesOrderRequest>(homeless), "WAREHOUSE_REQUIRED");
  const SalesOrderId id = office_.Confirmed(absl::StrCat(Desks(3), Chairs(1)));
  EXPECT_EQ(Line(id).reserved_e6(), 3 * kOneE6);
  EXPECT_EQ(Line(id, 1).reserved_e6(), 0) << "chairs are not stocked";
  const SalesOrderId more = office_.Draft(Desks(3));
  const absl::Status refused =
      office_.Try<SalesOrder>(For<v1::ConfirmSalesOrderRequest>(more)).status();
  EXPECT_THAT(refused, testing::HasReason("STOCK_INSUFFICIENT"));
  EXPECT_EQ(ReasonMetadataValue(refused, "available_e6"), "2000000");
  EXPECT_EQ(office_.Item()->AvailableE6(), 2 * kOneE6);
}

TEST_F(SalesOrderTest, I2SeveralLinesOfOneProductShareWhatIsThere) {
  office_.Receive(5);
  Rejects(For<v1::ConfirmSalesOrderRequest>(office_.Draft(absl::StrCat(Desks(3), Desks(3)))),
          "STOCK_INSUFFICIENT");
  const SalesOrderId id = office_.Confirmed(absl::StrCat(Desks(3), Desks(3)), "backorder: true");
  EXPECT_EQ(Line(id, 0).reserved_e6(), 3 * kOneE6);
  EXPECT_EQ(Line(id, 1).reserved_e6(), 2 * kOneE6);
  EXPECT_EQ(Line(id, 1).waiting_e6(), 1 * kOneE6);
  EXPECT_EQ(office_.Item()->reserved_e6, 5 * kOneE6);
}

TEST_F(SalesOrderTest, I2WhatIsMissingIsRequested) {
  office_.Receive(1);
  const SalesOrderId id = office_.Confirmed(Desks(4), "backorder: true");
  const std::string line = office_.world.Load<SalesOrder>(id)->lines[0].line_id;
  const v1::Purchase requested = office_.Shown(PurchaseFor({id, line}));
  EXPECT_EQ(requested.state(), v1::PURCHASE_STATE_REQUESTED);
  EXPECT_EQ(requested.quantity_e6(), 3 * kOneE6);
  EXPECT_EQ(requested.product(), ExampleName<ProductId>(2));
  EXPECT_EQ(requested.sales_order(), NameOf(id));
  Run(For<v1::CancelSalesOrderRequest>(id));
  EXPECT_EQ(office_.Shown(PurchaseFor({id, line})).state(), v1::PURCHASE_STATE_CANCELLED);
}

TEST_F(SalesOrderTest, I3IsConfirmedAsApproved) {
  Settings("proposal_approval_required: true");
  const SalesOrderId id = office_.Draft(Work(10));
  Rejects(For<v1::ConfirmSalesOrderRequest>(id), "APPROVAL_REQUIRED");
  Run(For<v1::ApproveSalesOrderRequest>(id));
  EXPECT_TRUE(Shown(id).approved());
  Run(For<v1::ReviseSalesOrderContentRequest>(id, absl::StrCat("content { ", Work(20), " }")));
  Rejects(For<v1::ConfirmSalesOrderRequest>(id), "APPROVAL_REQUIRED");
  Run(For<v1::ApproveSalesOrderRequest>(id));
  Run(For<v1::ConfirmSalesOrderRequest>(id));
}

TEST_F(SalesOrderTest, I4IsDeliveredInParts) {
  office_.Receive(5);
  const SalesOrderId id = office_.Confirmed(absl::StrCat(Desks(3), Work(10)));
  EXPECT_EQ(Shown(id).delivery_status(), v1::DELIVERY_STATUS_NOTHING);
  Rejects(For<v1::DeliverSalesOrderRequest>(id, office_.Pieces(id, 4)),
          "DELIVERY_EXCEEDS_RESERVED");
  Rejects(For<v1::DeliverSalesOrderRequest>(
              id, absl::StrCat(office_.Pieces(id, 1), office_.Pieces(id, 1))),
          "LINE_REPEATED");
  Rejects(For<v1::DeliverSalesOrderRequest>(
              id, "quantities { line_key: '5f1f3ab8-31c3-4bd8-bd21-7f6f1a0f4d11' quantity_e6: 1 }"),
          "LINE_UNKNOWN");
  Deliver(id, 2);
  EXPECT_EQ(Shown(id).delivery_status(), v1::DELIVERY_STATUS_PARTIAL);
  EXPECT_EQ(office_.Item()->on_hand_e6, 3 * kOneE6);
  EXPECT_EQ(office_.Item()->reserved_e6, 1 * kOneE6);
  Run(For<v1::DeliverSalesOrderRequest>(id, "reference: 'Note 2'"));
  EXPECT_EQ(Shown(id).delivery_status(), v1::DELIVERY_STATUS_FULL);
  EXPECT_EQ(Shown(id).deliveries(1).reference(), "Note 2");
  EXPECT_THAT(Shown(id).deliveries(1).quantities(), SizeIs(2)) << "the work too";
  Rejects(For<v1::DeliverSalesOrderRequest>(id), "NOTHING_TO_DELIVER");
}

TEST_F(SalesOrderTest, I4ComesBackDeliveryByDelivery) {
  office_.Receive(5);
  const SalesOrderId id = office_.Confirmed(Desks(5));
  Deliver(id, 2);
  Deliver(id, 3);
  const auto back = [&](int delivery, int count) {
    return For<v1::ReturnSalesOrderDeliveryRequest>(
        id, absl::StrCat("delivery_key: '", Shown(id).deliveries(delivery).delivery_key(), "' ",
                         office_.Pieces(id, count)));
  };
  Rejects(back(0, 3), "RETURN_EXCEEDS_DELIVERED");
  auto unknown = back(0, 1);
  unknown.set_delivery_key("5f1f3ab8-31c3-4bd8-bd21-7f6f1a0f4d11");
  Rejects(unknown, "DELIVERY_UNKNOWN");
  Run(back(0, 2));
  Rejects(back(0, 1), "RETURN_EXCEEDS_DELIVERED");
  EXPECT_EQ(Line(id).returned_e6(), 2 * kOneE6);
  EXPECT_EQ(Shown(id).delivery_status(), v1::DELIVERY_STATUS_FULL) << "nothing is missing";
  EXPECT_EQ(office_.Item()->AvailableE6(), 2 * kOneE6);
  EXPECT_EQ(TotalOf(Bill(id)), 30'000) << "what came back is not invoiced";
}

TEST_F(SalesOrderTest, I5IsInvoicedWholeWithoutACentChanged) {
  const SalesOrderId id =
      office_.Confirmed(absl::StrCat(Chairs(3),
                                     "discount { currency_code: 'EUR' units: 10 } "
                                     "adjustment { currency_code: 'EUR' nanos: 50000000 }"));
  const v1::SalesOrder order = Shown(id);
  EXPECT_TRUE(order.invoiceable());
  const v1::Invoice invoice = office_.Shown(Bill(id));
  EXPECT_EQ(invoice.content().SerializeAsString(), order.content().SerializeAsString());
  EXPECT_EQ(invoice.source(), NameOf(id));
  EXPECT_EQ(invoice.recipient().customer(), ExampleName<CustomerId>());
  EXPECT_EQ(invoice.opportunity(), ExampleName<OpportunityId>());
  EXPECT_FALSE(Shown(id).invoiceable());
  Rejects(For<v1::InvoiceSalesOrderRequest>(id), "NOTHING_TO_INVOICE");
  Rejects(For<v1::InvoiceSalesOrderRequest>(id, office_.Pieces(id, 1)),
          "INVOICING_EXCEEDS_ORDERED");
}

// Three parts of seven, one of which is voided and made anew.
TEST_F(SalesOrderTest, I5PartsShareAmountsExactly) {
  const SalesOrderId id = office_.Confirmed(absl::StrCat(
      "lines { description: 'Work' quantity_e6: 7000000 "
      "unit_price { currency_code: 'EUR' units: 10 } discount { currency_code: 'EUR' units: 1 } } ",
      Work(30), "discount { currency_code: 'EUR' units: 10 } ",
      "adjustment { currency_code: 'EUR' nanos: -10000000 }"));
  const int64_t total = office_.world.Load<SalesOrder>(id)->document.content.total_minor();
  EXPECT_EQ(total, 7'000 - 100 + 3'000 - 1'000 - 1);
  const InvoiceId first = Bill(id, office_.Pieces(id, 2));
  const InvoiceId second = Bill(id, office_.Pieces(id, 4));
  EXPECT_EQ(Line(id).invoiced_e6(), 6 * kOneE6);
  Void(first);
  EXPECT_EQ(Line(id).invoiced_e6(), 4 * kOneE6);
  EXPECT_TRUE(Shown(id).invoiceable());
  EXPECT_THAT(Shown(id).invoices(), ElementsAre(NameOf(second)));
  const InvoiceId rest = Bill(id);
  EXPECT_NE(rest, first);
  EXPECT_EQ(TotalOf(second) + TotalOf(rest), total);
  EXPECT_THAT(Shown(id).invoices(), ElementsAre(NameOf(second), NameOf(rest)));
}

TEST_F(SalesOrderTest, I5ByDeliveryOnlyWhatWasDelivered) {
  office_.Receive(5);
  const SalesOrderId id = office_.Confirmed(Desks(5), "invoicing: INVOICING_POLICY_DELIVERED");
  Rejects(For<v1::InvoiceSalesOrderRequest>(id), "NOTHING_TO_INVOICE");
  Deliver(id, 2);
  Rejects(For<v1::InvoiceSalesOrderRequest>(id, office_.Pieces(id, 3)),
          "INVOICING_EXCEEDS_ORDERED");
  EXPECT_EQ(TotalOf(Bill(id)), 20'000);
  Deliver(id, 3);
  EXPECT_EQ(TotalOf(Bill(id)), 30'000);
}

TEST_F(SalesOrderTest, I1IsCancelledWhileNothingCameOfIt) {
  office_.Receive(2);
  const SalesOrderId id = office_.Confirmed(Desks(2));
  const InvoiceId invoice = Bill(id);
  Rejects(For<v1::CancelSalesOrderRequest>(id), "ORDER_INVOICED");
  Void(invoice);
  Deliver(id, 1);
  Rejects(For<v1::CancelSalesOrderRequest>(id), "ORDER_DELIVERED");
  Run(For<v1::ReturnSalesOrderDeliveryRequest>(
      id, absl::StrCat("delivery_key: '", Shown(id).deliveries(0).delivery_key(), "' ",
                       office_.Pieces(id, 1))));
  Run(For<v1::CancelSalesOrderRequest>(id));
  EXPECT_EQ(office_.Item()->AvailableE6(), 2 * kOneE6);
  EXPECT_EQ(Line(id).reserved_e6(), 0);
}

TEST_F(SalesOrderTest, I6WhatIsFreedGoesToWhoWaitsLongest) {
  office_.Receive(3);
  const SalesOrderId holder = office_.Confirmed(Desks(3));
  const SalesOrderId first = office_.Confirmed(Desks(2), "backorder: true");
  const SalesOrderId second = office_.Confirmed(Desks(2), "backorder: true");
  EXPECT_EQ(Line(first).waiting_e6(), 2 * kOneE6);
  Run(For<v1::CancelSalesOrderRequest>(holder));
  EXPECT_EQ(Line(first).reserved_e6(), 2 * kOneE6);
  EXPECT_EQ(Line(second).reserved_e6(), 1 * kOneE6);
  EXPECT_EQ(Line(second).waiting_e6(), 1 * kOneE6);
  Rejects(For<v1::ConfirmSalesOrderRequest>(office_.Draft(Desks(1))), "STOCK_INSUFFICIENT");
}

TEST_F(SalesOrderTest, I6ItsOwnReturnMayServeItself) {
  office_.Receive(2);
  const SalesOrderId id = office_.Confirmed(absl::StrCat(Desks(2), Desks(1)), "backorder: true");
  Deliver(id, 2);
  Run(For<v1::ReturnSalesOrderDeliveryRequest>(
      id, absl::StrCat("delivery_key: '", Shown(id).deliveries(0).delivery_key(), "' ",
                       office_.Pieces(id, 1))));
  EXPECT_EQ(Line(id, 1).reserved_e6(), 1 * kOneE6);
  EXPECT_EQ(Line(id, 1).waiting_e6(), 0);
}

// Conversion of an accepted proposal.
class ConvertedOrderTest : public SalesOrderTest {
 protected:
  void Accept() {
    proposal_ = office_
                    .Run<Proposal>(From<v1::CreateProposalRequest>(
                        absl::StrCat("proposal { content { ", Chairs(2), " } ",
                                     Naming<OpportunityId>("opportunity"), " tags: 'oak' }")))
                    .id;
    office_.Run<Proposal>(OrderOffice::For<v1::SendProposalRequest>(proposal_));
    office_.Run<Proposal>(OrderOffice::For<v1::AcceptProposalRequest>(proposal_));
  }
  v1::ConvertProposalRequest Convert(const std::string& replaces = "", bool order = true) {
    auto convert = OrderOffice::For<v1::ConvertProposalRequest>(proposal_);
    convert.set_target(order ? v1::CONVERSION_TARGET_SALES_ORDER : v1::CONVERSION_TARGET_INVOICE);
    convert.set_replaces(replaces);
    return convert;
  }
  SalesOrderId Made() { return office_.world.Load<Proposal>(proposal_)->order; }

  ProposalId proposal_;
};

TEST_F(ConvertedOrderTest, CarriesAllThatTheProposalSays) {
  Accept();
  office_.Run<Proposal>(Convert());
  const v1::Proposal proposal = office_.world.Show(office_.world.Load<Proposal>(proposal_));
  const v1::SalesOrder order = Shown(Made());
  EXPECT_EQ(proposal.converted_document(), order.name());
  EXPECT_EQ(order.content().SerializeAsString(), proposal.content().SerializeAsString());
  EXPECT_EQ(order.proposal(), NameOf(proposal_));
  EXPECT_EQ(order.opportunity(), ExampleName<OpportunityId>());
  EXPECT_THAT(order.tags(), ElementsAre("oak"));
  EXPECT_EQ(order.recipient().customer(), ExampleName<CustomerId>());
}

TEST_F(ConvertedOrderTest, T68IsReplacedOnlyByNameOnceItIsCancelled) {
  Accept();
  office_.Run<Proposal>(Convert());
  const SalesOrderId first = Made();
  office_.Rejects<Proposal>(Convert(), "PROPOSAL_CONVERTED");
  office_.Rejects<Proposal>(Convert(NameOf(first)), "PROPOSAL_CONVERTED");
  Run(For<v1::CancelSalesOrderRequest>(first));
  office_.Rejects<Proposal>(Convert(), "PROPOSAL_CONVERTED");
  office_.Run<Proposal>(Convert(NameOf(first), /*order=*/false));
  EXPECT_TRUE(Made().IsNil());
  const InvoiceId invoice = office_.world.Load<Proposal>(proposal_)->invoice;
  Void(invoice);
  office_.Run<Proposal>(Convert(NameOf(invoice)));
  EXPECT_NE(Made(), first);
}

TEST_F(ConvertedOrderTest, I3WhatTheCustomerAcceptedNeedsNoApproval) {
  Accept();
  Settings("proposal_approval_required: true");
  office_.Run<Proposal>(Convert());
  Run(For<v1::ConfirmSalesOrderRequest>(Made()));
}

// Goals count accepted proposals by their invoices.
TEST_F(ConvertedOrderTest, AProposalIsNamedByOneInvoiceOfItsOrder) {
  Accept();
  office_.Run<Proposal>(Convert());
  Run(For<v1::ConfirmSalesOrderRequest>(Made()));
  const auto proposal_of = [&](const InvoiceId& id) {
    return office_.world.Load<Invoice>(id)->document.source.proposal_id();
  };
  const InvoiceId first = Bill(Made(), office_.Pieces(Made(), 1));
  const InvoiceId second = Bill(Made());
  EXPECT_EQ(proposal_of(first), ToBytes(proposal_));
  EXPECT_EQ(proposal_of(second), "");
}

}  // namespace
}  // namespace crm::domain
