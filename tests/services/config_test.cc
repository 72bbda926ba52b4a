#include "services/config.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/scratch_folder.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::ScratchFolder;
using testing::StatusIs;

using Arguments = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

constexpr char kSample[] = "deploy/crmd.toml";  // tests run in the source folder
constexpr char kNoFile[] = "/nonexistent/crmd.toml";

absl::StatusOr<CommandLine> Parse(const Arguments& arguments, const Environment& environment = {},
                                  const std::string& file = kNoFile) {
  return ParseCommandLine(arguments, environment, file);
}

std::string WriteFile(const ScratchFolder& folder, const std::string& text) {
  const std::string path = folder / "crmd.toml";
  std::ofstream(path) << text;
  return path;
}

TEST(ConfigTest, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
  const ScratchFolder folder;
  const std::string file = WriteFile(folder,
                                     "data_dir = \"/from/file\"\nlisten = \"127.0.0.1:1\"\n"
                                     "log_level = \"error\"\nworker_queue = 5\n");
  const auto line = Parse({"--listen", "127.0.0.1:3"},
                          {{"CRMD_LISTEN", "127.0.0.1:2"},
                           {"CRMD_LOG_LEVEL", "debug"},
                           {"CRMD_DATA_DIR", ""},
                           {"HOME", "/root"}},
                          file);
  ASSERT_THAT(line, IsOk());
  EXPECT_EQ(line->action, CommandLine::Action::kServe);
  EXPECT_EQ(line->config.listen, "127.0.0.1:3");
  EXPECT_EQ(line->config.log_level, "debug");
  EXPECT_EQ(line->config.data_dir, "/from/file");
  EXPECT_EQ(line->config.limits.worker_queue, 5);
  EXPECT_EQ(line->config.admin_listen, "127.0.0.1:7421");
}

TEST(ConfigTest, TheFileMayBeNamedByFlagOrEnvironmentAndMustThenExist) {
  const ScratchFolder folder;
  const std::string file = WriteFile(folder, "drain_deadline_s = 7\n");
  EXPECT_EQ(Parse({"--config", file})->config.drain_deadline_s, 7);
  EXPECT_EQ(Parse({}, {{"CRMD_CONFIG", file}})->config.drain_deadline_s, 7);
  EXPECT_THAT(Parse({"--config", kNoFile}), HasReason("CONFIG_INVALID"));
  EXPECT_THAT(Parse({}), IsOk()) << "the default file may be missing";
}

TEST(ConfigTest, RefusesWhatItDoesNotKnow) {
  const ScratchFolder folder;
  EXPECT_THAT(Parse({"--no-such-flag"}), HasReason("CONFIG_INVALID"));
  EXPECT_THAT(Parse({"stray"}), HasReason("CONFIG_INVALID"));
  EXPECT_THAT(Parse({}, {{"CRMD_LISTNE", "x"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("CRMD_LISTNE")));
  EXPECT_THAT(Parse({}, {}, WriteFile(folder, "lisen = \"127.0.0.1:1\"\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("lisen")));
  EXPECT_THAT(Parse({}, {}, WriteFile(folder, "data-dir = \"/x\"\n")), HasReason("CONFIG_INVALID"))
      << "one spelling per place";
}

TEST(ConfigTest, RefusesBadValues) {
  for (const Arguments& bad : std::vector<Arguments>{
           {"--listen", "nowhere"},
           {"--listen", "127.0.0.1:65536"},
           {"--listen", ":7420"},
           {"--data-dir", ""},
           {"--log-level", "loud"},
           {"--log-format", "xml"},
           {"--anchor", "sometimes"},
           {"--bootstrap-currency", "usd"},
           {"--bootstrap-time-zone", "Mars/Olympus"},
           {"--bootstrap-effective-time", "yesterday"},
           {"--worker-threads", "0"},
           {"--worker-threads", "many"},
           {"--max-message-bytes", "99999999999"},
           {"--drain-deadline-s", "-1"},
           {"--backup-dir", "/tmp/b"},
           {"--backup-dir", "/tmp/b", "--keys-backup-dir", "/tmp/b"},
           {"--backup-dir", "/tmp/b", "--keys-backup-dir", "/tmp/b/keys"},
           {"--backup-dir", "/tmp/d/b", "--keys-backup-dir", "/tmp/k", "--data-dir", "/tmp/d"},
       })
    EXPECT_THAT(Parse(bad), HasReason("CONFIG_INVALID")) << bad[0] << " " << bad[1];
}

TEST(ConfigTest, ListensBeyondThisMachineOnlyWhenTold) {
  for (const char* flag : {"--listen", "--admin-listen", "--metrics-listen"}) {
    EXPECT_THAT(
        Parse({flag, "0.0.0.0:7420"}),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--allow-plaintext-non-loopback")));
    EXPECT_THAT(Parse({flag, "0.0.0.0:7420", "--allow-plaintext-non-loopback"}), IsOk());
    EXPECT_THAT(Parse({flag, "127.evil.example:7420"}), HasReason("CONFIG_INVALID"));
    EXPECT_THAT(Parse({flag, "localhost:0"}), IsOk());
    EXPECT_THAT(Parse({flag, "[::1]:7420"}), IsOk());
  }
}

TEST(ConfigTest, PrintsWhatItWouldUseAndReadsItAgain) {
  const auto printed = Parse({"--print-config", "--data-dir", "/with \"quotes\"",
                              "--allow-plaintext-non-loopback", "--worker-queue=9"});
  ASSERT_THAT(printed, IsOk());
  EXPECT_EQ(printed->action, CommandLine::Action::kPrint);
  EXPECT_THAT(printed->text, HasSubstr("worker_queue = 9\n"));
  const ScratchFolder folder;
  const auto again = Parse({"--print-config"}, {}, WriteFile(folder, ToToml(Config())));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->text, ToToml(Config()));
  // Names are not only ASCII, and CLI11 knows no escapes.
  const auto name = [&](const std::string& text) {
    Config config;
    config.bootstrap_display_name = text;
    return Parse({}, {}, WriteFile(folder, ToToml(config)));
  };
  EXPECT_EQ(name("Müller & \"Söhne\"")->config.bootstrap_display_name, "Müller & \"Söhne\"");
  EXPECT_THAT(Parse({"--data-dir=a\nb"}), HasReason("CONFIG_INVALID"));
  EXPECT_THAT(Parse({"--data-dir=a\"b'c"}), HasReason("CONFIG_INVALID"));
  EXPECT_EQ(name("back \\ slash")->config.bootstrap_display_name, "back \\ slash");
  EXPECT_THAT(Parse({"--data-dir=a b\\"}), HasReason("CONFIG_INVALID"));
  EXPECT_THAT(Parse({"--data-dir=a#b"}), HasReason("CONFIG_INVALID"));
  EXPECT_THAT(Parse({}, {}, WriteFile(folder, "data_dir = \"a#b\"\n")),
              HasReason("CONFIG_INVALID"));
  EXPECT_THAT(Parse({}, {}, WriteFile(folder, "data_dir = \"a\n")), HasReason("CONFIG_INVALID"));
}

TEST(ConfigTest, AnswersHelpVersionAndCheck) {
  EXPECT_THAT(Parse({"--version"})->text, HasSubstr("crmd 0."));
  EXPECT_THAT(Parse({"--help"})->text, HasSubstr("--data-dir"));
  EXPECT_THAT(Parse({"--help"})->text, HasSubstr("CRMD_DATA_DIR"));
  EXPECT_EQ(Parse({"--check-config"})->action, CommandLine::Action::kPrint);
  EXPECT_THAT(Parse({"--check-config", "--log-level", "loud"}), HasReason("CONFIG_INVALID"));
}

// The sample shows every key once, with its default.
TEST(ConfigTest, TheSampleListsExactlyTheKnownKeysWithTheirDefaults) {
  std::ifstream sample(kSample);
  ASSERT_TRUE(sample.is_open()) << "run in the source folder";
  std::vector<std::string> keys;
  for (std::string text; std::getline(sample, text);)
    if (!text.empty() && text[0] != '#') keys.push_back(text.substr(0, text.find(' ')));
  EXPECT_EQ(keys, ConfigKeys());
  const auto line = Parse({}, {}, kSample);
  ASSERT_THAT(line, IsOk());
  EXPECT_EQ(ToToml(line->config), ToToml(Config()));
}

}  // namespace
}  // namespace crm::services
