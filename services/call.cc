#include "services/call.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/hash.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "crm/options/v1/options.pb.h"
#include "domain/contract/contract_link.h"
#include "domain/proposal/proposal_link.h"
#include "domain/token/token.h"

namespace crm::services {
namespace {

// gRPC calls a deadline that is not set the end of time.
constexpr absl::Duration kNever = absl::Hours(24 * 365 * 100);

constexpr char kMinPosition[] = "crm-min-position";
constexpr absl::string_view kLatest = "latest";  // wherever the log is when the call comes

absl::Status Unauthenticated(absl::string_view reason, absl::string_view message) {
  return WithReason(absl::StatusCode::kUnauthenticated, reason, message);
}

// The first value of a metadata key; empty when there is none.
absl::string_view Metadata(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

// What the client's deadline leaves; nullopt when it set none. gRPC's deadlines are times of the
// operating system's clock, ours may be another.
std::optional<absl::Duration> TimeLeft(const grpc::CallbackServerContext& context) {
  const absl::Duration left = absl::FromChrono(context.deadline()) - SystemClock().Now();
  return left < kNever ? std::optional(left) : std::nullopt;
}

// The trace id of a W3C traceparent, "00-{32 hexadecimal digits}-...".
Uuid TraceOf(absl::string_view traceparent) {
  if (traceparent.size() < 36 || traceparent[2] != '-' || traceparent[35] != '-') return {};
  const absl::string_view digits = traceparent.substr(3, 32);
  for (const char c : digits) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return {};
  }
  return Uuid::FromBytes(absl::HexStringToBytes(digits)).value_or(Uuid{});
}

// Whether the link opens the document it names, whatever its kind.
absl::Status CheckLink(const domain::PublicLinkText& link, const domain::Lookup& lookup) {
  if (link.kind == domain::kContractLink) return domain::CheckContractLink(link, lookup);
  return domain::CheckProposalLink(link, lookup);
}

}  // namespace

Method::Method(const char* service, const char* method)
    : full_name(absl::StrCat(service, "/", method)) {
  const google::protobuf::MethodDescriptor* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
          absl::StrCat(service, ".", method));
  if (descriptor == nullptr) return;
  const options::v1::Rpc& rpc = descriptor->options().GetExtension(options::v1::rpc);
  permission = rpc.permission();
  operator_only = rpc.operator_();
}

absl::StatusOr<Call> Authenticator::Prepare(const Method& method,
                                            const grpc::CallbackServerContext& context) const {
  Call call;
  call.method = &method;
  call.now = clock_.Now();
  call.deadline = call.now + TimeLeft(context).value_or(default_deadline_);
  // It waited for its turn until nobody waits for it any more.
  if (call.deadline <= call.now)
    return WithReason(absl::StatusCode::kDeadlineExceeded, "DEADLINE_PASSED",
                      "the call's deadline passed before its turn came; nothing was done");
  call.correlation_id = TraceOf(Metadata(context, "traceparent"));
  const absl::string_view position = Metadata(context, kMinPosition);
  if (!position.empty() && position != kLatest &&
      (!absl::SimpleAtoi(position, &call.min_position) || call.min_position < 0)) {
    return WithReason(absl::StatusCode::kInvalidArgument, "POSITION_INVALID",
                      "metadata crm-min-position is neither a position nor \"latest\"");
  }
  return call;
}

absl::StatusOr<Call> Authenticator::Begin(const Method& method,
                                          const grpc::CallbackServerContext& context,
                                          Basis& basis) const {
  ASSIGN_OR_RETURN(Call call, Prepare(method, context));
  absl::string_view bearer = Metadata(context, "authorization");
  if (bearer.empty()) {
    return Unauthenticated("CREDENTIAL_MISSING", "send metadata authorization: Bearer {token}");
  }
  if (!absl::ConsumePrefix(&bearer, "Bearer ") && !absl::ConsumePrefix(&bearer, "bearer ")) {
    return Unauthenticated("CREDENTIAL_INVALID", "only Bearer credentials are accepted");
  }
  if (method.operator_only) {
    if (operator_token_hash_.empty() ||
        !ConstantTimeEquals(AsView(Sha256(bearer)), operator_token_hash_)) {
      return Unauthenticated("CREDENTIAL_INVALID", "this is not the operator's token");
    }
    return call;
  }
  ASSIGN_OR_RETURN(call.actor, ActorOf(bearer, call.now, basis));
  if (Metadata(context, kMinPosition) == kLatest) {
    call.min_position = authorizer_.streams().LastPosition(call.organization().uuid());
  }
  // Record times never decrease; a clock that stepped back would make what was just recorded come
  // later than now, and nothing could refer to it.
  call.now = std::max(call.now, authorizer_.streams().LastRecordTime(call.organization().uuid()));
  return call;
}

absl::StatusOr<Call> Authenticator::BeginByLink(const Method& method,
                                                const grpc::CallbackServerContext& context,
                                                absl::string_view link, Basis& basis) const {
  ASSIGN_OR_RETURN(Call call, Prepare(method, context));
  call.min_position = 0;  // of no log that a stranger has seen
  const std::optional<domain::PublicLinkText> text = domain::ParsePublicLink(link);
  if (!text.has_value()) return domain::LinkInvalid();
  const Uuid organization = text->organization.uuid();
  call.now = std::max(call.now, authorizer_.streams().LastRecordTime(organization));
  LogStreams streams(authorizer_.streams(), organization, {}, call.now);
  const absl::Status opens = CheckLink(*text, domain::Lookup(streams));
  basis = {organization, streams.seen()};
  RETURN_IF_ERROR(opens);
  ASSIGN_OR_RETURN(call.actor, authorizer_.LinkHolder(streams, text->organization));
  basis.position = streams.seen();
  call.link = *Uuid::FromBytes(AsView(text->secret_hash).substr(0, 16));
  return call;
}

absl::StatusOr<std::shared_ptr<const Actor>> Authenticator::ActorOf(absl::string_view bearer,
                                                                    absl::Time now,
                                                                    Basis& basis) const {
  const absl::Status invalid = Unauthenticated("CREDENTIAL_INVALID", "the token is not known");
  const std::optional<TokenText> text = ParseToken(bearer);
  if (!text.has_value()) return invalid;
  LogStreams streams(authorizer_.streams(), text->organization.uuid());
  const auto find = [&]() -> absl::StatusOr<std::shared_ptr<const Actor>> {
    ASSIGN_OR_RETURN(const domain::TokenId id, domain::TokenIdOf(AsView(text->secret_hash)));
    ASSIGN_OR_RETURN(const domain::Ref<domain::Token> token,
                     domain::Lookup(streams).Find<domain::Token>(id));
    if (!token.head.exists() ||
        !ConstantTimeEquals(token->secret_hash, AsView(text->secret_hash))) {
      return invalid;
    }
    if (token->revoked()) return Unauthenticated("TOKEN_REVOKED", "the token was revoked");
    if (!token->IsValidAt(now)) return Unauthenticated("TOKEN_EXPIRED", "the token expired");
    return authorizer_.ActorOf(streams, text->organization, token->member);
  };
  absl::StatusOr<std::shared_ptr<const Actor>> actor = find();
  basis = {text->organization.uuid(), streams.seen()};
  return actor;
}

}  // namespace crm::services
