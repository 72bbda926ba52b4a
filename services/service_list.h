// Every service of the API, each made by the file that lists its RPCs: LeadService in
// lead_service.cc, and so on. Services are made once and serve calls on any thread.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <vector>

#include "services/api_policy.h"
#include "services/backup_desk.h"
#include "services/consumer_stream.h"
#include "services/eraser.h"
#include "services/event_stream.h"
#include "services/history.h"
#include "services/log_evidence.h"
#include "services/log_reads.h"
#include "services/provider_secrets.h"
#include "services/rpc.h"
#include "services/validator.h"

namespace crm::services {

std::unique_ptr<grpc::Service> MakeOrganizationService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeMemberService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeRoleService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeTokenService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeTeamService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakePipelineService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeCommissionPolicyService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeCommissionReceiptService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeCustomerService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeContactService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeLeadService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeOpportunityService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeOpportunityGroupService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeProductService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeTaxService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeInvoiceSeriesService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeProposalService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeSalesOrderService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeWarehouseService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeStockService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakePurchaseService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeProposalTemplateService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeContractService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakePublicDocumentService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeInvoiceService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeRecurringInvoiceService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeCreditNoteService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakePaymentService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeCommissionService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeGoalService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeCommentService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeDashboardService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeReportService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeScheduleService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeSearchService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeHistoryService(Rpc& rpc, HistoryParts parts);
std::unique_ptr<grpc::Service> MakeAuditService(Rpc& rpc, LogParts log);
std::unique_ptr<grpc::Service> MakeEventService(Rpc& rpc, LogParts log, EvidenceParts evidence,
                                                EventStreamParts streams);
std::unique_ptr<grpc::Service> MakeConsumerGroupService(const ConsumerStreamParts& parts);
std::unique_ptr<grpc::Service> MakePrivacyService(Rpc& rpc, Eraser& eraser);
std::unique_ptr<grpc::Service> MakeProjectionService(Rpc& rpc,
                                                     projections::ProjectionSet& projections);
std::unique_ptr<grpc::Service> MakePaymentCallbackService(Rpc& rpc, const ProviderSecrets& secrets);
std::unique_ptr<grpc::Service> MakeBackupService(Rpc& rpc, const Validator& validator,
                                                 BackupDesk& backups);
std::unique_ptr<grpc::Service> MakeOperatorService(Rpc& rpc, eventstore::EventLog& log,
                                                   eventstore::RocksDbKeyRing& keys,
                                                   const Validator& validator);

// What the services are made of.
struct ServiceParts {
  Rpc& rpc;
  eventstore::EventLog& log;
  const eventstore::LogStorage& storage;
  eventstore::LogTree& tree;
  const SigningPair& signing_pair;
  BackupDesk& backups;
  const Validator& validator;
  eventstore::RocksDbKeyRing& keys;
  eventstore::SubscriptionHub& hub;
  projections::ProjectionSet& projections;
  Eraser& eraser;
  ConsumerGroups& consumer_groups;
  WorkerPool& stream_workers;  // see event_stream.h
  DrainSignal& drain;
  const Clock& clock;
  StreamSeats& seats;
  const ProviderSecrets& provider_secrets;
};

// Makes every service, and lists those for members in `api`, those for the operator in `admin`.
std::vector<std::unique_ptr<grpc::Service>> MakeServices(const ServiceParts& parts,
                                                         std::vector<ServedService>& api,
                                                         std::vector<ServedService>& admin);

// Descriptors of all of them.
std::vector<const google::protobuf::ServiceDescriptor*> DescribedServices();

}  // namespace crm::services
