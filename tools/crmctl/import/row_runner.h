// Runs the commands of one row after the other. Thread-safe: many rows run at the same time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/crmctl/assign.h"
#include "tools/crmctl/connection.h"
#include "tools/crmctl/csv.h"
#include "tools/crmctl/import/mapping.h"
#include "tools/crmctl/import/once.h"
#include "tools/crmctl/import/rejects.h"
#include "tools/crmctl/import/row_order.h"

namespace crm::ctl {

struct ImportTotals {
  std::atomic<int64_t> rows{0};
  std::atomic<int64_t> rejected_rows{0};
  std::atomic<int64_t> commands{0};  // sent, each counted once however often it was tried
  std::atomic<int64_t> fresh{0};     // recorded now
  std::atomic<int64_t> replayed{0};  // recorded by an earlier run
  std::atomic<int64_t> checked{0};   // of a dry run: found right without being recorded
};

class RowRunner {
 public:
  struct Options {
    bool dry_run = false;
    size_t columns = 0;  // cells that a row must have
    int most_tries = 8;
    absl::Duration first_pause = absl::Milliseconds(50);
    absl::Duration longest_pause = absl::Seconds(5);
    std::function<bool()> interrupted = [] { return false; };
  };

  RowRunner(const Mapping& mapping, Connection& connection, const AssignContext& context,
            const Options& options, Rejects& rejects, ImportTotals& totals);

  // A row that Run will get: by the one reader, in the order of the file.
  void Announce(const CsvRecord& record);

  // Counts the row, and rejects it when it is broken or a command fails. Not OK only when going on
  // is pointless: the server is gone or takes no calls from this caller.
  absl::Status Run(const CsvRecord& record);

 private:
  struct Current {
    const CsvRecord& record;
    std::string external_id;
    Row row;
  };

  // What is wrong with the row as a whole; OK makes `external_id` its own.
  absl::Status ReadKey(const CsvRecord& record, const Row& row, std::string& external_id) const;
  absl::Status RunCommands(Current& current);
  absl::Status RunCommand(const CommandSpec& command, Current& current);
  absl::StatusOr<bool> Applies(const CommandSpec& command, const Row& row) const;
  OncePerKey::Answer Execute(const CommandSpec& command, const Current& current,
                             const std::string& request_key);
  absl::StatusOr<std::unique_ptr<Message>> BuildRequest(const CommandSpec& command,
                                                        const Current& current,
                                                        const std::string& request_key) const;
  OncePerKey::Answer Send(const CommandSpec& command, const Message& request);
  void AddReject(const Current& current, const std::string& command, const absl::Status& status);

  const Mapping& mapping_;
  Connection& connection_;
  const AssignContext context_;
  const Options options_;
  Rejects& rejects_;
  ImportTotals& totals_;
  OncePerKey once_;
  RowOrder order_;
};

// Whether a failure says nothing about the row: the same call may succeed a moment later.
bool MayPass(const absl::Status& status);

}  // namespace crm::ctl
