// kill -9 while keys are destroyed: destroyed keys stay destroyed. (That the log survives is in
// tests/crash.)
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "eventstore/rocksdb/rocksdb_key_ring.h"
#include "tests/eventstore/contract.h"

namespace crm::eventstore {
namespace {

// Runs the writer until it has printed `wanted` lines, kills it `later`, and returns all it
// printed.
std::string RunAndKill(const std::string& directory, int wanted, absl::Duration later) {
  int pipe_ends[2];
  EXPECT_EQ(pipe(pipe_ends), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
  std::string program = KEY_WRITER;
  std::string directory_argument = directory;
  char* arguments[] = {program.data(), directory_argument.data(), nullptr};
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);

  std::string output;
  char buffer[4096];
  int lines = 0;
  bool killed = false;
  // Also what was written to the pipe before the kill took effect counts as acknowledged.
  for (ssize_t size; (size = read(pipe_ends[0], buffer, sizeof buffer)) > 0;) {
    lines += static_cast<int>(std::count(buffer, buffer + size, '\n'));
    output.append(buffer, static_cast<size_t>(size));
    if (lines < wanted || killed) continue;
    absl::SleepFor(later);
    kill(child, SIGKILL);
    killed = true;
  }
  close(pipe_ends[0]);
  int state = 0;
  waitpid(child, &state, 0);
  EXPECT_TRUE(WIFSIGNALED(state)) << "the writer ended by itself with " << WEXITSTATUS(state);

  return output;
}

// Whatever moment the kill hits: a key that is marked as destroyed is in no file after the next
// open. Mutation seen to fail: Open that does not finish a purge.
TEST(KeyRingCrashTest, DestroyedKeysAreGoneAfterKillDashNine) {
  TemporaryDirectory directory;
  for (int round = 0; round < 10; ++round) {
    const std::string output = RunAndKill(directory.path(), 3, round * absl::Microseconds(400));
    const auto ring = RocksDbKeyRing::Open(directory.path());
    ASSERT_TRUE(ring.ok()) << ring.status();
    for (const absl::string_view line : absl::StrSplit(output, '\n', absl::SkipEmpty())) {
      const std::vector<absl::string_view> parts = absl::StrSplit(line, ' ');
      ASSERT_EQ(parts.size(), 2u);
      const auto key = (*ring)->Find(kOrganization, *Uuid::Parse(parts[0]));
      ASSERT_TRUE(key.ok()) << key.status();
      if (key->has_value()) continue;  // killed before it was destroyed
      EXPECT_FALSE(DirectoryHolds(directory.path(), absl::HexStringToBytes(parts[1])));
    }
  }
}

}  // namespace
}  // namespace crm::eventstore
