// Rows that were changed, lost or invented behind the log's back: each is found and named.
// Mutations seen to fail these tests: VerifyVersions without its comparison, CheckRequest without
// the loop over streams, VerifyOrganizations without VisitVersions.
#include "eventstore/log_verifier.h"

#include <functional>

#include "base/reason.h"
#include "eventstore/log_format.h"
#include "tests/eventstore/contract.h"
#include "tests/eventstore/tamper.h"

namespace crm::eventstore {
namespace {

// Events 1, 3 and 4 on "a"; 2 and 5 on "b"; the last commit has a request, and so has a commit that
// decided nothing.
void Fill(EventLog& log) {
  CreateOrganization(log);
  ASSERT_TRUE(AppendNow(log, TestCommit({TestAppend("a", 0, 1), TestAppend("b", 0, 1)})).ok());
  ASSERT_TRUE(AppendNow(log, TestCommit({TestAppend("a", 1, 2)})).ok());
  Commit last = TestCommit({TestAppend("b", 1, 1)});
  last.request = TestRequest("last");
  ASSERT_TRUE(AppendNow(log, last).ok());
  Commit nothing = TestCommit({TestAppend("b", 2, 0)});
  nothing.request = TestRequest("nothing");
  ASSERT_TRUE(AppendNow(log, nothing).ok());
}

TEST(LogVerifierTest, AcceptsWhatTheLogWrites) {
  for (const Engine engine : {Engine::kMemory, Engine::kRocksDb}) {
    TestLog log(engine);
    Fill(*log);
    std::vector<Position> seen;
    const auto report =
        VerifyWholeLog(log.storage(), kOrganization, [&](const RecordedEvent& event) {
          seen.push_back(event.position());
          return absl::OkStatus();
        });
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_THAT(seen, ::testing::ElementsAre(1, 2, 3, 4, 5));
    EXPECT_EQ(report->chain.events, 5);
    EXPECT_EQ(report->chain.streams, 2);
    EXPECT_EQ(report->requests, 2);
    EXPECT_EQ(report->chain.hash, log->GetHead(kOrganization)->hash);
    EXPECT_TRUE(VerifyOrganizations(log.storage()).ok());
    EXPECT_EQ(VerifyWholeLog(log.storage(), TestId("nowhere")).status().code(),
              absl::StatusCode::kNotFound);
  }
}

TEST(LogVerifierTest, EmptyOrganizationIsWhole) {
  TestLog log(Engine::kRocksDb);
  CreateOrganization(*log);
  const auto report = VerifyWholeLog(log.storage(), kOrganization);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->chain.events, 0);
}

// What is appended meanwhile is not held against the log.
TEST(LogVerifierTest, WorksBesideAWriter) {
  for (const Engine engine : {Engine::kMemory, Engine::kRocksDb}) {
    TestLog log(engine);
    Fill(*log);
    Version b = 2;
    const auto report = VerifyWholeLog(log.storage(), kOrganization, [&](const RecordedEvent&) {
      Commit commit = TestCommit({TestAppend("b", b, 1), TestAppend(absl::StrCat("new", b), 0, 1)});
      commit.request = TestRequest(absl::StrCat("while verifying ", ++b));
      return AppendNow(*log, commit).status();
    });
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->chain.events, 5);
  }
}

struct Tampering {
  const char* name;
  std::function<void(TestLog&)> change;
  const char* reason;
  const char* position;  // empty: none is known
};

std::string RequestRowOf(Position first, Position last, Version version) {
  RequestRecord record;
  record.set_digest(std::string(32, 'd'));
  record.set_first_position(first);
  record.set_last_position(last);
  auto& stream = *record.add_streams();
  stream.set_category("opportunity");
  stream.set_stream_id(TestId("b").ToBytes());
  stream.set_version(version);
  return record.SerializeAsString();
}

const std::vector<Tampering>& Tamperings() {
  static const std::string request = RequestKeyBytes(1, TestId("actor"), TestId("last"));
  static const auto& all = *new std::vector<Tampering>{
      {"lost index row",
       [](TestLog& log) { DeleteRow(log, kStreamFamily, StreamKey(1, TestStream("a"), 2)); },
       "INDEX_BROKEN", "3"},
      {"index row that leads elsewhere",
       [](TestLog& log) {
         PutRow(log, kStreamFamily, StreamKey(1, TestStream("a"), 2), EncodeNumber(4));
       },
       "INDEX_BROKEN", "3"},
      {"index row too many",
       [](TestLog& log) {
         PutRow(log, kStreamFamily, StreamKey(1, TestStream("b"), 3), EncodeNumber(4));
       },
       "INDEX_BROKEN", "4"},
      {"index row beyond the log",
       [](TestLog& log) {
         PutRow(log, kStreamFamily, StreamKey(1, TestStream("b"), 3), EncodeNumber(9));
       },
       "INDEX_BROKEN", "9"},
      {"index row that does not parse",
       [](TestLog& log) { PutRow(log, kStreamFamily, StreamKey(1, TestStream("b"), 3), "x"); },
       "STREAM_INDEX_UNREADABLE", ""},
      {"lost end of a stream in the index",
       [](TestLog& log) { DeleteRow(log, kStreamFamily, StreamKey(1, TestStream("a"), 3)); },
       "INDEX_BROKEN", "4"},
      {"index row of a stream that is not",
       [](TestLog& log) {
         PutRow(log, kStreamFamily, StreamKey(1, TestStream("z"), 1), EncodeNumber(2));
       },
       "INDEX_BROKEN", "2"},
      {"request row that does not parse",
       [](TestLog& log) { PutRow(log, kRequestFamily, request, "\xFF"); }, "REQUEST_ROW_UNREADABLE",
       ""},
      {"request row of a version that never was",
       [](TestLog& log) { PutRow(log, kRequestFamily, request, RequestRowOf(5, 5, 3)); },
       "INDEX_BROKEN", "5"},
      {"request row beyond the log",
       [](TestLog& log) { PutRow(log, kRequestFamily, request, RequestRowOf(6, 6, 2)); },
       "INDEX_BROKEN", "6"},
      {"request row of no range",
       [](TestLog& log) { PutRow(log, kRequestFamily, request, RequestRowOf(5, 4, 2)); },
       "INDEX_BROKEN", "4"},
      {"lost record", [](TestLog& log) { DeleteRow(log, kLogFamily, LogKey(1, 2)); },
       "CHAIN_BROKEN", "2"},
      {"record beyond the end",
       [](TestLog& log) { PutRow(log, kLogFamily, LogKey(1, 6), std::string(40, 'x')); },
       "INDEX_BROKEN", "6"},
  };
  return all;
}

TEST(LogVerifierTest, NamesWhatDoesNotAgree) {
  for (const Tampering& tampering : Tamperings()) {
    SCOPED_TRACE(tampering.name);
    TestLog log(Engine::kRocksDb);
    Fill(*log);
    log.Close();
    tampering.change(log);
    const auto storage = RocksDbStorage::Open(log.directory());
    ASSERT_TRUE(storage.ok()) << storage.status();
    const absl::Status status = VerifyWholeLog(**storage, kOrganization).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_EQ(ReasonOf(status), tampering.reason) << status;
    EXPECT_EQ(ReasonMetadataValue(status, "position"), tampering.position) << status;
  }
}

TEST(LogVerifierTest, RowsOfAnOrganizationThatIsGoneAreFound) {
  for (const char* family : {kLogFamily, kStreamFamily, kRequestFamily}) {
    TestLog log(Engine::kRocksDb);
    Fill(*log);
    log.Close();
    DeleteRow(log, kOrganizationFamily, OrganizationKey(1));
    for (const char* other : {kLogFamily, kStreamFamily, kRequestFamily}) {
      if (other == family) continue;
      Tamper(
          log.directory(),
          [](auto& db, auto* handle) {
            ASSERT_TRUE(db.DeleteRange({}, handle, OrganizationKey(1), OrganizationKey(2)).ok());
          },
          other);
    }
    const auto storage = RocksDbStorage::Open(log.directory());
    ASSERT_TRUE(storage.ok()) << storage.status();
    EXPECT_EQ(ReasonOf(VerifyOrganizations(**storage)), "ORGANIZATION_ROW_MISSING") << family;
    EXPECT_EQ(ReasonOf(SequencedLog::Open(**storage).status()), "ORGANIZATION_ROW_MISSING");
  }
}

}  // namespace
}  // namespace crm::eventstore
