// An organization moves to another server: exported by crmctl, imported by crmutil, served, and
// exported again, byte for byte.
// Mutations seen to fail: keys written for all to read; Export that goes on without them; Import
// without them; ImportKeys that leaves out whoever has none, or adopts keys of the erased;
// LogImporter that does not compare lines, or needs no end; ReadKeys that ends after a page;
// StagedDirectory that begins on what was left, stays when it fails, or takes a target that is not
// empty; OrganizationWriter that keeps the first head of a stream; LineOf with the record time for
// the effective one.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/crmctl/command_line.h"
#include "tests/scenarios/sales_office.h"
#include "tools/crmutil/run.h"

namespace crm::testing {
namespace {

using ctl::ExitCode;

std::string ContentOf(const std::string& path) {
  std::stringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

struct Imported {
  util::ExitCode code;
  nlohmann::json report;
};

class TransferTest : public ::testing::Test {
 protected:
  TransferTest() { std::ofstream(folder_ / "operator") << RunningServer::kOperatorToken; }

  ctl::testing::Ran Export(const RunningServer& server, const std::string& out,
                           const std::string& keys = "") {
    ctl::testing::CommandLine cli(absl::StrCat("127.0.0.1:", server.port()));
    cli.Variable("CRMCTL_TOKEN") = office_.administrator.token();
    std::vector<std::string> arguments = {"export", "--out", folder_ / out};
    if (!keys.empty()) {
      for (const std::string& more :
           {std::string("--keys"), folder_ / keys, std::string("--admin-target"),
            absl::StrCat("127.0.0.1:", server.admin_port()), std::string("--operator-token-file"),
            folder_ / "operator"})
        arguments.push_back(more);
    }
    return cli.Run(arguments);
  }
  Imported Import(const std::string& events, const std::string& target,
                  const std::string& keys = "") {
    std::vector<std::string> arguments = {"import", folder_ / target, "--json", "--events",
                                          folder_ / events};
    if (!keys.empty()) {
      arguments.push_back("--keys");
      arguments.push_back(folder_ / keys);
    }
    std::stringstream out;
    const util::ExitCode code = util::RunCrmutil(arguments, out, out);
    return {code, nlohmann::json::parse(out.str(), nullptr, false)};
  }
  std::unique_ptr<RunningServer> Serve(const std::string& directory) {
    return std::make_unique<RunningServer>(
        clock_, [&](services::Config& config) { config.data_dir = folder_ / directory; });
  }
  v1::Lead Capture(const std::string& given_name) {
    return office_.ada.Do(
        &Leads::CaptureLead,
        absl::StrCat("lead { ", With("given_name", given_name), "company_name: 'Mill' ",
                     office_.OwnedBy(office_.ada_name, office_.north), "}"));
  }

  SystemClock clock_;
  ScratchFolder folder_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(TransferTest, WhatIsImportedIsTheSameLog) {
  const auto grace = Capture("Grace");
  const auto zerelda = Capture("Zerelda");
  office_.administrator.Do(&Privacy::ErasePerson,
                           absl::StrCat(With("record", zerelda.name()), "reason: 'asked'"));
  const auto ran = Export(server_, "a.jsonl", "a.keys");
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_EQ(std::filesystem::status(folder_ / "a.keys").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(ContentOf(folder_ / "a.jsonl").find("Grace"), std::string::npos);
  const auto anchor = office_.avi.Do(&Events::GetAnchor).anchor();

  const Imported imported = Import("a.jsonl", "there", "a.keys");
  ASSERT_EQ(imported.code, util::ExitCode::kOk) << imported.report;
  EXPECT_EQ(imported.report["position"], anchor.position());
  EXPECT_EQ(imported.report["hash"], absl::BytesToHexString(anchor.chain_hash()));

  const auto there = Serve("there");
  const ApiCaller ada = there->Reconnect(office_.ada);
  EXPECT_EQ(ada.Do(&Leads::GetLead, NameIs(grace)).DebugString(),
            office_.ada.Do(&Leads::GetLead, NameIs(grace)).DebugString());
  EXPECT_TRUE(ada.Do(&Leads::GetLead, NameIs(zerelda)).erased());
  const auto again = Export(*there, "b.jsonl", "b.keys");
  ASSERT_EQ(again.code, ExitCode::kOk) << again.err;
  EXPECT_EQ(ContentOf(folder_ / "b.jsonl"), ContentOf(folder_ / "a.jsonl"));
  EXPECT_EQ(there->Reconnect(office_.avi)
                .Do(&Events::GetAnchor, absl::StrCat("position: ", anchor.position()))
                .anchor()
                .merkle_root(),
            anchor.merkle_root());
  // It goes on there.
  ada.Do(&Leads::CaptureLead, "lead { given_name: 'New' }");
  EXPECT_TRUE(there->Reconnect(office_.administrator).Do(&Events::VerifyLog).valid());
}

TEST_F(TransferTest, WithoutKeysEverybodyIsErased) {
  const auto grace = Capture("Grace");
  ASSERT_EQ(Export(server_, "a.jsonl").code, ExitCode::kOk);
  const Imported imported = Import("a.jsonl", "there");
  ASSERT_EQ(imported.code, util::ExitCode::kOk) << imported.report;
  EXPECT_EQ(imported.report["readable_persons"], 0);
  const auto there = Serve("there");
  EXPECT_EQ(there->Reconnect(office_.ada).Do(&Leads::GetLead, NameIs(grace)).given_name(), "");
}

// Keys that somebody kept from before bring nobody back: the log knows better.
TEST_F(TransferTest, WhoWasErasedStaysErasedWithOldKeys) {
  const auto zerelda = Capture("Zerelda");
  ASSERT_EQ(Export(server_, "a.jsonl", "a.keys").code, ExitCode::kOk);
  office_.administrator.Do(&Privacy::ErasePerson,
                           absl::StrCat(With("record", zerelda.name()), "reason: 'asked'"));
  ASSERT_EQ(Export(server_, "b.jsonl").code, ExitCode::kOk);
  // Before any server looks: it would make good what the import forgot.
  const auto given_name_in = [&](const char* events, const char* directory, int erased) {
    const Imported imported = Import(events, directory, "a.keys");
    EXPECT_EQ(imported.code, util::ExitCode::kOk) << imported.report;
    EXPECT_EQ(imported.report["readable_persons"], imported.report["persons"].get<int>() - erased);
    const auto there = Serve(directory);
    return there->Reconnect(office_.ada).Do(&Leads::GetLead, NameIs(zerelda)).given_name();
  };
  EXPECT_EQ(given_name_in("b.jsonl", "after", 1), "");
  EXPECT_EQ(given_name_in("a.jsonl", "before", 0), "Zerelda") << "else the test shows nothing";
}

TEST_F(TransferTest, AChangedOrCutExportLeavesNothing) {
  ASSERT_EQ(Export(server_, "a.jsonl").code, ExitCode::kOk);
  std::vector<std::string> lines = absl::StrSplit(ContentOf(folder_ / "a.jsonl"), '\n');
  ASSERT_GT(lines.size(), 20U);
  lines[17] = absl::StrReplaceAll(lines[17], {{"\"commitsize\":", "\"commitsize\":1"}});
  std::ofstream(folder_ / "changed.jsonl") << absl::StrJoin(lines, "\n");
  const Imported changed = Import("changed.jsonl", "there");
  EXPECT_EQ(changed.code, util::ExitCode::kDamaged);
  EXPECT_EQ(changed.report["error"]["reason"], "LINE_CHANGED");
  EXPECT_EQ(changed.report["error"]["position"], "18");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "there"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "there.restoring"));

  const std::string whole = ContentOf(folder_ / "a.jsonl");
  std::ofstream(folder_ / "cut.jsonl") << whole.substr(0, whole.size() / 2);
  EXPECT_EQ(Import("cut.jsonl", "there").code, util::ExitCode::kDamaged);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "there"));
  // An import that was interrupted is repeated.
  std::filesystem::create_directories(folder_ / "there.restoring/log");
  std::ofstream(folder_ / "there.restoring/log/CURRENT") << "MANIFEST-000009\n";
  ASSERT_EQ(Import("a.jsonl", "there").code, util::ExitCode::kOk);
  EXPECT_EQ(Import("a.jsonl", "there").report["error"]["reason"], "RESTORE_TARGET_NOT_EMPTY");
}

TEST_F(TransferTest, KeysAreTheOperatorsAlone) {
  ctl::testing::CommandLine cli(absl::StrCat("127.0.0.1:", server_.port()));
  cli.Variable("CRMCTL_TOKEN") = office_.administrator.token();
  std::ofstream(folder_ / "mine") << office_.administrator.token();
  const auto ran = cli.Run({"export", "--out", folder_ / "a.jsonl", "--keys", folder_ / "a.keys",
                            "--admin-target", absl::StrCat("127.0.0.1:", server_.admin_port()),
                            "--operator-token-file", folder_ / "mine"});
  EXPECT_EQ(ran.code, ExitCode::kDenied);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.keys"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.jsonl"));
}

TEST_F(TransferTest, KeysComeInPages) {
  for (const char* name : {"Grace", "Ada", "Joan"}) Capture(name);
  v1::ReadKeysRequest request;
  request.set_organization(office_.avi.Do(&Events::GetAnchor).anchor().organization());
  request.set_page_size(1);
  std::set<std::string> persons;
  do {
    const auto page = server_.Operator().Do(&v1::OperatorService::Stub::ReadKeys, request);
    ASSERT_EQ(page.keys_size(), 1);
    EXPECT_TRUE(persons.insert(page.keys(0).person()).second);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  request.set_page_size(1000);
  EXPECT_EQ(server_.Operator().Do(&v1::OperatorService::Stub::ReadKeys, request).keys_size(),
            persons.size());
  EXPECT_GE(persons.size(), 3U);
}

}  // namespace
}  // namespace crm::testing
