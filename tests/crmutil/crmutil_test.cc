// crmutil against directories as a server leaves them, and as damage leaves those.
// Mutations seen to fail this: MakePlan that does not ask CheckAnchor after dropping a tail; Repair
// that acts without --yes; Carry without make_lost_anchor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "eventstore/log_format.h"
#include "eventstore/rocksdb/durable_stores.h"
#include "eventstore/rocksdb/log_families.h"
#include "eventstore/rocksdb/rocksdb_common.h"
#include "tests/eventstore/test_log.h"
#include "tests/support/scratch_folder.h"
#include "tools/crmutil/run.h"

namespace crm::util {
namespace {

namespace fs = std::filesystem;
using eventstore::DataDirectory;
using eventstore::DurableStores;
using ::testing::HasSubstr;

struct Printed {
  ExitCode code;
  std::string out;
  std::string err;
};

Printed RunTool(const std::vector<std::string>& arguments) {
  std::stringstream out;
  std::stringstream err;
  const ExitCode code = RunCrmutil(arguments, out, err);
  return {code, out.str(), err.str()};
}

nlohmann::json RunJson(std::vector<std::string> arguments, ExitCode expected = ExitCode::kOk) {
  arguments.push_back("--json");
  const Printed printed = RunTool(arguments);
  EXPECT_EQ(printed.code, expected) << printed.out << printed.err;
  return nlohmann::json::parse(printed.out);
}

// A directory with an organization of four events, one of them sealed for a person.
class CrmutilTest : public ::testing::Test {
 protected:
  CrmutilTest() {
    const auto directory = DataDirectory::Open(path());
    EXPECT_TRUE(directory.ok()) << directory.status();
    const auto stores = DurableStores::Open(eventstore::FoldersOf(**directory), {});
    EXPECT_TRUE(stores.ok()) << stores.status();
    eventstore::SequencedLogOptions options;
    (*stores)->AttachTo(options);
    const auto log = eventstore::SequencedLog::Open((*stores)->storage(), options);
    EXPECT_TRUE(log.ok()) << log.status();
    eventstore::CreateOrganization(**log);
    for (int i = 0; i < 2; ++i) {
      auto commit = eventstore::TestCommit({eventstore::TestAppend("a", 2 * i, 2)});
      NewEvent& event = commit.streams[0].events[0];
      event.subject = eventstore::TestId("person");
      event.sealed = "sealed";
      EXPECT_TRUE((*stores)->keys().FindOrCreate(eventstore::kOrganization, event.subject).ok());
      EXPECT_TRUE(eventstore::AppendNow(**log, std::move(commit)).ok());
    }
  }

  std::string path() const { return folder_.path(); }
  // The write-ahead log that holds everything.
  std::string Wal() const {
    std::map<uintmax_t, std::string> by_size;
    for (const auto& entry : fs::directory_iterator(path() + "/log"))
      if (entry.path().extension() == ".log") by_size[entry.file_size()] = entry.path();
    return by_size.rbegin()->second;
  }
  static void Overwrite(const std::string& file, std::streamoff at, const std::string& bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(at);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  // Opened as the server does, for whom an anchor names write-ahead logs.
  void AddHeadRows(uint32_t format_version) const {
    const auto opened = eventstore::OpenRocksDb(path() + "/log", {}, eventstore::LogOptions({}),
                                                eventstore::LogFamilies({}));
    ASSERT_TRUE(opened.ok()) << opened.status();
    ::rocksdb::DB& db = *opened->db;
    ::rocksdb::ColumnFamilyHandle* heads = nullptr;
    ASSERT_TRUE(db.CreateColumnFamily({}, "head", &heads).ok());
    EXPECT_TRUE(db.Put({}, heads, "a stream", "where it ends").ok());
    db.DestroyColumnFamilyHandle(heads);
    for (auto* family : opened->families) {
      if (family->GetName() != eventstore::kMetaFamily) continue;
      EXPECT_TRUE(db.Put({}, family, eventstore::kMetaFormatVersion,
                         eventstore::EncodeFormatVersion(format_version))
                      .ok());
    }
  }
  // Every file with its bytes, save what only people read.
  std::map<std::string, std::string> Content() const {
    std::map<std::string, std::string> content;
    for (const auto& entry : fs::recursive_directory_iterator(path())) {
      if (!entry.is_regular_file() || entry.path().filename() == "LOCK") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      content[entry.path()] = std::string(std::istreambuf_iterator<char>(file), {});
    }
    return content;
  }

  const testing::ScratchFolder folder_;
};

TEST_F(CrmutilTest, InspectsAndVerifiesAndChangesNothing) {
  fs::create_directories(path() + "/consumers");
  std::ofstream(path() + "/consumers/rows") << "seven b";
  const auto before = Content();
  const auto inspected = RunJson({"inspect", path()});
  EXPECT_EQ(inspected["bytes"]["consumers"], 7);
  EXPECT_EQ(inspected["format_version"], 2);
  EXPECT_EQ(inspected["organizations"][0]["id"], eventstore::kOrganization.ToString());
  EXPECT_EQ(inspected["organizations"][0]["position"], 4);
  EXPECT_EQ(inspected["anchor"]["organizations"][0]["position"], 4);
  const auto verified = RunJson({"verify", path()});
  EXPECT_EQ(verified["valid"], true);
  EXPECT_EQ(verified["organizations"][0]["events"], 4);
  EXPECT_EQ(verified["organizations"][0]["persons"], 1);
  EXPECT_EQ(verified["anchor"], "reached");
  EXPECT_THAT(RunTool({"verify", path()}).out, HasSubstr("valid: true\n"));
  EXPECT_EQ(RunJson({"upgrade", path()})["result"], "nothing to upgrade");
  EXPECT_EQ(RunJson({"repair", path(), "--yes"})["result"], "nothing to repair");
  EXPECT_EQ(Content(), before);
}

// A log as version 1 wrote it, and one whose upgrade was cut short after the number was written.
TEST_F(CrmutilTest, UpgradesALogThatHasHeadRows) {
  for (const uint32_t written : {1U, 2U}) {
    SCOPED_TRACE(written);
    AddHeadRows(written);
    EXPECT_EQ(RunJson({"verify", path()}, ExitCode::kImpossible)["error"]["reason"],
              "LOG_FORMAT_UNSUPPORTED");
    const auto upgraded = RunJson({"upgrade", path()});
    EXPECT_EQ(upgraded["found_format_version"], 1);
    EXPECT_EQ(upgraded["steps"].size(), 1U);
    EXPECT_EQ(upgraded["format_version"], 2);
    const auto verified = RunJson({"verify", path()});
    EXPECT_EQ(verified["valid"], true);
    EXPECT_EQ(verified["anchor"], "reached");
    EXPECT_EQ(RunJson({"upgrade", path()})["result"], "nothing to upgrade");
  }
}

TEST_F(CrmutilTest, MakesALostAnchorOnlyWhenTold) {
  for (const char* file : {"/anchor/0", "/anchor/1"}) fs::remove(path() + file);
  EXPECT_EQ(RunJson({"verify", path()}, ExitCode::kDamaged)["error"]["reason"], "ANCHOR_MISSING");
  const auto before = Content();
  const auto dry = RunJson({"repair", path()});
  EXPECT_EQ(dry["actions"].size(), 1U);
  EXPECT_EQ(Content(), before);
  EXPECT_EQ(RunJson({"repair", path(), "--yes"})["result"], "repaired and verified");
  EXPECT_EQ(RunJson({"verify", path()})["anchor"], "reached");
}

TEST_F(CrmutilTest, WritesOneLostAnchorFileAgain) {
  Overwrite(path() + "/anchor/1", 30, "damage");
  EXPECT_EQ(RunJson({"repair", path(), "--yes"})["result"], "repaired and verified");
  EXPECT_EQ(RunJson({"inspect", path()})["anchor"]["damaged_files"], 0);
}

// A record that was being written when the power failed: whole in length, not in content.
TEST_F(CrmutilTest, DropsADamagedEndThatNobodyWasToldOf) {
  const std::string record = std::string("\x01\x02\x03\x04\x0a\x00\x01", 7) + "0123456789";
  std::ofstream(Wal(), std::ios::app | std::ios::binary) << record << record;
  EXPECT_EQ(RunJson({"verify", path()}, ExitCode::kDamaged)["error"]["reason"], "STORAGE_CORRUPT");
  const auto repaired = RunJson({"repair", path(), "--yes"});
  EXPECT_EQ(repaired["result"], "repaired and verified");
  EXPECT_THAT(repaired["actions"][0]["action"].get<std::string>(), HasSubstr("damaged end"));
  EXPECT_EQ(RunJson({"verify", path()})["organizations"][0]["events"], 4);
}

TEST_F(CrmutilTest, RefusesToDropWhatWasAcknowledged) {
  Overwrite(Wal(), static_cast<std::streamoff>(fs::file_size(Wal()) / 2), "damage");
  const auto before = Content();
  const auto refused = RunJson({"repair", path(), "--yes"}, ExitCode::kDamaged);
  EXPECT_EQ(refused["error"]["reason"], "LOG_BEHIND_ANCHOR");
  EXPECT_EQ(Content(), before);
}

TEST_F(CrmutilTest, NamesAPersonWhoseKeyIsGone) {
  fs::remove_all(path() + "/keys");
  fs::remove_all(path() + "/anchor");
  ASSERT_TRUE(eventstore::RocksDbKeyRing::Open(path() + "/keys").ok());
  EXPECT_EQ(RunJson({"verify", path()}, ExitCode::kDamaged)["error"]["reason"], "KEY_MISSING");
  EXPECT_EQ(RunJson({"repair", path(), "--yes"}, ExitCode::kDamaged)["error"]["reason"],
            "KEY_MISSING");
}

TEST_F(CrmutilTest, RemovesDamagedViews) {
  ::rocksdb::DB* raw = nullptr;
  ::rocksdb::Options options;
  options.create_if_missing = true;
  ASSERT_TRUE(::rocksdb::DB::Open(options, path() + "/views", &raw).ok());
  std::unique_ptr<::rocksdb::DB> views(raw);
  ASSERT_TRUE(views->Put({}, "key", std::string(100, 'x')).ok() && views->Flush({}).ok());
  views.reset();
  EXPECT_EQ(RunJson({"verify", path()})["views"], "fine");
  for (const auto& entry : fs::directory_iterator(path() + "/views"))
    if (entry.path().extension() == ".sst") Overwrite(entry.path(), 5, "damage");
  EXPECT_THAT(RunJson({"verify", path()})["views"].get<std::string>(), HasSubstr("damaged"));
  EXPECT_EQ(RunJson({"repair", path(), "--yes"})["result"], "repaired and verified");
  EXPECT_TRUE(fs::is_empty(path() + "/views"));
}

TEST_F(CrmutilTest, SaysWhyItCannotLook) {
  const testing::ScratchFolder empty;
  EXPECT_EQ(RunJson({"verify", empty.path()}, ExitCode::kImpossible)["error"]["reason"],
            "DATA_DIRECTORY_MISSING");
  EXPECT_EQ(RunTool({"verify"}).code, ExitCode::kUsage);
  EXPECT_EQ(RunTool({"destroy", path()}).code, ExitCode::kUsage);
  EXPECT_EQ(RunTool({"--help"}).code, ExitCode::kOk);
  const auto directory = DataDirectory::Open(path());
  EXPECT_EQ(RunJson({"verify", path()}, ExitCode::kImpossible)["error"]["reason"],
            "DATA_DIRECTORY_LOCKED");
}

}  // namespace
}  // namespace crm::util
