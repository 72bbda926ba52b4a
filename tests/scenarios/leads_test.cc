// Leads from capture to conversion, as their teams work on them.
#include "crm/v1/comment_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Comments = v1::CommentService::Stub;

absl::Time Instant(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

class LeadsTest : public ::testing::Test {
 protected:
  v1::Lead Capture(const std::string& fields) const {
    return office_.administrator.Do(&Leads::CaptureLead, absl::StrCat("lead { ", fields, " }"));
  }
  Answer<v1::Lead> Assign(const v1::Lead& lead, const std::string& owner) const {
    return office_.leah.Try(&Leads::AssignLead,
                            absl::StrCat(NameIs(lead), office_.OwnedBy(owner, office_.north)));
  }
  void AllowLeads(const std::string& member, int maximum) const {
    office_.administrator.Do(&Teams::ReviseMembership,
                             absl::StrCat(With("name", office_.north), "membership { ",
                                          With("member", member), "maximum_leads: ", maximum, "}"));
  }
  // Routes eleven leads from the web at once to three members of five leads each, whose terms have
  // `more`; answers how many each received.
  std::vector<int> Share(const std::vector<std::string>& more) {
    std::map<std::string, size_t> members;
    std::string terms, names;
    for (size_t i = 0; i < more.size(); ++i) {
      std::string name;
      Hire(office_.administrator, absl::StrCat("Seller", i), "sales_agent", &name);
      members[name] = i;
      absl::StrAppend(&terms, "memberships { ", With("member", name), "maximum_leads: 5 ", more[i],
                      "} ");
    }
    const std::string team = office_.CreateTeam("Inbound", terms);
    for (int i = 0; i < 11; ++i) {
      names +=
          With("names",
               Capture(absl::StrCat("given_name: 'G", i, "' source: 'web' ", With("team", team)))
                   .name());
    }
    const auto routed = office_.administrator.Do(&Leads::ApplyLeadAction, names + "route {}");
    EXPECT_TRUE(routed.committed()) << routed.ShortDebugString();
    std::vector<int> shares(more.size());
    for (const auto& result : routed.results()) ++shares[members.at(result.owner())];
    return shares;
  }
  std::vector<std::string> ShownCustomers() const {
    std::vector<std::string> shown;
    const auto list = office_.administrator.Do(&Customers::ListCustomers, "show_grey: true");
    for (const v1::Customer& customer : list.customers()) {
      shown.push_back(absl::StrCat(customer.display_name(), customer.grey() ? " (grey)" : ""));
    }
    return shown;
  }

  ManualClock clock_{Instant("2026-02-20T09:00:00Z")};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
};

TEST_F(LeadsTest, T44TheWindowIsThirtyTimes24Hours) {
  std::vector<v1::Lead> leads;
  for (int i = 0; i < 5; ++i) {
    leads.push_back(Capture(absl::StrCat("given_name: 'G", i, "' ", With("team", office_.north))));
  }
  AllowLeads(office_.ada_name, 1);
  AllowLeads(office_.ben_name, 1);
  clock_.Set(Instant("2026-03-01T11:59:59Z"));
  EXPECT_THAT(Assign(leads[0], office_.ben_name), Succeeded());
  clock_.Set(Instant("2026-03-01T12:00:00Z"));
  EXPECT_THAT(Assign(leads[1], office_.ada_name), Succeeded());

  const auto full = Refused(grpc::StatusCode::FAILED_PRECONDITION, "CAPACITY");
  clock_.Set(Instant("2026-03-31T12:00:00Z"));
  EXPECT_THAT(Assign(leads[2], office_.ada_name), full);
  EXPECT_THAT(Assign(leads[2], office_.ben_name), Succeeded());

  // Losing a lead frees nothing, handing it on does.
  clock_.Set(Instant("2026-03-31T12:00:01Z"));
  office_.leah.Do(&Leads::LoseLead, NameIs(leads[2]) + "loss_reason_id: 'price'");
  EXPECT_THAT(Assign(leads[3], office_.ben_name), full);
  clock_.Set(Instant("2026-03-31T11:59:58Z") + absl::Hours(24));
  EXPECT_THAT(Assign(leads[3], office_.ada_name), Succeeded());
  EXPECT_THAT(Assign(leads[4], office_.ada_name), full);
  EXPECT_THAT(Assign(leads[3], ""), Succeeded());
  EXPECT_THAT(Assign(leads[4], office_.ada_name), Succeeded());
  // By hand beyond the maximum takes a right of its own.
  EXPECT_THAT(Assign(leads[3], office_.ada_name), full);
  EXPECT_THAT(office_.administrator.Try(
                  &Leads::AssignLead,
                  absl::StrCat(NameIs(leads[3]), office_.OwnedBy(office_.ada_name, office_.north))),
              Succeeded());
}

TEST_F(LeadsTest, T48ThePreferredMemberFillsFirst) {
  const std::string prefers = "preferred_filter { field_in { field: 'source' values: 'web' } } ";
  EXPECT_THAT(Share({prefers, "", ""}), ElementsAre(5, 3, 3));
}

TEST_F(LeadsTest, T48WithoutPreferenceAllShare) {
  std::vector<int> shares = Share({"", "", ""});
  std::sort(shares.begin(), shares.end());
  EXPECT_THAT(shares, ElementsAre(3, 4, 4));
}

// The figures of T52 before and after its conversion, each in its own currency: nothing adds them
// up, as no rate is known.
TEST_F(LeadsTest, T52EachCurrencyIsWeightedOnItsOwn) {
  const auto pipeline = office_.administrator.Do(
      &Pipelines::CreatePipeline,
      "pipeline { display_name: 'Leads' kind: PIPELINE_KIND_LEAD "
      "stages { display_name: 'Fresh' probability_bp: 3300 kind: STAGE_KIND_OPEN } "
      "stages { display_name: 'Won' probability_bp: 10000 kind: STAGE_KIND_WON } "
      "stages { display_name: 'Lost' kind: STAGE_KIND_LOST } }");
  const std::string fresh = With("stage", pipeline.stages(0).name());
  Capture("given_name: 'Grace' expected_revenue { currency_code: 'EUR' units: 1000 } " + fresh);
  Capture("given_name: 'Carl' " + Usd("expected_revenue", 1100) + fresh);
  Capture("given_name: 'Junk' " + Usd("expected_revenue", 4000) + fresh);
  const auto leads = office_.administrator.Do(&Leads::ListLeads);
  office_.administrator.Do(&Leads::JunkLead, NameIs(leads.leads(0)) + "reason: 'advertises'");

  const auto board =
      office_.administrator.Do(&Leads::GetLeadBoard, With("pipeline", pipeline.name()));
  EXPECT_EQ(board.card_count(), 2);
  ASSERT_EQ(board.totals_size(), 2);
  EXPECT_EQ(board.totals(0).expected_revenue().currency_code(), "EUR");
  EXPECT_EQ(board.totals(0).weighted_revenue().units(), 330);
  EXPECT_EQ(board.totals(1).expected_revenue().units(), 1100);
  EXPECT_EQ(board.totals(1).weighted_revenue().units(), 363);
}

TEST_F(LeadsTest, ARefusedCaptureIsKeptWithTheReason) {
  const v1::Lead refused = Capture("given_name: 'Grace' email: 'grace at mill' source: 'web'");
  EXPECT_EQ(refused.state(), v1::LEAD_STATE_REFUSED);
  EXPECT_EQ(refused.refusal_reason(), "EMAIL_INVALID");
  const auto kept =
      office_.administrator.Do(&Leads::ListLeads, "filter { states: LEAD_STATE_REFUSED }");
  ASSERT_EQ(kept.leads_size(), 1);
  EXPECT_EQ(kept.leads(0).email(), "grace at mill");
  EXPECT_EQ(office_.administrator.Do(&Leads::ListLeads).leads_size(), 0);
  EXPECT_THAT(ShownCustomers(), IsEmpty());
}

// A program that sends the same twice, or corrects what was refused, makes no second lead.
TEST_F(LeadsTest, CapturesWithOneExternalIdAreOneLead) {
  const std::string row = "given_name: 'Grace' source: 'fair' external_id: 'row-17' ";
  const v1::Lead refused = Capture(row + "email: 'grace at mill' ");
  const v1::Lead lead = Capture(row + "email: 'grace@mill.example' ");
  EXPECT_EQ(lead.name(), refused.name());
  EXPECT_EQ(lead.state(), v1::LEAD_STATE_NEW);
  const v1::Lead again = Capture(row + "phone: '+49 30 1234567' ");
  EXPECT_EQ(again.name(), lead.name());
  EXPECT_EQ(again.capture_count(), 3);
  EXPECT_EQ(again.email(), "grace@mill.example");
  EXPECT_EQ(office_.administrator.Do(&Leads::ListLeads).leads_size(), 1);
  const auto log = office_.administrator.Do(&Events::ReadEvents, "page_size: 1000");
  EXPECT_NE(log.DebugString().find("+49 30 1234567"), std::string::npos);
  // An agent does not join leads of others.
  EXPECT_THAT(office_.ada.Try(&Leads::CaptureLead, absl::StrCat("lead { ", row, "}")),
              Refused(grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  EXPECT_NE(Capture("given_name: 'Carl' source: 'web' external_id: 'row-17' ").name(), lead.name());
}

TEST_F(LeadsTest, WhereLeadsAreNotUsedACaptureIsAnOpportunity) {
  office_.administrator.Do(&Organizations::UpdateOrganization,
                           "organization { leads_enabled: false } "
                           "update_mask { paths: 'leads_enabled' }");
  const v1::Lead lead =
      Capture(absl::StrCat("given_name: 'Grace' company_name: 'Mill Ltd' ",
                           Usd("expected_revenue", 900), With("team", office_.north)));
  EXPECT_EQ(lead.state(), v1::LEAD_STATE_CONVERTED);
  const auto opportunity =
      office_.administrator.Do(&Opportunities::GetOpportunity, With("name", lead.opportunity()));
  EXPECT_EQ(opportunity.expected_revenue().units(), 900);
  EXPECT_EQ(opportunity.stage(), office_.stages.at("New"));
  EXPECT_EQ(opportunity.customer(), lead.customer());
}

TEST_F(LeadsTest, AConversionIsOneCommitAndTheGreyRowGoes) {
  const v1::Lead lead =
      Capture(absl::StrCat("given_name: 'Grace' company_name: 'Mill Ltd' email: 'g@mill.example' ",
                           office_.OwnedBy(office_.ada_name, office_.north)));
  EXPECT_THAT(ShownCustomers(), ElementsAre("Mill Ltd (grey)"));
  const int64_t head = office_.HeadPosition();
  const auto converted = office_.ada.Do(&Leads::ConvertLead, NameIs(lead));
  const auto events =
      office_.administrator.Do(&Events::ReadEvents, absl::StrCat("from_position: ", head + 1));
  ASSERT_GE(events.events_size(), 4);
  EXPECT_EQ(events.events(0).commit_size(), events.events_size());
  EXPECT_THAT(ShownCustomers(), ElementsAre("Mill Ltd"));

  const auto again = office_.ada.Do(&Leads::ConvertLead, NameIs(lead));
  EXPECT_EQ(again.opportunity(), converted.opportunity());
  EXPECT_EQ(office_.HeadPosition(), events.head_position());
  EXPECT_THAT(office_.ada.Try(&Leads::ConvertLead, NameIs(lead) + "without_opportunity: true"),
              Refused(grpc::StatusCode::FAILED_PRECONDITION, "LEAD_ALREADY_CONVERTED"));
}

TEST_F(LeadsTest, WhatOneMayNotSeeIsNotUsed) {
  const auto hidden = office_.cleo.Do(
      &Customers::CreateCustomer,
      absl::StrCat("customer { display_name: 'Dock Ltd' ",
                   With("account_manager", office_.cleo_name), With("team", office_.south), "}"));
  const v1::Lead lead =
      Capture("given_name: 'Grace' " + office_.OwnedBy(office_.ada_name, office_.north));
  const auto unknown = Refused(grpc::StatusCode::NOT_FOUND, "REFERENCE_NOT_FOUND");
  EXPECT_THAT(office_.ada.Try(&Leads::ConvertLead, NameIs(lead) + With("customer", hidden.name())),
              unknown);
  EXPECT_THAT(office_.ada.Try(&Leads::QualifyLead, NameIs(lead) + With("customer", hidden.name())),
              unknown);
  EXPECT_THAT(office_.ada.Try(&Contacts::CreateContact,
                              absl::StrCat("contact { given_name: 'G' links { ",
                                           With("customer", hidden.name()), "} ",
                                           office_.OwnedBy(office_.ada_name, office_.north), "}")),
              unknown);
}

TEST_F(LeadsTest, UncontactedLeadsBySource) {
  for (int i = 0; i < 3; ++i) {
    Capture(absl::StrCat("given_name: 'G", i, "' source: '", i == 2 ? "fair" : "web", "' ",
                         Usd("expected_revenue", 100)));
  }
  const auto leads = office_.administrator.Do(&Leads::ListLeads, "order_by: LEAD_ORDER_OLDEST");
  ASSERT_EQ(leads.leads_size(), 3);
  office_.administrator.Do(&Comments::CreateComment,
                           absl::StrCat("comment { ", With("parent", leads.leads(0).name()),
                                        "text: 'called, nobody there' }"));
  const auto sources = office_.administrator.Do(&Leads::GetLeadSources);
  ASSERT_EQ(sources.rows_size(), 2);
  EXPECT_EQ(sources.rows(0).source(), "web");
  EXPECT_EQ(sources.rows(0).lead_count(), 2);
  EXPECT_EQ(sources.rows(0).uncontacted_count(), 1);
  EXPECT_EQ(sources.rows(0).expected_revenue(0).units(), 200);
  const auto waiting =
      office_.administrator.Do(&Leads::ListLeads, "filter { uncontacted: true source: 'web' }");
  ASSERT_EQ(waiting.leads_size(), 1);
  EXPECT_EQ(waiting.leads(0).name(), leads.leads(1).name());
  // Junk enters no total.
  office_.administrator.Do(&Leads::JunkLead, NameIs(leads.leads(1)) + "reason: 'advertises'");
  const auto after =
      office_.administrator.Do(&Leads::GetLeadSources, "filter { states: LEAD_STATE_JUNK }");
  EXPECT_EQ(after.rows_size(), 0);
}

// However it was typed: composed or not, wide or not, with a curly apostrophe or a hidden sign.
TEST_F(LeadsTest, PeopleAreFoundHoweverTheyWereTyped) {
  Capture(
      "given_name: 'Mu\u0308ller' family_name: 'O\u2019Neill' email: 'j\u00FCrgen@mill.example'");
  for (const char* query : {"M\u00FCller", "ONEILL", "o'neill muller", "ju\u0308rgen@",
                            "\uFF2D\u00DC\uFF2C\uFF2C\uFF25\uFF32", "M\u00FCl\u200Bler"}) {
    EXPECT_EQ(
        office_.administrator.Do(&Search::SearchRecords, absl::StrCat("query: \"", query, "\""))
            .hits_size(),
        1)
        << query;
  }
  const v1::Lead second = Capture(
      "given_name: 'M\u00FCller' family_name: 'O Neill' email: 'Ju\u0308rgen@MILL.example'");
  ASSERT_EQ(second.duplicates_size(), 1);
  EXPECT_THAT(second.duplicates(0).matched_fields(), ::testing::Contains("email"));
}

}  // namespace
}  // namespace crm::testing
