#include "tests/crash/clients.h"

#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/v1/lead_service.grpc.pb.h"
#include "crm/v1/opportunity_service.grpc.pb.h"
#include "crm/v1/pipeline_service.grpc.pb.h"
#include "crm/v1/projection_service.grpc.pb.h"
#include "tests/support/prototext.h"
#include "tests/support/seed.h"

namespace crm::testing {
namespace {

using Leads = v1::LeadService::Stub;
using Opportunities = v1::OpportunityService::Stub;
using Projections = v1::ProjectionService::Stub;

// One client: one request after the other.
class Client {
 public:
  Client(ApiCaller caller, Workplace workplace, RequestLog& requests, uint64_t seed)
      : caller_(std::move(caller)),
        workplace_(std::move(workplace)),
        requests_(requests),
        random_(seed) {}

  void Run() {
    for (bool answered = true; answered;) {
      const int64_t draw = Between(random_, 1, 100);
      if (draw <= 20 && !sent_.empty()) {
        answered = Repeat();
      } else if (draw <= 40) {
        answered = Revise();
      } else if (draw <= 55 && leads_.size() >= 3) {
        answered = TagThree();
      } else if (draw <= 62) {
        answered = ReviseWhatChanged();
      } else {
        answered = Capture();
      }
    }
    // Asking at once again is as good as not being answered.
    Repeat();
  }

 private:
  // Whether somebody answered.
  bool Try(const std::string& id, const Send& send, std::string* name = nullptr) {
    const Reply reply = requests_.Try(id, send, caller_);
    if (name != nullptr && reply.outcome() == Outcome::kOk) {
      v1::Lead lead;
      lead.ParseFromString(reply.response);
      *name = lead.name();
    }
    sent_.emplace_back(id, send);
    return reply.outcome() != Outcome::kUnknown;
  }
  template <class Rpc, class Request>
  bool Ask(Rpc rpc, Request request, std::string* name = nullptr) {
    DrawRequestId(request);
    return Try(request.request_id(), Sending(rpc, request), name);
  }

  bool Capture() {
    std::string name;
    const bool answered =
        Ask(&Leads::CaptureLead,
            From<v1::CaptureLeadRequest>(
                absl::StrCat("lead { given_name: 'Lead", random_(), "' family_name: 'Crash' }")),
            &name);
    if (!name.empty()) leads_.push_back(name);
    return answered;
  }
  v1::ReviseExpectedRevenueRequest Revision() {
    v1::ReviseExpectedRevenueRequest request;
    request.set_name(workplace_.opportunity);
    request.mutable_expected_revenue()->set_currency_code("EUR");
    request.mutable_expected_revenue()->set_units(Between(random_, 1, 1'000'000'000));
    return request;
  }
  // All clients meet at this one.
  bool Revise() { return Ask(&Opportunities::ReviseExpectedRevenue, Revision()); }
  // Refused: somebody else was there before.
  bool ReviseWhatChanged() {
    v1::ReviseExpectedRevenueRequest request = Revision();
    request.set_etag("0");
    return Ask(&Opportunities::ReviseExpectedRevenue, std::move(request));
  }
  bool TagThree() {
    v1::ApplyLeadActionRequest request;
    for (size_t i = leads_.size() - 3; i < leads_.size(); ++i) request.add_names(leads_[i]);
    request.mutable_tag()->add_add(absl::StrCat("tag-", random_()));
    return Ask(&Leads::ApplyLeadAction, std::move(request));
  }
  bool Repeat() {
    if (sent_.empty()) return true;
    // The last one as often as all others.
    const auto last = static_cast<int64_t>(sent_.size()) - 1;
    const auto chosen = static_cast<size_t>(OneIn(random_, 2) ? last : Between(random_, 0, last));
    const auto [id, send] = sent_[chosen];
    return Try(id, send);
  }

  const ApiCaller caller_;
  const Workplace workplace_;
  RequestLog& requests_;
  std::mt19937_64 random_;
  std::vector<std::pair<std::string, Send>> sent_;
  std::vector<std::string> leads_;
};

// Rebuilds and compares one view after the other.
void Operate(const ApiCaller& caller, uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::vector<std::string> views = ProjectionsOf(caller);
  for (bool answered = !views.empty(); answered;) {
    const auto view =
        static_cast<size_t>(Between(random, 0, static_cast<int64_t>(views.size()) - 1));
    const std::string name = absl::StrCat("name: '", views[view], "'");
    const auto asked = OneIn(random, 3) ? caller.Try(&Projections::CompareProjection, name)
                                        : caller.Try(&Projections::RebuildProjection, name);
    answered = asked.status.error_code() != grpc::StatusCode::UNAVAILABLE;
    for (bool busy = answered; busy;) {
      const auto shown = caller.Try(&Projections::GetProjection, name);
      answered = shown.status.ok();
      busy = answered && (shown.response.state() == v1::PROJECTION_STATE_REBUILDING ||
                          shown.response.comparison().state() == v1::COMPARISON_STATE_RUNNING);
    }
  }
}

}  // namespace

Workplace FurnishWorkplace(const ApiCaller& administrator) {
  const auto pipeline = administrator.Do(
      &v1::PipelineService::Stub::CreatePipeline,
      "pipeline { display_name: 'Sales' kind: PIPELINE_KIND_OPPORTUNITY "
      "stages { display_name: 'New' probability_bp: 2000 kind: STAGE_KIND_OPEN } }");
  const auto opportunity = administrator.Do(
      &Opportunities::CreateOpportunity,
      absl::StrCat("opportunity { display_name: 'Hot' stage: '", pipeline.stages(0).name(), "' }"));
  return {opportunity.name()};
}

std::vector<std::string> ProjectionsOf(const ApiCaller& caller) {
  std::vector<std::string> names;
  const auto listed = caller.Try(&Projections::ListProjections);
  for (const v1::Projection& view : listed.response.projections()) names.push_back(view.name());
  return names;
}

Clients::Clients(const ChildServer& server, const Workplace& workplace, RequestLog& requests,
                 int count, bool with_operator, uint64_t seed) {
  for (int i = 0; i < count; ++i) {
    threads_.emplace_back([caller = server.Administrator(), workplace, &requests, seed, i] {
      Client(caller, workplace, requests, seed + static_cast<uint64_t>(i)).Run();
    });
  }
  if (!with_operator) return;
  threads_.emplace_back([caller = server.Administrator(), seed] { Operate(caller, seed); });
}

Clients::~Clients() {
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace crm::testing
