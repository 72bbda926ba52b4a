// RPCs of customers.
#include <memory>
#include <utility>

#include "crm/v1/customer_service.grpc.pb.h"
#include "domain/customer/customer.h"
#include "projections/customer_list.h"
#include "projections/customer_overview.h"
#include "projections/record_index.h"
#include "services/customer_row.h"
#include "services/queries.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class CustomerRpcs final : public v1::CustomerService::CallbackService {
 public:
  CRM_SERVICE(CustomerRpcs, v1::CustomerService);

  CRM_GET(GetCustomer, Customer)
  CRM_RPC(ListCustomers, v1::ListCustomersResponse, ListRows(method, context, request, response))
  CRM_RPC(GetCustomerOverview, v1::CustomerOverview,
          (rpc_.ReportWith<projections::CustomerOverview, domain::Customer>(
              method, context, request, response,
              [](v1::CustomerOverview& r) { return r.mutable_customer(); })))
  CRM_REPORT(FindDuplicates, RecordIndex, FindDuplicatesResponse)
  CRM_COMMAND_ENTERING(CreateCustomer, Customer)
  CRM_COMMAND(UpdateCustomer, Customer)
  CRM_COMMAND(AssignCustomer, Customer)
  CRM_COMMAND(NameMainContact, Customer)
  CRM_COMMAND(ArchiveCustomer, Customer)
  CRM_COMMAND(RestoreCustomer, Customer)

 private:
  // Grey rows are leads: asking for them takes the right to view leads.
  grpc::ServerUnaryReactor* ListRows(const Method& method, grpc::CallbackServerContext* context,
                                     const v1::ListCustomersRequest* request,
                                     v1::ListCustomersResponse* response) {
    return rpc_.Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      absl::Status granted = rpc_.queries().Admit(call, *request);
      if (granted.ok() && request->show_grey()) {
        granted = rpc_.queries().CheckPermission(call, "lead.view");
      }
      if (!granted.ok()) return reply->Finish(granted, {});
      AnswerList<projections::CustomerList, CustomerRow>(
          rpc_.queries(), call, *request, response,
          [](v1::ListCustomersResponse& r) { return r.mutable_customers(); },
          Rpc::FinishWith(std::move(reply)));
    });
  }
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCustomerService(Rpc& rpc) {
  return std::make_unique<CustomerRpcs>(rpc);
}

}  // namespace crm::services
