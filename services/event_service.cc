// RPCs of the log itself.
#include "crm/v1/event_service.grpc.pb.h"
#include "services/event_stream.h"
#include "services/log_evidence.h"
#include "services/log_reads.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class EventRpcs final : public v1::EventService::CallbackService {
 public:
  EventRpcs(Rpc& rpc, LogParts log, EvidenceParts evidence, EventStreamParts streams)
      : rpc_(rpc), log_(log), evidence_(evidence), streams_(streams) {}
  using Api = v1::EventService;

  CRM_WORK(ReadEvents, ReadEvents, log_)
  CRM_WORK(CountEvents, CountEvents, log_)
  CRM_WORK(VerifyLog, VerifyLog, log_)
  CRM_WORK(GetAnchor, GetAnchor, evidence_)
  CRM_WORK(GetRangeProof, GetRangeProof, evidence_)
  CRM_WORK(ReadRecords, ReadRecords, evidence_)

  grpc::ServerWriteReactor<v1::SubscribeEventsResponse>* SubscribeEvents(
      grpc::CallbackServerContext* context, const v1::SubscribeEventsRequest* request) override {
    static const Method method(Api::service_full_name(), "SubscribeEvents");
    Basis basis;
    const absl::StatusOr<Call> call = rpc_.authenticator().Begin(method, *context, basis);
    const absl::Status admitted = call.ok() ? rpc_.queries().Admit(*call, *request) : call.status();
    return StartEventStream(streams_, context, admitted, basis, call.value_or(Call()), *request);
  }

 private:
  Rpc& rpc_;
  const LogParts log_;
  const EvidenceParts evidence_;
  const EventStreamParts streams_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeEventService(Rpc& rpc, LogParts log, EvidenceParts evidence,
                                                EventStreamParts streams) {
  return std::make_unique<EventRpcs>(rpc, log, evidence, streams);
}

}  // namespace crm::services
