// RPCs of contacts.
#include "crm/v1/contact_service.grpc.pb.h"
#include "domain/contact/contact.h"
#include "projections/customer_list.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class ContactRpcs final : public v1::ContactService::CallbackService {
 public:
  CRM_SERVICE(ContactRpcs, v1::ContactService);

  CRM_GET(GetContact, Contact)
  CRM_LIST(ListContacts, CustomerList, Contact, contacts)
  CRM_COMMAND_ENTERING(CreateContact, Contact)
  CRM_COMMAND(UpdateContact, Contact)
  CRM_COMMAND(LinkContact, Contact)
  CRM_COMMAND(UnlinkContact, Contact)
  CRM_COMMAND(AssignContact, Contact)
  CRM_COMMAND(ArchiveContact, Contact)
  CRM_COMMAND(RestoreContact, Contact)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeContactService(Rpc& rpc) {
  return std::make_unique<ContactRpcs>(rpc);
}

}  // namespace crm::services
