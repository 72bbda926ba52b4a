// Directory: who belongs to which team, and who leads it.
#include <string>

#include "base/status_macros.h"
#include "projections/directory.h"

namespace crm::projections {
namespace {

using domain::EventMetadata;
using domain::FromBytes;
using domain::MemberId;
using domain::TeamId;
using views::v1::Affiliation;

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

}  // namespace

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

}  // namespace crm::projections
