// CustomerList: customers with grey rows among them, contacts, and erasure.
#include "projections/customer_list.h"

#include <string>
#include <vector>

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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using RowId = CustomerList::RowId;

RowId Customer(absl::string_view name) { return Named<CustomerId>(name); }
RowId Grey(absl::string_view name) { return Named<LeadId>(name); }

class CustomerListTest : public ::testing::Test {
 protected:
  CustomerListTest() {
    auto zeta = Company("zeta", "Zeta");
    zeta.mutable_details()->add_tags("key");
    zeta.mutable_details()->set_region_code("FR");
    auto anna = Company("anna", "Anna Schmidt");
    anna.set_kind(v1::CUSTOMER_KIND_PERSON);
    anna.set_subject_id(Bytes("the person anna"));
    scenario_.Given(StreamNamed<CustomerId>("zeta"), zeta)
        .Given(StreamNamed<CustomerId>("acme"), Company("acme", "acme"))
        .Given(StreamNamed<CustomerId>("anna"), anna)
        .Given(StreamNamed<LeadId>("nile"), Captured("nile", "Cleo", "Ptol", "Nile Ltd"))
        .Given(StreamNamed<LeadId>("bert"), Captured("bert", "Bert", "Öz"))
        .Given(StreamNamed<ContactId>("carl"), Contact("carl", "Carl", "Zander"))
        .And(StreamNamed<ContactId>("carl"), OfCustomer<events::v1::ContactLinked>("acme"))
        .Given(StreamNamed<ContactId>("dora"), Contact("dora", "Dora", "Adler"))
        .Given(StreamNamed<ContactId>("emil"), Contact("emil", "Emil", "Adler"))
        .And(StreamNamed<ContactId>("emil"), OfCustomer<events::v1::ContactLinked>("acme"));
  }

  std::vector<RowId> Customers(const v1::ListCustomersRequest& request = {},
                               const Asking& asking = {}) {
    return SelectAll<CustomerList>(scenario_.Rows(), request, asking);
  }
  template <class Set>
  std::vector<RowId> CustomersWith(Set set) {
    v1::ListCustomersRequest request;
    set(request);
    return Customers(request);
  }
  template <class Set>
  std::vector<ContactId> ContactsWith(Set set, const Asking& asking = {}) {
    v1::ListContactsRequest request;
    set(request);
    return SelectAll<CustomerList>(scenario_.Rows(), request, asking);
  }

  ViewScenario<CustomerList> scenario_;
};

TEST_F(CustomerListTest, GreyRowsStandAmongTheCustomersByName) {
  EXPECT_THAT(Customers(), ElementsAre(Customer("acme"), Customer("anna"), Customer("zeta")));
  v1::ListCustomersRequest request;
  request.set_show_grey(true);
  for (const int page_size : {1, 2, 4, 5, 50}) {
    EXPECT_THAT(Customers(request, {.page_size = page_size}),
                ElementsAre(Customer("acme"), Customer("anna"), Grey("bert"), Grey("nile"),
                            Customer("zeta")));
  }
}

TEST_F(CustomerListTest, ALeadIsGreyWhileItIsWorkedOnAndNobodysCustomer) {
  v1::ListCustomersRequest request;
  request.set_show_grey(true);
  scenario_
      .Given(StreamNamed<LeadId>("nile"), OfCustomer<events::v1::LeadQualified>("nile customer"))
      .Given(StreamNamed<LeadId>("bert"), events::v1::LeadQualified());
  EXPECT_THAT(Customers(request),
              ElementsAre(Customer("acme"), Customer("anna"), Grey("bert"), Customer("zeta")));
  scenario_.Given(StreamNamed<LeadId>("bert"), events::v1::LeadJunked());
  EXPECT_EQ(Customers(request).size(), 3u);
}

TEST_F(CustomerListTest, FiltersHoldForCustomersAndGreyRows) {
  EXPECT_THAT(CustomersWith([](auto& r) { r.set_tag("key"); }), ElementsAre(Customer("zeta")));
  EXPECT_THAT(CustomersWith([](auto& r) { r.set_region_code("FR"); }),
              ElementsAre(Customer("zeta")));
  EXPECT_THAT(CustomersWith([](auto& r) {
                r.set_text("oz");
                r.set_show_grey(true);
              }),
              ElementsAre(Grey("bert")));
  EXPECT_THAT(CustomersWith([](auto& r) { r.set_text("SCHMI"); }), ElementsAre(Customer("anna")));
  events::v1::CustomerAssigned assigned;
  *assigned.mutable_to() = OwnedBy("bob", "north");
  scenario_.Given(StreamNamed<CustomerId>("acme"), assigned);
  EXPECT_THAT(CustomersWith([](auto& r) {
                r.set_account_manager(domain::NameOf(Named<domain::MemberId>("bob")));
              }),
              ElementsAre(Customer("acme")));
  EXPECT_THAT(
      CustomersWith([](auto& r) { r.set_team(domain::NameOf(Named<domain::TeamId>("north"))); }),
      ElementsAre(Customer("acme")));
  EXPECT_THAT(Customers({}, {.audience = Only("bob")}), ElementsAre(Customer("acme")));
}

TEST_F(CustomerListTest, ArchivedCustomersAreShownOnRequest) {
  scenario_.Given(StreamNamed<CustomerId>("zeta"), events::v1::CustomerArchived());
  EXPECT_EQ(Customers().size(), 2u);
  EXPECT_EQ(CustomersWith([](auto& r) { r.set_show_archived(true); }).size(), 3u);
  scenario_.Given(StreamNamed<CustomerId>("zeta"), events::v1::CustomerRestored());
  EXPECT_EQ(Customers().size(), 3u);
}

TEST_F(CustomerListTest, ARenamedCustomerMoves) {
  events::v1::CustomerDetailsRevised revised;
  revised.set_subject_id(Bytes("acme"));
  revised.add_fields("display_name");
  revised.mutable_details()->set_display_name("Zzz");
  scenario_.Given(StreamNamed<CustomerId>("acme"), revised);
  EXPECT_THAT(Customers(), ElementsAre(Customer("anna"), Customer("zeta"), Customer("acme")));
}

TEST_F(CustomerListTest, ContactsGoByFamilyNameThenGivenName) {
  const ContactId carl = Named<ContactId>("carl"), dora = Named<ContactId>("dora"),
                  emil = Named<ContactId>("emil");
  for (const int page_size : {1, 2, 3, 50}) {
    EXPECT_THAT(ContactsWith([](auto&) {}, {.page_size = page_size}),
                ElementsAre(dora, emil, carl));
  }
  const auto of_acme = [](auto& r) { r.set_customer(domain::NameOf(Named<CustomerId>("acme"))); };
  EXPECT_THAT(ContactsWith(of_acme), ElementsAre(emil, carl));
  EXPECT_THAT(ContactsWith([](auto& r) { r.set_text("dora adl"); }), ElementsAre(dora));
  EXPECT_THAT(
      ContactsWith([](auto& r) { r.set_owner(domain::NameOf(Named<domain::MemberId>("bob"))); }),
      IsEmpty());
  scenario_.Given(StreamNamed<ContactId>("carl"), OfCustomer<events::v1::ContactUnlinked>("acme"))
      .Given(StreamNamed<ContactId>("emil"), events::v1::ContactArchived());
  EXPECT_THAT(ContactsWith(of_acme), IsEmpty());
  EXPECT_THAT(ContactsWith([&](auto& r) {
                of_acme(r);
                r.set_show_archived(true);
              }),
              ElementsAre(emil));
}

TEST_F(CustomerListTest, ContactsOfOthersAreNotShown) {
  events::v1::ContactAssigned assigned;
  *assigned.mutable_to() = OwnedBy("bob");
  scenario_.Given(StreamNamed<ContactId>("carl"), assigned);
  EXPECT_THAT(ContactsWith([](auto&) {}, {.audience = Only("bob")}),
              ElementsAre(Named<ContactId>("carl")));
}

TEST_F(CustomerListTest, APageIsReadNoFurtherThanItGoes) {
  for (int i = 0; i < 500; ++i) {
    const std::string name = absl::StrCat("mill ", i);
    scenario_.Given(StreamNamed<CustomerId>(name), Company(name, name))
        .Given(StreamNamed<ContactId>(name), Contact(name, "Grace", name));
  }
  const CountingReader rows(scenario_.Rows());
  const domain::Audience audience = Everybody();
  QueryContext first(audience, Asking().at, 10, "");
  ASSERT_TRUE(CustomerList::Select(v1::ListCustomersRequest(), rows, first).ok());
  QueryContext second(audience, Asking().at, 10, first.next());
  ASSERT_TRUE(CustomerList::Select(v1::ListCustomersRequest(), rows, second).ok());
  QueryContext contacts(audience, Asking().at, 10, "");
  ASSERT_TRUE(CustomerList::Select(v1::ListContactsRequest(), rows, contacts).ok());
  EXPECT_LE(rows.count(), 40);
}

TEST_F(CustomerListTest, AnEarlierNameLeavesTheFilesToo) {
  events::v1::CustomerDetailsRevised married;
  married.set_subject_id(Bytes("the person anna"));
  married.add_fields("display_name");
  married.mutable_details()->set_display_name("Anna Meier");
  scenario_.Given(StreamNamed<CustomerId>("anna"), married)
      .Given(StreamNamed<domain::PersonId>("the person anna"), ErasureOf("the person anna"));
  const auto& rows = dynamic_cast<const ViewTransaction&>(scenario_.Rows());
  const auto is_purged = [&](const std::string& name) {
    return std::any_of(rows.purges().begin(), rows.purges().end(), [&](const RowRange& range) {
      return range.begin.find(name) != std::string::npos;
    });
  };
  EXPECT_TRUE(is_purged("anna schmidt"));
  EXPECT_TRUE(is_purged("anna meier"));
  EXPECT_FALSE(is_purged("acme"));
}

TEST_F(CustomerListTest, AnErasedPersonStaysAsARowWithoutAName) {
  for (const char* person : {"the person anna", "bert", "carl"}) {
    scenario_.Given(StreamNamed<domain::PersonId>(person), ErasureOf(person));
  }
  const std::string bytes = EveryByte(scenario_);
  for (const char* name : {"schmidt", "bert", "zander"}) EXPECT_THAT(bytes, Not(HasSubstr(name)));
  EXPECT_THAT(bytes, HasSubstr("adler"));
  EXPECT_THAT(Customers(), ElementsAre(Customer("acme"), Customer("zeta"), Customer("anna")));
  EXPECT_EQ(ContactsWith([](auto&) {}).back(), Named<ContactId>("carl"));
  ExpectReplayEquality<CustomerList>(scenario_);
  scenario_.GivenErased(Named<domain::PersonId>("the person anna").uuid());
  EXPECT_THAT(Customers(), ElementsAre(Customer("acme"), Customer("zeta"), Customer("anna")));
  ExpectReplayEquality<CustomerList>(scenario_);
}

}  // namespace
}  // namespace crm::projections::testing
