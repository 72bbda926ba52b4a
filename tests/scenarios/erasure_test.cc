// Somebody asks to be forgotten: nothing of what they told us can be read by anybody any more, and
// the log is as whole as before.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

constexpr char kGivenName[] = "Zerelda";
constexpr char kFamilyName[] = "Quixworth";
constexpr char kEmail[] = "zerelda@quixworth.example";

// Which files below `folder` contain one of the texts.
std::vector<std::string> FilesWith(const std::string& folder,
                                   const std::vector<std::string>& texts) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream content;
    content << file.rdbuf();
    for (const std::string& text : texts) {
      if (content.str().find(text) != std::string::npos) {
        found.push_back(absl::StrCat(entry.path().string(), " holds ", text));
      }
    }
  }
  return found;
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
  server_.Stop();
  EXPECT_THAT(
      FilesWith(server_.data_dir(), {kGivenName, kFamilyName, kEmail, "zerelda", "quixworth"}),
      ::testing::IsEmpty());
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
