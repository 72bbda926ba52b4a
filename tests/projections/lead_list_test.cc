// LeadBoard: lists with their filters and orders, and sources.
#include "tests/projections/lead_board_story.h"

namespace crm::projections::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(LeadBoardTest, ListsInEveryOrderAtAnyPageSize) {
  const LeadId anna = Named<LeadId>("anna"), bert = Named<LeadId>("bert"),
               cleo = Named<LeadId>("cleo");
  for (const int page_size : {1, 2, 3, 50}) {
    const Asking asking{.page_size = page_size};
    EXPECT_THAT(List({}, v1::LEAD_ORDER_UNSPECIFIED, asking), ElementsAre(cleo, bert, anna));
    EXPECT_THAT(List({}, v1::LEAD_ORDER_NEWEST, asking), ElementsAre(cleo, bert, anna));
    EXPECT_THAT(List({}, v1::LEAD_ORDER_OLDEST, asking), ElementsAre(anna, bert, cleo));
    EXPECT_THAT(List({}, v1::LEAD_ORDER_PRIORITY, asking), ElementsAre(bert, cleo, anna));
  }
}

TEST_F(LeadBoardTest, ListsByRevenueAndByTimeInTheStage) {
  const LeadId anna = Named<LeadId>("anna"), bert = Named<LeadId>("bert"),
               cleo = Named<LeadId>("cleo"), dora = Named<LeadId>("dora");
  scenario_.Given(Lead("dora"), Captured("dora", "Dora", "Solo"), {.at = kMorning + 3 * kDay})
      .Given(Lead("anna"), MovedTo("talking"), {.at = kMorning + 4 * kDay});
  for (const int page_size : {1, 3, 50}) {
    const Asking asking{.page_size = page_size};
    EXPECT_THAT(List({}, v1::LEAD_ORDER_REVENUE, asking), ElementsAre(anna, bert, cleo, dora));
    EXPECT_THAT(List({}, v1::LEAD_ORDER_STAGE_AGE, asking), ElementsAre(bert, cleo, anna, dora));
  }
}

TEST_F(LeadBoardTest, LeadsOfOneInstantKeepTheirOrderOverPages) {
  for (int i = 0; i < 9; ++i) {
    const std::string name = absl::StrCat("twin ", i);
    events::v1::LeadCaptured event = Captured(name, "Twin", name);
    *event.mutable_ownership() = OwnedBy(i % 2 == 0 ? "alice" : "bob");
    scenario_.Given(Lead(name), event, {.at = kMorning + 5 * kDay, .effective = kMorning});
  }
  for (const auto order : {v1::LEAD_ORDER_NEWEST, v1::LEAD_ORDER_OLDEST, v1::LEAD_ORDER_PRIORITY}) {
    const std::vector<LeadId> whole = List({}, order);
    EXPECT_EQ(whole.size(), 12u);
    for (const int page_size : {1, 2, 5}) {
      EXPECT_EQ(List({}, order, {.page_size = page_size}), whole) << order;
    }
  }
}

TEST_F(LeadBoardTest, APageIsReadNoFurtherThanItGoes) {
  for (int i = 0; i < 500; ++i) {
    const std::string name = absl::StrCat("lead ", i);
    events::v1::LeadCaptured event = Captured(name, "Grace", name);
    *event.mutable_ownership() = OwnedBy(i % 100 == 0 ? "bob" : "alice", "north");
    scenario_.Given(Lead(name), event);
  }
  const CountingReader rows(scenario_.Rows());
  const domain::Audience everybody = Everybody();
  v1::ListLeadsRequest request;
  for (const auto order : {v1::LEAD_ORDER_NEWEST, v1::LEAD_ORDER_OLDEST}) {
    request.set_order_by(order);
    QueryContext first(everybody, kMorning, 10, "");
    ASSERT_TRUE(LeadBoard::Select(request, rows, first).ok());
    QueryContext second(everybody, kMorning, 10, first.next());
    ASSERT_TRUE(LeadBoard::Select(request, rows, second).ok());
  }
  EXPECT_LE(rows.count(), 100);
  // Whoever sees only what is their own reads only that, in any order.
  const CountingReader own(scenario_.Rows());
  const domain::Audience bob = Only("bob");
  request.set_order_by(v1::LEAD_ORDER_PRIORITY);
  QueryContext context(bob, kMorning, 10, "");
  EXPECT_EQ(LeadBoard::Select(request, own, context)->size(), 5u);
  EXPECT_LE(own.count(), 15);
}

TEST_F(LeadBoardTest, FiltersByRevenueStagnationAndCustomer) {
  const auto only = [&](auto set) {
    v1::LeadFilter filter;
    set(filter);
    return List(filter, v1::LEAD_ORDER_OLDEST, {.at = kMorning + 16 * kDay});
  };
  const LeadId anna = Named<LeadId>("anna"), bert = Named<LeadId>("bert"),
               cleo = Named<LeadId>("cleo");
  const auto euros = [](google::type::Money* money, int64_t units) {
    money->set_currency_code("EUR");
    money->set_units(units);
  };
  EXPECT_THAT(only([&](auto& f) { euros(f.mutable_minimum_revenue(), 50); }),
              ElementsAre(anna, bert));
  EXPECT_THAT(only([&](auto& f) { euros(f.mutable_maximum_revenue(), 50); }),
              ElementsAre(bert, cleo));
  EXPECT_THAT(only([&](auto& f) {
                euros(f.mutable_minimum_revenue(), 1);
                f.mutable_minimum_revenue()->set_currency_code("USD");
              }),
              IsEmpty());
  EXPECT_THAT(only([](auto& f) { f.set_stagnant(true); }), ElementsAre(anna, bert));
  scenario_.Given(Lead("bert"), OfCustomer<events::v1::LeadQualified>("acme"));
  EXPECT_THAT(
      only([](auto& f) { f.set_customer(domain::NameOf(Named<domain::CustomerId>("acme"))); }),
      ElementsAre(bert));
  v1::GetLeadBoardRequest request;
  request.mutable_filter()->set_stagnant(true);
  EXPECT_EQ(Board(request, {.at = kMorning + 16 * kDay}).card_count(), 2);
}

TEST_F(LeadBoardTest, ALeadIsUncontactedUntilSomebodyMovesOrCommentsOnIt) {
  v1::LeadFilter filter;
  filter.set_uncontacted(true);
  const LeadId anna = Named<LeadId>("anna"), cleo = Named<LeadId>("cleo");
  EXPECT_EQ(List(filter).size(), 3u);
  events::v1::LeadStageMoved moved = MovedTo("talking");
  // Into its first stage, or by the system, is nobody's doing.
  scenario_.Given(Lead("anna"), moved, {.actor = Uuid::FromName({}, "alice")});
  moved.set_from_stage_id(Bytes("fresh"));
  scenario_.Given(Lead("anna"), moved, {.actor = {}});
  EXPECT_EQ(List(filter).size(), 3u);
  scenario_.Given(Lead("bert"), moved, {.actor = Uuid::FromName({}, "alice")});
  EXPECT_THAT(List(filter), ElementsAre(cleo, anna));
  events::v1::CommentAdded comment;
  comment.set_parent_category("lead");
  comment.set_parent_id(Bytes("cleo"));
  scenario_.Given(StreamNamed<domain::CommentId>("remark"), comment);
  comment.set_parent_category("customer");
  comment.set_parent_id(Bytes("anna"));
  scenario_.Given(StreamNamed<domain::CommentId>("another"), comment);
  EXPECT_THAT(List(filter), ElementsAre(anna));
  scenario_.Given(Lead("anna"), OfCustomer<events::v1::LeadQualified>("acme"));
  EXPECT_THAT(List(filter), IsEmpty());
  ExpectReplayEquality<LeadBoard>(scenario_);
}

TEST_F(LeadBoardTest, SourcesCountWhatIsSeenAndNeverJunk) {
  const auto from = [&](absl::string_view name, const std::string& source, int64_t cents,
                        const std::string& owner) {
    events::v1::LeadCaptured event = InStage(Captured(name, "G", "H"), "fresh", cents);
    event.mutable_details()->set_source(source);
    *event.mutable_ownership() = OwnedBy(owner);
    return event;
  };
  scenario_.Given(Lead("w1"), from("w1", "web", 100, ""), {.at = kMorning + 4 * kDay})
      .Given(Lead("w2"), from("w2", "web", 250, "bob"), {.at = kMorning + 5 * kDay})
      .Given(Lead("w3"), from("w3", "web", 400000, "bob"))
      .Given(Lead("w3"), events::v1::LeadJunked())
      .Given(Lead("f1"), from("f1", "fair", 7, "bob"))
      .Given(Lead("f1"), OfCustomer<events::v1::LeadQualified>("acme"));
  const v1::LeadSources all =
      AnswerTo<LeadBoard>(scenario_.Rows(), v1::GetLeadSourcesRequest(), Asking());
  ASSERT_EQ(all.rows_size(), 3);
  EXPECT_EQ(all.rows(0).source(), "");
  EXPECT_EQ(all.rows(0).lead_count(), 3);
  EXPECT_EQ(all.rows(0).oldest_uncontacted_time().seconds(), absl::ToUnixSeconds(kMorning));
  EXPECT_EQ(all.rows(1).source(), "web");
  EXPECT_EQ(all.rows(1).lead_count(), 2);
  EXPECT_EQ(all.rows(1).uncontacted_count(), 2);
  EXPECT_EQ(all.rows(1).unassigned_count(), 1);
  ASSERT_EQ(all.rows(1).expected_revenue_size(), 1);
  EXPECT_EQ(all.rows(1).expected_revenue(0).units(), 3);
  EXPECT_EQ(all.rows(1).expected_revenue(0).nanos(), 500000000);
  EXPECT_EQ(all.rows(2).source(), "fair");
  EXPECT_EQ(all.rows(2).uncontacted_count(), 0);
  EXPECT_FALSE(all.rows(2).has_oldest_uncontacted_time());

  v1::GetLeadSourcesRequest junk;
  junk.mutable_filter()->add_states(v1::LEAD_STATE_JUNK);
  junk.mutable_filter()->add_states(v1::LEAD_STATE_QUALIFIED);
  EXPECT_EQ(AnswerTo<LeadBoard>(scenario_.Rows(), junk, Asking()).rows_size(), 1);
  const v1::LeadSources bobs = AnswerTo<LeadBoard>(scenario_.Rows(), v1::GetLeadSourcesRequest(),
                                                   Asking{.audience = Only("bob")});
  ASSERT_EQ(bobs.rows_size(), 2);
  EXPECT_EQ(bobs.rows(0).lead_count(), 1);
}

TEST_F(LeadBoardTest, FindsTextInPersonCompanyAndSubject) {
  v1::LeadFilter filter;
  filter.set_text("schmi");
  EXPECT_THAT(List(filter), ElementsAre(Named<LeadId>("anna")));
  filter.set_text("bert oz");
  EXPECT_THAT(List(filter), ElementsAre(Named<LeadId>("bert")));
  filter.set_text("NILE");
  EXPECT_THAT(List(filter), ElementsAre(Named<LeadId>("cleo")));
  v1::GetLeadBoardRequest request;
  *request.mutable_filter() = filter;
  EXPECT_EQ(Board(request).card_count(), 1);
}

TEST_F(LeadBoardTest, FiltersByWhatTheCardSays) {
  events::v1::LeadDetailsRevised revised;
  revised.set_subject_id(Bytes("cleo"));
  for (const char* field : {"source", "campaign", "tags"}) revised.add_fields(field);
  revised.mutable_details()->set_source("web");
  revised.mutable_details()->set_campaign("spring");
  revised.mutable_details()->add_tags("hot");
  events::v1::LeadAssigned assigned;
  *assigned.mutable_to() = OwnedBy("", "north");
  scenario_.Given(Lead("cleo"), revised).Given(Lead("anna"), assigned);
  const auto only = [&](auto set) {
    v1::LeadFilter filter;
    set(filter);
    return List(filter);
  };
  const auto cleo = ElementsAre(Named<LeadId>("cleo"));
  const auto anna = ElementsAre(Named<LeadId>("anna"));
  EXPECT_THAT(only([](auto& f) { f.set_source("web"); }), cleo);
  EXPECT_THAT(only([](auto& f) { f.set_campaign("spring"); }), cleo);
  EXPECT_THAT(only([](auto& f) { f.set_tag("hot"); }), cleo);
  EXPECT_THAT(only([](auto& f) {
                f.set_stage(domain::NameOf(domain::StageName{Named<PipelineId>("leads"),
                                                             Named<domain::StageId>("talking")}));
              }),
              cleo);
  EXPECT_THAT(only([](auto& f) { f.set_unassigned(true); }), anna);
  EXPECT_THAT(only([](auto& f) { f.set_team(domain::NameOf(Named<domain::TeamId>("north"))); }),
              anna);
  EXPECT_EQ(
      only([](auto& f) { f.set_owner(domain::NameOf(Named<domain::MemberId>("alice"))); }).size(),
      2u);
  EXPECT_EQ(
      only([](auto& f) { f.set_pipeline(domain::NameOf(Named<PipelineId>("leads"))); }).size(), 3u);
  EXPECT_THAT(only([](auto& f) { f.set_pipeline(domain::NameOf(Named<PipelineId>("other"))); }),
              IsEmpty());
  EXPECT_THAT(only([](auto& f) {
                *f.mutable_create_date_from() =
                    domain::DayToProto(absl::CivilDay(1970, 1, 1) + 20002);
              }),
              cleo);
  EXPECT_THAT(only([](auto& f) {
                *f.mutable_create_date_to() =
                    domain::DayToProto(absl::CivilDay(1970, 1, 1) + 20000);
              }),
              anna);
}

}  // namespace
}  // namespace crm::projections::testing
