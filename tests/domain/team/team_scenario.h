// What the tests of Team share: an organization with three members, a team of it, and short ways to
// write commands and events about them. Not thread-safe.
#pragma once

#include "domain/claim/claim.h"
#include "domain/member/member.h"
#include "domain/organization/organization.h"
#include "domain/pipeline/pipeline.h"
#include "domain/team/team.h"
#include "domain/team_register/team_register.h"
#include "tests/support/examples.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {

inline const OrganizationId kOrganization = testing::ExampleId<OrganizationId>();
inline const TeamRegisterId kRegister = TeamRegisterOf(kOrganization);

template <class E>
E About(int member) {
  E event;
  event.set_member_id(testing::ExampleBytes<MemberId>(member));
  return event;
}

inline events::v1::AffiliationNoted Noted(const TeamId& team, int member, bool belongs,
                                          bool leads) {
  events::v1::AffiliationNoted noted;
  noted.set_team_id(ToBytes(team));
  noted.set_member_id(testing::ExampleBytes<MemberId>(member));
  noted.set_member(belongs);
  noted.set_leader(leads);
  return noted;
}

inline events::v1::TeamPolicyNoted PolicyNoted(const TeamId& team, v1::TeamPrivacy privacy,
                                               v1::ReassignPolicy assigners) {
  events::v1::TeamPolicyNoted noted;
  noted.set_team_id(ToBytes(team));
  noted.set_privacy(privacy);
  noted.set_assigners(assigners);
  return noted;
}

inline events::v1::MembershipBegan Began(int member, int maximum_leads = 30) {
  auto began = About<events::v1::MembershipBegan>(member);
  began.mutable_terms()->set_maximum_leads(maximum_leads);
  return began;
}

template <class Command>
Command Named() {
  Command command;
  command.set_name(testing::ExampleName<TeamId>());
  return command;
}

template <class Command>
Command Naming(int member) {
  auto command = Named<Command>();
  command.set_member(testing::ExampleName<MemberId>(member));
  return command;
}

inline v1::AddTeamMemberRequest AddMember(int member,
                                          absl::string_view terms = "maximum_leads: 30") {
  auto command = Named<v1::AddTeamMemberRequest>();
  *command.mutable_membership() = testing::From<v1::Membership>(terms);
  command.mutable_membership()->set_member(testing::ExampleName<MemberId>(member));
  return command;
}

inline v1::UpdateTeamRequest Update(absl::string_view team, absl::string_view path = "") {
  v1::UpdateTeamRequest command;
  *command.mutable_team() = testing::From<v1::Team>(team);
  command.mutable_team()->set_name(testing::ExampleName<TeamId>());
  if (!path.empty()) command.mutable_update_mask()->add_paths(std::string(path));
  return command;
}

inline v1::AssignTeamAliasRequest AssignAlias(absl::string_view alias, v1::AliasPolicy policy) {
  auto command = Named<v1::AssignTeamAliasRequest>();
  command.set_alias(std::string(alias));
  command.set_alias_policy(policy);
  return command;
}

// An organization with three members.
class TeamTest : public ::testing::Test {
 protected:
  TeamTest() {
    scenario_.GivenStream<Organization>(kOrganization, testing::OrganizationCreatedExample());
    for (int n = 1; n <= 3; ++n) {
      scenario_.GivenStream<Member>(testing::ExampleId<MemberId>(n),
                                    testing::MemberCreatedExample(n));
    }
  }
  // Team 1 of the organization, with what happened to it.
  template <class... E>
  testing::Scenario<Team>& GivenTeam(const E&... events) {
    return scenario_.Given(testing::TeamCreatedExample(), events...);
  }
  void GivenSingleTeam() {
    scenario_.GivenStream<Organization>(
        kOrganization, testing::From<events::v1::MembershipPolicySwitched>("single_team: true"));
  }
  void GivenMember(int n, const google::protobuf::Message& event) {
    scenario_.GivenStream<Member>(testing::ExampleId<MemberId>(n),
                                  dynamic_cast<const events::v1::MemberDeactivated&>(event));
  }

  testing::Scenario<Team> scenario_;
};

}  // namespace crm::domain
