// The columns of tables, message by message.
#include <map>

#include "absl/strings/str_split.h"
#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

struct Columns {
  const char* message;
  const char* fields;
};

// What a table shows of a message of ours.
constexpr Columns kColumns[] = {
    {"Opportunity",
     "display_name customer stage state expected_revenue expected_close_date owner team "
     "probability_bp name"},
    {"Lead", "display_name company_name stage state owner team source expected_revenue name"},
    {"Customer", "display_name kind industry region_code team account_manager name"},
    {"Contact", "given_name family_name emails job_title team owner name"},
    {"Team", "display_name leaders memberships pipeline monthly_target name"},
    {"Member", "display_name email roles state name"},
    {"Role", "name display_name shipped archive_time"},
    {"Pipeline", "display_name kind stages name"},
    {"InvoiceSeries", "display_name format yearly kind preferred archive_time name"},
    {"Tax", "display_name rate_ppm archive_time name"},
    {"Product", "display_name sku price cost unit stocked archive_time name"},
    {"CommissionPolicy", "display_name policy_version archive_time name"},
    {"Invoice",
     "number issue_date due_date recipient.customer content.total due settlement overdue_days "
     "state name"},
    {"SalesOrder",
     "number display_name recipient.customer content.total state delivery_status invoiceable "
     "owner team name"},
    {"Warehouse", "display_name archive_time name"},
    {"StockLevel", "product warehouse on_hand_e6 reserved_e6 available_e6 waiting_e6 requested_e6"},
    {"Purchase",
     "product warehouse quantity_e6 received_e6 state supplier expected_date sales_order name"},
    {"RecurringInvoice",
     "display_name recipient.customer content.total next_date waiting state name"},
    {"Proposal",
     "display_name state expired open_till_date recipient.customer content.total owner team "
     "name"},
    {"CreditNote", "number issue_date invoice content.total released reason name"},
    {"CommissionReceipt", "create_time agent total due_date paid_status paid_date reference name"},
    {"CommissionWhatIf.Row", "agent role invoice recognised simulated difference"},
    {"SalesByPeriod.Row",
     "start_date end_date team member product_display_name channel figures.net figures.cost "
     "figures.profit figures.received figures.invoice_count figures.credit_note_count"},
    {"SalesPerformance.Row",
     "span start_date end_date product_display_name figures.net figures.cost figures.profit "
     "figures.received figures.invoice_count"},
    {"Contract",
     "display_name contract_type state value start_date end_date expired recipient.customer "
     "owner name"},
    {"ProposalTemplate", "display_name open_days content.total archive_time name"},
    {"Payment", "payment_date amount customer allocations credit method reference name"},
    {"CustomerCredit", "customer amounts payment_count"},
    {"CommissionEntry",
     "entry_date agent role amount invoice payment paid base_before base_after due_date"},
    {"CommissionSummary.Row", "agent role received earned waiting payable"},
    {"Goal", "display_name kind target target_count member team first_date last_date name"},
    {"GoalProgress",
     "display_name member team state current current_count target target_count attainment_bp "
     "expected_bp reach_date goal"},
    {"Receivables.Row",
     "team member current overdue_1_30 overdue_31_60 overdue_61_90 overdue_over_90 total "
     "invoice_count overdue_count"},
    {"OpportunityGroup", "display_name kind team owner opportunities dissolved name"},
    {"Comment", "create_time author text name"},
    {"Token", "display_name member expire_time revoke_time create_time name"},
    {"ConsumerGroup",
     "display_name start_position ack_deadline_ms max_attempts max_consumers_count name"},
    {"ParkedEvent", "position category type attempt_count reason park_time replaying stream_id"},
    {"Projection", "name version state position head_position lag_count problem"},
    {"DueWork", "due_time rule record attempt_count failure_reason retry_time name"},
    {"Statistics.Row",
     "start_date end_date team member opened_count won_count lost_count win_rate_bp won_revenue "
     "average_won_revenue sales_cycle_days_e2 leads_captured_count leads_converted_count"},
    {"StageFlow.Row",
     "display_name entry_count exit_count regression_count lost_count dwell_p50_days "
     "dwell_p75_days dwell_p90_days cohort_conversion_bp flow_conversion_bp cohort_win_bp"},
    {"Forecast.Row", "month team member pipeline best_case commit won weighted open_count"},
    {"SearchRecordsResponse.Hit", "display_name matched_field record"},
    {"UndercutAlert",
     "earlier_opportunity earlier_revenue later_opportunity later_revenue customer group"},
    {"ListOrganizationsResponse.Entry", "organization head_position"},
    {"Backup", "name create_time size_bytes incarnation"},
    {"Event", "position record_time category type actor stream_id version data_json"},
    {"DuplicateCandidate", "record matched_fields"},
    {"ApplyOpportunityActionResponse.Result", "opportunity etag reason message"},
    {"ApplyLeadActionResponse.Result", "lead owner etag reason message"},
};

const std::map<std::string, const char*>& FieldsByMessage() {
  static const auto* const fields = [] {
    auto* all = new std::map<std::string, const char*>;
    for (const Columns& columns : kColumns) all->emplace(columns.message, columns.fields);
    return all;
  }();
  return *fields;
}

}  // namespace

std::vector<std::string> UsualFields(absl::string_view message_type) {
  const std::string type(message_type);
  constexpr absl::string_view kPackage = "crm.v1.";
  const auto& fields = FieldsByMessage();
  const auto found = fields.find(type.size() > kPackage.size() ? type.substr(kPackage.size()) : "");
  if (found == fields.end()) return {};
  return absl::StrSplit(found->second, ' ');
}

}  // namespace crm::ctl
