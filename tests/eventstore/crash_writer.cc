// The victim of crash_test.cc: appends from several threads for ever and prints each acknowledged
// commit as "stream version\n" in one write, until it is killed.
#include <unistd.h>

#include <cstdlib>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "eventstore/rocksdb/rocksdb_storage.h"
#include "eventstore/sequencer.h"

namespace crm::eventstore {
namespace {

constexpr int kThreads = 8;

absl::StatusOr<Committed> Append(EventLog& log, Commit commit) {
  std::promise<absl::StatusOr<Committed>> outcome;
  log.Append(std::move(commit), [&](auto result) { outcome.set_value(std::move(result)); });
  return outcome.get_future().get();
}

Commit MakeCommit(int thread) {
  Commit commit;
  commit.organization = Uuid::FromName(Uuid{}, "organization");
  commit.now = absl::FromUnixSeconds(1'700'000'000);
  commit.streams.push_back({{"crash", Uuid::FromName(Uuid{}, absl::StrCat(thread))}, 0, {}, false});
  return commit;
}

void AppendForEver(EventLog& log, int thread) {
  Commit commit = MakeCommit(thread);
  StreamAppend& append = commit.streams[0];
  const absl::Status read =
      log.ReadStream(commit.organization, append.stream, 1, [&](const RecordedEvent& event) {
        append.expected = event.version();
        return absl::OkStatus();
      });
  if (!read.ok()) std::exit(2);
  for (;;) {
    const int count = 1 + static_cast<int>(append.expected % 3);
    for (int i = 0; i < count; ++i)
      append.events.push_back({"crm.test.Happened", std::string(100, 'x'), Uuid{}, ""});
    commit.request = RequestKey{append.stream.id, Uuid::Random(), Digest{}};
    Commit attempt = commit;
    if (!Append(log, std::move(attempt)).ok()) std::exit(3);
    append.events.clear();
    append.expected += count;
    const std::string line = absl::StrCat(thread, " ", append.expected, "\n");
    if (write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(4);
  }
}

int Run(const std::string& directory) {
  auto storage = RocksDbStorage::Open(directory);
  if (!storage.ok()) return 5;
  auto log = SequencedLog::Open(**storage);
  if (!log.ok()) return 6;
  if ((*log)->ListOrganizations().empty()) {
    Commit create = MakeCommit(0);
    create.streams.clear();
    create.create_organization = true;
    if (!Append(**log, std::move(create)).ok()) return 7;
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { AppendForEver(**log, i); });
  for (std::thread& thread : threads) thread.join();
  return 0;
}

}  // namespace
}  // namespace crm::eventstore

int main(int argc, char** argv) { return argc == 2 ? crm::eventstore::Run(argv[1]) : 1; }
