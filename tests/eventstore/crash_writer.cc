// The victim of crash_test.cc: works for ever and prints what it has done, until it is killed.
//   log   appends from several threads; prints each acknowledged commit as "stream version\n"
//   keys  makes keys, then destroys them; prints "subject key\n" before it destroys one
#include <unistd.h>

#include <cstdlib>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "eventstore/rocksdb/rocksdb_key_ring.h"
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

int RunLog(const std::string& directory) {
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

int RunKeys(const std::string& directory) {
  const Uuid organization = Uuid::FromName(Uuid{}, "organization");
  std::vector<std::pair<Uuid, SealingKey>> keys;
  for (const bool making : {true, false}) {
    // Opening again moves the keys from the write-ahead log into a table, where only a compaction
    // can get at them.
    auto ring = RocksDbKeyRing::Open(directory);
    if (!ring.ok()) return 5;
    for (int i = 0; making && i < 100; ++i) {
      const Uuid subject = Uuid::Random();
      const auto key = (*ring)->FindOrCreate(organization, subject);
      if (!key.ok()) return 6;
      keys.emplace_back(subject, *key);
    }
    if (making) continue;
    for (const auto& [subject, key] : keys) {
      const std::string bytes(key.begin(), key.end());
      const std::string line =
          absl::StrCat(subject.ToString(), " ", absl::BytesToHexString(bytes), "\n");
      if (write(STDOUT_FILENO, line.data(), line.size()) < 0) return 4;
      if (!(*ring)->Destroy(organization, subject).ok()) return 7;
    }
  }
  return 0;
}

}  // namespace
}  // namespace crm::eventstore

int main(int argc, char** argv) {
  if (argc != 3) return 1;
  const bool keys = absl::string_view(argv[1]) == "keys";
  return keys ? crm::eventstore::RunKeys(argv[2]) : crm::eventstore::RunLog(argv[2]);
}
