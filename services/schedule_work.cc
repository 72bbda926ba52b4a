#include "services/schedule_work.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "domain/contract/contract.h"
#include "domain/invoice/invoice.h"
#include "domain/opportunity/opportunity.h"
#include "domain/proposal/proposal.h"
#include "domain/recurring_invoice/recurring_invoice.h"

namespace crm::services {
namespace {

using domain::DueInstant;

CommandOptions OptionsOf(const Call& call, const DueInstant& instant) {
  CommandOptions options;
  options.request_id = domain::RequestIdOf(call.organization().uuid(), instant);
  options.digest = Sha256(absl::StrCat("schedule/", options.request_id.ToString()));
  return options;
}

// One attempt to decide what is due of one record.
template <class A>
Attempt DecideOnce(CommandPipeline& pipeline, const Call& call, CommandOptions options,
                   const DueInstant& instant) {
  LogStreams streams(pipeline.streams(), call.organization().uuid());
  const absl::StatusOr<domain::Ref<A>> self =
      domain::Lookup(streams).Find<A>(typename A::Id(instant.subject.id));
  if (self.ok()) options.effective_time = std::max(instant.due, self->head.last_effective_time);
  CommitBuilder builder = pipeline.BuilderFor(call, options);
  if (!self.ok()) return builder.Answered(self.status());
  const auto change = pipeline.DecideOn<A>(call, options, instant, builder);
  if (!change.ok()) return builder.Answered(change.status());
  // A request that recorded nothing is not remembered: the same instant may be due after all later.
  const bool decided = change->after.head.version > change->before.head.version;
  return decided ? builder.Decided() : builder.Answered(absl::OkStatus());
}

template <class A>
absl::StatusOr<bool> Send(CommandPipeline& pipeline, const Call& call, const DueInstant& instant) {
  struct Ended {
    absl::Status status;
    bool replayed = false;
  };
  const CommandOptions options = OptionsOf(call, instant);
  auto ended = std::make_shared<std::promise<Ended>>();
  std::future<Ended> result = ended->get_future();
  bool decided = false;  // by the last attempt
  auto decide = [&]() -> Attempt {
    Attempt attempt = DecideOnce<A>(pipeline, call, options, instant);
    decided = attempt.commit.has_value();
    return attempt;
  };
  pipeline.Run(call, options,
               std::make_shared<CommandSteps>(CommandSteps{
                   decide, [](const eventstore::RequestRecord&) { return absl::OkStatus(); },
                   [ended](const absl::Status& status, const Outcome& outcome) {
                     ended->set_value({status, outcome.replayed});
                   }}));
  const Ended outcome = result.get();
  RETURN_IF_ERROR(outcome.status);
  return decided && !outcome.replayed;
}

template <class A>
ScheduledWork WorkOf(absl::string_view rule, CommandPipeline& pipeline) {
  return {std::string(rule), [&pipeline](const Call& call, const DueInstant& instant) {
            return Send<A>(pipeline, call, instant);
          }};
}

}  // namespace

std::vector<ScheduledWork> AllScheduledWork(CommandPipeline& pipeline) {
  return {WorkOf<domain::Proposal>(domain::kProposalExpiryNotice, pipeline),
          WorkOf<domain::Invoice>(domain::kInvoiceReminder, pipeline),
          WorkOf<domain::Opportunity>(domain::kOpportunityStandby, pipeline),
          WorkOf<domain::RecurringInvoice>(domain::kRecurringCycle, pipeline),
          WorkOf<domain::Contract>(domain::kContractExpiryNotice, pipeline)};
}

}  // namespace crm::services
