#include "tests/crash/clients.h"

#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crm/v1/audit_service.grpc.pb.h"
#include "crm/v1/lead_service.grpc.pb.h"
#include "crm/v1/opportunity_service.grpc.pb.h"
#include "crm/v1/pipeline_service.grpc.pb.h"
#include "crm/v1/projection_service.grpc.pb.h"
#include "tests/crash/cashier.h"
#include "tests/crash/requester.h"
#include "tests/support/prototext.h"

namespace crm::testing {
namespace {

constexpr int kCashiers = 2;

using Leads = v1::LeadService::Stub;
using Opportunities = v1::OpportunityService::Stub;
using Projections = v1::ProjectionService::Stub;

// One client: one request after the other.
class Client {
 public:
  Client(ApiCaller caller, Workplace workplace, RequestLog& requests, uint64_t seed)
      : workplace_(std::move(workplace)),
        requester_(std::move(caller), requests, seed),
        random_(requester_.random()) {}

  void Run() {
    for (bool answered = true; answered;) {
      const int64_t draw = Between(random_, 1, 100);
      if (draw <= 20) {
        answered = requester_.Repeat();
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
    requester_.Repeat();
  }

 private:
  static bool IsAnswered(const Reply& reply) { return reply.outcome() != Outcome::kUnknown; }

  bool Capture() {
    const Reply reply =
        requester_.Ask(&Leads::CaptureLead,
                       From<v1::CaptureLeadRequest>(absl::StrCat(
                           "lead { given_name: 'Lead", random_(), "' family_name: 'Crash' }")));
    if (reply.outcome() == Outcome::kOk) {
      v1::Lead lead;
      lead.ParseFromString(reply.response);
      leads_.push_back(lead.name());
    }
    return IsAnswered(reply);
  }
  v1::ReviseExpectedRevenueRequest Revision() {
    v1::ReviseExpectedRevenueRequest request;
    request.set_name(workplace_.opportunity);
    request.mutable_expected_revenue()->set_currency_code("EUR");
    request.mutable_expected_revenue()->set_units(Between(random_, 1, 1'000'000'000));
    return request;
  }
  // All clients meet at this one.
  bool Revise() {
    return IsAnswered(requester_.Ask(&Opportunities::ReviseExpectedRevenue, Revision()));
  }
  // Refused: somebody else was there before.
  bool ReviseWhatChanged() {
    v1::ReviseExpectedRevenueRequest request = Revision();
    request.set_etag("0");
    return IsAnswered(requester_.Ask(&Opportunities::ReviseExpectedRevenue, std::move(request)));
  }
  bool TagThree() {
    v1::ApplyLeadActionRequest request;
    for (size_t i = leads_.size() - 3; i < leads_.size(); ++i) request.add_names(leads_[i]);
    request.mutable_tag()->add_add(absl::StrCat("tag-", random_()));
    return IsAnswered(requester_.Ask(&Leads::ApplyLeadAction, std::move(request)));
  }

  const Workplace workplace_;
  Requester requester_;
  std::mt19937_64& random_;
  std::vector<std::string> leads_;
};

// While others work. False: nobody answered.
bool Reconcile(const ApiCaller& caller) {
  const auto books = caller.Try(&v1::AuditService::Stub::GetReconciliation);
  EXPECT_TRUE(!books.status.ok() || books.response.reconciled()) << books.response.DebugString();
  return books.status.error_code() != grpc::StatusCode::UNAVAILABLE;
}

// Rebuilds and compares one view after the other, and reconciles the books between them.
void Operate(const ApiCaller& caller, uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::vector<std::string> views = ProjectionsOf(caller);
  for (bool answered = !views.empty(); answered;) {
    if (OneIn(random, 4)) {
      answered = Reconcile(caller);
      continue;
    }
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
  return {opportunity.name(), FurnishShop(administrator)};
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
  for (int i = 0; i < kCashiers; ++i) {
    threads_.emplace_back([caller = server.Administrator(), workplace, &requests, seed, i] {
      Cashier(caller, workplace.shop, requests, seed + 1'000 + static_cast<uint64_t>(i)).Run();
    });
  }
  if (!with_operator) return;
  threads_.emplace_back([caller = server.Administrator(), seed] { Operate(caller, seed); });
}

Clients::~Clients() {
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace crm::testing
