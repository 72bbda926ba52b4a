// Invariants I1..I4 of domain/proposal_template/proposal_template.h.
#include "domain/proposal_template/proposal_template.h"

#include "domain/proposal/proposal.h"
#include "domain/render.h"
#include "tests/support/document_examples.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::Chairs;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::IsOk;
using testing::kExampleNow;
using testing::Naming;
using testing::Scenario;
using testing::Work;

class ProposalTemplateTest : public ::testing::Test {
 protected:
  ProposalTemplateTest() { testing::GiveOffice(scenario_.world()); }

  template <class Command>
  void Run(const Command& command) {
    scenario_.When(command);
    EXPECT_THAT(scenario_.outcome(), IsOk()) << command.ShortDebugString();
    scenario_.Settled();
  }
  static v1::CreateProposalTemplateRequest Create(absl::string_view fields) {
    return From<v1::CreateProposalTemplateRequest>(
        absl::StrCat("proposal_template { ", fields, " }"));
  }
  // Two chairs and a day of work, less 10 %.
  void Created(absl::string_view more = "") {
    Run(Create(absl::StrCat("display_name: 'Chairs' content { note: 'Thank you' ",
                            "discount_ppm: 100000 ", Chairs(2), Work(80), "} ", more)));
    template_ = scenario_.Current().id;
  }
  v1::UpdateProposalTemplateRequest Update(absl::string_view fields, absl::string_view path) const {
    return From<v1::UpdateProposalTemplateRequest>(
        absl::StrCat("proposal_template { name: '", NameOf(template_), "' ", fields,
                     " } update_mask { paths: '", path, "' }"));
  }
  template <class Command>
  Command Of() const {
    return From<Command>(absl::StrCat("name: '", NameOf(template_), "'"));
  }

  Scenario<ProposalTemplate> scenario_;
  ProposalTemplateId template_;
};

TEST_F(ProposalTemplateTest, I1HasANameAndLines) {
  scenario_.When(Create("content { " + Work(80) + "}")).ThenRejected("DISPLAY_NAME_REQUIRED");
  scenario_.When(Create("display_name: 'Empty'")).ThenRejected("LINES_REQUIRED");
  Created("open_days: 30");
  const v1::ProposalTemplate shown = scenario_.Shown();
  EXPECT_EQ(shown.display_name(), "Chairs");
  EXPECT_EQ(shown.open_days(), 30);
  EXPECT_EQ(shown.content().lines_size(), 2);
  EXPECT_EQ(shown.content().note(), "Thank you");
}

TEST_F(ProposalTemplateTest, I2NothingChangesWhileItIsArchived) {
  Created();
  Run(Of<v1::ArchiveProposalTemplateRequest>());
  EXPECT_TRUE(scenario_.Shown().has_archive_time());
  scenario_.When(Of<v1::ArchiveProposalTemplateRequest>()).ThenNothing();
  scenario_.When(Update("open_days: 1", "open_days")).ThenRejected("PROPOSAL_TEMPLATE_ARCHIVED");
  Run(Of<v1::RestoreProposalTemplateRequest>());
  Run(Update("open_days: 1", "open_days"));
  EXPECT_EQ(scenario_.Shown().open_days(), 1);
}

TEST_F(ProposalTemplateTest, I4ARevisionNamesWhatChanged) {
  Created("open_days: 30");
  scenario_.When(Update("display_name: ' Chairs '", "display_name")).ThenNothing();
  scenario_.When(Update("open_days: 30", "open_days")).ThenNothing();
  events::v1::ProposalTemplateRevised revised;
  revised.set_open_days(0);
  scenario_.When(Update("", "open_days")).Then(revised);
  Run(Update("content { " + Work(90) + "}", "content.lines"));
  EXPECT_EQ(scenario_.Shown().content().lines_size(), 1);
  EXPECT_EQ(scenario_.Shown().content().note(), "Thank you");
}

// I3, told from the proposal's side.
class ProposalOfTemplateTest : public ProposalTemplateTest {
 protected:
  ProposalOfTemplateTest() {
    testing::GiveOffice(proposals_.world());
    Created("open_days: 30");
    Tell(*scenario_.decided().front());
  }
  void Tell(const google::protobuf::Message& event) {
    proposals_.world().Append(StreamOf(template_), event, kExampleNow);
  }
  v1::CreateProposalRequest Propose(absl::string_view more = "") const {
    return From<v1::CreateProposalRequest>(
        absl::StrCat("proposal { proposal_template: '", NameOf(template_), "' ", more, " }"));
  }
  v1::Proposal Made(const v1::CreateProposalRequest& request) {
    proposals_.When(request);
    EXPECT_THAT(proposals_.outcome(), IsOk()) << request.ShortDebugString();
    proposals_.Settled();
    return proposals_.Shown();
  }

  Scenario<Proposal> proposals_;
};

TEST_F(ProposalOfTemplateTest, I3TakesLinesTextsNameAndLastDay) {
  const v1::Proposal made = Made(Propose());
  EXPECT_EQ(made.proposal_template(), NameOf(template_));
  EXPECT_EQ(made.display_name(), "Chairs");
  EXPECT_EQ(made.content().note(), "Thank you");
  ASSERT_EQ(made.content().lines_size(), 2);
  EXPECT_EQ(made.content().lines(0).product(), ExampleName<ProductId>());
  const v1::ProposalTemplate shown = scenario_.Shown();
  EXPECT_EQ(made.content().total().units(), shown.content().total().units());
  EXPECT_EQ(made.content().discount_ppm(), 100'000);
  const absl::CivilDay today = Zone::Load("Europe/Berlin")->DayOf(kExampleNow);
  EXPECT_EQ(*DayFromProto(made.open_till_date()), today + 30);
}

TEST_F(ProposalOfTemplateTest, I3WhatIsSaidCounts) {
  const v1::Proposal made =
      Made(Propose(absl::StrCat("content { ", Work(90), "} ", Naming<OpportunityId>("opportunity"),
                                "open_till_date { year: 2026 month: 12 day: 24 }")));
  EXPECT_EQ(made.display_name(), "Fifty desks") << "of the opportunity";
  EXPECT_EQ(made.content().lines_size(), 1);
  EXPECT_EQ(made.open_till_date().day(), 24);
  proposals_.When(Propose(Naming<ProposalId>("revises"))).ThenRejected("SOURCE_AMBIGUOUS");
}

TEST_F(ProposalOfTemplateTest, I3AChangedTemplateChangesNoProposal) {
  const v1::Proposal made = Made(Propose());
  events::v1::ProposalTemplateRevised revised;
  revised.set_display_name("Tables");
  Tell(revised);
  EXPECT_EQ(proposals_.Shown().display_name(), made.display_name());
  EXPECT_EQ(Made(Propose()).display_name(), "Tables");
}

TEST_F(ProposalOfTemplateTest, I2NothingIsMadeOfAnArchivedOne) {
  Tell(events::v1::ProposalTemplateArchived());
  proposals_.When(Propose()).ThenRejected("PROPOSAL_TEMPLATE_ARCHIVED");
}

TEST_F(ProposalOfTemplateTest, I3WhatItNamesMustBeOffered) {
  proposals_.world().Append(StreamOf(ExampleId<ProductId>()), events::v1::ProductArchived(),
                            kExampleNow);
  proposals_.When(Propose()).ThenRejected("PRODUCT_ARCHIVED");
}

}  // namespace
}  // namespace crm::domain
