// A model test of event logs: random operations are done on a log and on the reference, one by one,
// and whatever can be seen of them is compared. Operations are values that mean something in any
// order, so that those that do not matter can be left out when a sequence fails.
//
// Include from tests only. Pure functions over the logs they are given.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "eventstore/event_log.h"
#include "tests/eventstore/reference_log.h"

namespace crm::eventstore {

// Which streams, by number, and how far the expectation lies off what the stream has reached.
struct StreamChoice {
  int stream = 0;
  int off_by = 0;
  int events = 0;                                       // 0: only checked
  std::optional<int> effective_seconds = std::nullopt;  // of its own
};

struct Operation {
  enum class Kind { kAppend, kAppendExclusively, kJoin, kReadStream, kReadLog, kHead, kRestart };

  Kind kind = Kind::kAppend;
  std::vector<StreamChoice> written;
  std::vector<StreamChoice> read;  // `unchanged` of the commit
  int request = -1;                // negative: none
  int input = 0;                   // of the request
  int seconds = 0;                 // of the clock, from the start
  std::optional<int> effective_seconds;
  int from = 1;  // of a read
  int page = 1;  // events of a read of the log

  std::string ToString() const;
};

// `count` operations on a handful of streams and requests, so that they meet.
std::vector<Operation> DrawOperations(std::mt19937_64& random, int count);

// What an operation shows, as text: outcome or events, without hashes. Expectations are made of
// what the reference has reached, so that both logs are asked the same.
std::string Show(const Operation& operation, EventLog& log, ReferenceLog& reference);

// A log to run on; Restart keeps what is durable.
class ModelledLog {
 public:
  virtual ~ModelledLog() = default;
  virtual EventLog& log() = 0;
  virtual void Restart() = 0;
};
using MakeLog = std::function<std::unique_ptr<ModelledLog>()>;

// Where the log first shows something else than the reference: empty when it never does.
std::string FindDifference(const std::vector<Operation>& operations, ModelledLog& log);

// The fewest operations left that still differ, each run on a log of its own.
std::vector<Operation> Shrink(std::vector<Operation> operations, const MakeLog& make);

}  // namespace crm::eventstore
