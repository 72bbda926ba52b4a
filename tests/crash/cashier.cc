#include "tests/crash/cashier.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/v1/commission_policy_service.grpc.pb.h"
#include "crm/v1/commission_receipt_service.grpc.pb.h"
#include "crm/v1/credit_note_service.grpc.pb.h"
#include "crm/v1/customer_service.grpc.pb.h"
#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/member_service.grpc.pb.h"
#include "crm/v1/organization_service.grpc.pb.h"
#include "crm/v1/payment_service.grpc.pb.h"
#include "crm/v1/proposal_service.grpc.pb.h"
#include "crm/v1/team_service.grpc.pb.h"
#include "tests/support/prototext.h"

namespace crm::testing {
namespace {

using CreditNotes = v1::CreditNoteService::Stub;
using Invoices = v1::InvoiceService::Stub;
using Payments = v1::PaymentService::Stub;
using Proposals = v1::ProposalService::Stub;
using Receipts = v1::CommissionReceiptService::Stub;

std::string Eur(const char* field, int64_t cents) {
  return absl::StrCat(field, " { currency_code: 'EUR' units: ", cents / 100,
                      " nanos: ", cents % 100 * 10'000'000, " } ");
}

std::string Named(const std::string& name) { return absl::StrCat("name: '", name, "' "); }

template <class Response>
Response Told(const Reply& reply) {
  Response response;
  response.ParseFromString(reply.response);
  return response;
}

bool IsOk(const Reply& reply) { return reply.outcome() == Outcome::kOk; }

}  // namespace

Shop FurnishShop(const ApiCaller& administrator) {
  administrator.Do(&v1::OrganizationService::Stub::UpdateOrganization,
                   "organization { auto_invoice_on_acceptance: true }");
  administrator.Do(
      &v1::CommissionPolicyService::Stub::CreateCommissionPolicy,
      "commission_policy { display_name: 'Ladder' terms { kind: COMMISSION_KIND_LADDER "
      "currency_code: 'EUR' ladder { "
      "steps { upper { currency_code: 'EUR' units: 1000 } rate_ppm: 50000 } "
      "steps { lower { currency_code: 'EUR' units: 1000 } rate_ppm: 70000 } } } }");
  const auto customer = administrator.Do(&v1::CustomerService::Stub::CreateCustomer,
                                         "customer { kind: CUSTOMER_KIND_COMPANY "
                                         "display_name: 'Mill' }");
  const auto agent = administrator.Do(&v1::MemberService::Stub::GetCurrentMember);
  const auto team = administrator.Do(
      &v1::TeamService::Stub::CreateTeam,
      absl::StrCat("team { display_name: 'Shop' } memberships { member: '", agent.name(), "' }"));
  return {customer.name(), agent.name(), team.name()};
}

Cashier::Cashier(ApiCaller caller, Shop shop, RequestLog& requests, uint64_t seed)
    : shop_(std::move(shop)), requester_(std::move(caller), requests, seed) {}

void Cashier::Run() {
  for (bool answered = true; answered;) {
    const int64_t draw = Between(requester_.random(), 1, 100);
    if (draw <= 15) {
      answered = requester_.Repeat();
    } else if (draw <= 20) {
      answered = PayOut().outcome() != Outcome::kUnknown;
    } else if (draw <= 40 || sales_.empty()) {
      answered = Offer().outcome() != Outcome::kUnknown;
    } else {
      const auto last = static_cast<int64_t>(sales_.size()) - 1;
      const auto chosen = static_cast<size_t>(Between(requester_.random(), 0, last));
      answered = Proceed(sales_[chosen]).outcome() != Outcome::kUnknown;
    }
  }
  // Asking at once again is as good as not being answered.
  requester_.Repeat();
}

Reply Cashier::Offer() {
  Sale sale;
  sale.total_cents = sale.due_cents = Between(requester_.random(), 1, 500'000);
  const Reply reply = requester_.Ask(
      &Proposals::CreateProposal,
      From<v1::CreateProposalRequest>(absl::StrCat(
          "proposal { display_name: 'Desks' recipient { customer: '", shop_.customer,
          "' } owner: '", shop_.agent, "' team: '", shop_.team,
          "' content { currency_code: 'EUR' lines { description: 'Desks' quantity_e6: 1000000 ",
          Eur("unit_price", sale.total_cents), "} } }")));
  if (!IsOk(reply)) return reply;
  sale.proposal = Told<v1::Proposal>(reply).name();
  sales_.push_back(std::move(sale));
  return reply;
}

Reply Cashier::Proceed(Sale& sale) {
  if (!sale.sent) {
    const Reply reply = requester_.Ask(&Proposals::SendProposal,
                                       From<v1::SendProposalRequest>(Named(sale.proposal)));
    sale.sent = IsOk(reply);
    return reply;
  }
  if (sale.invoice.empty()) return Accept(sale);
  if (!sale.issued) return Issue(sale);
  const int64_t draw = Between(requester_.random(), 1, 10);
  if (draw == 1) return Credit(sale);
  if (draw == 2) return PayTooMuch(sale);
  if (!sale.payments.empty() && (draw <= 5 || sale.due_cents == 0)) return TakeBack(sale);
  return sale.due_cents > 0 ? Pay(sale) : Offer();
}

Reply Cashier::Accept(Sale& sale) {
  const Reply reply = requester_.Ask(&Proposals::AcceptProposal,
                                     From<v1::AcceptProposalRequest>(Named(sale.proposal)));
  if (IsOk(reply)) sale.invoice = Told<v1::Proposal>(reply).converted_document();
  return reply;
}

Reply Cashier::Issue(Sale& sale) {
  const Reply reply =
      requester_.Ask(&Invoices::IssueInvoice, From<v1::IssueInvoiceRequest>(Named(sale.invoice)));
  sale.issued = IsOk(reply);
  return reply;
}

Reply Cashier::Pay(Sale& sale) {
  const int64_t cents = OneIn(requester_.random(), 2)
                            ? sale.due_cents
                            : Between(requester_.random(), 1, sale.due_cents);
  const Reply reply = requester_.Ask(
      &Payments::RecordPayment, From<v1::RecordPaymentRequest>(absl::StrCat(
                                    "payment { ", Eur("amount", cents), "allocations { invoice: '",
                                    sale.invoice, "' ", Eur("amount", cents), "} }")));
  if (!IsOk(reply)) return reply;
  sale.due_cents -= cents;
  sale.payments.push_back(Told<v1::RecordPaymentResponse>(reply).payment().name());
  return reply;
}

// Refused, whatever is paid.
Reply Cashier::PayTooMuch(const Sale& sale) {
  return requester_.Ask(
      &Payments::RecordPayment,
      From<v1::RecordPaymentRequest>(absl::StrCat("payment { ", Eur("amount", sale.total_cents + 1),
                                                  "allocations { invoice: '", sale.invoice, "' ",
                                                  Eur("amount", sale.total_cents + 1), "} }")));
}

Reply Cashier::TakeBack(Sale& sale) {
  const Reply reply = requester_.Ask(&Payments::ReversePayment,
                                     From<v1::ReversePaymentRequest>(absl::StrCat(
                                         Named(sale.payments.back()), "reason: 'chargeback'")));
  if (!IsOk(reply)) return reply;
  sale.payments.pop_back();
  // How much it was the invoice knows; paying less than what is due is right too.
  sale.due_cents = sale.payments.empty() ? sale.total_cents : sale.due_cents;
  return reply;
}

// Ends the sale: nothing is asked for any more.
Reply Cashier::Credit(Sale& sale) {
  const Reply reply = requester_.Ask(
      &CreditNotes::CreateCreditNote,
      From<v1::CreateCreditNoteRequest>(absl::StrCat("credit_note { invoice: '", sale.invoice,
                                                     "' reason: 'returned' } full: true")));
  if (IsOk(reply)) {
    std::swap(sale, sales_.back());
    sales_.pop_back();
  }
  return reply;
}

// Refused while nothing is due.
Reply Cashier::PayOut() {
  return requester_.Ask(
      &Receipts::CreateCommissionReceipt,
      From<v1::CreateCommissionReceiptRequest>(
          absl::StrCat("commission_receipt { agent: '", shop_.agent, "' currency_code: 'EUR' }")));
}

}  // namespace crm::testing
