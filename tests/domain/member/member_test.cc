// Invariants I1..I5 of domain/member/member.h and I1 of administrator_register.h.
#include "domain/member/member.h"

#include "domain/administrator_register/administrator_register.h"
#include "domain/claim/claim.h"
#include "domain/role/role.h"
#include "domain/team/team.h"
#include "tests/support/born.h"
#include "tests/support/examples.h"
#include "tests/support/prototext.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::Born;
using testing::ExampleBytes;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::MemberCreatedExample;
using testing::Scenario;

const OrganizationId kOrganization = ExampleId<OrganizationId>();
const AdministratorRegisterId kRegister = AdministratorRegisterOf(kOrganization);

ClaimId EmailClaim(absl::string_view email) {
  return ClaimOf(kOrganization, kMemberEmailClaim, email);
}

events::v1::ValueClaimed ClaimedByMember(const MemberId& member) {
  return ClaimedBy(kMemberEmailClaim, StreamOf(member));
}

events::v1::AdministratorNoted Noted(const MemberId& member, bool active) {
  events::v1::AdministratorNoted noted;
  noted.set_member_id(ToBytes(member));
  noted.set_active(active);
  return noted;
}

events::v1::MemberCreated AdministratorExample(int n = 1) {
  auto created = MemberCreatedExample(n);
  created.add_role_ids("administrator");
  return created;
}

v1::CreateMemberRequest Create(absl::string_view member) {
  v1::CreateMemberRequest command;
  *command.mutable_member() = From<v1::Member>(member);
  return command;
}

v1::UpdateMemberRequest Update(absl::string_view member) {
  v1::UpdateMemberRequest command;
  *command.mutable_member() = From<v1::Member>(member);
  command.mutable_member()->set_name(ExampleName<MemberId>());
  return command;
}

template <class Command>
Command Named() {
  Command command;
  command.set_name(ExampleName<MemberId>());
  return command;
}

v1::AssignRolesRequest Assign(std::vector<std::string> roles) {
  auto command = Named<v1::AssignRolesRequest>();
  for (const std::string& role : roles) command.add_roles(role);
  return command;
}

TEST(MemberTest, I1BirthClaimsTheAddressInItsNormalForm) {
  Scenario<Member>()
      .When(Create("display_name: 'Ada' email: ' Ada@Example.COM' roles: 'roles/sales_agent'"))
      .Then(From<events::v1::MemberCreated>(
          "display_name: 'Ada' email: 'Ada@example.com' role_ids: 'sales_agent'"))
      .ThenAlso<Claim>(EmailClaim("ada@example.com"), ClaimedByMember(Born<MemberId>()))
      .ThenShows(::testing::Property(&v1::Member::state, v1::MEMBER_STATE_ACTIVE));
}

TEST(MemberTest, I1AnAddressBelongsToOneMember) {
  Scenario<Member>()
      .GivenStream<Claim>(EmailClaim("ada@example.com"), ClaimedByMember(ExampleId<MemberId>(2)))
      .When(Create("display_name: 'Ada' email: 'ADA@example.com'"))
      .ThenRejected("MEMBER_EMAIL_TAKEN")
      .Naming("member", ExampleName<MemberId>(2));
}

TEST(MemberTest, I1ANewAddressReleasesTheOldOne) {
  Scenario<Member>()
      .Given(MemberCreatedExample())
      .GivenStream<Claim>(EmailClaim("member1@example.com"), ClaimedByMember(ExampleId<MemberId>()))
      .GivenStream<Claim>(EmailClaim("taken@example.com"), ClaimedByMember(ExampleId<MemberId>(2)))
      .When(Update("email: 'taken@example.com'"))
      .ThenRejected("MEMBER_EMAIL_TAKEN")
      .When(Update("email: 'new@example.com'"))
      .Then(From<events::v1::MemberEmailRevised>("email: 'new@example.com'"))
      .ThenAlso<Claim>(EmailClaim("member1@example.com"), events::v1::ValueReleased())
      .ThenAlso<Claim>(EmailClaim("new@example.com"), ClaimedByMember(ExampleId<MemberId>()))
      .When(Update("email: 'New@example.com'"))  // another spelling, the same claim
      .Then(From<events::v1::MemberEmailRevised>("email: 'New@example.com'"));
}

TEST(MemberTest, RefusesBlankNamesAndBadAddresses) {
  Scenario<Member>()
      .When(Create("display_name: ' ' email: 'a@example.com'"))
      .ThenRejected("DISPLAY_NAME_REQUIRED");
  Scenario<Member>()
      .When(Create("display_name: 'Ada' email: 'nobody'"))
      .ThenRejected("EMAIL_INVALID");
}

TEST(MemberTest, RevisesTheNameOnlyWhenItDiffers) {
  Scenario<Member>()
      .Given(MemberCreatedExample())
      .When(Update("display_name: 'Grace'"))
      .Then(From<events::v1::MemberDetailsRevised>("display_name: 'Grace'"))
      .When(Update("display_name: 'Grace'"))
      .ThenNothing();
}

TEST(MemberTest, I2RolesExistAndAreNotArchivedWhenGiven) {
  const auto role = ExampleId<RoleId>();
  const auto role_created = From<events::v1::RoleCreated>("display_name: 'Scout'");
  Scenario<Member>()
      .Given(MemberCreatedExample())
      .When(Assign({"roles/emperor"}))
      .ThenRejected("INVALID_NAME")
      .When(Assign({NameOf(role)}))
      .ThenRejected("REFERENCE_NOT_FOUND");
  Scenario<Member>()
      .Given(MemberCreatedExample())
      .GivenStream<Role>(role, role_created)
      .When(Assign({NameOf(role), "roles/auditor", NameOf(role)}))
      .Then(From<events::v1::MemberRolesAssigned>(
          absl::StrCat("role_ids: '", role.ToString(), "' role_ids: 'auditor'")))
      .When(Assign({NameOf(role), "roles/auditor"}))
      .ThenNothing();
  Scenario<Member>()
      .Given(MemberCreatedExample())
      .GivenStream<Role>(role, role_created, events::v1::RoleArchived())
      .When(Assign({NameOf(role)}))
      .ThenRejected("ROLE_ARCHIVED");
}

TEST(MemberTest, I2WhoHasAnArchivedRoleKeepsIt) {
  const auto role = ExampleId<RoleId>();
  auto created = MemberCreatedExample();
  created.add_role_ids(role.ToString());
  Scenario<Member>()
      .Given(created)
      .GivenStream<Role>(role, events::v1::RoleCreated(), events::v1::RoleArchived())
      .When(Assign({"roles/auditor", NameOf(role)}))
      .Then(From<events::v1::MemberRolesAssigned>(
          absl::StrCat("role_ids: 'auditor' role_ids: '", role.ToString(), "'")));
}

TEST(MemberTest, I3TheLastAdministratorStays) {
  Scenario<Member>()
      .Given(AdministratorExample())
      .GivenStream<AdministratorRegister>(kRegister, Noted(ExampleId<MemberId>(), true))
      .When(Assign({"roles/auditor"}))
      .ThenRejected("LAST_ADMINISTRATOR")
      .When(Named<v1::DeactivateMemberRequest>())
      .ThenRejected("LAST_ADMINISTRATOR")
      .When(Assign({"roles/auditor", "roles/administrator"}))
      .Then(From<events::v1::MemberRolesAssigned>("role_ids: 'auditor' role_ids: 'administrator'"));
}

TEST(MemberTest, I3OneOfTwoAdministratorsMayGo) {
  Scenario<Member>()
      .Given(AdministratorExample())
      .GivenStream<AdministratorRegister>(kRegister, Noted(ExampleId<MemberId>(), true),
                                          Noted(ExampleId<MemberId>(2), true))
      .When(Assign({}))
      .Then(events::v1::MemberRolesAssigned())
      .ThenAlso<AdministratorRegister>(kRegister, Noted(ExampleId<MemberId>(), false))
      .When(Assign({"roles/administrator"}))
      .Then(From<events::v1::MemberRolesAssigned>("role_ids: 'administrator'"))
      .ThenAlso<AdministratorRegister>(kRegister, Noted(ExampleId<MemberId>(), true))
      .When(Named<v1::DeactivateMemberRequest>())
      .Then(events::v1::MemberDeactivated())
      .ThenAlso<AdministratorRegister>(kRegister, Noted(ExampleId<MemberId>(), false))
      .When(Named<v1::ReactivateMemberRequest>())
      .Then(events::v1::MemberReactivated())
      .ThenAlso<AdministratorRegister>(kRegister, Noted(ExampleId<MemberId>(), true));
}

TEST(MemberTest, I3ADeactivatedAdministratorDoesNotCount) {
  Scenario<Member>()
      .Given(MemberCreatedExample(), events::v1::MemberDeactivated())
      .When(Assign({"roles/administrator"}))
      .Then(From<events::v1::MemberRolesAssigned>("role_ids: 'administrator'"))
      .When(Named<v1::ReactivateMemberRequest>())
      .Then(events::v1::MemberReactivated())
      .ThenAlso<AdministratorRegister>(kRegister, Noted(ExampleId<MemberId>(), true));
}

TEST(MemberTest, I3ANewAdministratorIsNoted) {
  Scenario<Member>()
      .When(Create("display_name: 'Ada' email: 'a@example.com' roles: 'roles/administrator'"))
      .Then(From<events::v1::MemberCreated>(
          "display_name: 'Ada' email: 'a@example.com' role_ids: 'administrator'"))
      .ThenAlso<Claim>(EmailClaim("a@example.com"), ClaimedByMember(Born<MemberId>()))
      .ThenAlso<AdministratorRegister>(kRegister, Noted(Born<MemberId>(), true));
}

TEST(MemberTest, I4DeactivationIsRepeatableAndReversible) {
  Scenario<Member>()
      .Given(MemberCreatedExample())
      .When(Named<v1::ReactivateMemberRequest>())
      .ThenNothing()
      .When(Named<v1::DeactivateMemberRequest>())
      .Then(events::v1::MemberDeactivated())
      .ThenShows(::testing::Property(&v1::Member::state, v1::MEMBER_STATE_DEACTIVATED))
      .When(Named<v1::DeactivateMemberRequest>())
      .ThenNothing();
}

TEST(MemberTest, I5AnErasedMemberIsNeverChangedAgain) {
  MemberState state;
  EventMetadata erased;
  erased.erased = true;
  state = Member::Evolve(std::move(state), events::v1::MemberCreated(), erased);
  state = Member::Evolve(std::move(state), events::v1::MemberDeactivated(), {});
  EXPECT_TRUE(state.erased) << "once erased, always erased";
  testing::MemoryStreams streams(kOrganization);
  testing::ExampleRights rights;
  const DecideContext context({kOrganization, ExampleId<MemberId>(2), {}}, testing::kExampleNow,
                              std::nullopt, streams, rights);
  EXPECT_THAT(Member::Decide(state, Named<v1::ReactivateMemberRequest>(), context).status(),
              testing::HasReason("MEMBER_ERASED"));
  EXPECT_THAT(Member::Decide(state, Update("display_name: 'x'"), context).status(),
              testing::HasReason("MEMBER_ERASED"));
  EXPECT_THAT(Member::Decide(state, Assign({"roles/auditor"}), context).status(),
              testing::HasReason("MEMBER_ERASED"));
}

TEST(MemberTest, FavouritesKeepTheirOrder) {
  const auto favor = [](int team) {
    v1::FavorTeamRequest command;
    command.set_team(ExampleName<TeamId>(team));
    return command;
  };
  const auto favored = [](int team) {
    events::v1::TeamFavored event;
    event.set_team_id(ExampleBytes<TeamId>(team));
    return event;
  };
  v1::UnfavorTeamRequest unfavor;
  unfavor.set_team(ExampleName<TeamId>(2));
  events::v1::TeamUnfavored unfavored;
  unfavored.set_team_id(ExampleBytes<TeamId>(2));
  Scenario<Member>()
      .Given(MemberCreatedExample())
      .GivenStream<Team>(ExampleId<TeamId>(1), testing::TeamCreatedExample(1))
      .GivenStream<Team>(ExampleId<TeamId>(2), testing::TeamCreatedExample(2))
      .GivenStream<Team>(ExampleId<TeamId>(3), testing::TeamCreatedExample(3),
                         events::v1::TeamArchived())
      .When(favor(2))
      .Then(favored(2))
      .When(favor(1))
      .Then(favored(1))
      .When(favor(2))
      .ThenNothing()
      .ThenState(
          ::testing::Field(&MemberState::favorite_teams,
                           ::testing::ElementsAre(ExampleId<TeamId>(2), ExampleId<TeamId>(1))))
      .When(favor(3))
      .ThenRejected("TEAM_ARCHIVED")
      .When(favor(4))
      .ThenRejected("REFERENCE_NOT_FOUND")
      .When(unfavor)
      .Then(unfavored)
      .When(unfavor)
      .ThenNothing();
}

TEST(MemberTest, RequireActiveMemberNamesTheInactiveOne) {
  testing::MemoryStreams streams(kOrganization);
  testing::ExampleRights rights;
  const StreamId stream = StreamOf(ExampleId<MemberId>());
  ASSERT_THAT(streams.Append(stream, MemberCreatedExample(), testing::kExampleBefore, {}),
              testing::IsOk());
  ASSERT_THAT(streams.Append(stream, events::v1::MemberDeactivated(), testing::kExampleBefore, {}),
              testing::IsOk());
  const DecideContext context({kOrganization, {}, {}}, testing::kExampleNow, std::nullopt, streams,
                              rights);
  const auto member = RequireActiveMember(ExampleId<MemberId>(), context);
  EXPECT_THAT(member.status(), testing::HasReason("MEMBER_INACTIVE"));
  EXPECT_EQ(ReasonMetadataValue(member.status(), "member"), ExampleName<MemberId>());
}

}  // namespace
}  // namespace crm::domain
