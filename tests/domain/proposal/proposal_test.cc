// Invariants I1..I7 of domain/proposal/proposal.h; worked cases T43 and T68.
#include "domain/proposal/proposal.h"

#include "domain/invoice/invoice.h"
#include "tests/support/document_examples.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::Chairs;
using ::testing::ElementsAre;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::kExampleNow;
using testing::Naming;
using testing::Scenario;
using testing::Work;

class ProposalTest : public ::testing::Test {
 protected:
  ProposalTest() { testing::GiveOffice(scenario_.world()); }

  template <class Command>
  void Run(const Command& command) {
    scenario_.When(command);
    EXPECT_THAT(scenario_.outcome(), IsOk()) << command.ShortDebugString();
    effects_ = scenario_.effects();
    scenario_.Settled();
  }
  template <class Command>
  void Rejects(const Command& command, absl::string_view reason) {
    scenario_.When(command).ThenRejected(reason);
  }
  // Of two chairs, for the first opportunity.
  void Draft(absl::string_view more = "") {
    Run(From<v1::CreateProposalRequest>(absl::StrCat("proposal { content { ", Chairs(2), " } ",
                                                     Naming<OpportunityId>("opportunity"), more,
                                                     " }")));
    proposal_ = scenario_.Current().id;
  }
  void DraftForLead() {
    Run(From<v1::CreateProposalRequest>(
        absl::StrCat("proposal { content { ", Chairs(2), " } ", Naming<LeadId>("lead"), " }")));
    proposal_ = scenario_.Current().id;
  }
  template <class Command>
  Command ForProposal(absl::string_view more = "") const {
    return From<Command>(absl::StrCat("name: '", NameOf(proposal_), "' ", more));
  }
  void Send() { Run(ForProposal<v1::SendProposalRequest>("channel: 'email'")); }
  void Accept() { Run(ForProposal<v1::AcceptProposalRequest>()); }
  v1::ConvertProposalRequest Convert(absl::string_view more = "") const {
    return ForProposal<v1::ConvertProposalRequest>(
        absl::StrCat("target: CONVERSION_TARGET_INVOICE ", more));
  }
  v1::Proposal Shown() { return scenario_.Shown(); }
  // The invoice it was last converted to.
  InvoiceId Made() { return scenario_.Current()->invoice; }
  Ref<Invoice> MadeInvoice() { return scenario_.CurrentOf<Invoice>(Made()); }
  template <class E>
  const E& Decided() const {
    return dynamic_cast<const E&>(*scenario_.decided().back());
  }
  template <class Id>
  void Happened(const Id& id, const google::protobuf::Message& event) {
    scenario_.world().Append(StreamOf(id), event, kExampleNow);
  }
  void Settings(absl::string_view settings) {
    Happened(ExampleId<OrganizationId>(), testing::SettingsRevised(settings));
  }

  Scenario<Proposal> scenario_;
  ProposalId proposal_;
  std::map<StreamId, std::vector<testing::MessagePtr>> effects_;
};

TEST_F(ProposalTest, TakesFromItsOpportunityWhatItIsNotTold) {
  Draft("tags: 'oak' open_till_date { year: 2026 month: 3 day: 31 }");
  const v1::Proposal shown = Shown();
  EXPECT_EQ(shown.state(), v1::PROPOSAL_STATE_DRAFT);
  EXPECT_EQ(shown.legacy_status(), 6);
  EXPECT_EQ(shown.display_name(), "Fifty desks");
  EXPECT_EQ(shown.recipient().customer(), ExampleName<CustomerId>());
  EXPECT_EQ(shown.recipient().company_name(), "Customer 1");
  EXPECT_EQ(shown.owner(), ExampleName<MemberId>());
  EXPECT_EQ(shown.team(), ExampleName<TeamId>());
  EXPECT_EQ(shown.opportunity(), ExampleName<OpportunityId>());
  EXPECT_EQ(shown.open_till_date().day(), 31);
  EXPECT_EQ(shown.revision(), 1);
  EXPECT_EQ(shown.content().total().units(), 237);
  const auto& drafted = Decided<events::v1::ProposalDrafted>();
  EXPECT_EQ(drafted.source().category(), "opportunity");
  EXPECT_EQ(drafted.source().source_id(), ExampleBytes<OpportunityId>());
  EXPECT_EQ(drafted.at().opportunity_id(), ExampleBytes<OpportunityId>());
}

TEST_F(ProposalTest, TakesFromItsLeadWhomItIsFor) {
  DraftForLead();
  const v1::Proposal shown = Shown();
  EXPECT_EQ(shown.display_name(), "Desks for Mill");
  EXPECT_EQ(shown.lead(), ExampleName<LeadId>());
  EXPECT_EQ(shown.recipient().company_name(), "Mill Ltd");
  EXPECT_EQ(shown.recipient().person_name(), "Grace Hopper");
  EXPECT_EQ(shown.recipient().email(), "grace@mill.example");
  EXPECT_EQ(Decided<events::v1::ProposalDrafted>().subject_id(), ExampleBytes<LeadId>())
      << "the lead's person";
}

TEST_F(ProposalTest, IsMadeOfWhatIsAlive) {
  const auto of = [](absl::string_view source) {
    return From<v1::CreateProposalRequest>(
        absl::StrCat("proposal { content { ", Chairs(1), " } ", source, " }"));
  };
  Rejects(of(""), "DISPLAY_NAME_REQUIRED");
  Rejects(of(absl::StrCat(Naming<OpportunityId>("opportunity"), Naming<LeadId>("lead"))),
          "SOURCE_AMBIGUOUS");
  Rejects(of(Naming<OpportunityId>("opportunity", 7)), "REFERENCE_NOT_FOUND");
  Happened(ExampleId<LeadId>(), events::v1::LeadJunked());
  Rejects(of(Naming<LeadId>("lead")), "SOURCE_CLOSED");
  Happened(ExampleId<OpportunityId>(), events::v1::OpportunityLost());
  Rejects(of(Naming<OpportunityId>("opportunity")), "SOURCE_CLOSED");
  scenario_.Denying("lead.view");
  Rejects(of(Naming<LeadId>("lead")), "REFERENCE_NOT_FOUND");
}

TEST_F(ProposalTest, I1ADraftChanges) {
  Draft();
  Run(ForProposal<v1::ReviseProposalContentRequest>(absl::StrCat("content { ", Work(50), "}")));
  EXPECT_EQ(Shown().content().total().units(), 50);
  Run(ForProposal<v1::ReaddressProposalRequest>(
      absl::StrCat("recipient { ", Naming<CustomerId>("customer", 2), "}")));
  EXPECT_EQ(Shown().recipient().company_name(), "Customer 2");
  Run(From<v1::UpdateProposalRequest>(
      absl::StrCat("proposal { name: '", NameOf(proposal_), "' display_name: 'Desks' }")));
  EXPECT_THAT(Decided<events::v1::ProposalDetailsRevised>().fields(), ElementsAre("display_name"));
  Run(ForProposal<v1::AssignProposalRequest>(Naming<MemberId>("owner", 2)));
  EXPECT_EQ(Shown().owner(), ExampleName<MemberId>(2));
}

TEST_F(ProposalTest, I7NoChangeNoEvent) {
  Draft("open_till_date { year: 2026 month: 3 day: 31 }");
  const v1::Proposal shown = Shown();
  auto same = ForProposal<v1::ReviseProposalContentRequest>();
  *same.mutable_content() = shown.content();
  scenario_.When(same).ThenNothing();
  auto there = ForProposal<v1::ReaddressProposalRequest>();
  *there.mutable_recipient() = shown.recipient();
  scenario_.When(there).ThenNothing();
  v1::UpdateProposalRequest update;
  *update.mutable_proposal() = shown;
  scenario_.When(update).ThenNothing();
  auto extend = ForProposal<v1::ExtendProposalRequest>();
  *extend.mutable_open_till_date() = shown.open_till_date();
  scenario_.When(extend).ThenNothing();
}

TEST_F(ProposalTest, I1I2WhatWasSentStaysAndWhatIsOverIsOver) {
  Draft();
  Rejects(ForProposal<v1::AcceptProposalRequest>(), "PROPOSAL_NOT_SENT");
  Rejects(ForProposal<v1::DeclineProposalRequest>("reason: 'x'"), "PROPOSAL_NOT_SENT");
  Rejects(Convert(), "PROPOSAL_NOT_ACCEPTED");
  Send();
  EXPECT_EQ(Shown().legacy_status(), 4);
  EXPECT_TRUE(Shown().has_send_time());
  Rejects(ForProposal<v1::ReviseProposalContentRequest>(absl::StrCat("content { ", Work(1), "}")),
          "PROPOSAL_NOT_DRAFT");
  Rejects(ForProposal<v1::ReaddressProposalRequest>("recipient {}"), "PROPOSAL_NOT_DRAFT");
  Rejects(ForProposal<v1::ApproveProposalRequest>(), "PROPOSAL_NOT_DRAFT");
  Accept();
  EXPECT_EQ(Shown().legacy_status(), 3);
  Rejects(ForProposal<v1::AcceptProposalRequest>(), "PROPOSAL_CLOSED");
  Rejects(ForProposal<v1::SendProposalRequest>(), "PROPOSAL_CLOSED");
  Rejects(ForProposal<v1::ExtendProposalRequest>(), "PROPOSAL_CLOSED");
  Run(ForProposal<v1::ArchiveProposalRequest>());
  Rejects(ForProposal<v1::AssignProposalRequest>(), "PROPOSAL_ARCHIVED");
  Rejects(Convert(), "PROPOSAL_ARCHIVED");
  Run(ForProposal<v1::RestoreProposalRequest>());
  EXPECT_EQ(Shown().state(), v1::PROPOSAL_STATE_ACCEPTED);
}

// Mutation that was seen to fail: the last day taken for the first one it is expired on.
TEST_F(ProposalTest, T43IsAcceptedUntilTheEndOfItsLastDay) {
  const auto in_berlin = [](int month, int day, int hour, int minute) {
    absl::TimeZone zone;
    EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
    return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), zone);
  };
  for (const bool in_time : {false, true}) {
    scenario_.At(kExampleNow);
    Draft("open_till_date { year: 2026 month: 3 day: 31 }");
    Send();
    scenario_.At(in_time ? in_berlin(3, 31, 23, 59) : in_berlin(4, 1, 0, 0));
    if (in_time) {
      Accept();
    } else {
      Rejects(ForProposal<v1::AcceptProposalRequest>(), "PROPOSAL_EXPIRED");
    }
  }
  scenario_.world().streams.AskAbout(in_berlin(4, 1, 0, 0));
  EXPECT_FALSE(Shown().expired()) << "it was accepted";
}

// The same instant is the last day still in a zone five hours behind.
TEST_F(ProposalTest, T43TheDayIsTheOrganizations) {
  auto created = testing::OrganizationCreatedExample();
  created.set_time_zone("America/Bogota");
  Happened(ExampleId<OrganizationId>(), created);
  Draft("open_till_date { year: 2026 month: 3 day: 31 }");
  Send();
  scenario_.At(absl::FromCivil(absl::CivilMinute(2026, 4, 1, 4, 30), absl::UTCTimeZone()));
  Accept();
  EXPECT_EQ(Shown().state(), v1::PROPOSAL_STATE_ACCEPTED);
}

TEST_F(ProposalTest, I6IsExpiredFromTheDayAfterUntilItIsExtended) {
  Draft("open_till_date { year: 2026 month: 3 day: 17 }");
  Send();
  EXPECT_FALSE(Shown().expired());
  const absl::Time later = kExampleNow + absl::Hours(48);
  scenario_.world().streams.AskAbout(later);
  EXPECT_TRUE(Shown().expired());
  scenario_.At(later);
  Rejects(ForProposal<v1::SendProposalRequest>(), "PROPOSAL_EXPIRED");
  Rejects(ForProposal<v1::ExtendProposalRequest>("open_till_date { year: 2026 month: 3 day: 17 }"),
          "OPEN_TILL_PASSED");
  Run(ForProposal<v1::ExtendProposalRequest>("open_till_date { year: 2026 month: 3 day: 18 }"));
  EXPECT_FALSE(Shown().expired());
  Accept();
}

TEST_F(ProposalTest, I2ALastDayIsNotInThePast) {
  Rejects(From<v1::CreateProposalRequest>(absl::StrCat(
              "proposal { content { ", Chairs(1), " } ", Naming<OpportunityId>("opportunity"),
              "open_till_date { year: 2026 month: 3 day: 15 } }")),
          "OPEN_TILL_PASSED");
}

TEST_F(ProposalTest, I3BecomesAnInvoiceWithAllItsLines) {
  Draft("tags: 'oak'");
  Send();
  Accept();
  EXPECT_THAT(effects_, IsEmpty()) << "no automatic invoice";
  const v1::DocumentContent content = Shown().content();
  Run(Convert());
  EXPECT_FALSE(Decided<events::v1::ProposalConverted>().automatic());
  const v1::Invoice invoice = scenario_.world().Show(MadeInvoice());
  EXPECT_EQ(Shown().converted_document(), invoice.name());
  EXPECT_EQ(invoice.content().SerializeAsString(), content.SerializeAsString());
  EXPECT_EQ(invoice.state(), v1::INVOICE_STATE_DRAFT);
  EXPECT_EQ(invoice.source(), NameOf(proposal_));
  EXPECT_EQ(invoice.recipient().customer(), ExampleName<CustomerId>());
  EXPECT_EQ(invoice.opportunity(), ExampleName<OpportunityId>());
  EXPECT_EQ(invoice.display_name(), "Fifty desks");
  EXPECT_EQ(invoice.owner(), ExampleName<MemberId>());
}

TEST_F(ProposalTest, T68AcceptanceConvertsOnceInItsOwnCommit) {
  Settings("auto_invoice_on_acceptance: true");
  Draft();
  Send();
  Accept();
  EXPECT_EQ(effects_.size(), 1u);
  EXPECT_TRUE(MadeInvoice().head.exists());
  EXPECT_TRUE(Decided<events::v1::ProposalConverted>().automatic());
  Rejects(ForProposal<v1::AcceptProposalRequest>(), "PROPOSAL_CLOSED");
  Rejects(Convert(), "PROPOSAL_CONVERTED");
  scenario_.Naming("document", NameOf(Made()));
}

TEST_F(ProposalTest, T68AVoidInvoiceIsReplacedOnlyByName) {
  Draft();
  Send();
  Accept();
  Rejects(Convert(Naming<InvoiceId>("replaces")), "PROPOSAL_CONVERTED");
  Run(Convert());
  const InvoiceId first = Made();
  const std::string replaces = absl::StrCat("replaces: '", NameOf(first), "'");
  Rejects(Convert(replaces), "PROPOSAL_CONVERTED");
  Happened(first, events::v1::InvoiceVoided());
  Rejects(Convert(), "PROPOSAL_CONVERTED");
  Rejects(Convert(Naming<InvoiceId>("replaces")), "PROPOSAL_CONVERTED");
  Run(Convert(replaces));
  EXPECT_NE(Made(), first);
  EXPECT_EQ(Decided<events::v1::ProposalConverted>().replaces_id(), ToBytes(first));
  EXPECT_EQ(MadeInvoice()->document.content.total_minor(), 23'760);
}

// By then the lead may have become a customer.
TEST_F(ProposalTest, AnInvoiceIsToTheCustomerTheLeadBecame) {
  DraftForLead();
  Send();
  Accept();
  events::v1::LeadQualified qualified;
  qualified.set_customer_id(ExampleBytes<CustomerId>(2));
  Happened(ExampleId<LeadId>(), qualified);
  Run(Convert());
  EXPECT_EQ(MadeInvoice()->document.recipient.customer_id(), ExampleBytes<CustomerId>(2));
}

TEST_F(ProposalTest, I4IsSentAsApproved) {
  Settings("proposal_approval_required: true");
  Draft();
  Rejects(ForProposal<v1::SendProposalRequest>(), "APPROVAL_REQUIRED");
  Run(ForProposal<v1::ApproveProposalRequest>());
  EXPECT_TRUE(Shown().approved());
  scenario_.When(ForProposal<v1::ApproveProposalRequest>()).ThenNothing();
  Run(ForProposal<v1::ReviseProposalContentRequest>(absl::StrCat("content { ", Work(1), "}")));
  Rejects(ForProposal<v1::SendProposalRequest>(), "APPROVAL_REQUIRED");
  Run(ForProposal<v1::ApproveProposalRequest>());
  Send();
}

TEST_F(ProposalTest, IsSentToSomebody) {
  Run(From<v1::CreateProposalRequest>(
      absl::StrCat("proposal { display_name: 'Free' content { ", Work(1), " } }")));
  proposal_ = scenario_.Current().id;
  Rejects(ForProposal<v1::SendProposalRequest>(), "RECIPIENT_REQUIRED");
}

TEST_F(ProposalTest, IsDeclinedForAReason) {
  Draft();
  Send();
  Rejects(ForProposal<v1::DeclineProposalRequest>("reason: ' '"), "DECLINE_REASON_REQUIRED");
  Run(ForProposal<v1::DeclineProposalRequest>("reason: 'too dear'"));
  EXPECT_THAT(effects_, IsEmpty());
  EXPECT_EQ(Shown().legacy_status(), 2);
  EXPECT_EQ(Shown().decline_reason(), "too dear");
  EXPECT_TRUE(Shown().has_close_time());
}

TEST_F(ProposalTest, DecliningMayLoseWhatItWasFor) {
  Happened(ExampleId<OrganizationId>(), testing::LossReasonDefinedExample());
  Draft();
  Send();
  auto lose = ForProposal<v1::DeclineProposalRequest>("loss_reason_id: 'unheard_of'");
  Rejects(lose, "LOSS_REASON_UNKNOWN");
  lose.set_loss_reason_id("price");
  Run(lose);
  EXPECT_EQ(scenario_.CurrentOf<Opportunity>(ExampleId<OpportunityId>())->phase,
            v1::OPPORTUNITY_STATE_LOST);
  DraftForLead();
  Send();
  lose.set_name(NameOf(proposal_));
  Run(lose);
  EXPECT_EQ(scenario_.CurrentOf<Lead>(ExampleId<LeadId>())->phase, v1::LEAD_STATE_LOST);
  Run(From<v1::CreateProposalRequest>(
      absl::StrCat("proposal { display_name: 'Free' recipient { company_name: 'Mill' } content { ",
                   Work(1), " } }")));
  proposal_ = scenario_.Current().id;
  Send();
  lose.set_name(NameOf(proposal_));
  Rejects(lose, "SOURCE_REQUIRED");
}

TEST_F(ProposalTest, I5ARevisionTakesItsPlace) {
  Draft("tags: 'oak'");
  Send();
  const ProposalId first = proposal_;
  const auto revision = [&](absl::string_view more) {
    return From<v1::CreateProposalRequest>(
        absl::StrCat("proposal { revises: '", NameOf(first), "' ", more, " }"));
  };
  Rejects(revision(Naming<LeadId>("lead")), "SOURCE_AMBIGUOUS");
  Run(revision(""));
  const v1::Proposal shown = Shown();
  EXPECT_EQ(shown.revision(), 2);
  EXPECT_EQ(shown.revises(), NameOf(first));
  EXPECT_EQ(shown.display_name(), "Fifty desks");
  EXPECT_THAT(shown.tags(), ElementsAre("oak"));
  EXPECT_EQ(shown.opportunity(), ExampleName<OpportunityId>());
  EXPECT_EQ(shown.content().total().units(), 237) << "the lines of the first";
  EXPECT_EQ(shown.recipient().company_name(), "Customer 1");
  const Ref<Proposal> revised = scenario_.CurrentOf<Proposal>(first);
  EXPECT_EQ(revised->phase, v1::PROPOSAL_STATE_REVISED);
  EXPECT_EQ(NameOf(revised->revised_by), shown.name());
  EXPECT_EQ(scenario_.world().Show(revised).legacy_status(), 5);
  Rejects(From<v1::AcceptProposalRequest>(absl::StrCat("name: '", NameOf(first), "'")),
          "PROPOSAL_CLOSED");
  Rejects(revision(""), "PROPOSAL_CLOSED");
}

TEST_F(ProposalTest, LosingAndRevisingTakeTheRightTo) {
  Happened(ExampleId<OrganizationId>(), testing::LossReasonDefinedExample());
  Draft();
  scenario_.Denying("proposal.edit");
  Rejects(From<v1::CreateProposalRequest>(
              absl::StrCat("proposal { revises: '", NameOf(proposal_), "' }")),
          "PERMISSION_DENIED");
  Send();
  scenario_.Denying("opportunity.edit");
  Rejects(ForProposal<v1::DeclineProposalRequest>("loss_reason_id: 'price'"), "PERMISSION_DENIED");
}

}  // namespace
}  // namespace crm::domain
