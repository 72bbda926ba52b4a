#include "services/log_reads.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/event_codec.h"
#include "eventstore/hash_chain.h"
#include "eventstore/log_verifier.h"
#include "eventstore/record.h"
#include "services/event_renderer.h"
#include "services/event_stream.h"

namespace crm::services {
namespace {

using eventstore::Head;
using log::v1::RecordedEvent;

constexpr int kDefaultEvents = 100;
constexpr eventstore::ReadLimits kPage{.max_events = 2048, .max_bytes = 4 << 20};
constexpr int64_t kMaxScannedEvents = 100000;  // per answer
constexpr size_t kMaxAnswerBytes = 3 << 20;    // clients accept 4 MiB

// That this server knows the event: its type, and that its data is one of that type.
absl::Status CheckKnown(const RecordedEvent& event) {
  const google::protobuf::Descriptor* type = domain::FindEventType(event.type());
  if (type == nullptr) return domain::UnknownEvent(event);
  if (domain::NewEventOf(*type)->ParseFromString(event.data())) return absl::OkStatus();
  return eventstore::UnreadableRecord(Uuid::FromBytes(event.organization()).value_or(Uuid()),
                                      event.position(), "",
                                      absl::StrCat("holds no ", event.type()));
}

// A whole log is compared with its indexes and with what this server knows; a part of one is its
// chain.
absl::StatusOr<eventstore::ChainReport> VerifyRange(const LogParts& parts, const Uuid& organization,
                                                    Position from, Position to, bool whole) {
  if (!whole) return eventstore::VerifyChain(parts.storage, organization, from, to);
  ASSIGN_OR_RETURN(const eventstore::LogReport report,
                   eventstore::VerifyWholeLog(parts.storage, organization, CheckKnown));
  return report.chain;
}

}  // namespace

absl::Status ReadEvents(const LogParts& parts, const Call& call,
                        const v1::ReadEventsRequest& request, v1::ReadEventsResponse* response) {
  const Uuid organization = call.organization().uuid();
  ASSIGN_OR_RETURN(const EventMatcher matcher, EventMatcher::Create(request.filter()));
  ASSIGN_OR_RETURN(const Head head, parts.log.GetHead(organization));
  EventRenderer renderer(parts.keys, request.encoding());
  const int wanted = request.page_size() > 0 ? request.page_size() : kDefaultEvents;
  Position next = std::max<Position>(1, request.from_position());
  const Position first = next;
  size_t bytes = 0;
  bool full = false;
  Position commit_start = 0;  // of the event that found the page full
  while (!full && next <= head.durable && next - first < kMaxScannedEvents) {
    const Position before = next;
    const absl::Status read = parts.log.ReadLog(
        organization, next, kPage, [&](const RecordedEvent& event) -> absl::Status {
          full = response->events_size() == wanted || bytes > kMaxAnswerBytes;
          if (full) {
            commit_start = event.position() - event.index_in_commit();
            return absl::OutOfRangeError("the page is full");
          }
          next = event.position() + 1;
          if (!matcher.Matches(event)) return absl::OkStatus();
          RETURN_IF_ERROR(renderer.Render(event, *response->add_events()));
          bytes += response->events().rbegin()->ByteSizeLong();
          return absl::OkStatus();
        });
    if (!read.ok() && !absl::IsOutOfRange(read)) return read;
    if (next == before) break;
  }
  // A page ends between commits, unless it has room for no more than a part of one.
  if (full && commit_start > first) {
    auto& events = *response->mutable_events();
    while (!events.empty() && events.rbegin()->position() >= commit_start) events.RemoveLast();
    next = commit_start;
  }
  response->set_next_position(next);
  response->set_head_position(head.durable);
  return absl::OkStatus();
}

absl::Status CountEvents(const LogParts& parts, const Call& call,
                         const v1::CountEventsRequest& request, v1::CountEventsResponse* response) {
  const Uuid organization = call.organization().uuid();
  ASSIGN_OR_RETURN(const EventMatcher matcher, EventMatcher::Create(request.filter()));
  ASSIGN_OR_RETURN(const Head head, parts.log.GetHead(organization));
  absl::btree_map<std::string, int64_t> counts;
  Position next = 1;
  while (next <= head.durable) {
    const Position before = next;
    RETURN_IF_ERROR(parts.log.ReadLog(organization, next, kPage, [&](const RecordedEvent& event) {
      next = event.position() + 1;
      if (matcher.Matches(event)) ++counts[event.type()];
      return absl::OkStatus();
    }));
    if (next == before) break;
  }
  std::vector<std::pair<std::string, int64_t>> types(counts.begin(), counts.end());
  std::stable_sort(types.begin(), types.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [type, count] : types) {
    auto& entry = *response->add_types();
    entry.set_type(type);
    entry.set_count(count);
    response->set_count(response->count() + count);
  }
  response->set_head_position(head.durable);
  return absl::OkStatus();
}

absl::Status VerifyLog(const LogParts& parts, const Call& call, const v1::VerifyLogRequest& request,
                       v1::VerifyLogResponse* response) {
  const Uuid organization = call.organization().uuid();
  ASSIGN_OR_RETURN(const Head head, parts.log.GetHead(organization));
  const Position from = std::max<Position>(1, request.from_position());
  Position to = request.to_position() > 0 ? request.to_position() : head.durable;
  if (from > to || to > head.durable) {
    return WithReason(absl::StatusCode::kInvalidArgument, "RANGE_INVALID",
                      "the range lies outside the log",
                      {{"head_position", std::to_string(head.durable)}});
  }
  // A commit is proven whole: go on to its end.
  RETURN_IF_ERROR(parts.log.ReadLog(organization, to, {.max_events = 1, .max_bytes = 1},
                                    [&](const RecordedEvent& event) {
                                      to = std::max(to, event.position());
                                      return absl::OkStatus();
                                    }));
  const bool whole = from == 1 && to >= head.durable;
  const absl::StatusOr<eventstore::ChainReport> report =
      VerifyRange(parts, organization, from, to, whole);
  if (report.ok()) {
    response->set_valid(true);
    response->set_checked_count(report->events);
    response->set_position(report->verified_to);
    response->set_hash(std::string(AsView(report->hash)));
    return absl::OkStatus();
  }
  if (!absl::IsDataLoss(report.status())) return report.status();
  Position bad = 0;
  if (absl::SimpleAtoi(ReasonMetadataValue(report.status(), "position"), &bad)) {
    response->set_first_bad_position(bad);
  }
  response->set_problem(std::string(report.status().message()));
  return absl::OkStatus();
}

}  // namespace crm::services
