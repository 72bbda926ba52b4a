// Somebody asks to be forgotten: nothing of what they told us can be read by anybody any more, and
// the log is as whole as before.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "crm/v1/comment_service.grpc.pb.h"
#include "rocksdb/options.h"
#include "rocksdb/sst_file_reader.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

constexpr char kGivenName[] = "Zerelda";
constexpr char kFamilyName[] = "Quixworth";
constexpr char kEmail[] = "zerelda@quixworth.example";

using Comments = v1::CommentService::Stub;

// The bytes of a file, and of a table besides what its compressed blocks hold.
std::string BytesOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  if (path.extension() != ".sst") return content.str();
  rocksdb::SstFileReader table{rocksdb::Options()};
  if (!table.Open(path.string()).ok()) return content.str();  // deleted meanwhile
  const std::unique_ptr<rocksdb::Iterator> rows(table.NewIterator({}));
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    content << rows->key().ToString() << rows->value().ToString();
  }
  return content.str();
}

// Which files below `folder` contain one of the texts, in any case.
std::vector<std::string> FilesWith(const std::string& folder,
                                   const std::vector<std::string>& texts) {
  std::vector<std::string> found;
  std::error_code gone;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file(gone)) continue;
    const std::string bytes = absl::AsciiStrToLower(BytesOf(entry.path()));
    for (const std::string& text : texts) {
      if (absl::StrContains(bytes, absl::AsciiStrToLower(text))) {
        found.push_back(absl::StrCat(entry.path().string(), " holds ", text));
      }
    }
  }
  return found;
}

// The same once nothing is found any more, or after the longest wait.
std::vector<std::string> FilesStillWith(const std::string& folder,
                                        const std::vector<std::string>& texts) {
  const absl::Time deadline = SystemClock().Now() + absl::Seconds(20);
  for (;;) {
    std::vector<std::string> found = FilesWith(folder, texts);
    if (found.empty() || SystemClock().Now() > deadline) return found;
    std::this_thread::yield();
  }
}

class ErasureTest : public ::testing::Test {
 protected:
  bool IsIn(const google::protobuf::Message& message) const {
    const std::string text = message.DebugString();
    return text.find(kGivenName) != std::string::npos ||
           text.find(kFamilyName) != std::string::npos ||
           text.find("quixworth") != std::string::npos;
  }
  v1::ReadEventsResponse Log() const {
    return office_.administrator.Do(&Events::ReadEvents, "page_size: 1000");
  }

  SystemClock clock_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(ErasureTest, APersonIsForgottenEverywhere) {
  const ApiCaller& admin = office_.administrator;
  const auto lead = office_.ada.Do(
      &Leads::CaptureLead,
      absl::StrCat("lead { ", With("given_name", kGivenName), With("family_name", kFamilyName),
                   With("email", kEmail), "company_name: 'Mill Ltd' ",
                   office_.OwnedBy(office_.ada_name, office_.north), "}"));
  const auto converted = office_.ada.Do(&Leads::ConvertLead, NameIs(lead));
  const std::string contact = With("name", converted.contact());
  ASSERT_TRUE(IsIn(office_.ada.Do(&Contacts::GetContact, contact)));
  ASSERT_TRUE(IsIn(office_.ada.Do(&Leads::GetLead, NameIs(lead))));
  ASSERT_TRUE(IsIn(office_.ada.Do(&Contacts::ListContacts)));
  ASSERT_TRUE(IsIn(office_.ada.Do(&Histories::ListChanges, With("record", lead.name()))));
  ASSERT_TRUE(IsIn(Log()));
  ASSERT_GT(office_.ada.Do(&Search::SearchRecords, With("query", kFamilyName)).hits_size(), 0);

  const std::string erases =
      absl::StrCat(With("record", converted.contact()), With("reason", "asked by letter"));
  EXPECT_THAT(office_.ada.Try(&Privacy::ErasePerson, erases),
              Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  const auto erasure = admin.Do(&Privacy::ErasePerson, erases);
  EXPECT_EQ(erasure.record(), converted.contact());

  const auto expect_forgotten = [&](const ApiCaller& ada, const ApiCaller& administrator) {
    const auto now = ada.Do(&Contacts::GetContact, contact);
    EXPECT_TRUE(now.erased());
    EXPECT_FALSE(IsIn(now)) << now.DebugString();
    EXPECT_FALSE(IsIn(ada.Do(&Leads::GetLead, NameIs(lead))));
    EXPECT_FALSE(IsIn(ada.Do(&Contacts::ListContacts)));
    EXPECT_FALSE(IsIn(ada.Do(&Leads::ListLeads)));
    EXPECT_FALSE(IsIn(ada.Do(&Customers::ListCustomers, "show_grey: true")));
    EXPECT_FALSE(IsIn(ada.Do(&Opportunities::ListOpportunities)));
    EXPECT_FALSE(IsIn(ada.Do(&Histories::ListChanges, With("record", lead.name()))));
    EXPECT_FALSE(IsIn(ada.Do(&Histories::ListChanges, With("record", converted.contact()))));
    for (const char* text : {kGivenName, kFamilyName, kEmail}) {
      EXPECT_EQ(ada.Do(&Search::SearchRecords, With("query", text)).hits_size(), 0) << text;
    }
    EXPECT_FALSE(IsIn(administrator.Do(&Events::ReadEvents, "page_size: 1000")));
    EXPECT_TRUE(administrator.Do(&Events::VerifyLog).valid());
  };
  expect_forgotten(office_.ada, admin);

  // Neither does the past remember.
  const auto before = absl::ToUnixSeconds(clock_.Now() + absl::Seconds(1));
  EXPECT_FALSE(IsIn(
      office_.ada.Do(&Contacts::GetContact,
                     absl::StrCat(contact, "as_of { known_at_time { seconds: ", before, " } }"))));

  // Twice changes nothing.
  const int64_t head = office_.HeadPosition();
  EXPECT_THAT(admin.Try(&Privacy::ErasePerson, erases), Succeeded());
  EXPECT_EQ(office_.HeadPosition(), head);

  server_.Restart();
  expect_forgotten(server_.Reconnect(office_.ada), server_.Reconnect(admin));
  EXPECT_THAT(FilesStillWith(server_.data_dir(), {kGivenName, kFamilyName, kEmail}),
              ::testing::IsEmpty());
}

// Both databases' files hold not a byte of it, while the server runs; what an earlier instant shows
// is what is left, not what was.
TEST_F(ErasureTest, NeitherFilesNorThePastRemember) {
  const std::vector<std::string> texts = {kGivenName, kFamilyName, kEmail};
  const auto lead = office_.ada.Do(
      &Leads::CaptureLead,
      absl::StrCat("lead { ", With("given_name", kGivenName), With("family_name", kFamilyName),
                   With("email", kEmail), With("job_title", "right hand of Quixworth"),
                   With("external_id", kEmail), "company_name: 'Mill Ltd' ",
                   office_.OwnedBy(office_.ada_name, office_.north), "}"));
  office_.ada.Do(&Leads::CaptureLead,
                 absl::StrCat("lead { ", With("given_name", "Z."), With("external_id", kEmail),
                              With("phone", "+49 30 7654321"), "}"));
  office_.ada.Do(&Comments::CreateComment,
                 absl::StrCat("comment { ", With("parent", lead.name()),
                              With("text", "Zerelda wants blue desks"), "}"));
  office_.ada.Do(&Leads::LoseLead,
                 NameIs(lead) + "loss_reason_id: 'price' text: 'Zerelda found it dear'");
  office_.ada.Do(&Leads::RestoreLead, NameIs(lead));
  // An earlier name is as personal as the last.
  office_.ada.Do(&Leads::UpdateLead,
                 absl::StrCat("lead { ", NameIs(lead), With("family_name", "Meyer"), "} "));
  const auto converted = office_.ada.Do(&Leads::ConvertLead, NameIs(lead));
  server_.Restart();
  const ApiCaller ada = server_.Reconnect(office_.ada);
  const ApiCaller admin = server_.Reconnect(office_.administrator);
  // Views are written in plain; the log never is.
  ASSERT_FALSE(FilesWith(server_.data_dir() + "/views", texts).empty());
  EXPECT_THAT(FilesWith(server_.data_dir() + "/log", texts), ::testing::IsEmpty());

  const absl::Time before = clock_.Now();
  const std::string shown_at =
      absl::StrCat("as_of { as_of_time { seconds: ", absl::ToUnixSeconds(before),
                   " nanos: ", absl::ToUnixNanos(before) % 1'000'000'000, " } } ");
  ASSERT_TRUE(IsIn(ada.Do(&Contacts::ListContacts, shown_at)));
  ASSERT_TRUE(IsIn(ada.Do(&Contacts::GetContact, With("name", converted.contact()) + shown_at)));

  admin.Do(&Privacy::ErasePerson,
           absl::StrCat(With("record", converted.contact()), With("reason", "asked by letter")));
  EXPECT_THAT(FilesStillWith(server_.data_dir(), texts), ::testing::IsEmpty());
  const auto contacts = ada.Do(&Contacts::ListContacts, shown_at);
  ASSERT_EQ(contacts.contacts_size(), 1);
  EXPECT_TRUE(contacts.contacts(0).erased());
  EXPECT_FALSE(IsIn(contacts)) << contacts.DebugString();
  const auto leads =
      ada.Do(&Leads::ListLeads, "filter { states: LEAD_STATE_CONVERTED } " + shown_at);
  ASSERT_EQ(leads.leads_size(), 1);
  EXPECT_TRUE(leads.leads(0).erased());
  EXPECT_FALSE(IsIn(leads)) << leads.DebugString();
  EXPECT_FALSE(IsIn(ada.Do(&Customers::ListCustomers, "show_grey: true " + shown_at)));
  EXPECT_FALSE(IsIn(ada.Do(&Comments::ListComments, With("parent", lead.name()))));
  EXPECT_FALSE(IsIn(ada.Do(&Histories::ListChanges, With("record", lead.name()))));
  EXPECT_FALSE(IsIn(admin.Do(&Events::ReadEvents, "page_size: 1000")));
  EXPECT_TRUE(admin.Do(&Events::VerifyLog).valid());
  // Whoever comes again under the same id is somebody we cannot write down.
  EXPECT_THAT(ada.Try(&Leads::CaptureLead, absl::StrCat("lead { ", With("given_name", kGivenName),
                                                        With("external_id", kEmail), "}")),
              Refused(grpc::StatusCode::FAILED_PRECONDITION, "SUBJECT_ERASED"));
}

// They told us nothing personal, so no key was ever made; nobody else's erasure fails for it.
TEST_F(ErasureTest, WhoeverToldNothingIsForgottenToo) {
  const auto silent = office_.ada.Do(&Leads::CaptureLead, "lead { company_name: 'Mill Ltd' }");
  const auto told = office_.ada.Do(&Leads::CaptureLead,
                                   absl::StrCat("lead { ", With("given_name", kGivenName), "}"));
  const auto erase = [&](const v1::Lead& lead) {
    return office_.administrator.Try(&Privacy::ErasePerson,
                                     absl::StrCat(With("record", lead.name()), "reason: 'asked'"));
  };
  EXPECT_THAT(erase(silent), Succeeded());
  EXPECT_THAT(erase(told), Succeeded());
  EXPECT_TRUE(office_.administrator.Do(&Leads::GetLead, NameIs(told)).given_name().empty());
}

TEST_F(ErasureTest, OnlyPersonsAreErased) {
  const auto company =
      office_.administrator.Do(&Customers::CreateCustomer,
                               "customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Mill Ltd' }");
  EXPECT_THAT(office_.administrator.Try(&Privacy::ErasePerson,
                                        With("record", company.name()) + "reason: 'x'"),
              Refused(grpc::StatusCode::FAILED_PRECONDITION, "NOT_A_PERSON"));
  EXPECT_THAT(office_.administrator.Try(&Privacy::ErasePerson,
                                        With("record", office_.ada_name) + "reason: 'x'"),
              Refused(grpc::StatusCode::FAILED_PRECONDITION, "MEMBER_STILL_ACTIVE"));
}

}  // namespace
}  // namespace crm::testing
