// What is due, for those who do it and those who look.
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "projections/schedule.h"

namespace crm::projections {
namespace {

using domain::DueInstant;
using views::v1::DueRow;
using Range = KeyRange<Schedule::DueKey>;

DueInstant InstantOf(const Schedule::DueKey& key, const DueRow& row) {
  const auto& [try_us, word, record] = key;
  const domain::ScheduleRule* const rule = domain::FindScheduleRule(word);
  const std::string category = rule == nullptr ? std::string() : std::string(rule->category);
  return {absl::FromUnixMicros(row.due_us()), word, {category, record}};
}

v1::DueWork Shown(const Schedule::DueKey& key, const DueRow& row) {
  const DueInstant instant = InstantOf(key, row);
  v1::DueWork shown;
  shown.set_name(domain::NameOf(domain::DueOf(instant)));
  *shown.mutable_due_time() = domain::TimestampOf(instant.due);
  shown.set_rule(instant.rule);
  shown.set_record(domain::RecordNameOf(instant));
  if (row.attempts() == 0) return shown;
  shown.set_attempt_count(row.attempts());
  shown.set_failure_reason(row.failure_reason());
  *shown.mutable_retry_time() = domain::TimestampOf(absl::FromUnixMicros(std::get<0>(key)));
  shown.set_etag(domain::EtagOf(row.version()));
  return shown;
}

absl::StatusOr<Range> PageOf(const v1::ListDueWorkRequest& request, const std::string& place) {
  absl::Time until = absl::InfiniteFuture();
  if (request.has_until_time()) {
    ASSIGN_OR_RETURN(until, domain::TimeFromProto(request.until_time()));
  }
  Range range = Schedule::kDue.All().Until(std::tuple(absl::ToUnixMicros(until)));
  if (place.empty()) return range;
  Schedule::DueKey last;
  if (!ParseKey(place, last)) {
    return domain::Invalid("PAGE_TOKEN_INVALID", "the page token is not one of this list");
  }
  return std::move(range).After(last);
}

}  // namespace

absl::StatusOr<Schedule::Turn> Schedule::FirstTurn(const ViewReader& rows) {
  Turn turn;
  RETURN_IF_ERROR(kDue.Scan(rows, kDue.All(), [&](const DueKey& key, const DueRow& row) {
    const absl::Time time = absl::FromUnixMicros(std::get<0>(key));
    if (turn.work.size() == kMostAtOnce || (!turn.work.empty() && time != turn.time)) return false;
    turn.time = time;
    turn.work.push_back(InstantOf(key, row));
    return true;
  }));
  return turn;
}

absl::StatusOr<v1::ListDueWorkResponse> Schedule::Answer(const v1::ListDueWorkRequest& request,
                                                         const ViewReader& rows,
                                                         QueryContext& context) {
  ASSIGN_OR_RETURN(const Range range, PageOf(request, context.after()));
  v1::ListDueWorkResponse response;
  std::string place;
  RETURN_IF_ERROR(kDue.Scan(rows, range, [&](const DueKey& key, const DueRow& row) {
    if (request.failed() && row.attempts() == 0) return true;
    if (response.due_work_size() == context.page_size()) {
      context.ContinueAfter(place);
      return false;
    }
    *response.add_due_work() = Shown(key, row);
    place.clear();
    AppendKey(place, key);
    return true;
  }));
  return response;
}

}  // namespace crm::projections
