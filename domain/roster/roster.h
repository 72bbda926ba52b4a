// Roster: how many leads each member of a team took lately; the home of the hard cap. One
// bookkeeping stream per team, written by every assignment of a lead in its own commit, so two
// assignments at once cannot both take the last place.
//
// Invariants
//   I1  Windows are elapsed hours (30 x 24 h, 24 h): a clock change cannot move them (T44).
//   I2  Handing a lead to another member moves the count; losing the lead does not free it.
//   I3  It keeps what was taken in the 31 days before the newest take, whatever order the takes
//   were
//       recorded in. Assignments entered more than a day late beyond that (imported history) are
//       kept too little: their own windows may be short of older takes, never of newer ones.
// Pure functions; thread-safe.
#pragma once

#include <variant>

#include "absl/container/btree_map.h"
#include "absl/time/time.h"
#include "crm/events/v1/team_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

// The windows of maximum_leads and daily_leads.
inline constexpr absl::Duration kCapacityWindow = absl::Hours(30 * 24);
inline constexpr absl::Duration kPacingWindow = absl::Hours(24);

struct RosterState {
  struct Entry {
    absl::btree_map<LeadId, absl::Time> takes;           // business instants of assignment
    absl::Time last_assign_time = absl::InfinitePast();  // survives release and pruning
    int64_t last_assign_ordinal = 0;  // that take's place among all of the roster, from 1
  };
  absl::btree_map<MemberId, Entry> members;
  absl::Time newest_assign_time = absl::InfinitePast();
  int64_t take_count = 0;

  // Leads of the member in the fullest window of this length that contains `at`. For an `at` after
  // every take that is the count of [at - window, at]; for an earlier one, of any window that one
  // more take at `at` would fill.
  int LoadOf(const MemberId& member, absl::Time at, absl::Duration window) const;
  // Never: InfinitePast.
  absl::Time LastAssignTimeOf(const MemberId& member) const;
  // Tells apart what was assigned at the same instant, in one commit; never: 0.
  int64_t LastAssignOrdinalOf(const MemberId& member) const;
};

struct Roster {
  using Id = RosterId;
  using State = RosterState;
  using Event = std::variant<events::v1::LeadTaken, events::v1::LeadReleased>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The roster of a team.
inline RosterId RosterOf(const TeamId& team) { return RosterId(team.uuid()); }

}  // namespace crm::domain
