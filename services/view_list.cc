#include "services/view_list.h"

#include "projections/comment_list.h"
#include "projections/commission_ledger.h"
#include "projections/commission_what_if.h"
#include "projections/contract_list.h"
#include "projections/credit_note_list.h"
#include "projections/customer_list.h"
#include "projections/customer_overview.h"
#include "projections/directory.h"
#include "projections/erasures.h"
#include "projections/goal_progress.h"
#include "projections/invoice_list.h"
#include "projections/lead_board.h"
#include "projections/payment_list.h"
#include "projections/pipeline_board.h"
#include "projections/product_catalogue.h"
#include "projections/proposal_list.h"
#include "projections/receipt_list.h"
#include "projections/record_index.h"
#include "projections/recurring_invoice_list.h"
#include "projections/sales_order_list.h"
#include "projections/sales_report.h"
#include "projections/sales_statistics.h"
#include "projections/schedule.h"
#include "projections/stage_flow.h"
#include "projections/stock_levels.h"
#include "projections/team_dashboard.h"
#include "projections/undercut_alerts.h"

namespace crm::services {

using projections::DefinitionOf;

std::vector<projections::ViewDefinition> AllViews() {
  std::vector<projections::ViewDefinition> views;
  // Dealt out to threads in turn: StageFlow, with two rows a move as much work as all the others
  // that hear of moves, goes with those that seldom hear anything.
  views.push_back(DefinitionOf<projections::PipelineBoard>());
  views.push_back(DefinitionOf<projections::StageFlow>());
  views.push_back(DefinitionOf<projections::RecordIndex>());
  views.push_back(DefinitionOf<projections::CommentList>());
  views.push_back(DefinitionOf<projections::SalesStatistics>());
  views.push_back(DefinitionOf<projections::CustomerList>());
  views.push_back(DefinitionOf<projections::TeamDashboard>());
  views.push_back(DefinitionOf<projections::Directory>());
  views.push_back(DefinitionOf<projections::UndercutAlerts>());
  views.push_back(DefinitionOf<projections::Erasures>());
  views.push_back(DefinitionOf<projections::CustomerOverview>());
  views.push_back(DefinitionOf<projections::LeadBoard>());
  views.push_back(DefinitionOf<projections::ProductCatalogue>());
  views.push_back(DefinitionOf<projections::CommissionLedger>());
  views.push_back(DefinitionOf<projections::InvoiceList>());
  views.push_back(DefinitionOf<projections::GoalProgress>());
  views.push_back(DefinitionOf<projections::PaymentList>());
  views.push_back(DefinitionOf<projections::Schedule>());
  views.push_back(DefinitionOf<projections::RecurringInvoiceList>());
  views.push_back(DefinitionOf<projections::ProposalList>());
  views.push_back(DefinitionOf<projections::CreditNoteList>());
  views.push_back(DefinitionOf<projections::ReceiptList>());
  views.push_back(DefinitionOf<projections::SalesReport>());
  views.push_back(DefinitionOf<projections::CommissionWhatIf>());
  views.push_back(DefinitionOf<projections::SalesOrderList>());
  views.push_back(DefinitionOf<projections::StockLevels>());
  views.push_back(DefinitionOf<projections::ContractList>());
  return views;
}

}  // namespace crm::services
