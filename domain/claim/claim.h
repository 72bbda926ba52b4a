// Claim: a unique value held by one record. The stream's id derives from the value, so two commands
// that want the same value meet in the same stream and only one of them commits; no rule is checked
// against a view.
//
// Invariants
//   I1  Of all records of an organization, at most one holds a value of a kind.
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <variant>

#include "crm/events/v1/team_events.pb.h"
#include "domain/aggregate.h"

namespace crm::domain {

// Kinds of unique values. Stored: never change.
inline constexpr char kMemberEmailClaim[] = "member_email";          // lower-case address
inline constexpr char kTeamAliasClaim[] = "team_alias";              // local part
inline constexpr char kProductSkuClaim[] = "product_sku";            // lower-case code
inline constexpr char kPreferredSeriesClaim[] = "series_preferred";  // number of the kind

struct ClaimState {
  bool held = false;
  std::string kind;
  StreamId holder;  // of the last claim
};

struct Claim {
  using Id = ClaimId;
  using State = ClaimState;
  using Event = std::variant<events::v1::ValueClaimed, events::v1::ValueReleased>;
  static constexpr bool kBookkeeping = true;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
};

// The claim of a value. `value` must be in the kind's normal form.
ClaimId ClaimOf(const OrganizationId& organization, absl::string_view kind,
                absl::string_view value);

// What a holder's decision adds to the claim's stream.
events::v1::ValueClaimed ClaimedBy(absl::string_view kind, const StreamId& holder);

}  // namespace crm::domain
