// Random histories of three teams and their leads: whatever the order of commands, nobody is beyond
// the cap, the same history decides the same, and the rosters say what the leads say.
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/lead_scenario.h"

namespace crm::domain {
namespace {

using crm::testing::AffiliationNotedExample;
using crm::testing::AssignLeadExample;
using crm::testing::ExampleId;
using crm::testing::ExampleName;
using crm::testing::ExampleRequestId;
using crm::testing::ExampleRights;
using crm::testing::IsOk;
using crm::testing::kExampleBefore;
using crm::testing::LeadCapturedExample;
using crm::testing::LeadCommand;
using crm::testing::LoseLeadExample;
using crm::testing::LossReasonDefinedExample;
using crm::testing::MemberCreatedExample;
using crm::testing::MembershipBeganExample;
using crm::testing::MemoryStreams;
using crm::testing::OrganizationCreatedExample;
using crm::testing::Readable;
using crm::testing::TeamCreatedExample;
using crm::testing::TeamRegisteredExample;

constexpr int kTeams = 3;
constexpr int kMembersPerTeam = 3;
constexpr int kLeads = 40;
constexpr int kSteps = 160;

// One organization's streams, with commands decided and appended as the pipeline does.
class SalesFloor {
 public:
  explicit SalesFloor(uint32_t seed) : random_(seed) {
    rights_.Deny("lead.exceed_capacity");
    const auto organization = ExampleId<OrganizationId>();
    Append(organization, OrganizationCreatedExample());
    Append(organization, LossReasonDefinedExample("price"));
    for (int team = 1; team <= kTeams; ++team) {
      Append(ExampleId<TeamId>(team), TeamCreatedExample(team));
      Append(TeamRegisterOf(organization), TeamRegisteredExample(team));
      for (int i = 0; i < kMembersPerTeam; ++i) {
        const int member = kMembersPerTeam * team + i;
        Append(ExampleId<MemberId>(member), MemberCreatedExample(member));
        events::v1::MembershipBegan began = MembershipBeganExample(member);
        began.mutable_terms()->set_maximum_leads(Maximum(member));
        began.mutable_terms()->set_daily_leads(member % 2);
        Append(ExampleId<TeamId>(team), began);
        Append(TeamRegisterOf(organization), AffiliationNotedExample(team, member));
      }
    }
  }

  // One random command, given some hours after the one before; its outcome in words.
  std::string Step() {
    now_ += absl::Hours(Pick(60));
    const int lead = 1 + Pick(kLeads);
    if (!Find(lead).head.exists()) {
      Append(ExampleId<LeadId>(lead), LeadCapturedExample(lead));
      return "captured";
    }
    switch (Pick(5)) {
      case 0:
      case 1:
        return Execute(LeadCommand<v1::RouteLeadRequest>(lead));
      case 2:
      case 3: {
        const int team = 1 + Pick(kTeams);
        auto assign = AssignLeadExample(team, kMembersPerTeam * team + Pick(kMembersPerTeam));
        assign.set_name(ExampleName<LeadId>(lead));
        return Execute(assign);
      }
      default: {
        auto lose = LoseLeadExample();
        lose.set_name(ExampleName<LeadId>(lead));
        return Execute(lose);
      }
    }
  }

  void ExpectNobodyBeyondTheCap() {
    for (int member = kMembersPerTeam; member < kMembersPerTeam * (kTeams + 1); ++member) {
      const int load =
          RosterOfMember(member)->LoadOf(ExampleId<MemberId>(member), now_, kCapacityWindow);
      EXPECT_LE(load, Maximum(member)) << "member " << member;
    }
  }

  // Every lead in the window is counted for its owner and nobody else.
  void ExpectRostersAgreeWithLeads() {
    std::map<int, int> owned;
    for (int n = 1; n <= kLeads; ++n) {
      const Ref<Lead> lead = Find(n);
      if (!lead.head.exists() || lead->ownership.owner.IsNil()) continue;
      if (assign_times_[n] < now_ - kCapacityWindow) continue;
      ++owned[MemberNumber(lead->ownership.owner)];
    }
    for (int member = kMembersPerTeam; member < kMembersPerTeam * (kTeams + 1); ++member) {
      EXPECT_EQ(RosterOfMember(member)->LoadOf(ExampleId<MemberId>(member), now_, kCapacityWindow),
                owned[member])
          << "member " << member;
    }
  }

  int refused_for_capacity() const { return refused_for_capacity_; }
  int assigned() const { return assigned_; }

 private:
  static int Maximum(int member) { return 1 + member % 4; }

  int Pick(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }

  static int MemberNumber(const MemberId& id) {
    for (int n = kMembersPerTeam;; ++n) {
      if (ExampleId<MemberId>(n) == id) return n;
    }
  }

  Ref<Roster> RosterOfMember(int member) {
    const auto team = ExampleId<TeamId>(member / kMembersPerTeam);
    return *Lookup(streams_).Find<Roster>(RosterOf(team));
  }
  Ref<Lead> Find(int lead) { return *Lookup(streams_).Find<Lead>(ExampleId<LeadId>(lead)); }

  template <class Id, class Event>
  void Append(const Id& id, const Event& event) {
    ASSERT_THAT(streams_.Append(StreamOf(id), event, now_, {}), IsOk());
  }

  template <class Command>
  std::string Execute(const Command& command) {
    const Caller caller = {ExampleId<OrganizationId>(), ExampleId<MemberId>(), ExampleRequestId()};
    const DecideContext context(caller, now_, std::nullopt, streams_, rights_);
    const LeadId id = *TargetOf<Lead>(command, caller);
    const auto decision = Lead::Decide(Lookup(streams_).Find<Lead>(id)->state(), command, context);
    if (!decision.ok()) {
      if (ReasonOf(decision.status()) == "CAPACITY") ++refused_for_capacity_;
      return ReasonOf(decision.status());
    }
    std::string story;
    for (const Lead::Event& event : decision->events()) {
      std::visit(
          [&](const auto& e) {
            Append(id, e);
            Note(e, id);
            absl::StrAppend(&story, Readable(e));
          },
          event);
    }
    for (const Effect& effect : decision->effects()) {
      for (const auto& event : effect.events) {
        EXPECT_THAT(streams_.Append(effect.stream, *event, now_, {}), IsOk());
        absl::StrAppend(&story, Readable(*event));
      }
    }
    return story;
  }

  void Note(const events::v1::LeadAssigned&, const LeadId& id) {
    ++assigned_;
    for (int n = 1; n <= kLeads; ++n) {
      if (ExampleId<LeadId>(n) == id) assign_times_[n] = now_;
    }
  }
  template <class Event>
  void Note(const Event&, const LeadId&) {}

  std::mt19937 random_;  // exactly specified, so a seed is the same history everywhere
  MemoryStreams streams_{ExampleId<OrganizationId>()};
  ExampleRights rights_;
  absl::Time now_ = kExampleBefore;
  std::map<int, absl::Time> assign_times_;
  int refused_for_capacity_ = 0;
  int assigned_ = 0;
};

class LeadAssignmentPropertyTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(LeadAssignmentPropertyTest, I7I8TheCapHoldsAndRostersAgree) {
  SalesFloor floor(GetParam());
  for (int step = 0; step < kSteps && !HasFailure(); ++step) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), ", step ", step));
    floor.Step();
    floor.ExpectNobodyBeyondTheCap();
    if (step % 8 == 0) floor.ExpectRostersAgreeWithLeads();
  }
  floor.ExpectRostersAgreeWithLeads();
  EXPECT_GT(floor.assigned(), 10) << "the history tests nothing";
}

TEST_P(LeadAssignmentPropertyTest, TheSameHistoryDecidesTheSame) {
  SalesFloor one(GetParam());
  SalesFloor two(GetParam());
  for (int step = 0; step < kSteps; ++step) ASSERT_EQ(one.Step(), two.Step()) << step;
}

INSTANTIATE_TEST_SUITE_P(Seeds, LeadAssignmentPropertyTest, ::testing::Range(1u, 6u));

}  // namespace
}  // namespace crm::domain
