// crmctl backup against a running server, word by word as an operator types it, and the restore of
// what it made with crmutil.
// Mutations seen to fail: Verify that says OK whatever it was told; NameOf that takes a number as
// it is, or prefixes a name; List that shows nothing; BackupDesk::Discard that does nothing;
// VerifyCopyFiles that always agrees.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/crmctl/command_line.h"
#include "tests/scenarios/sales_office.h"
#include "tools/crmutil/run.h"

namespace crm::testing {
namespace {

using ctl::ExitCode;
using ctl::testing::Ran;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class BackupCommandTest : public ::testing::Test {
 protected:
  BackupCommandTest() { std::ofstream(folder_ / "operator") << RunningServer::kOperatorToken; }

  Ran Backup(std::vector<std::string> words, const std::string& token_file = "operator") const {
    ctl::testing::CommandLine cli(absl::StrCat("127.0.0.1:", server_.port()));
    words.insert(words.begin(), "backup");
    for (const std::string& word :
         {std::string("--admin-target"), absl::StrCat("127.0.0.1:", server_.admin_port()),
          std::string("--operator-token-file"), folder_ / token_file}) {
      words.push_back(word);
    }
    return cli.Run(words);
  }
  nlohmann::json BackupJson(const std::vector<std::string>& words) const {
    std::vector<std::string> with_format = words;
    with_format.insert(with_format.end(), {"--output", "json"});
    const Ran ran = Backup(with_format);
    EXPECT_EQ(ran.code, ExitCode::kOk) << ran.err;
    return nlohmann::json::parse(ran.out, nullptr, false);
  }
  void CaptureLead() const { office_.ada.Do(&Leads::CaptureLead, "lead { given_name: 'Grace' }"); }
  // Cuts the largest file of the first copy of the log.
  void CutACopiedFile() const {
    std::filesystem::path largest;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(server_.config().backup_dir + "/copies")) {
      const bool larger =
          entry.is_regular_file() && (largest.empty() || entry.file_size() > file_size(largest));
      if (larger) largest = entry.path();
    }
    std::filesystem::resize_file(largest, file_size(largest) / 2);
  }

  SystemClock clock_;
  ScratchFolder folder_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(BackupCommandTest, WhatIsMadeIsListedVerifiedAndRestored) {
  EXPECT_EQ(Backup({"list"}).out.find("backups/"), std::string::npos);
  CaptureLead();
  const int64_t head = office_.HeadPosition();
  const nlohmann::json made = BackupJson({"create"});
  EXPECT_EQ(made["name"], "backups/1") << made;
  EXPECT_EQ(made["heads"][0]["position"], std::to_string(head)) << made;
  CaptureLead();
  EXPECT_THAT(Backup({"create"}).out, HasSubstr("backups/2"));

  const Ran listed = Backup({"list"});
  EXPECT_EQ(listed.code, ExitCode::kOk) << listed.err;
  EXPECT_THAT(listed.out, ::testing::AllOf(HasSubstr("backups/1"), HasSubstr("backups/2")));

  // By number, as it is listed, or by name.
  const Ran verified = Backup({"verify", "1"});
  EXPECT_EQ(verified.code, ExitCode::kOk) << verified.err;
  EXPECT_THAT(verified.out, StartsWith(absl::StrCat(head, " events")));
  EXPECT_EQ(BackupJson({"verify", "backups/2"})["checked_count"], std::to_string(head + 1));

  std::stringstream out;
  ASSERT_EQ(util::RunCrmutil(
                {"restore", folder_ / "restored", "--json", "--backup", server_.config().backup_dir,
                 "--keys", server_.config().keys_backup_dir, "--id", "1"},
                out, out),
            util::ExitCode::kOk)
      << out.str();
  RunningServer restored(clock_,
                         [&](services::Config& config) { config.data_dir = folder_ / "restored"; });
  EXPECT_EQ(restored.Reconnect(office_.administrator)
                .Do(&Events::VerifyLog, absl::StrCat("to_position: ", head))
                .checked_count(),
            head);

  EXPECT_EQ(Backup({"discard", "1"}).code, ExitCode::kOk);
  EXPECT_THAT(Backup({"list"}).out, Not(HasSubstr("backups/1")));
}

TEST_F(BackupCommandTest, DamageIsTheExitCodeAndTheReason) {
  CaptureLead();
  ASSERT_EQ(Backup({"create"}).code, ExitCode::kOk);
  CutACopiedFile();
  const Ran damaged = Backup({"verify", "1"});
  EXPECT_EQ(damaged.code, ExitCode::kFailed);
  EXPECT_THAT(damaged.err, HasSubstr("backups/1: STORAGE_CORRUPT"));
  EXPECT_EQ(damaged.out, "");
}

TEST_F(BackupCommandTest, StrangersAndMistakesAreToldApart) {
  std::ofstream(folder_ / "mine") << office_.administrator.token();
  EXPECT_EQ(Backup({"create"}, "mine").code, ExitCode::kDenied);
  EXPECT_EQ(Backup({"list"}, "mine").code, ExitCode::kDenied);
  const Ran unknown = Backup({"verify", "7"});
  EXPECT_EQ(unknown.code, ExitCode::kNotFound);
  EXPECT_THAT(unknown.err, HasSubstr("BACKUP_NOT_FOUND"));
  EXPECT_EQ(Backup({"verify"}).code, ExitCode::kUsage);
  EXPECT_FALSE(std::filesystem::exists(server_.config().backup_dir + "/manifests"));
}

}  // namespace
}  // namespace crm::testing
