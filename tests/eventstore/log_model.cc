#include "tests/eventstore/log_model.h"

#include <algorithm>
#include <future>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/reason.h"
#include "tests/eventstore/test_log.h"
#include "tests/support/seed.h"

namespace crm::eventstore {
namespace {

using ::crm::testing::Between;
using ::crm::testing::OneIn;
using Kind = Operation::Kind;

constexpr int kStreams = 5;
constexpr int kRequests = 12;

StreamId StreamNumber(int number) { return TestStream(absl::StrCat(number)); }

std::string Text(const std::vector<StreamChoice>& choices) {
  return absl::StrJoin(choices, " ", [](std::string* out, const StreamChoice& choice) {
    absl::StrAppend(out, choice.stream, "@", choice.off_by >= 0 ? "+" : "", choice.off_by, "x",
                    choice.events);
  });
}

Commit CommitOf(const Operation& operation, ReferenceLog& reference) {
  Commit commit = TestCommit({}, kStart + absl::Seconds(operation.seconds));
  const auto expected = [&](const StreamChoice& choice) {
    const Version reached = *reference.GetVersion(kOrganization, StreamNumber(choice.stream));
    return std::max<Version>(0, reached + choice.off_by);
  };
  for (const StreamChoice& choice : operation.written) {
    commit.streams.push_back({StreamNumber(choice.stream), expected(choice),
                              TestEvents(choice.events, absl::StrCat(operation.input, "/")),
                              choice.stream == kStreams - 1});
    if (choice.effective_seconds.has_value() && !commit.streams.back().bookkeeping) {
      commit.streams.back().effective_time = kStart + absl::Seconds(*choice.effective_seconds);
    }
  }
  for (const StreamChoice& choice : operation.read) {
    commit.unchanged.push_back({StreamNumber(choice.stream), expected(choice)});
  }
  if (operation.request >= 0) {
    commit.request =
        TestRequest(absl::StrCat("request ", operation.request), absl::StrCat(operation.input));
  }
  if (operation.effective_seconds.has_value()) {
    commit.effective_time = kStart + absl::Seconds(*operation.effective_seconds);
  }
  return commit;
}

std::string Show(const Outcome& outcome) {
  if (outcome.ok()) {
    return absl::StrCat(outcome->replayed ? "replayed " : "ok ", outcome->record.ShortDebugString(),
                        " at ", absl::FormatTime(outcome->record_time, absl::UTCTimeZone()));
  }
  return absl::StrCat(static_cast<int>(outcome.status().code()), " ", ReasonOf(outcome.status()),
                      " ", ReasonMetadataValue(outcome.status(), "expected_version"), " ",
                      ReasonMetadataValue(outcome.status(), "actual_version"));
}

std::string Show(std::vector<RecordedEvent> events) {
  return absl::StrJoin(events, "\n", [](std::string* out, RecordedEvent event) {
    event.clear_hash();
    absl::StrAppend(out, event.ShortDebugString());
  });
}

std::string ShowAppend(const Operation& operation, EventLog& log, ReferenceLog& reference) {
  Commit commit = CommitOf(operation, reference);
  if (operation.kind == Kind::kAppend) return Show(AppendNow(log, std::move(commit)));
  std::promise<Outcome> outcome;
  log.AppendExclusively([&]() -> absl::StatusOr<Commit> { return std::move(commit); },
                        [&](Outcome result) { outcome.set_value(std::move(result)); });
  return Show(outcome.get_future().get());
}

std::string ShowJoin(const Operation& operation, EventLog& log) {
  const RequestKey key =
      TestRequest(absl::StrCat("request ", operation.request), absl::StrCat(operation.input));
  auto joined = JoinLater(log, key);
  return joined.has_value() ? Show(joined->get()) : "unknown";
}

}  // namespace

std::string Operation::ToString() const {
  static constexpr const char* kWords[] = {
      "append", "append exclusively", "join", "read stream", "read log", "head", "restart"};
  std::string text = kWords[static_cast<int>(kind)];
  if (!written.empty()) absl::StrAppend(&text, " written [", Text(written), "]");
  if (!read.empty()) absl::StrAppend(&text, " read [", Text(read), "]");
  if (request >= 0) absl::StrAppend(&text, " request ", request, " input ", input);
  if (kind <= Kind::kAppendExclusively) absl::StrAppend(&text, " at ", seconds, "s");
  if (effective_seconds.has_value()) absl::StrAppend(&text, " effective ", *effective_seconds, "s");
  if (kind == Kind::kReadStream || kind == Kind::kReadLog) absl::StrAppend(&text, " from ", from);
  if (kind == Kind::kReadLog) absl::StrAppend(&text, " page ", page);
  return text;
}

std::vector<Operation> DrawOperations(std::mt19937_64& random, int count) {
  std::vector<Operation> operations;
  const auto number = [&random](int least, int most) {
    return static_cast<int>(Between(random, least, most));
  };
  const auto choose = [&](int most) {
    std::vector<int> streams(kStreams);
    for (int i = 0; i < kStreams; ++i) streams[static_cast<size_t>(i)] = i;
    std::shuffle(streams.begin(), streams.end(), random);
    std::vector<StreamChoice> choices;
    for (int i = 0; i < most; ++i) {
      // A wrong expectation now and then, in either direction.
      const int off_by = OneIn(random, 8) ? (OneIn(random, 2) ? 1 : -1) : 0;
      choices.push_back({streams[static_cast<size_t>(i)], off_by, number(0, 3)});
    }
    return choices;
  };
  int clock = 0;
  for (int i = 0; i < count; ++i) {
    Operation operation;
    const int draw = number(1, 100);
    operation.kind = draw <= 60   ? Kind::kAppend
                     : draw <= 68 ? Kind::kAppendExclusively
                     : draw <= 74 ? Kind::kJoin
                     : draw <= 84 ? Kind::kReadStream
                     : draw <= 94 ? Kind::kReadLog
                     : draw <= 98 ? Kind::kHead
                                  : Kind::kRestart;
    operation.from = number(1, 20);
    operation.page = number(1, 10);
    if (operation.kind == Kind::kJoin || (draw <= 68 && OneIn(random, 2))) {
      operation.request = number(0, kRequests - 1);
    }
    operation.input = number(0, 1);
    if (draw <= 68) {
      operation.written = choose(number(1, 3));
      operation.read = choose(OneIn(random, 3) ? 1 : 0);
      clock += number(-1, 2);
      operation.seconds = std::max(0, clock);
      if (OneIn(random, 6)) operation.effective_seconds = operation.seconds - number(-1, 5);
      for (StreamChoice& choice : operation.written) {
        if (OneIn(random, 8)) choice.effective_seconds = operation.seconds - number(-1, 5);
      }
    } else if (operation.kind == Kind::kReadStream) {
      operation.written = choose(1);
    }
    operations.push_back(std::move(operation));
  }
  return operations;
}

std::string Show(const Operation& operation, EventLog& log, ReferenceLog& reference) {
  switch (operation.kind) {
    case Kind::kAppend:
    case Kind::kAppendExclusively:
      return ShowAppend(operation, log, reference);
    case Kind::kJoin:
      return ShowJoin(operation, log);
    case Kind::kReadStream:
      return Show(ReadStreamOf(log, StreamNumber(operation.written[0].stream), operation.from));
    case Kind::kReadLog:
      return Show(ReadLogOf(log, operation.from, {.max_events = operation.page}));
    case Kind::kHead: {
      const absl::StatusOr<Head> head = log.GetHead(kOrganization);
      return head.ok() ? absl::StrCat(head->sequenced, " ", head->durable)
                       : std::string(head.status().message());
    }
    case Kind::kRestart:
      return "";
  }
  return "";
}

std::string FindDifference(const std::vector<Operation>& operations, ModelledLog& log) {
  ReferenceLog reference;
  CreateOrganization(reference);
  CreateOrganization(log.log());
  for (size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].kind == Kind::kRestart) log.Restart();
    // First the log, whose expectations are made of what the reference has reached so far.
    const std::string shown = Show(operations[i], log.log(), reference);
    const std::string wanted = Show(operations[i], reference, reference);
    if (shown == wanted) continue;
    return absl::StrCat("operation ", i + 1, ", ", operations[i].ToString(), ", shows\n", shown,
                        "\nand the reference\n", wanted);
  }
  return "";
}

std::vector<Operation> Shrink(std::vector<Operation> operations, const MakeLog& make) {
  // Leaves out ever smaller pieces, as long as what is left still differs; the smallest ones again
  // until none can go.
  for (size_t piece = std::max<size_t>(1, operations.size() / 2); piece > 0;) {
    bool fewer_now = false;
    for (size_t at = 0; at + piece <= operations.size();) {
      std::vector<Operation> fewer = operations;
      fewer.erase(fewer.begin() + static_cast<int64_t>(at),
                  fewer.begin() + static_cast<int64_t>(at + piece));
      const auto log = make();
      if (FindDifference(fewer, *log).empty()) {
        at += piece;
      } else {
        operations = std::move(fewer);
        fewer_now = true;
      }
    }
    if (piece > 1 || !fewer_now) piece /= 2;
  }
  return operations;
}

}  // namespace crm::eventstore
