// RPCs of credit notes.
#include "crm/v1/credit_note_service.grpc.pb.h"
#include "domain/credit_note/credit_note.h"
#include "projections/credit_note_list.h"
#include "services/printing.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class CreditNoteRpcs final : public v1::CreditNoteService::CallbackService {
 public:
  CRM_SERVICE(CreditNoteRpcs, v1::CreditNoteService);

  CRM_GET(GetCreditNote, CreditNote)
  CRM_LIST(ListCreditNotes, CreditNoteList, CreditNote, credit_notes)
  CRM_COMMAND(CreateCreditNote, CreditNote)
  CRM_PAPER(GetCreditNotePdf, CreditNote)
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCreditNoteService(Rpc& rpc) {
  return std::make_unique<CreditNoteRpcs>(rpc);
}

}  // namespace crm::services
