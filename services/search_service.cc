// RPCs of search.
#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/v1/search_service.grpc.pb.h"
#include "projections/record_index.h"
#include "services/queries.h"
#include "services/record_name.h"
#include "services/service_class.h"
#include "services/service_list.h"

namespace crm::services {
namespace {

class SearchRpcs final : public v1::SearchService::CallbackService {
 public:
  CRM_SERVICE(SearchRpcs, v1::SearchService);

  CRM_RPC(SearchRecords, v1::SearchRecordsResponse, Search(method, context, request, response))

 private:
  grpc::ServerUnaryReactor* Search(const Method& method, grpc::CallbackServerContext* context,
                                   const v1::SearchRecordsRequest* request,
                                   v1::SearchRecordsResponse* response) {
    return rpc_.Begin(method, context, [&](const Call& call, std::shared_ptr<Reply> reply) {
      AnswerReport<projections::RecordIndex>(
          rpc_.queries(), call, *request, response,
          [call, response, reply](const absl::Status& status, const Outcome& outcome) {
            LeaveOut(*call.actor, response);
            reply->Finish(status, outcome);
          });
    });
  }

  // Hits of kinds that no role of the caller shows.
  static void LeaveOut(const Actor& actor, v1::SearchRecordsResponse* response) {
    auto& hits = *response->mutable_hits();
    hits.erase(std::remove_if(hits.begin(), hits.end(),
                              [&actor](const v1::SearchRecordsResponse::Hit& hit) {
                                const absl::StatusOr<StreamId> stream =
                                    StreamOfRecord(hit.record());
                                return !stream.ok() ||
                                       actor.ReachOf(absl::StrCat(stream->category, ".view")) ==
                                           v1::REACH_UNSPECIFIED;
                              }),
               hits.end());
  }
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSearchService(Rpc& rpc) {
  return std::make_unique<SearchRpcs>(rpc);
}

}  // namespace crm::services
