#include "domain/roster/roster.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace crm::domain {
namespace {

// A day more than the widest window, so that takes recorded slightly out of order still count.
const absl::Duration kKept = kCapacityWindow + absl::Hours(24);

void Prune(RosterState& state) {
  const absl::Time oldest_kept = state.newest_assign_time - kKept;
  for (auto& [member, entry] : state.members) {
    absl::erase_if(entry.takes, [&](const auto& take) { return take.second < oldest_kept; });
  }
}

RosterState On(RosterState state, const events::v1::LeadTaken& event) {
  const absl::Time assign_time = absl::FromUnixMicros(event.assign_time_us());
  RosterState::Entry& entry = state.members[FromBytes<MemberId>(event.member_id())];
  entry.takes[FromBytes<LeadId>(event.lead_id())] = assign_time;
  ++state.take_count;
  if (assign_time >= entry.last_assign_time) {
    entry.last_assign_time = assign_time;
    entry.last_assign_ordinal = state.take_count;
  }
  state.newest_assign_time = std::max(state.newest_assign_time, assign_time);
  Prune(state);
  return state;
}

RosterState On(RosterState state, const events::v1::LeadReleased& event) {
  const auto found = state.members.find(FromBytes<MemberId>(event.member_id()));
  if (found != state.members.end()) found->second.takes.erase(FromBytes<LeadId>(event.lead_id()));
  return state;
}

}  // namespace

int RosterState::LoadOf(const MemberId& member, absl::Time at, absl::Duration window) const {
  const auto found = members.find(member);
  if (found == members.end()) return 0;
  std::vector<absl::Time> near;
  for (const auto& [lead, assign_time] : found->second.takes) {
    if (at - window <= assign_time && assign_time <= at + window) near.push_back(assign_time);
  }
  std::sort(near.begin(), near.end());
  // A fullest window may be taken to end at `at` or at a take after it.
  ptrdiff_t fullest = 0;
  auto first = near.begin();
  auto end = std::upper_bound(near.begin(), near.end(), at);
  absl::Time window_end = at;
  for (;;) {
    while (first != end && *first < window_end - window) ++first;
    fullest = std::max(fullest, end - first);
    if (end == near.end()) return static_cast<int>(fullest);
    window_end = *end++;
  }
}

absl::Time RosterState::LastAssignTimeOf(const MemberId& member) const {
  const auto found = members.find(member);
  return found == members.end() ? absl::InfinitePast() : found->second.last_assign_time;
}

int64_t RosterState::LastAssignOrdinalOf(const MemberId& member) const {
  const auto found = members.find(member);
  return found == members.end() ? 0 : found->second.last_assign_ordinal;
}

Roster::State Roster::Evolve(State state, const Event& event, const EventMetadata&) {
  return std::visit([&](const auto& e) { return On(std::move(state), e); }, event);
}

}  // namespace crm::domain
