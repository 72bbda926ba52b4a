#include "domain/schedule/due.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using Result = absl::StatusOr<Decision<Due::Event>>;

constexpr absl::Duration kFirstPause = absl::Minutes(1);
constexpr absl::Duration kLongestPause = absl::Hours(1);
constexpr int kDoublings = 6;  // from the first to the longest

void On(DueState& state, const events::v1::DueFailed& event) {
  state.instant = InstantFromStored(event.instant());
  state.attempts = event.attempt();
  state.failure_reason = event.reason();
  state.retry_time = absl::FromUnixMicros(event.retry_time_us());
  state.settled = false;
}

void On(DueState& state, const events::v1::DueRetried& event) {
  state.retry_time = absl::FromUnixMicros(event.retry_time_us());
}

void On(DueState& state, const events::v1::DueSettled& event) {
  state.instant = InstantFromStored(event.instant());
  state.settled = true;
}

absl::Status RequireUnsettled(const DueState& state) {
  if (!state.settled) return absl::OkStatus();
  return Refuse("DUE_WORK_SETTLED", "nothing is left to do",
                {{"due_work", NameOf(DueOf(state.instant))}});
}

}  // namespace

Due::State Due::Evolve(State state, const Event& event, const EventMetadata&) {
  std::visit([&](const auto& e) { On(state, e); }, event);
  return state;
}

absl::StatusOr<v1::DueWork> Due::Render(const Ref<Due>& self, const Lookup&) {
  const State& state = self.state();
  v1::DueWork shown;
  shown.set_name(NameOf(self.id));
  *shown.mutable_due_time() = TimestampOf(state.instant.due);
  shown.set_rule(state.instant.rule);
  shown.set_record(RecordNameOf(state.instant));
  shown.set_attempt_count(state.attempts);
  shown.set_failure_reason(state.failure_reason);
  if (!state.settled) *shown.mutable_retry_time() = TimestampOf(state.retry_time);
  Stamp(shown, self.head);
  return shown;
}

Result Due::Decide(const State& state, const v1::RetryDueWorkRequest&,
                   const DecideContext& context) {
  RETURN_IF_ERROR(RequireUnsettled(state));
  if (state.retry_time <= context.now()) return Decision<Event>();
  events::v1::DueRetried retried;
  *retried.mutable_instant() = StoredInstant(state.instant);
  retried.set_retry_time_us(absl::ToUnixMicros(context.now()));
  return retried;
}

Result Due::Decide(const State& state, const v1::AbandonDueWorkRequest&, const DecideContext&) {
  RETURN_IF_ERROR(RequireUnsettled(state));
  events::v1::DueSettled settled = NothingLeft(state.instant);
  settled.set_abandoned(true);
  return settled;
}

events::v1::DueFailed FailedAgain(const DueState& state, const DueInstant& instant,
                                  absl::string_view reason, absl::Time now) {
  const int attempts = state.settled ? 0 : state.attempts;
  const absl::Duration pause = kFirstPause * (int64_t{1} << std::min(attempts, kDoublings));
  events::v1::DueFailed failed;
  *failed.mutable_instant() = StoredInstant(instant);
  failed.set_reason(std::string(reason));
  failed.set_attempt(attempts + 1);
  failed.set_retry_time_us(absl::ToUnixMicros(now + std::min(pause, kLongestPause)));
  return failed;
}

events::v1::DueSettled NothingLeft(const DueInstant& instant, Position known) {
  events::v1::DueSettled settled;
  settled.set_known_position(known);
  *settled.mutable_instant() = StoredInstant(instant);
  return settled;
}

}  // namespace crm::domain
