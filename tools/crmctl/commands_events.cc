// crmctl events: the log itself - read, follow, consume, count, verify.
#include <algorithm>
#include <functional>
#include <limits>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crm/v1/consumer_group_service.grpc.pb.h"
#include "crm/v1/event_service.grpc.pb.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/pause.h"
#include "tools/crmctl/text.h"
#include "tools/crmctl/values.h"
#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

using crm::v1::Event;
using crm::v1::EventFilter;

constexpr int kPageSize = 1000;
constexpr int64_t kScreenful = 100;  // events of a table, unless more are asked for
constexpr absl::Duration kFirstPause = absl::Milliseconds(200);
constexpr absl::Duration kLongestPause = absl::Seconds(10);
constexpr absl::Duration kPatience = absl::Minutes(10);  // without any answer

struct EventFlags {
  std::vector<std::string> types;
  std::vector<std::string> categories;
  std::string record;
  std::string actor;
  int64_t from = 0;
  int64_t to = 0;
  int64_t limit = 0;  // 0: not given
  bool until_caught_up = false;
  std::string group;
  int32_t max_in_flight = 0;  // 0: as the group allows
};

absl::StatusOr<EventFilter> FilterOf(Session& session, const EventFlags& flags) {
  EventFilter filter;
  for (const std::string& type : flags.types) filter.add_types(type);
  for (const std::string& category : flags.categories) filter.add_categories(category);
  if (!flags.record.empty()) {
    const FieldDescriptor& record = *filter.GetDescriptor()->FindFieldByName("record");
    ASSIGN_OR_RETURN(*filter.mutable_record(),
                     session.names().Resolve(CollectionsOf(record), flags.record));
  }
  if (!flags.actor.empty()) {
    ASSIGN_OR_RETURN(*filter.mutable_actor(), session.names().Resolve({"members"}, flags.actor));
  }
  return filter;
}

// Events one by one as they come: a line each in a table, too, since nobody knows how many follow.
class EventPrinter {
 public:
  explicit EventPrinter(Session& session)
      : session_(session),
        rows_(session.environment().out, session.style(), *Event::descriptor(),
              UsualFields("crm.v1.Event")) {}

  absl::Status Begin() {
    return session_.style().format == Format::kTable ? absl::OkStatus() : rows_.Begin();
  }

  void Add(const Event& event) {
    if (session_.style().format != Format::kTable) {
      rows_.Add(event);
      return;
    }
    const std::string type = event.type().substr(event.type().rfind('.') + 1);
    const std::string actor =
        event.actor().empty() ? "system" : session_.names().DisplayName(event.actor());
    std::string line = absl::StrCat(PadLeft(absl::StrCat(event.position()), 9), "  ",
                                    FormatLocalTime(event.record_time(), session_.style().zone),
                                    "  ", PadRight(event.category(), 12), " ", PadRight(type, 28),
                                    " ", actor, "  ", OneLine(event.data_json()));
    if (session_.style().columns > 0) line = Truncate(line, session_.style().columns);
    session_.environment().out << line << "\n" << std::flush;
  }

  void Finish() {
    if (session_.style().format != Format::kTable) rows_.Finish();
  }

 private:
  Session& session_;
  RowPrinter rows_;
};

absl::Status Read(Session& session, const EventFlags& flags) {
  crm::v1::ReadEventsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_filter(), FilterOf(session, flags));
  request.set_from_position(flags.from);
  EventPrinter printer(session);
  RETURN_IF_ERROR(printer.Begin());
  const bool table = session.style().format == Format::kTable;
  int64_t left = table ? kScreenful : std::numeric_limits<int64_t>::max();
  if (flags.limit > 0) left = flags.limit;
  int64_t shown = 0;
  bool more = true;
  while (more && left > 0) {
    request.set_page_size(static_cast<int32_t>(std::min<int64_t>(left, kPageSize)));
    crm::v1::ReadEventsResponse response;
    RETURN_IF_ERROR(session.Call("ReadEvents", request, response).status());
    for (const Event& event : response.events()) {
      if (flags.to > 0 && event.position() > flags.to) break;
      printer.Add(event);
      ++shown;
      --left;
    }
    const int64_t next = response.next_position();
    more = next <= response.head_position() && next > request.from_position() &&
           (flags.to == 0 || next <= flags.to);
    request.set_from_position(next);
  }
  printer.Finish();
  if (more)
    session.environment().err << "there may be more: --from " << request.from_position()
                              << ", or --limit N\n";
  if (shown == 0 && table) session.environment().err << "no events\n";
  return absl::OkStatus();
}

// One subscription from `next` on; returns why it ended and leaves `next` where to go on.
grpc::Status Follow(Session& session, const EventFlags& flags, const EventFilter& filter,
                    EventPrinter& printer, int64_t& next, bool& heard) {
  const auto stub = crm::v1::EventService::NewStub(session.connection().channel());
  grpc::ClientContext context;
  session.connection().Prepare(context, /*reads=*/true);
  crm::v1::SubscribeEventsRequest request;
  request.set_from_position(next);
  request.set_checkpoint_interval_ms(1000);
  *request.mutable_filter() = filter;
  const auto stream = stub->SubscribeEvents(&context, request);
  crm::v1::SubscribeEventsResponse response;
  while (stream->Read(&response)) {
    heard = true;
    if (response.has_batch()) {
      for (const Event& event : response.batch().events()) {
        if (event.position() >= next) printer.Add(event);
        next = std::max(next, event.position() + 1);
      }
      next = std::max(next, response.batch().checkpoint_position() + 1);
    } else if (response.has_checkpoint()) {
      next = std::max(next, response.checkpoint().position() + 1);
    }
    const bool enough = response.has_caught_up() && flags.until_caught_up;
    if (enough || session.environment().interrupted()) {
      context.TryCancel();
      stream->Finish();
      return grpc::Status::OK;
    }
  }
  return stream->Finish();
}

// Runs `once` again and again while the server comes and goes, until it ends well or Ctrl-C.
// `place` says where it goes on.
absl::Status KeepOn(Session& session, EventPrinter& printer,
                    const std::function<grpc::Status(bool& heard)>& once,
                    const std::function<std::string()>& place) {
  absl::Duration pause = kFirstPause;
  absl::Time last_answer = session.environment().clock.Now();
  while (true) {
    bool heard = false;
    const absl::Status status = FromGrpc(once(heard));
    if (heard) {
      pause = kFirstPause;
      last_answer = session.environment().clock.Now();
    }
    const bool patient = session.environment().clock.Now() - last_answer < kPatience;
    const bool again = status.code() == absl::StatusCode::kUnavailable && patient &&
                       !session.environment().interrupted();
    if (!again) {
      printer.Finish();
      return session.environment().interrupted() ? absl::OkStatus() : status;
    }
    session.environment().err << "lost the server; going on" << place() << "\n";
    Pause(session.environment().clock, pause, session.environment().interrupted);
    pause = std::min(pause * 2, kLongestPause);
  }
}

absl::Status Tail(Session& session, const EventFlags& flags) {
  ASSIGN_OR_RETURN(const EventFilter filter, FilterOf(session, flags));
  int64_t next = flags.from;
  if (next == 0) {  // from the head on, as tail does
    crm::v1::CountEventsRequest request;
    crm::v1::CountEventsResponse response;
    RETURN_IF_ERROR(session.Call("CountEvents", request, response).status());
    next = response.head_position() + 1;
  }
  EventPrinter printer(session);
  RETURN_IF_ERROR(printer.Begin());
  return KeepOn(
      session, printer,
      [&](bool& heard) { return Follow(session, flags, filter, printer, next, heard); },
      [&] { return absl::StrCat(" from position ", next); });
}

// Takes part in a group once: prints what it is given, then acknowledges it.
grpc::Status TakePart(Session& session, const EventFlags& flags, const std::string& group,
                      EventPrinter& printer, bool& heard) {
  const auto stub = crm::v1::ConsumerGroupService::NewStub(session.connection().channel());
  grpc::ClientContext context;
  session.connection().Prepare(context, /*reads=*/true);
  const auto stream = stub->Consume(&context);
  crm::v1::ConsumeRequest request;
  request.mutable_begin()->set_consumer_group(group);
  request.mutable_begin()->set_max_in_flight_count(flags.max_in_flight);
  stream->Write(request);
  crm::v1::ConsumeResponse response;
  bool leaving = false;
  while (stream->Read(&response)) {
    heard = true;
    if (response.has_batch() && !leaving) {
      auto& positions = *request.mutable_acknowledge()->mutable_positions();
      positions.Clear();
      for (const auto& delivery : response.batch().deliveries()) {
        printer.Add(delivery.event());
        positions.Add(delivery.event().position());
      }
      session.environment().out << std::flush;
      stream->Write(request);
    }
    const bool enough = response.has_caught_up() && flags.until_caught_up;
    if (!leaving && (enough || session.environment().interrupted())) {
      leaving = true;  // the server says what is settled, then ends
      stream->WritesDone();
    }
  }
  return stream->Finish();
}

absl::Status ConsumeEvents(Session& session, const EventFlags& flags) {
  ASSIGN_OR_RETURN(const std::string group,
                   session.names().Resolve({"consumerGroups"}, flags.group));
  EventPrinter printer(session);
  RETURN_IF_ERROR(printer.Begin());
  return KeepOn(
      session, printer,
      [&](bool& heard) { return TakePart(session, flags, group, printer, heard); },
      [] { return std::string(" where the group is"); });
}

absl::Status Count(Session& session, const EventFlags& flags) {
  crm::v1::CountEventsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_filter(), FilterOf(session, flags));
  crm::v1::CountEventsResponse response;
  RETURN_IF_ERROR(session.Call("CountEvents", request, response).status());
  if (session.style().format == Format::kJson) {
    return PrintRecord(session.environment().out, session.style(), response);
  }
  RowPrinter printer(session.environment().out, session.style(),
                     *crm::v1::CountEventsResponse::TypeCount::descriptor(), {"type", "count"});
  RETURN_IF_ERROR(printer.Begin());
  for (const auto& type : response.types()) printer.Add(type);
  if (session.style().format == Format::kTable) {
    crm::v1::CountEventsResponse::TypeCount total;
    total.set_type("all");
    total.set_count(response.count());
    printer.Add(total);
  }
  printer.Finish();
  return absl::OkStatus();
}

absl::Status Verify(Session& session, const EventFlags& flags) {
  crm::v1::VerifyLogRequest request;
  request.set_from_position(flags.from);
  request.set_to_position(flags.to);
  crm::v1::VerifyLogResponse response;
  RETURN_IF_ERROR(session.Call("VerifyLog", request, response).status());
  if (session.style().format != Format::kTable) {
    RETURN_IF_ERROR(PrintRecord(session.environment().out, session.style(), response));
  } else if (response.valid()) {
    session.environment().out << FormatCount(response.checked_count())
                              << " events are as they were recorded; hash "
                              << absl::BytesToHexString(response.hash()) << " at position "
                              << response.position() << "\n";
  }
  if (response.valid()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("position ", response.first_bad_position(), ": ", response.problem()));
}

void AddFilterOptions(CLI::App& leaf, EventFlags& flags) {
  const auto list = [&](const char* name, std::vector<std::string>& values, const char* help) {
    leaf.add_option(name, values, help)->delimiter(',')->allow_extra_args(false);
  };
  list("--type", flags.types, "Event types, for example StageMoved");
  list("--category", flags.categories, "Kinds of stream, for example opportunity");
  leaf.add_option("--record", flags.record, "Events of one record");
  leaf.add_option("--actor", flags.actor, "Events caused by this member");
}

}  // namespace

void AddEventCommands(CommandTree& tree) {
  CLI::App& group = tree.AddGroup(tree.root(), "events", "The log itself");
  auto flags = std::make_shared<EventFlags>();
  const auto leaf = [&](const char* word, const char* help, auto run) -> CLI::App& {
    return tree.AddLeaf(group, word, help,
                        [flags, run](Session& session) { return run(session, *flags); });
  };
  CLI::App& tail = leaf("tail", "Follow new events until Ctrl-C", Tail);
  AddFilterOptions(tail, *flags);
  tail.add_option("--from", flags->from, "First position; without it only new events");
  tail.add_flag("--until-caught-up", flags->until_caught_up, "Stop at the end of the log");
  CLI::App& consume =
      leaf("consume", "Take part in a consumer group: print its events and acknowledge them",
           ConsumeEvents);
  consume.add_option("group", flags->group, "The consumer group")->required();
  consume.add_option("--max-in-flight", flags->max_in_flight, "Most events to hold unsettled");
  consume.add_flag("--until-caught-up", flags->until_caught_up,
                   "Stop when everything in the log is settled");
  CLI::App& read = leaf("read", "Events that are there", Read);
  AddFilterOptions(read, *flags);
  read.add_option("--from", flags->from, "First position");
  read.add_option("--to", flags->to, "Last position");
  read.add_option("--limit", flags->limit, "Most events to show (100 in a table, else all)")
      ->check(CLI::PositiveNumber);
  AddFilterOptions(leaf("count", "How many events, by type", Count), *flags);
  CLI::App& verify = leaf("verify", "Recompute the hash chain", Verify);
  verify.add_option("--from", flags->from, "First position");
  verify.add_option("--to", flags->to, "Last position");
}

}  // namespace crm::ctl
