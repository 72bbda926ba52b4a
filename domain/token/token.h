// Token: a credential of a member. Only the SHA-256 of its secret is known here; the stream's id is
// the first 16 bytes of that hash, so a caller's credential leads straight to its stream.
//
//   created -> revoked          refused from expire_time on, which nobody has to record
//
// Invariants
//   I1  A secret is used once: a second token with the same hash is refused.
//   I2  It is made for an active member and does not expire before it begins.
//   I3  Revocation is for ever.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/token_service.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct TokenState {
  MemberId member;          // nil before the first event
  std::string secret_hash;  // 32 bytes
  std::string display_name;
  absl::Time expire_time = absl::InfiniteFuture();
  std::optional<absl::Time> revoke_time;

  bool revoked() const { return revoke_time.has_value(); }
  // A call at `now` with the right secret is accepted. Whether the member is active is not asked.
  bool IsValidAt(absl::Time now) const {
    return !member.IsNil() && !revoked() && now < expire_time;
  }
};

struct Token {
  using Id = TokenId;
  using State = TokenState;
  using Event = std::variant<events::v1::TokenCreated, events::v1::TokenRevoked>;
  using Resource = v1::Token;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Token>& self, const Lookup& lookup);

  static absl::StatusOr<TokenId> TargetOf(const v1::CreateTokenRequest&, const Caller&);
  static void Births(const v1::CreateTokenRequest&);

  // Refuses TOKEN_ALREADY_EXPIRED, MEMBER_INACTIVE, SECRET_HASH_INVALID.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateTokenRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RevokeTokenRequest&,
                                                const DecideContext&);
};

// The token with this secret hash. INVALID_ARGUMENT SECRET_HASH_INVALID unless it is 32 bytes long.
absl::StatusOr<TokenId> TokenIdOf(absl::string_view secret_hash);

}  // namespace crm::domain
