// Call: one RPC under way, from the moment its metadata names a member until its answer is sent.
// The pipeline below sees a Call and never gRPC's context.
//
// Metadata in: `authorization: Bearer crm_...`, `crm-min-position` (read your write),
// `traceparent`. Metadata out (trailing): `crm-position` (what the answer reflects, also of a
// refusal), `crm-replayed: true`.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/stream.h"
#include "domain/decide_context.h"
#include "google/protobuf/descriptor.h"
#include "services/authorizer.h"

namespace grpc {
class CallbackServerContext;
}

namespace crm::services {

// A method of the API with its policy, looked up once.
struct Method {
  Method(const char* service, const char* method);

  std::string full_name;   // "crm.v1.OpportunityService/MoveStage"
  std::string permission;  // "opportunity.edit", "authenticated", "public" or "none"
  bool operator_only = false;

  // Whoever holds the link in the request may call it.
  bool by_link() const { return permission == "public"; }
};

struct Call {
  const Method* method = nullptr;
  std::shared_ptr<const Actor> actor;  // null for methods without a credential
  Uuid link;            // half of the hash of the link that permits it; nil: the actor's own rights
  Uuid correlation_id;  // from traceparent; nil: none
  Position min_position = 0;                     // views must have reached it
  absl::Time now;                                // the one clock reading
  absl::Time deadline = absl::InfiniteFuture();  // on the same clock; nobody listens afterwards

  domain::OrganizationId organization() const { return actor->organization; }
  // Whose request ids they are: strangers share none with each other or the system.
  Uuid requester() const { return link.IsNil() ? actor->member.uuid() : link; }
};

// The facts that say who calls and what they may: an answer, a refusal above all, is told only when
// they are durable.
struct Basis {
  Uuid organization;
  Position position = 0;  // the highest one read; 0: none
};

// Turns metadata into Calls.
class Authenticator {
 public:
  // `operator_token_hash` is empty when no operator token is configured: the admin listener then
  // refuses everyone. `default_deadline` is that of calls whose client set none.
  Authenticator(Authorizer& authorizer, const Clock& clock, std::string operator_token_hash,
                absl::Duration default_deadline)
      : authorizer_(authorizer),
        clock_(clock),
        operator_token_hash_(std::move(operator_token_hash)),
        default_deadline_(default_deadline) {}

  // DEADLINE_EXCEEDED DEADLINE_PASSED, or UNAUTHENTICATED with reason CREDENTIAL_MISSING,
  // CREDENTIAL_INVALID, TOKEN_REVOKED, TOKEN_EXPIRED or MEMBER_DEACTIVATED. Takes the same time for
  // every wrong secret. `basis` says what either answer rests on.
  absl::StatusOr<Call> Begin(const Method& method, const grpc::CallbackServerContext& context,
                             Basis& basis) const;

  // The same for a method that a public link permits: nobody calls, in the organization that the
  // link names, and no credential is looked at. NOT_FOUND LINK_INVALID for every link that opens
  // nothing, whatever the cause; compares secrets in constant time.
  absl::StatusOr<Call> BeginByLink(const Method& method, const grpc::CallbackServerContext& context,
                                   absl::string_view link, Basis& basis) const;

 private:
  // What does not depend on who calls: deadline, trace, position.
  absl::StatusOr<Call> Prepare(const Method& method,
                               const grpc::CallbackServerContext& context) const;
  absl::StatusOr<std::shared_ptr<const Actor>> ActorOf(absl::string_view bearer, absl::Time now,
                                                       Basis& basis) const;

  Authorizer& authorizer_;
  const Clock& clock_;
  const std::string operator_token_hash_;
  const absl::Duration default_deadline_;
};

// Random bytes in a token; what the server is told of them is their SHA-256.
inline constexpr size_t kTokenSecretSize = 32;

// A token's text, taken apart: `crm_{organization, 32 hexadecimal digits}_{secret, unpadded
// base64url of 32 bytes}`.
struct TokenText {
  domain::OrganizationId organization;
  Digest secret_hash;
};
std::optional<TokenText> ParseToken(absl::string_view text);
std::string FormatToken(const domain::OrganizationId& organization, absl::string_view secret);

}  // namespace crm::services
