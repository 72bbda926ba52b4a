// The victim of key_ring_crash_test.cc: makes keys, then destroys them, until it is killed; prints
// "subject key\n" before it destroys one.
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "eventstore/rocksdb/rocksdb_key_ring.h"

namespace crm::eventstore {
namespace {

// An exit code when something failed, else 0.
int MakeAndDestroy(const std::string& directory) {
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

// However long the one who kills it is kept waiting.
int Run(const std::string& directory) {
  int failed = 0;
  while (failed == 0) failed = MakeAndDestroy(directory);
  return failed;
}

}  // namespace
}  // namespace crm::eventstore

int main(int argc, char** argv) { return argc == 2 ? crm::eventstore::Run(argv[1]) : 1; }
