#include "projections/directory.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "projections/directory_entry.h"

namespace crm::projections {
namespace {

using domain::EventMetadata;
using domain::FromBytes;
using domain::MemberId;
using domain::RoleId;
using domain::TeamId;
using domain::TokenId;
using views::v1::Affiliation;
using views::v1::DirectoryEntry;

// `change` edits what the member is in the team; nothing at all is no row.
template <class Change>
absl::Status Affiliate(const EventMetadata& metadata, const std::string& member,
                       ViewTransaction& rows, Change change) {
  const auto key = std::make_tuple(TeamId(metadata.stream.id), FromBytes<MemberId>(member));
  ASSIGN_OR_RETURN(Affiliation * affiliation, Directory::kAffiliations.Edit(rows, key));
  change(*affiliation);
  if (!affiliation->member() && !affiliation->leader()) Directory::kAffiliations.Erase(rows, key);
  return absl::OkStatus();
}

absl::Status NameMember(const std::string& name, const EventMetadata& metadata,
                        ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::MemberName * row,
                   Directory::kMemberNames.Edit(rows, {MemberId(metadata.stream.id)}));
  row->set_display_name(name);
  return absl::OkStatus();
}

}  // namespace

absl::Status Directory::Apply(const events::v1::MemberCreated& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  kMembers.Put(rows, {MemberId(metadata.stream.id)}, Created("", metadata));
  return NameMember(event.display_name(), metadata, rows);
}

absl::Status Directory::Apply(const events::v1::MemberDetailsRevised& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  if (!event.has_display_name()) return absl::OkStatus();
  return NameMember(event.display_name(), metadata, rows);
}

absl::Status Directory::Apply(const events::v1::MemberDeactivated&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kMembers, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::MemberReactivated&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kMembers, metadata, rows, false);
}

absl::Status Directory::Apply(const events::v1::SubjectErased& event, const EventMetadata&,
                              ViewTransaction& rows) {
  return kMemberNames.PurgePrefix(rows, FromBytes<MemberId>(event.subject_id()));
}

absl::Status Directory::Apply(const events::v1::RoleCreated& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  kRoles.Put(rows, {RoleId(metadata.stream.id)}, Created(event.display_name(), metadata));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::RoleRevised& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return Rename(kRoles, event, metadata, rows);
}

absl::Status Directory::Apply(const events::v1::RoleArchived&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kRoles, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::TokenCreated& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  DirectoryEntry token = Created(event.display_name(), metadata);
  token.set_member_id(event.member_id());
  kTokens.Put(rows, {TokenId(metadata.stream.id)}, std::move(token));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::TokenRevoked&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kTokens, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::TeamCreated& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  kTeams.Put(rows, {TeamId(metadata.stream.id)}, Created(event.display_name(), metadata));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::TeamSettingsRevised& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Rename(kTeams, event, metadata, rows);
}

absl::Status Directory::Apply(const events::v1::MembershipBegan& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Affiliate(metadata, event.member_id(), rows,
                   [](Affiliation& affiliation) { affiliation.set_member(true); });
}

absl::Status Directory::Apply(const events::v1::MembershipEnded& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Affiliate(metadata, event.member_id(), rows,
                   [](Affiliation& affiliation) { affiliation.set_member(false); });
}

absl::Status Directory::Apply(const events::v1::LeaderAppointed& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Affiliate(metadata, event.member_id(), rows,
                   [](Affiliation& affiliation) { affiliation.set_leader(true); });
}

absl::Status Directory::Apply(const events::v1::LeaderDismissed& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Affiliate(metadata, event.member_id(), rows,
                   [](Affiliation& affiliation) { affiliation.set_leader(false); });
}

absl::Status Directory::Apply(const events::v1::TeamArchived&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kTeams, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::TeamRestored&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kTeams, metadata, rows, false);
}

}  // namespace crm::projections
