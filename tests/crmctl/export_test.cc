// crmctl export from a server whose log and keys take several pages, and goes on growing.
// Mutations seen to fail: ExportEvents that ends after a page, or that follows the log as it grows;
// ExportKeys that ends after a page; Export that keeps the events although the keys were refused.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/hash.h"
#include "crm/v1/event_service.pb.h"
#include "crm/v1/operator_service.pb.h"
#include "evidence/export_line.h"
#include "tests/crmctl/run_fixture.h"

namespace crm::ctl {
namespace {

using testing::Answer;
using testing::As;
using ::testing::HasSubstr;
using testing::Ran;
using testing::RunTest;

constexpr int64_t kEvents = 5;
constexpr int64_t kPage = 2;

class ExportTest : public RunTest {
 protected:
  ExportTest() : folder_(std::filesystem::temp_directory_path() / Uuid::Random().ToString()) {
    std::filesystem::create_directory(folder_);
    std::ofstream(folder_ / "operator") << "operator's";
    Digest hash{};
    for (int64_t position = 1; position <= kEvents + 1; ++position) {
      log::v1::RecordedEvent event;
      event.set_position(position);
      event.set_organization(organization_.ToBytes());
      event.set_category("lead");
      event.set_stream_id(Uuid::FromName({}, "lead").ToBytes());
      event.set_version(position);
      event.set_type("crm.events.v1.LeadCaptured");
      event.set_commit_size(1);
      crm::v1::ReadRecordsResponse::Record& record = records_.emplace_back();
      record.set_position(position);
      record.set_event(event.SerializeAsString());
      hash = Sha256(AsView(hash), record.event());
      record.set_hash(std::string(AsView(hash)));
    }
    crm::v1::GetAnchorResponse anchored;
    anchored.mutable_anchor()->set_organization(Name());
    server_.Return("GetAnchor", anchored);
    server_.On("ReadRecords", [this](const google::protobuf::Message& request) {
      crm::v1::ReadRecordsRequest asked;
      asked.CopyFrom(request);
      return Answer{{Records(asked.from_position())}, grpc::Status::OK, 0};
    });
    server_.On("ReadKeys", [this](const google::protobuf::Message& request) {
      crm::v1::ReadKeysRequest asked;
      asked.CopyFrom(request);
      return Answer{{Keys(asked.page_token())}, grpc::Status::OK, 0};
    });
  }
  ~ExportTest() override { std::filesystem::remove_all(folder_); }

  std::string Name() const { return absl::StrCat("organizations/", organization_.ToString()); }

  // A page from there; after the first one the log has grown by an event.
  std::shared_ptr<google::protobuf::Message> Records(int64_t from) const {
    auto page = std::make_shared<crm::v1::ReadRecordsResponse>();
    page->set_head_position(from == 1 ? kEvents : kEvents + 1);
    for (int64_t position = from; position < from + kPage && position <= page->head_position();
         ++position) {
      *page->add_records() = records_[static_cast<size_t>(position - 1)];
    }
    return page;
  }
  // One person a page, three in all.
  std::shared_ptr<google::protobuf::Message> Keys(const std::string& token) const {
    auto page = std::make_shared<crm::v1::ReadKeysResponse>();
    page->set_organization(Name());
    page->add_keys()->set_person(absl::StrCat("person after '", token, "'"));
    if (token.size() < 2) page->set_next_page_token(token + "x");
    return page;
  }
  Ran Export() {
    return cli_.Run({"export", "--out", folder_ / "events", "--keys", folder_ / "keys",
                     "--admin-target", server_.target(), "--operator-token-file",
                     folder_ / "operator"});
  }
  std::string ContentOf(const char* name) const {
    std::stringstream content;
    content << std::ifstream(folder_ / name).rdbuf();
    return content.str();
  }

  const Uuid organization_ = Uuid::FromName({}, "organization");
  const std::filesystem::path folder_;
  std::vector<crm::v1::ReadRecordsResponse::Record> records_;
};

TEST_F(ExportTest, AllThatWasThereWhenItBegan) {
  const Ran ran = Export();
  ASSERT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("5 events"));
  evidence::LogImporter importer;
  evidence::LogImporter::Record record;
  const std::string lines = ContentOf("events");
  int64_t events = 0;
  for (const absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
    const absl::Status added = importer.Add(line, record);
    ASSERT_TRUE(added.ok()) << added;
    events = std::max(events, record.position);
  }
  EXPECT_TRUE(importer.Finish().ok()) << importer.Finish();
  EXPECT_EQ(events, kEvents);
  EXPECT_EQ(server_.Requests("ReadRecords").size(), 3U);

  const std::string keys = ContentOf("keys");
  for (const char* person : {"person after ''", "person after 'x'", "person after 'xx'"}) {
    EXPECT_THAT(keys, HasSubstr(person));
  }
}

TEST_F(ExportTest, WhatDoesNotFollowIsNotKept) {
  records_[3].set_event(records_[3].event() + "x");
  const Ran ran = Export();
  EXPECT_EQ(ran.code, ExitCode::kFailed);
  EXPECT_THAT(ran.err, HasSubstr("CHAIN_BROKEN"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "events"));
}

TEST_F(ExportTest, EventsWithoutTheKeysAskedForAreNotKept) {
  server_.Fail("ReadKeys", testing::Refusal(grpc::StatusCode::PERMISSION_DENIED,
                                            "PERMISSION_DENIED", "not yours"));
  EXPECT_EQ(Export().code, ExitCode::kDenied);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "events"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "keys"));
}

}  // namespace
}  // namespace crm::ctl
