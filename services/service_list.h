// Every service of the API, each made by the file that lists its RPCs.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "services/eraser.h"
#include "services/event_stream.h"
#include "services/history.h"
#include "services/log_reads.h"
#include "services/rpc.h"

namespace crm::services {

std::unique_ptr<grpc::Service> MakeOrganizationService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeMemberService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeRoleService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeTokenService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeTeamService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakePipelineService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeCustomerService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeContactService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeLeadService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeOpportunityService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeOpportunityGroupService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeCommentService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeDashboardService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeReportService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeSearchService(Rpc& rpc);
std::unique_ptr<grpc::Service> MakeHistoryService(Rpc& rpc, HistoryParts parts);
std::unique_ptr<grpc::Service> MakeEventService(Rpc& rpc, LogParts log, EventStreamParts streams);
std::unique_ptr<grpc::Service> MakePrivacyService(Rpc& rpc, Eraser& eraser);
std::unique_ptr<grpc::Service> MakeProjectionService(Rpc& rpc,
                                                     projections::ProjectionSet& projections);
std::unique_ptr<grpc::Service> MakeOperatorService(Rpc& rpc, eventstore::EventLog& log);

}  // namespace crm::services
