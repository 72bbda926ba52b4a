// What the clock brings to records: proposal I11, invoice I7, opportunity I7. Worked case T43.
#include "domain/invoice/invoice.h"
#include "domain/opportunity/opportunity.h"
#include "domain/proposal/proposal.h"
#include "domain/render.h"
#include "domain/settlement/settlement.h"
#include "tests/support/document_examples.h"
#include "tests/support/opportunity_scenario.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::Chairs;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::From;
using testing::IsOk;
using testing::kExampleNow;
using testing::Naming;
using testing::Scenario;

absl::Time Midnight(int month, int day) {
  return Zone::Load("Europe/Berlin")->StartOf(absl::CivilDay(2026, month, day));
}
template <class Id>
DueInstant DueAt(absl::string_view rule, const Id& id, int month, int day) {
  return {.due = Midnight(month, day), .rule = std::string(rule), .subject = StreamOf(id)};
}

template <class A>
class Office {
 public:
  Office() { testing::GiveOffice(scenario.world()); }

  template <class Command>
  void Tell(const Command& command) {
    scenario.When(command);
    EXPECT_THAT(scenario.outcome(), IsOk()) << command.ShortDebugString();
    scenario.Settled();
  }
  void Settings(absl::string_view settings) {
    Happened(ExampleId<OrganizationId>(), testing::SettingsRevised(settings));
  }
  template <class Id>
  void Happened(const Id& id, const google::protobuf::Message& event) {
    scenario.world().Append(StreamOf(id), event, kExampleNow);
  }

  Scenario<A> scenario;
};

class ProposalReminderTest : public ::testing::Test, protected Office<Proposal> {
 protected:
  ProposalReminderTest() {
    Settings("reminder_days: 4");
    Tell(From<v1::CreateProposalRequest>(absl::StrCat(
        "proposal { content { ", Chairs(2), " } ", Naming<OpportunityId>("opportunity"),
        "open_till_date { year: 2026 month: 3 day: 31 } }")));
    id_ = scenario.Current().id;
  }
  // The clock says that it is this day of the month.
  Scenario<Proposal>& On(int month, int day) {
    return scenario.At(Midnight(month, day)).When(DueAt(kProposalExpiryNotice, id_, month, day));
  }
  template <class Command>
  Command AboutIt(absl::string_view more = "") const {
    return From<Command>(absl::StrCat("name: '", NameOf(id_), "' ", more));
  }
  static events::v1::ProposalReminded Reminded(int month, int day) {
    events::v1::ProposalReminded reminded;
    *reminded.mutable_open_till() = StoredDay(absl::CivilDay(2026, month, day));
    return reminded;
  }
  ProposalId id_;
};

TEST_F(ProposalReminderTest, T43ItsOwnerIsRemindedOnceFourDaysBefore) {
  On(3, 26).ThenNothing();
  On(3, 27).Then(Reminded(3, 31));
  On(3, 27).ThenNothing();
}

TEST_F(ProposalReminderTest, AnotherLastDayIsAnotherReminder) {
  On(3, 27).Then(Reminded(3, 31));
  Tell(AboutIt<v1::ExtendProposalRequest>("open_till_date { year: 2026 month: 4 day: 30 }"));
  On(4, 26).Then(Reminded(4, 30));
}

TEST_F(ProposalReminderTest, FollowsTheSettingsOfTheDay) {
  Settings("reminder_days: 2");
  On(3, 27).ThenNothing();
  On(3, 29).Then(Reminded(3, 31));
  Settings("reminder_days: 1");
  On(3, 30).ThenNothing();
}

TEST_F(ProposalReminderTest, NobodyIsRemindedOfWhatIsOverOrPutAway) {
  Tell(AboutIt<v1::ArchiveProposalRequest>());
  On(3, 27).ThenNothing();
  Tell(AboutIt<v1::RestoreProposalRequest>());
  Tell(AboutIt<v1::SendProposalRequest>("channel: 'email'"));
  Tell(AboutIt<v1::AcceptProposalRequest>());
  On(3, 27).ThenNothing();
}

// Due on 30 March; reminded of a week later and then every two.
class InvoiceReminderTest : public ::testing::Test, protected Office<Invoice> {
 protected:
  InvoiceReminderTest() {
    Settings("invoice_reminder_after_days: 7 invoice_reminder_every_days: 14");
    Tell(From<v1::CreateInvoiceRequest>(absl::StrCat(
        "invoice { content { ", Chairs(1), " } recipient { ", Naming<CustomerId>("customer"),
        "} due_days: 14 ", Naming<TeamId>("team"), Naming<MemberId>("owner"), " }")));
    id_ = scenario.Current().id;
    Tell(From<v1::IssueInvoiceRequest>(absl::StrCat("name: '", NameOf(id_), "'")));
  }
  Scenario<Invoice>& On(int month, int day) {
    return scenario.At(Midnight(month, day)).When(DueAt(kInvoiceReminder, id_, month, day));
  }
  events::v1::InvoiceReminded Reminded(int ordinal, int month, int day) {
    events::v1::InvoiceReminded reminded;
    reminded.set_ordinal(ordinal);
    *reminded.mutable_planned() = StoredDay(absl::CivilDay(2026, month, day));
    *reminded.mutable_at() = SnapshotOf(scenario.Current().state());
    return reminded;
  }
  void Pay(int64_t minor) {
    events::v1::SettlementPosted posted;
    posted.set_cause_category("payment");
    posted.set_cause_id(ExampleBytes<PaymentId>());
    posted.set_paid_minor(minor);
    Happened(SettlementOf(id_), posted);
  }
  InvoiceId id_;
};

TEST_F(InvoiceReminderTest, I7OnPlannedDaysOfEachOnce) {
  On(3, 31).ThenNothing();
  On(4, 6).Then(Reminded(1, 4, 6));
  On(4, 6).ThenNothing();
  On(4, 19).ThenNothing();
  On(4, 20).Then(Reminded(2, 4, 20));
}

TEST_F(InvoiceReminderTest, I7InOrder) {
  On(4, 20).Then(Reminded(1, 4, 20));
  On(4, 6).ThenNothing();
}

TEST_F(InvoiceReminderTest, I7WhileSomethingIsDue) {
  const int64_t total = scenario.Current()->issued->content().total_minor();
  Pay(total - 1);
  On(4, 6).Then(Reminded(1, 4, 6));
  Pay(1);
  On(4, 20).ThenNothing();
}

TEST_F(InvoiceReminderTest, I7NobodyIsRemindedOfAVoidOne) {
  Tell(From<v1::VoidInvoiceRequest>(absl::StrCat("name: '", NameOf(id_), "' reason: 'wrong'")));
  On(4, 6).ThenNothing();
}

TEST(OpportunityReminderTest, I7ItsOwnerIsRemindedOnceOnTheDay) {
  testing::OpportunityScenario scenario(testing::kQualified);
  const auto on = [&](int month, int day) -> Scenario<Opportunity>& {
    return scenario.At(Midnight(month, day))
        .When(DueAt(kOpportunityStandby, ExampleId<OpportunityId>(), month, day));
  };
  events::v1::OpportunityReminded reminded;
  *reminded.mutable_reminder() = StoredDay(absl::CivilDay(2026, 4, 1));
  *reminded.mutable_at() = testing::SnapshotExample();
  on(3, 16).ThenNothing();
  scenario.When(testing::PlaceOnStandbyExample());
  scenario.Settled();
  on(3, 31).ThenNothing();
  on(4, 1).Then(reminded).ThenShows(
      ::testing::Property(&v1::Opportunity::state, v1::OPPORTUNITY_STATE_STANDBY));
  on(4, 1).ThenNothing();
}

TEST(OpportunityReminderTest, I7NobodyIsRemindedOfWhatWaitsNoMore) {
  testing::OpportunityScenario scenario(testing::kQualified);
  scenario.When(testing::PlaceOnStandbyExample());
  scenario.Settled();
  scenario.When(testing::ExampleCommand<v1::ResumeOpportunityRequest>());
  scenario.Settled();
  scenario.At(Midnight(4, 1))
      .When(DueAt(kOpportunityStandby, ExampleId<OpportunityId>(), 4, 1))
      .ThenNothing();
}

}  // namespace
}  // namespace crm::domain
