// CashTest: a mill that buys, a policy that pays, and the calls that stories of money are made of.
#pragma once

#include <string>
#include <vector>

#include "crm/events/v1/commission_events.pb.h"
#include "crm/v1/commission_policy_service.grpc.pb.h"
#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/payment_service.grpc.pb.h"
#include "crm/v1/proposal_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {

using Invoices = v1::InvoiceService::Stub;
using Payments = v1::PaymentService::Stub;
using Policies = v1::CommissionPolicyService::Stub;
using Proposals = v1::ProposalService::Stub;

// Agents earn 5 % up to 10,000, 7 % up to 30,000 and 10 % above; the leader 2 % of it all.
inline constexpr char kPolicy[] =
    "commission_policy { display_name: 'Ladder' terms { kind: COMMISSION_KIND_LADDER "
    "currency_code: 'USD' ladder { "
    "steps { upper { currency_code: 'USD' units: 10000 } rate_ppm: 50000 } "
    "steps { lower { currency_code: 'USD' units: 10000 } "
    "        upper { currency_code: 'USD' units: 30000 } rate_ppm: 70000 } "
    "steps { lower { currency_code: 'USD' units: 30000 } rate_ppm: 100000 } } "
    "override_terms { rate_ppm: 20000 } } }";

class CashTest : public ::testing::Test {
 protected:
  CashTest() {
    office_.administrator.Do(&Policies::CreateCommissionPolicy, kPolicy);
    office_.administrator.Do(&Teams::NameOverrideLeader,
                             With("name", office_.north) + With("member", office_.leah_name));
    customer_ = office_.administrator
                    .Do(&Customers::CreateCustomer,
                        absl::StrCat("customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Mill' ",
                                     With("account_manager", office_.ada_name),
                                     With("team", office_.north), "}"))
                    .name();
  }

  // Of so many USD, without tax.
  static std::string Content(int64_t units) {
    return absl::StrCat("content { currency_code: 'USD' lines { description: 'Desks' ",
                        "quantity_e6: 1000000 ", Usd("unit_price", units), "} } ");
  }
  // Agreed with the mill and sent, by Ada.
  v1::Proposal Sent(int64_t units) const {
    const v1::Opportunity opportunity = office_.Open(
        office_.ada, "Desks", units,
        With("customer", customer_) + office_.OwnedBy(office_.ada_name, office_.north));
    const v1::Proposal drafted = office_.ada.Do(
        &Proposals::CreateProposal,
        absl::StrCat("proposal { ", With("opportunity", opportunity.name()), Content(units), "}"));
    return office_.ada.Do(&Proposals::SendProposal, NameIs(drafted));
  }
  v1::Invoice Drafted(int64_t units) const {
    return office_.administrator.Do(
        &Invoices::CreateInvoice,
        absl::StrCat("invoice { recipient { ", With("customer", customer_), "} ", Content(units),
                     office_.OwnedBy(office_.ada_name, office_.north), "}"));
  }
  v1::Invoice Issued(int64_t units) const {
    return office_.administrator.Do(&Invoices::IssueInvoice, NameIs(Drafted(units)));
  }
  static std::string Payment(const v1::Invoice& invoice, int64_t units,
                             absl::string_view more = "") {
    return absl::StrCat("payment { ", Usd("amount", units), "allocations { ",
                        With("invoice", invoice.name()), Usd("amount", units), "} } ", more);
  }
  v1::RecordPaymentResponse Pay(const v1::Invoice& invoice, int64_t units,
                                absl::string_view more = "") const {
    return office_.administrator.Do(&Payments::RecordPayment, Payment(invoice, units, more));
  }
  v1::Invoice Get(const v1::Invoice& invoice) const {
    return office_.ada.Do(&Invoices::GetInvoice, NameIs(invoice));
  }
  // What the entries of the log say this member earned, in order.
  std::vector<int64_t> Entries(const std::string& member) const {
    const auto read =
        office_.administrator.Do(&Events::ReadEvents,
                                 "page_size: 1000 filter { types: 'CommissionRecognized' } "
                                 "encoding: EVENT_ENCODING_PROTOBUF");
    std::vector<int64_t> earned;
    for (const v1::Event& event : read.events()) {
      events::v1::CommissionRecognized entry;
      EXPECT_TRUE(entry.ParseFromString(event.data()));
      const auto agent = Uuid::FromBytes(entry.agent_id());
      if (absl::StrCat("members/", agent->ToString()) == member) {
        earned.push_back(entry.amount_minor());
      }
    }
    return earned;
  }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  std::string customer_;
};

}  // namespace crm::testing
