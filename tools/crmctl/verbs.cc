#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

std::vector<Verb> OpportunityVerbs() {
  return {{"list", "ListOpportunities", {}},
          {"get", "GetOpportunity", {"name"}},
          {"create", "CreateOpportunity", {}},
          {"update", "UpdateOpportunity", {"opportunity.name"}},
          {"revise-revenue", "ReviseExpectedRevenue", {"name"}},
          {"revise-probability", "ReviseProbability", {"name"}},
          {"move", "MoveStage", {"name", "stage"}},
          {"assign", "AssignOpportunity", {"name"}},
          {"credit", "CreditContributors", {"name"}},
          {"standby", "PlaceOnStandby", {"name", "reminder_date"}},
          {"resume", "ResumeOpportunity", {"name"}},
          {"win", "WinOpportunity", {"name"}},
          {"lose", "LoseOpportunity", {"name", "loss_reason_id"}},
          {"reopen", "ReopenOpportunity", {"name"}},
          {"archive", "ArchiveOpportunity", {"name"}},
          {"restore", "RestoreOpportunity", {"name"}},
          {"apply", "ApplyOpportunityAction", {}}};
}

std::vector<Verb> LeadVerbs() {
  return {{"list", "ListLeads", {}},
          {"get", "GetLead", {"name"}},
          {"sources", "GetLeadSources", {}},
          {"create", "CaptureLead", {}},
          {"update", "UpdateLead", {"lead.name"}},
          {"move", "MoveLeadStage", {"name", "stage"}},
          {"assign", "AssignLead", {"name"}},
          {"route", "RouteLead", {"name"}},
          {"qualify", "QualifyLead", {"name"}},
          {"convert", "ConvertLead", {"name"}},
          {"lose", "LoseLead", {"name", "loss_reason_id"}},
          {"junk", "JunkLead", {"name", "reason"}},
          {"restore", "RestoreLead", {"name"}},
          {"apply", "ApplyLeadAction", {}}};
}

std::vector<Verb> CustomerVerbs() {
  return {{"list", "ListCustomers", {}},
          {"get", "GetCustomer", {"name"}},
          {"overview", "GetCustomerOverview", {"name"}},
          {"duplicates", "FindDuplicates", {}},
          {"create", "CreateCustomer", {}},
          {"update", "UpdateCustomer", {"customer.name"}},
          {"assign", "AssignCustomer", {"name"}},
          {"main-contact", "NameMainContact", {"name", "?contact"}},
          {"archive", "ArchiveCustomer", {"name"}},
          {"restore", "RestoreCustomer", {"name"}}};
}

std::vector<Verb> ContactVerbs() {
  return {{"list", "ListContacts", {}},
          {"get", "GetContact", {"name"}},
          {"create", "CreateContact", {}},
          {"update", "UpdateContact", {"contact.name"}},
          {"link", "LinkContact", {"name", "link.customer"}},
          {"unlink", "UnlinkContact", {"name", "customer"}},
          {"assign", "AssignContact", {"name"}},
          {"archive", "ArchiveContact", {"name"}},
          {"restore", "RestoreContact", {"name"}}};
}

std::vector<Verb> TeamVerbs() {
  return {{"list", "ListTeams", {}},
          {"get", "GetTeam", {"name"}},
          {"create", "CreateTeam", {}},
          {"update", "UpdateTeam", {"team.name"}},
          {"alias", "AssignTeamAlias", {"name", "?alias"}},
          {"add-member", "AddTeamMember", {"name", "membership.member"}},
          {"revise-membership", "ReviseMembership", {"name", "membership.member"}},
          {"remove-member", "RemoveTeamMember", {"name", "member"}},
          {"appoint-leader", "AppointLeader", {"name", "member"}},
          {"dismiss-leader", "DismissLeader", {"name", "member"}},
          {"override-leader", "NameOverrideLeader", {"name", "?member"}},
          {"archive", "ArchiveTeam", {"name"}},
          {"restore", "RestoreTeam", {"name"}}};
}

std::vector<Verb> MemberVerbs() {
  return {{"list", "ListMembers", {}},
          {"get", "GetMember", {"name"}},
          {"current", "GetCurrentMember", {}},
          {"create", "CreateMember", {}},
          {"update", "UpdateMember", {"member.name"}},
          {"assign-roles", "AssignRoles", {"name"}},
          {"deactivate", "DeactivateMember", {"name"}},
          {"reactivate", "ReactivateMember", {"name"}},
          {"favor-team", "FavorTeam", {"team"}},
          {"unfavor-team", "UnfavorTeam", {"team"}}};
}

std::vector<Verb> PipelineVerbs() {
  return {{"list", "ListPipelines", {}},
          {"get", "GetPipeline", {"name"}},
          {"create", "CreatePipeline", {}},
          {"update", "UpdatePipeline", {"pipeline.name"}},
          {"add-stage", "AddStage", {"name"}},
          {"update-stage", "UpdateStage", {"name", "stage.name"}},
          {"revise-stage-probability", "ReviseStageProbability", {"stage", "probability_bp"}},
          {"reorder-stages", "ReorderStages", {"name"}},
          {"archive-stage", "ArchiveStage", {"stage", "target_stage"}},
          {"archive", "ArchivePipeline", {"name"}},
          {"restore", "RestorePipeline", {"name"}}};
}

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

std::vector<Verb> CommentVerbs() {
  return {{"create", "CreateComment", {"comment.parent", "comment.text"}},
          {"list", "ListComments", {"parent"}}};
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

std::vector<Verb> ConsumerGroupVerbs() {
  return {{"list", "ListConsumerGroups", {}},
          {"get", "GetConsumerGroup", {"name"}},
          {"create", "CreateConsumerGroup", {}},
          {"update", "UpdateConsumerGroup", {"consumer_group.name"}},
          {"delete", "DeleteConsumerGroup", {"name"}},
          {"status", "GetConsumerGroupStatus", {"name"}},
          {"parked", "ListParkedEvents", {"consumer_group"}},
          {"replay", "ReplayParkedEvents", {"name"}},
          {"discard", "DiscardParkedEvents", {"name", "reason"}}};
}

std::vector<Verb> RoleVerbs() {
  return {{"list", "ListRoles", {}},
          {"get", "GetRole", {"name"}},
          {"create", "CreateRole", {}},
          {"update", "UpdateRole", {"role.name"}},
          {"archive", "ArchiveRole", {"name"}}};
}

std::vector<Verb> ProjectionVerbs() {
  return {{"list", "ListProjections", {}},
          {"get", "GetProjection", {"name"}},
          {"rebuild", "RebuildProjection", {"name"}},
          {"resume", "ResumeProjection", {"name"}}};
}

std::vector<Verb> ScheduleVerbs() {
  return {{"list", "ListDueWork", {}},
          {"retry", "RetryDueWork", {"name"}},
          {"abandon", "AbandonDueWork", {"name"}}};
}

std::vector<Verb> GroupVerbs() {
  return {{"list", "ListOpportunityGroups", {}},
          {"get", "GetOpportunityGroup", {"name"}},
          {"create", "CreateOpportunityGroup", {}},
          {"update", "UpdateOpportunityGroup", {"opportunity_group.name"}},
          {"add", "AddGroupMember", {"name", "opportunity"}},
          {"remove", "RemoveGroupMember", {"name", "opportunity"}},
          {"prefer", "PreferGroupMember", {"name", "?opportunity"}},
          {"dissolve", "DissolveOpportunityGroup", {"name"}}};
}

std::vector<Verb> SalesVerbs() {
  return {{"sales", "GetSalesByPeriod", {"?from_date", "?to_date"}},
          {"performance", "GetSalesPerformance", {"?first_date", "?last_date"}}};
}

std::vector<Verb> ReportVerbs() {
  return {{"stats", "GetStatistics", {"?from_date", "?to_date"}},
          {"flow", "GetStageFlow", {"pipeline", "?from_date", "?to_date"}},
          {"forecast", "GetForecast", {"?from_date"}},
          {"receivables", "GetReceivables", {}},
          {"history", "ListChanges", {"record"}},
          {"search", "SearchRecords", {"query"}},
          {"alerts", "ListUndercutAlerts", {}}};
}

}  // namespace

const std::vector<Resource>& Resources() {
  static const auto* const resources = new std::vector<Resource>{
      {"opportunity", "Opportunities, from opening to won or lost", OpportunityVerbs()},
      {"lead", "Leads, from capture to conversion", LeadVerbs()},
      {"customer", "Companies and persons we sell to", CustomerVerbs()},
      {"contact", "Persons at customers", ContactVerbs()},
      {"team", "Teams, their members and leaders", TeamVerbs()},
      {"member", "Members of the organization", MemberVerbs()},
      {"role", "Roles: named sets of permissions", RoleVerbs()},
      {"pipeline", "Sales processes and their stages", PipelineVerbs()},
      {"product", "Products: what is sold, for how much, at what cost", ProductVerbs()},
      {"tax", "Taxes of lines", TaxVerbs()},
      {"series", "Number series of invoices and credit notes", SeriesVerbs()},
      {"commission-policy", "Who is paid how for what, in versions", CommissionPolicyVerbs()},
      {"group", "Groups of opportunities: sub-projects or alternatives", GroupVerbs()},
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
      {"comment", "Comments on records", CommentVerbs()},
      {"token",
       "API tokens",
       {{"list", "ListTokens", {}},
        {"get", "GetToken", {"name"}},
        {"revoke", "RevokeToken", {"name"}}}},
      {"organization",
       "The organization and its settings",
       {{"get", "GetOrganization", {}},
        {"update", "UpdateOrganization", {}},
        {"switch-membership-policy", "SwitchMembershipPolicy", {"membership_policy"}},
        {"define-loss-reason",
         "DefineLossReason",
         {"loss_reason.loss_reason_id", "loss_reason.display_name"}}}},
      {"consumer-group", "Consumer groups: other services that share the events",
       ConsumerGroupVerbs()},
      {"schedule", "What is due by the clock, and what could not be done", ScheduleVerbs()},
      {"person",
       "What the law asks of whoever stores persons",
       {{"erase", "ErasePerson", {"record", "reason"}}}},
      {"projection", "Views and how far they are", ProjectionVerbs()},
      {"report", "What was sold, and how sales go", SalesVerbs()},
      {"", "", ReportVerbs()},
  };
  return *resources;
}

const std::vector<const char*>& MethodsWithOwnCommand() {
  static const auto* const methods = new std::vector<const char*>{"GetPipelineBoard",
                                                                  "GetLeadBoard",
                                                                  "GetTeamDashboard",
                                                                  "ListTeamDashboards",
                                                                  "ReadEvents",
                                                                  "SubscribeEvents",
                                                                  "CountEvents",
                                                                  "VerifyLog",
                                                                  "CreateToken",
                                                                  "CreateOrganization",
                                                                  "ListOrganizations",
                                                                  "Consume",
                                                                  "CompareProjection",
                                                                  "GetAnchor",
                                                                  "GetRangeProof",
                                                                  "ReadRecords",
                                                                  "CreateBackup",
                                                                  "ListBackups",
                                                                  "VerifyBackup",
                                                                  "DiscardBackup",
                                                                  "ReadKeys",
                                                                  "GetReconciliation",
                                                                  "CreateProposalLink",
                                                                  "CreateContractLink",
                                                                  "GetProposalPdf",
                                                                  "GetInvoicePdf",
                                                                  "GetCreditNotePdf",
                                                                  "GetStageFlowPicture",
                                                                  "GetTeamDashboardPicture",
                                                                  "GetGoalProgressPicture"};
  return *methods;
}

}  // namespace crm::ctl
