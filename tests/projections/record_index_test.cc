// RecordIndex: what is found by which words, in which order, by whom, and after an erasure.
#include "projections/record_index.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/record_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"

namespace crm::projections::testing {
namespace {

using domain::ContactId;
using domain::CustomerId;
using domain::LeadId;
using domain::OpportunityId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

template <class Id>
std::string NameOf(absl::string_view name) {
  return domain::NameOf(Named<Id>(name));
}

class RecordIndexTest : public ::testing::Test {
 protected:
  RecordIndexTest() {
    auto acme = Company("acme", "Acme Werke GmbH");
    acme.mutable_details()->add_emails("Info@acme.example");
    acme.mutable_details()->add_phones("+49 (0)30 123-456");
    acme.mutable_details()->set_website("https://www.acme.example/de");
    auto carl = Contact("carl", "Carl", "Łódzki");
    carl.mutable_details()->add_emails("carl@acme.example");
    auto lead = Captured("lead", "Carla", "Lodzki-Maier", "Nile Ltd");
    lead.mutable_details()->set_email("carla@nile.example");
    lead.mutable_details()->set_phone("030 987654");
    scenario_.Given(StreamNamed<CustomerId>("acme"), acme)
        .Given(StreamNamed<ContactId>("carl"), carl)
        .Given(StreamNamed<LeadId>("lead"), lead)
        .Given(StreamNamed<OpportunityId>("plant"), Opened("Acme: new plant", "", Euros(1)));
  }

  v1::SearchRecordsResponse Search(const std::string& query, const Asking& asking = {},
                                   int page_size = 0) {
    v1::SearchRecordsRequest request;
    request.set_query(query);
    request.set_page_size(page_size);
    return AnswerTo<RecordIndex>(scenario_.Rows(), request, asking);
  }
  std::vector<std::string> Found(const std::string& query, const Asking& asking = {}) {
    std::vector<std::string> records;
    const v1::SearchRecordsResponse response = Search(query, asking);
    for (const auto& hit : response.hits()) records.push_back(hit.record());
    return records;
  }
  // "record: fields" of each candidate.
  std::vector<std::string> Duplicates(const v1::FindDuplicatesRequest& request,
                                      const Asking& asking = {}) {
    std::vector<std::string> candidates;
    const auto response = AnswerTo<RecordIndex>(scenario_.Rows(), request, asking);
    for (const auto& candidate : response.duplicates()) {
      candidates.push_back(
          absl::StrCat(candidate.record(), ": ", absl::StrJoin(candidate.matched_fields(), ",")));
    }
    return candidates;
  }

  ViewScenario<RecordIndex> scenario_;
};

TEST_F(RecordIndexTest, FindsByTheBeginningsOfWordsWithoutCaseAndMarks) {
  EXPECT_THAT(Found("acm"),
              ElementsAre(NameOf<CustomerId>("acme"), NameOf<OpportunityId>("plant")));
  EXPECT_THAT(Found("GMBH wer"), ElementsAre(NameOf<CustomerId>("acme")));
  EXPECT_THAT(Found("lodzki"), ElementsAre(NameOf<ContactId>("carl"), NameOf<LeadId>("lead")));
  EXPECT_THAT(Found("ŁÓDZ carla"), ElementsAre(NameOf<LeadId>("lead")));
  EXPECT_THAT(Found("cme"), IsEmpty());
  EXPECT_THAT(Found("acme nile"), IsEmpty());
  EXPECT_THAT(Found("..."), IsEmpty());
}

TEST_F(RecordIndexTest, WordsMayBeSpreadOverTheNamesOfARecord) {
  EXPECT_THAT(Found("nile carla"), ElementsAre(NameOf<LeadId>("lead")));
}

TEST_F(RecordIndexTest, WholeNamesComeBeforeWholeWordsBeforeBeginnings) {
  scenario_.Given(StreamNamed<CustomerId>("c1"), Company("c1", "Plants and More"))
      .Given(StreamNamed<CustomerId>("c2"), Company("c2", "Zz Plant"))
      .Given(StreamNamed<OpportunityId>("o1"), Opened("PLANT", "", Euros(1)));
  EXPECT_THAT(Found("plant"),
              ElementsAre(NameOf<OpportunityId>("o1"), NameOf<CustomerId>("c2"),
                          NameOf<OpportunityId>("plant"), NameOf<CustomerId>("c1")));
  EXPECT_EQ(Search("plant", {}, 2).hits_size(), 2);
}

TEST_F(RecordIndexTest, FindsByAddressAndPhone) {
  const auto hits = Search("info@ACME.ex").hits();
  ASSERT_EQ(hits.size(), 1);
  EXPECT_EQ(hits[0].record(), NameOf<CustomerId>("acme"));
  EXPECT_EQ(hits[0].display_name(), "Acme Werke GmbH");
  EXPECT_EQ(hits[0].matched_field(), "email");
  const auto phones = Search("+49 30 1234").hits();
  ASSERT_EQ(phones.size(), 1);
  EXPECT_EQ(phones[0].record(), NameOf<CustomerId>("acme"));
  EXPECT_EQ(phones[0].matched_field(), "phone");
  EXPECT_THAT(Found("(030) 98 76"), ElementsAre(NameOf<LeadId>("lead")));
  EXPECT_EQ(Search("carl łódzki").hits(0).matched_field(), "name");
}

TEST_F(RecordIndexTest, AChangedNameIsFoundAndTheOldOneIsNot) {
  events::v1::ContactDetailsRevised revised;
  revised.set_subject_id(Bytes("carl"));
  revised.add_fields("family_name");
  revised.mutable_details()->set_family_name("Neumann");
  events::v1::OpportunityDetailsRevised renamed;
  renamed.add_fields("display_name");
  renamed.mutable_details()->set_display_name("Warehouse");
  scenario_.Given(StreamNamed<ContactId>("carl"), revised)
      .Given(StreamNamed<OpportunityId>("plant"), renamed);
  EXPECT_THAT(Found("carl neu"), ElementsAre(NameOf<ContactId>("carl")));
  EXPECT_THAT(Found("lodzki"), ElementsAre(NameOf<LeadId>("lead")));
  EXPECT_THAT(Found("warehouse"), ElementsAre(NameOf<OpportunityId>("plant")));
  EXPECT_THAT(Found("plant"), IsEmpty());
}

TEST_F(RecordIndexTest, ShowsWhatTheCallerSees) {
  events::v1::CustomerAssigned assigned;
  *assigned.mutable_to() = OwnedBy("bob");
  scenario_.Given(StreamNamed<CustomerId>("acme"), assigned);
  EXPECT_THAT(Found("acme", {.audience = Only("bob")}), ElementsAre(NameOf<CustomerId>("acme")));
  v1::FindDuplicatesRequest request;
  request.add_emails("info@acme.example");
  EXPECT_THAT(Duplicates(request, {.audience = Only("alice")}), IsEmpty());
  EXPECT_EQ(Duplicates(request, {.audience = Only("bob")}).size(), 1u);
}

TEST_F(RecordIndexTest, ArchivedRecordsAreDuplicatesButNotHits) {
  scenario_.Given(StreamNamed<CustomerId>("acme"), events::v1::CustomerArchived());
  EXPECT_THAT(Found("werke"), IsEmpty());
  v1::FindDuplicatesRequest request;
  request.add_emails("info@acme.example");
  EXPECT_THAT(Duplicates(request), ElementsAre(NameOf<CustomerId>("acme") + ": email"));
}

TEST_F(RecordIndexTest, RefusedCapturesAreFoundByNobody) {
  events::v1::LeadCaptureRefused refused;
  refused.set_subject_id(Bytes("spam"));
  refused.mutable_details()->set_given_name("Spammer");
  refused.mutable_details()->set_email("spam@spam.example");
  scenario_.Given(StreamNamed<LeadId>("spam"), refused);
  EXPECT_THAT(Found("spammer"), IsEmpty());
  v1::FindDuplicatesRequest request;
  request.add_emails("spam@spam.example");
  EXPECT_THAT(Duplicates(request), IsEmpty());
}

TEST_F(RecordIndexTest, DuplicatesShareAddressPhoneOrNameAndDomain) {
  v1::FindDuplicatesRequest request;
  request.set_display_name("ACME Werke, GmbH");
  request.set_website("acme.example");
  EXPECT_THAT(Duplicates(request), ElementsAre(NameOf<CustomerId>("acme") + ": name_and_domain"));
  request.add_emails(" INFO@ACME.example");
  request.add_emails("carla@nile.example");
  request.add_phones("0049 30 123456");
  // Most matches first.
  EXPECT_THAT(Duplicates(request),
              ElementsAre(NameOf<CustomerId>("acme") + ": email,phone,name_and_domain",
                          NameOf<LeadId>("lead") + ": email"));
  v1::FindDuplicatesRequest name_alone;
  name_alone.set_display_name("Acme Werke GmbH");
  EXPECT_THAT(Duplicates(name_alone), IsEmpty());
}

TEST_F(RecordIndexTest, PersonsAreAlikeByFullNameAndTheDomainOfTheirAddress) {
  v1::FindDuplicatesRequest request;
  request.set_display_name("Carl Lodzki");
  request.add_emails("c.lodzki@acme.example");
  EXPECT_THAT(Duplicates(request), ElementsAre(NameOf<ContactId>("carl") + ": name_and_domain"));
  request.set_display_name("Lodzki");
  EXPECT_THAT(Duplicates(request), IsEmpty());
}

TEST_F(RecordIndexTest, AtMostTwentyDuplicates) {
  for (int i = 0; i < 25; ++i) {
    auto contact = Contact(absl::StrCat("twin", i), "Twin", absl::StrCat("Number", i));
    contact.mutable_details()->add_phones("555 123 456");
    scenario_.Given(StreamNamed<ContactId>(absl::StrCat("twin", i)), contact);
  }
  v1::FindDuplicatesRequest request;
  request.add_phones("555-123-456");
  request.add_phones("12");
  EXPECT_EQ(Duplicates(request).size(), 20u);
}

TEST_F(RecordIndexTest, AnErasureLeavesNoTermOfThePersonAndKeepsTheCompany) {
  events::v1::LeadDetailsRevised revised;
  revised.set_subject_id(Bytes("lead"));
  revised.add_fields("family_name");
  revised.add_fields("company_name");
  // What was a word of the company is one of the person now, and the other way round.
  revised.mutable_details()->set_family_name("Nile");
  revised.mutable_details()->set_company_name("Maier Bau");
  scenario_.Given(StreamNamed<LeadId>("lead"), revised)
      .Given(StreamNamed<domain::PersonId>("lead"), ErasureOf("lead"));
  const std::string bytes = EveryByte(scenario_);
  for (const char* gone : {"carla", "lodzki-maier", "987654", "nile"}) {
    EXPECT_THAT(bytes, Not(HasSubstr(gone)));
  }
  EXPECT_THAT(Found("carla"), IsEmpty());
  EXPECT_THAT(Found("maier"), ElementsAre(NameOf<LeadId>("lead")));
  EXPECT_THAT(Found("lodzki"), ElementsAre(NameOf<ContactId>("carl")));
  ExpectReplayEquality<RecordIndex>(scenario_);
  // A rebuild that finds the key destroyed makes the same rows.
  scenario_.GivenErased(Named<domain::PersonId>("lead").uuid());
  EXPECT_EQ(EveryByte(scenario_), bytes);
  ExpectReplayEquality<RecordIndex>(scenario_);
}

TEST_F(RecordIndexTest, TermsThatAreGoneArePurgedFromTheFiles) {
  events::v1::ContactDetailsRevised revised;
  revised.set_subject_id(Bytes("carl"));
  revised.add_fields("family_name");
  revised.mutable_details()->set_family_name("Neumann");
  scenario_.Given(StreamNamed<ContactId>("carl"), revised)
      .Given(StreamNamed<domain::PersonId>("carl"), ErasureOf("carl"));
  const auto& rows = static_cast<const ViewTransaction&>(scenario_.Rows());
  std::string purged;
  for (const RowRange& range : rows.purges()) purged += range.begin;
  EXPECT_THAT(purged, HasSubstr("lodzki"));
  EXPECT_THAT(purged, HasSubstr("neumann"));
}

}  // namespace
}  // namespace crm::projections::testing
