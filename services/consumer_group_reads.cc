#include "services/consumer_group_reads.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/render.h"
#include "services/page_token.h"

namespace crm::services {
namespace {

constexpr int kKeyVersion = 1;

v1::ParkedEvent ToApi(const log::v1::ParkedDelivery& row) {
  v1::ParkedEvent parked;
  parked.set_position(row.position());
  parked.set_category(row.category());
  parked.set_stream_id(Uuid::FromBytes(row.stream_id()).value_or(Uuid{}).ToString());
  parked.set_type(row.type());
  parked.set_attempt_count(row.attempts());
  parked.set_reason(row.reason());
  *parked.mutable_park_time() = domain::TimestampOf(absl::FromUnixMicros(row.park_time_us()));
  parked.set_replaying(row.replaying());
  return parked;
}

}  // namespace

absl::Status AnswerParkedEvents(const GroupRuntime& group,
                                const v1::ListParkedEventsRequest& request,
                                v1::ListParkedEventsResponse* response) {
  ASSIGN_OR_RETURN(const std::optional<PageCursor> cursor, PageCursorOf(request, kKeyVersion));
  Position after = 0;
  if (cursor.has_value() && !absl::SimpleAtoi(cursor->last_key, &after)) after = 0;
  const Position head = group.Status().head_position();
  response->set_head_position(head);
  const auto& parked = group.delivery().parked();
  for (auto row = parked.upper_bound(after); row != parked.end(); ++row) {
    if (response->parked_events_size() == PageSizeOf(request)) {
      const Position last = response->parked_events().rbegin()->position();
      response->set_next_page_token(
          NextPageToken(request, {absl::StrCat(last), kKeyVersion, head}));
      break;
    }
    *response->add_parked_events() = ToApi(row->second);
  }
  return absl::OkStatus();
}

}  // namespace crm::services
