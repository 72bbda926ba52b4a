#include "services/service_list.h"

#include <iterator>

#include "absl/algorithm/container.h"
#include "crm/v1/audit_service.grpc.pb.h"
#include "crm/v1/backup_service.grpc.pb.h"
#include "crm/v1/comment_service.grpc.pb.h"
#include "crm/v1/commission_policy_service.grpc.pb.h"
#include "crm/v1/commission_receipt_service.grpc.pb.h"
#include "crm/v1/commission_service.grpc.pb.h"
#include "crm/v1/consumer_group_service.grpc.pb.h"
#include "crm/v1/contact_service.grpc.pb.h"
#include "crm/v1/contract_service.grpc.pb.h"
#include "crm/v1/credit_note_service.grpc.pb.h"
#include "crm/v1/customer_service.grpc.pb.h"
#include "crm/v1/dashboard_service.grpc.pb.h"
#include "crm/v1/event_service.grpc.pb.h"
#include "crm/v1/goal_service.grpc.pb.h"
#include "crm/v1/history_service.grpc.pb.h"
#include "crm/v1/invoice_series_service.grpc.pb.h"
#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/lead_service.grpc.pb.h"
#include "crm/v1/member_service.grpc.pb.h"
#include "crm/v1/operator_service.grpc.pb.h"
#include "crm/v1/opportunity_group_service.grpc.pb.h"
#include "crm/v1/opportunity_service.grpc.pb.h"
#include "crm/v1/organization_service.grpc.pb.h"
#include "crm/v1/payment_callback_service.grpc.pb.h"
#include "crm/v1/payment_service.grpc.pb.h"
#include "crm/v1/pipeline_service.grpc.pb.h"
#include "crm/v1/privacy_service.grpc.pb.h"
#include "crm/v1/product_service.grpc.pb.h"
#include "crm/v1/projection_service.grpc.pb.h"
#include "crm/v1/proposal_service.grpc.pb.h"
#include "crm/v1/proposal_template_service.grpc.pb.h"
#include "crm/v1/public_document_service.grpc.pb.h"
#include "crm/v1/purchase_service.grpc.pb.h"
#include "crm/v1/recurring_invoice_service.grpc.pb.h"
#include "crm/v1/report_service.grpc.pb.h"
#include "crm/v1/role_service.grpc.pb.h"
#include "crm/v1/sales_order_service.grpc.pb.h"
#include "crm/v1/schedule_service.grpc.pb.h"
#include "crm/v1/search_service.grpc.pb.h"
#include "crm/v1/stock_service.grpc.pb.h"
#include "crm/v1/tax_service.grpc.pb.h"
#include "crm/v1/team_service.grpc.pb.h"
#include "crm/v1/token_service.grpc.pb.h"
#include "crm/v1/warehouse_service.grpc.pb.h"

namespace crm::services {

namespace {

using Make = std::unique_ptr<grpc::Service> (*)(const ServiceParts&);

// A service, the listener it is for, and how it is made.
struct Entry {
  const char* name;
  Listener listener;
  Make make;
};

template <class Api>
Entry ForMembers(Make make) {
  return {Api::service_full_name(), Listener::kMembers, make};
}

// A service that needs nothing but the two roads.
template <class Api, std::unique_ptr<grpc::Service> (*kMake)(Rpc&)>
Entry ForMembers() {
  return ForMembers<Api>([](const ServiceParts& parts) { return kMake(parts.rpc); });
}

// Records, by the two roads alone.
std::vector<Entry> RecordServices() {
  return {
      ForMembers<v1::OrganizationService, MakeOrganizationService>(),
      ForMembers<v1::MemberService, MakeMemberService>(),
      ForMembers<v1::RoleService, MakeRoleService>(),
      ForMembers<v1::TokenService, MakeTokenService>(),
      ForMembers<v1::TeamService, MakeTeamService>(),
      ForMembers<v1::PipelineService, MakePipelineService>(),
      ForMembers<v1::CommissionPolicyService, MakeCommissionPolicyService>(),
      ForMembers<v1::CommissionReceiptService, MakeCommissionReceiptService>(),
      ForMembers<v1::CustomerService, MakeCustomerService>(),
      ForMembers<v1::ContactService, MakeContactService>(),
      ForMembers<v1::LeadService, MakeLeadService>(),
      ForMembers<v1::OpportunityService, MakeOpportunityService>(),
      ForMembers<v1::OpportunityGroupService, MakeOpportunityGroupService>(),
      ForMembers<v1::ProductService, MakeProductService>(),
      ForMembers<v1::TaxService, MakeTaxService>(),
      ForMembers<v1::InvoiceSeriesService, MakeInvoiceSeriesService>(),
      ForMembers<v1::ProposalService, MakeProposalService>(),
      ForMembers<v1::ProposalTemplateService, MakeProposalTemplateService>(),
      ForMembers<v1::ContractService, MakeContractService>(),
      ForMembers<v1::PublicDocumentService, MakePublicDocumentService>(),
      ForMembers<v1::SalesOrderService, MakeSalesOrderService>(),
      ForMembers<v1::WarehouseService, MakeWarehouseService>(),
      ForMembers<v1::StockService, MakeStockService>(),
      ForMembers<v1::PurchaseService, MakePurchaseService>(),
      ForMembers<v1::InvoiceService, MakeInvoiceService>(),
      ForMembers<v1::RecurringInvoiceService, MakeRecurringInvoiceService>(),
      ForMembers<v1::CreditNoteService, MakeCreditNoteService>(),
      ForMembers<v1::PaymentService, MakePaymentService>(),
      ForMembers<v1::GoalService, MakeGoalService>(),
      ForMembers<v1::CommentService, MakeCommentService>(),
  };
}

// What views tell.
std::vector<Entry> ViewServices() {
  return {
      ForMembers<v1::CommissionService, MakeCommissionService>(),
      ForMembers<v1::DashboardService, MakeDashboardService>(),
      ForMembers<v1::ReportService, MakeReportService>(),
      ForMembers<v1::SearchService, MakeSearchService>(),
      ForMembers<v1::ScheduleService, MakeScheduleService>(),
  };
}

// The log itself, and those who keep it.
std::vector<Entry> LogServices() {
  return {
      ForMembers<v1::HistoryService>([](const ServiceParts& parts) {
        return MakeHistoryService(parts.rpc, {parts.rpc.queries(), parts.keys});
      }),
      ForMembers<v1::AuditService>([](const ServiceParts& parts) {
        return MakeAuditService(parts.rpc, {parts.log, parts.storage, parts.keys});
      }),
      ForMembers<v1::EventService>([](const ServiceParts& parts) {
        return MakeEventService(
            parts.rpc, {parts.log, parts.storage, parts.keys},
            {parts.log, parts.storage, parts.tree, parts.signing_pair},
            {parts.hub, parts.keys, parts.stream_workers, parts.drain, parts.clock, parts.seats});
      }),
      ForMembers<v1::ConsumerGroupService>([](const ServiceParts& parts) {
        return MakeConsumerGroupService(
            {parts.rpc, parts.consumer_groups, parts.drain, parts.seats});
      }),
      ForMembers<v1::PrivacyService>(
          [](const ServiceParts& parts) { return MakePrivacyService(parts.rpc, parts.eraser); }),
      ForMembers<v1::PaymentCallbackService>([](const ServiceParts& parts) {
        return MakePaymentCallbackService(parts.rpc, parts.provider_secrets);
      }),
      ForMembers<v1::ProjectionService>([](const ServiceParts& parts) {
        return MakeProjectionService(parts.rpc, parts.projections);
      }),
      Entry{v1::BackupService::service_full_name(), Listener::kOperator,
            [](const ServiceParts& parts) {
              return MakeBackupService(parts.rpc, parts.validator, parts.backups);
            }},
      Entry{v1::OperatorService::service_full_name(), Listener::kOperator,
            [](const ServiceParts& parts) {
              return MakeOperatorService(parts.rpc, parts.log, parts.keys, parts.validator);
            }},
  };
}

std::vector<Entry> Entries() {
  std::vector<Entry> entries = RecordServices();
  absl::c_move(ViewServices(), std::back_inserter(entries));
  absl::c_move(LogServices(), std::back_inserter(entries));
  return entries;
}

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeServices(const ServiceParts& parts,
                                                         std::vector<ServedService>& api,
                                                         std::vector<ServedService>& admin) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  for (const Entry& entry : Entries()) {
    services.push_back(entry.make(parts));
    (entry.listener == Listener::kMembers ? api : admin)
        .push_back({entry.name, services.back().get()});
  }
  return services;
}

std::vector<const google::protobuf::ServiceDescriptor*> DescribedServices() {
  std::vector<const google::protobuf::ServiceDescriptor*> described;
  for (const Entry& entry : Entries()) {
    described.push_back(
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(entry.name));
  }
  return described;
}

}  // namespace crm::services
