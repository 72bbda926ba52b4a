#include "tools/crmctl/cash_verbs.h"

namespace crm::ctl {
namespace {

std::vector<Verb> ProductVerbs() {
  return {{"list", "ListProducts", {}},
          {"get", "GetProduct", {"name"}},
          {"create", "CreateProduct", {}},
          {"update", "UpdateProduct", {"product.name"}},
          {"reprice", "RepriceProduct", {"name", "?price"}},
          {"revise-cost", "ReviseProductCost", {"name", "?cost"}},
          {"archive", "ArchiveProduct", {"name"}},
          {"restore", "RestoreProduct", {"name"}}};
}

std::vector<Verb> TaxVerbs() {
  return {{"list", "ListTaxes", {}},           {"get", "GetTax", {"name"}},
          {"create", "CreateTax", {}},         {"update", "UpdateTax", {"tax.name"}},
          {"archive", "ArchiveTax", {"name"}}, {"restore", "RestoreTax", {"name"}}};
}

std::vector<Verb> SeriesVerbs() {
  return {{"list", "ListInvoiceSeries", {}},
          {"get", "GetInvoiceSeries", {"name"}},
          {"create", "CreateInvoiceSeries", {}},
          {"update", "UpdateInvoiceSeries", {"invoice_series.name"}},
          {"prefer", "PreferInvoiceSeries", {"name"}},
          {"archive", "ArchiveInvoiceSeries", {"name"}},
          {"restore", "RestoreInvoiceSeries", {"name"}}};
}

std::vector<Verb> CommissionPolicyVerbs() {
  return {{"list", "ListCommissionPolicies", {}},
          {"get", "GetCommissionPolicy", {"name"}},
          {"create", "CreateCommissionPolicy", {}},
          {"update", "UpdateCommissionPolicy", {"commission_policy.name"}},
          {"publish", "PublishCommissionPolicyVersion", {"name"}},
          {"archive", "ArchiveCommissionPolicy", {"name"}},
          {"restore", "RestoreCommissionPolicy", {"name"}}};
}

std::vector<Verb> ProposalVerbs() {
  return {{"list", "ListProposals", {}},
          {"get", "GetProposal", {"name"}},
          {"create", "CreateProposal", {}},
          {"update", "UpdateProposal", {"proposal.name"}},
          {"revise", "ReviseProposalContent", {"name"}},
          {"readdress", "ReaddressProposal", {"name"}},
          {"approve", "ApproveProposal", {"name"}},
          {"send", "SendProposal", {"name"}},
          {"revoke-link", "RevokeProposalLink", {"name"}},
          {"reply", "ReplyProposalComment", {"name", "text"}},
          {"accept", "AcceptProposal", {"name"}},
          {"decline", "DeclineProposal", {"name"}},
          {"extend", "ExtendProposal", {"name", "?open_till_date"}},
          {"convert", "ConvertProposal", {"name", "target"}},
          {"assign", "AssignProposal", {"name"}},
          {"archive", "ArchiveProposal", {"name"}},
          {"restore", "RestoreProposal", {"name"}}};
}

std::vector<Verb> OrderVerbs() {
  return {{"list", "ListSalesOrders", {}},
          {"get", "GetSalesOrder", {"name"}},
          {"create", "CreateSalesOrder", {}},
          {"update", "UpdateSalesOrder", {"sales_order.name"}},
          {"revise", "ReviseSalesOrderContent", {"name"}},
          {"approve", "ApproveSalesOrder", {"name"}},
          {"confirm", "ConfirmSalesOrder", {"name"}},
          {"deliver", "DeliverSalesOrder", {"name"}},
          {"return", "ReturnSalesOrderDelivery", {"name", "delivery_key"}},
          {"invoice", "InvoiceSalesOrder", {"name"}},
          {"cancel", "CancelSalesOrder", {"name", "?reason"}},
          {"assign", "AssignSalesOrder", {"name"}}};
}

std::vector<Verb> WarehouseVerbs() {
  return {{"list", "ListWarehouses", {}},
          {"get", "GetWarehouse", {"name"}},
          {"create", "CreateWarehouse", {}},
          {"update", "UpdateWarehouse", {"warehouse.name"}},
          {"archive", "ArchiveWarehouse", {"name"}},
          {"restore", "RestoreWarehouse", {"name"}}};
}

std::vector<Verb> StockVerbs() {
  return {{"list", "ListStockLevels", {}},
          {"get", "GetStockReceipt", {"name"}},
          {"receive", "ReceiveStock", {"warehouse"}},
          {"correct", "CorrectStock", {"warehouse"}}};
}

std::vector<Verb> PurchaseVerbs() {
  return {{"list", "ListPurchases", {}},
          {"get", "GetPurchase", {"name"}},
          {"create", "CreatePurchase", {"purchase.product", "purchase.warehouse"}},
          {"order", "OrderPurchase", {"name", "supplier"}},
          {"receive", "ReceivePurchase", {"name", "quantity_e6"}},
          {"cancel", "CancelPurchase", {"name", "?reason"}}};
}

std::vector<Verb> TemplateVerbs() {
  return {{"list", "ListProposalTemplates", {}},
          {"get", "GetProposalTemplate", {"name"}},
          {"create", "CreateProposalTemplate", {}},
          {"update", "UpdateProposalTemplate", {"proposal_template.name"}},
          {"archive", "ArchiveProposalTemplate", {"name"}},
          {"restore", "RestoreProposalTemplate", {"name"}}};
}

std::vector<Verb> ContractVerbs() {
  return {{"list", "ListContracts", {}},
          {"get", "GetContract", {"name"}},
          {"create", "CreateContract", {}},
          {"update", "UpdateContract", {"contract.name"}},
          {"approve", "ApproveContract", {"name"}},
          {"send", "SendContract", {"name"}},
          {"revoke-link", "RevokeContractLink", {"name"}},
          {"sign", "SignContract", {"name"}},
          {"renew", "RenewContract", {"name", "?end_date"}},
          {"terminate", "TerminateContract", {"name", "last_date", "?reason"}},
          {"void", "VoidContract", {"name", "?reason"}},
          {"assign", "AssignContract", {"name"}}};
}

std::vector<Verb> LinkVerbs() {
  return {{"view", "ViewPublicDocument", {"link"}},
          {"comment", "CommentPublicDocument", {"link", "person_name", "text"}},
          {"accept", "AcceptPublicDocument", {"link", "person_name"}},
          {"decline", "DeclinePublicDocument", {"link", "person_name", "?reason"}},
          {"sign", "SignPublicDocument", {"link", "person_name"}}};
}

std::vector<Verb> InvoiceVerbs() {
  return {{"list", "ListInvoices", {}},
          {"get", "GetInvoice", {"name"}},
          {"create", "CreateInvoice", {}},
          {"update", "UpdateInvoice", {"invoice.name"}},
          {"revise", "ReviseInvoiceContent", {"name"}},
          {"readdress", "ReaddressInvoice", {"name"}},
          {"credit", "CreditInvoiceMembers", {"name"}},
          {"issue", "IssueInvoice", {"name"}},
          {"send", "SendInvoice", {"name"}},
          {"void", "VoidInvoice", {"name", "reason"}},
          {"assign", "AssignInvoice", {"name"}}};
}

std::vector<Verb> RecurringVerbs() {
  return {{"list", "ListRecurringInvoices", {}},
          {"get", "GetRecurringInvoice", {"name"}},
          {"create", "CreateRecurringInvoice", {}},
          {"update", "UpdateRecurringInvoice", {"recurring_invoice.name"}},
          {"pause", "PauseRecurringInvoice", {"name"}},
          {"resume", "ResumeRecurringInvoice", {"name"}},
          {"cancel", "CancelRecurringInvoice", {"name", "?reason"}},
          {"assign", "AssignRecurringInvoice", {"name"}}};
}

std::vector<Verb> CreditNoteVerbs() {
  return {{"list", "ListCreditNotes", {}},
          {"get", "GetCreditNote", {"name"}},
          {"create", "CreateCreditNote", {"credit_note.invoice"}}};
}

std::vector<Verb> PaymentVerbs() {
  return {{"list", "ListPayments", {}},
          {"get", "GetPayment", {"name"}},
          {"record", "RecordPayment", {"payment.amount"}},
          {"apply-credit", "ApplyCredit", {"name", "invoice", "amount"}},
          {"refund-credit", "RefundCredit", {"name", "amount"}},
          {"reverse", "ReversePayment", {"name", "reason"}},
          {"notice", "ReceiveProviderNotice", {"provider", "payload", "signature"}},
          {"credits", "ListCustomerCredits", {}}};
}

std::vector<Verb> ReceiptVerbs() {
  return {{"list", "ListCommissionReceipts", {}},
          {"get", "GetCommissionReceipt", {"name"}},
          {"create", "CreateCommissionReceipt", {"commission_receipt.agent"}},
          {"pay", "PayCommissionReceipt", {"name"}}};
}

std::vector<Verb> GoalVerbs() {
  return {{"list", "ListGoals", {}},
          {"get", "GetGoal", {"name"}},
          {"create", "CreateGoal", {}},
          {"update", "UpdateGoal", {"goal.name"}},
          {"archive", "ArchiveGoal", {"name"}},
          {"restore", "RestoreGoal", {"name"}},
          {"progress", "GetGoalProgress", {"name"}},
          {"leaderboard", "ListGoalProgress", {}}};
}

}  // namespace

std::vector<Resource> CashResources() {
  return {
      {"product", "Products: what is sold, for how much, at what cost", ProductVerbs()},
      {"tax", "Taxes of lines", TaxVerbs()},
      {"series", "Number series of invoices and credit notes", SeriesVerbs()},
      {"commission-policy", "Who is paid how for what, in versions", CommissionPolicyVerbs()},
      {"proposal", "Proposals, from draft to accepted, declined or revised", ProposalVerbs()},
      {"order", "Sales orders, from draft to delivered and invoiced", OrderVerbs()},
      {"warehouse", "Where stock is kept", WarehouseVerbs()},
      {"stock", "What is on hand, reserved and waited for", StockVerbs()},
      {"purchase", "Goods that are missing, from request to receipt", PurchaseVerbs()},
      {"proposal-template", "What is offered again and again", TemplateVerbs()},
      {"contract", "Contracts, from draft to signed, renewed or ended", ContractVerbs()},
      {"link", "What a public link opens, for whoever holds it", LinkVerbs()},
      {"invoice", "Invoices, from draft to settled or void", InvoiceVerbs()},
      {"recurring", "Recurring invoices, made again and again on planned days", RecurringVerbs()},
      {"credit-note", "What takes back an invoice, or a part of it", CreditNoteVerbs()},
      {"payment", "Money that came in, and what it paid", PaymentVerbs()},
      {"commission",
       "What was earned, and why",
       {{"list", "ListCommissions", {}},
        {"summary", "GetCommissionSummary", {"?first_date", "?last_date"}},
        {"what-if", "GetCommissionWhatIf", {"first_date", "last_date"}}}},
      {"receipt", "Due commissions that are paid together", ReceiptVerbs()},
      {"goal", "What members and teams shall reach", GoalVerbs()},
  };
}

}  // namespace crm::ctl
