// kill -9 while appending: every acknowledged commit is there exactly once, and the chain holds.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "eventstore/hash_chain.h"
#include "tests/eventstore/contract.h"

namespace crm::eventstore {
namespace {

// Runs the writer until it has acknowledged `acks` commits, kills it, and returns the version each
// thread's stream had reached at its last acknowledgement.
std::map<int, Version> RunAndKill(const std::string& directory, int acks) {
  int pipe_ends[2];
  EXPECT_EQ(pipe(pipe_ends), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
  std::string program = CRASH_WRITER;
  std::string argument = directory;
  char* arguments[] = {program.data(), argument.data(), nullptr};
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
    if (lines < acks || killed) continue;
    kill(child, SIGKILL);
    killed = true;
  }
  close(pipe_ends[0]);
  int state = 0;
  waitpid(child, &state, 0);
  EXPECT_TRUE(WIFSIGNALED(state)) << "the writer ended by itself with " << WEXITSTATUS(state);

  std::map<int, Version> reached;
  for (const absl::string_view line : absl::StrSplit(output, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> parts = absl::StrSplit(line, ' ');
    int thread = 0;
    Version version = 0;
    EXPECT_TRUE(parts.size() == 2 && absl::SimpleAtoi(parts[0], &thread) &&
                absl::SimpleAtoi(parts[1], &version));
    reached[thread] = version;
  }
  return reached;
}

TEST(CrashTest, AcknowledgedCommitsSurviveKillDashNine) {
  TemporaryDirectory directory;
  for (int round = 0; round < 5; ++round) {
    const std::map<int, Version> acked = RunAndKill(directory.path(), 300);
    EXPECT_FALSE(acked.empty());
    auto storage = RocksDbStorage::Open(directory.path());
    ASSERT_TRUE(storage.ok()) << storage.status();
    auto log = SequencedLog::Open(**storage);
    ASSERT_TRUE(log.ok()) << log.status();
    const Head head = *(*log)->GetHead(kOrganization);
    const auto report = VerifyChain(**storage, kOrganization, 1, head.durable);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->hash, head.hash);
    for (const auto& [thread, version] : acked) {
      const StreamId stream{"crash", TestId(absl::StrCat(thread))};
      const auto versions = VersionsOf(ReadStreamOf(**log, stream));
      ASSERT_GE(static_cast<Version>(versions.size()), version) << "round " << round;
      for (size_t i = 0; i < versions.size(); ++i)
        ASSERT_EQ(versions[i], static_cast<Version>(i + 1));
    }
  }
}

}  // namespace
}  // namespace crm::eventstore
