// RPCs of reports.
#include "crm/v1/report_service.grpc.pb.h"
#include "projections/invoice_list.h"
#include "projections/pipeline_board.h"
#include "projections/sales_report.h"
#include "projections/sales_statistics.h"
#include "projections/stage_flow.h"
#include "services/picturing.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class ReportRpcs final : public v1::ReportService::CallbackService {
 public:
  CRM_SERVICE(ReportRpcs, v1::ReportService);

  CRM_REPORT(GetStatistics, SalesStatistics, Statistics)
  CRM_REPORT(GetStageFlow, StageFlow, StageFlow)
  CRM_REPORT(GetForecast, PipelineBoard, Forecast)
  CRM_REPORT(GetReceivables, InvoiceList, Receivables)
  CRM_REPORT(GetPeriodSales, SalesReport, SalesByPeriod)
  CRM_REPORT(GetSalesPerformance, SalesReport, SalesPerformance)
  CRM_PICTURE(GetStageFlowPicture, StageFlow, StageFlow)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReportService(Rpc& rpc) {
  return std::make_unique<ReportRpcs>(rpc);
}

}  // namespace crm::services
