#include "tools/crmctl/verbs.h"

#include "tools/crmctl/cash_verbs.h"

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

std::vector<Verb> CommentVerbs() {
  return {{"create", "CreateComment", {"comment.parent", "comment.text"}},
          {"list", "ListComments", {"parent"}}};
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
  return {{"sales", "GetPeriodSales", {"?from_date", "?to_date"}},
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

std::vector<Resource> PeopleAndSales() {
  return {
      {"opportunity", "Opportunities, from opening to won or lost", OpportunityVerbs()},
      {"lead", "Leads, from capture to conversion", LeadVerbs()},
      {"customer", "Companies and persons we sell to", CustomerVerbs()},
      {"contact", "Persons at customers", ContactVerbs()},
      {"team", "Teams, their members and leaders", TeamVerbs()},
      {"member", "Members of the organization", MemberVerbs()},
      {"role", "Roles: named sets of permissions", RoleVerbs()},
      {"pipeline", "Sales processes and their stages", PipelineVerbs()},
      {"group", "Groups of opportunities: sub-projects or alternatives", GroupVerbs()},
      {"comment", "Comments on records", CommentVerbs()},
      {"report", "What was sold, and how sales go", SalesVerbs()},
      {"", "", ReportVerbs()},
  };
}

std::vector<Resource> ServerResources() {
  return {
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
  };
}

}  // namespace

const std::vector<Resource>& Resources() {
  static const auto* const resources = [] {
    auto* all = new std::vector<Resource>(PeopleAndSales());
    for (const auto& more : {CashResources(), ServerResources()}) {
      all->insert(all->end(), more.begin(), more.end());
    }
    return all;
  }();
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
