// What Schedule hears of contracts.
#include "absl/algorithm/container.h"
#include "projections/schedule.h"

namespace crm::projections {
namespace {

using domain::EventMetadata;
using views::v1::SchedulePlan;

const domain::ScheduleRule& NoticeRule() {
  return *domain::FindScheduleRule(domain::kContractExpiryNotice);
}

// A contract's notice goes by its own day, so many days before its last one.
void PlanNotice(SchedulePlan& plan) {
  plan.clear_day();
  if (plan.has_last_day() && plan.notice_days() > 0) {
    plan.set_day(plan.last_day() - plan.notice_days());
  }
}

}  // namespace

absl::Status Schedule::Apply(const events::v1::ContractDrafted& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  return ChangePlan(NoticeRule(), metadata.stream.id, metadata.record_time, rows, [&](Plan& plan) {
    const events::v1::ContractDetails& details = event.details();
    if (details.has_end()) plan.set_last_day(details.end().days());
    plan.set_notice_days(details.notice_days());
    PlanNotice(plan);
  });
}

absl::Status Schedule::Apply(const events::v1::ContractDetailsRevised& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  const events::v1::ContractDetails& details = event.details();
  return ChangePlans(metadata, rows, [&](Plan& plan) {
    if (absl::c_linear_search(event.fields(), "end")) {
      plan.clear_last_day();
      if (details.has_end()) plan.set_last_day(details.end().days());
    }
    if (absl::c_linear_search(event.fields(), "notice_days")) {
      plan.set_notice_days(details.notice_days());
    }
    PlanNotice(plan);
  });
}

absl::Status Schedule::Apply(const events::v1::ContractSigned&, const EventMetadata& metadata,
                             ViewTransaction& rows) {
  return ChangePlans(metadata, rows, [](Plan& plan) { plan.set_live(true); });
}

absl::Status Schedule::Apply(const events::v1::ContractRenewed& event,
                             const EventMetadata& metadata, ViewTransaction& rows) {
  return ChangePlans(metadata, rows, [&](Plan& plan) {
    plan.clear_last_day();
    if (event.has_to_end()) plan.set_last_day(event.to_end().days());
    PlanNotice(plan);
  });
}

}  // namespace crm::projections
