#include "domain/token/token.h"

#include <utility>

#include "domain/member/member.h"
#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

constexpr size_t kHashBytes = 32;
constexpr size_t kIdBytes = 16;

TokenState On(TokenState state, const events::v1::TokenCreated& event, const EventMetadata&) {
  state.member = FromBytes<MemberId>(event.member_id());
  state.secret_hash = event.secret_hash();
  state.display_name = event.display_name();
  state.expire_time = event.expire_time_us() == 0 ? absl::InfiniteFuture()
                                                  : absl::FromUnixMicros(event.expire_time_us());
  return state;
}

TokenState On(TokenState state, const events::v1::TokenRevoked&, const EventMetadata& metadata) {
  state.revoke_time = metadata.effective_time;
  return state;
}

}  // namespace

absl::StatusOr<TokenId> TokenIdOf(absl::string_view secret_hash) {
  if (secret_hash.size() != kHashBytes) {
    return Invalid("SECRET_HASH_INVALID", "secret_hash is the SHA-256 of the secret: 32 bytes");
  }
  return FromBytes<TokenId>(secret_hash.substr(0, kIdBytes));
}

absl::StatusOr<TokenId> Token::TargetOf(const v1::CreateTokenRequest& command, const Caller&) {
  return TokenIdOf(command.secret_hash());
}

absl::StatusOr<Decision<Token::Event>> Token::Decide(const State&,
                                                     const v1::CreateTokenRequest& command,
                                                     const DecideContext& context) {
  const v1::Token& wanted = command.token();
  ASSIGN_OR_RETURN(const MemberId member_id, ParseName<MemberId>(wanted.member()));
  ASSIGN_OR_RETURN(const Ref<Member> member, RequireActiveMember(member_id, context));
  events::v1::TokenCreated created;
  created.set_member_id(ToBytes(member.id));
  created.set_secret_hash(command.secret_hash());
  created.set_display_name(wanted.display_name());
  if (wanted.has_expire_time()) {
    ASSIGN_OR_RETURN(const absl::Time expire_time, TimeFromProto(wanted.expire_time()));
    if (expire_time <= context.effective_time()) {
      return Invalid("TOKEN_ALREADY_EXPIRED", "expire_time must lie in the future");
    }
    created.set_expire_time_us(absl::ToUnixMicros(expire_time));
  }
  return Decision<Event>(std::move(created));
}

absl::StatusOr<Decision<Token::Event>> Token::Decide(const State& state,
                                                     const v1::RevokeTokenRequest&,
                                                     const DecideContext&) {
  if (state.revoked()) return Decision<Event>();
  return Decision<Event>(events::v1::TokenRevoked());
}

Token::State Token::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  return std::visit([&](const auto& e) { return On(std::move(state), e, metadata); }, event);
}

absl::StatusOr<v1::Token> Token::Render(const Ref<Token>& self, const Lookup&) {
  v1::Token resource;
  resource.set_name(NameOf(self.id));
  resource.set_member(NameOf(self->member));
  resource.set_display_name(self->display_name);
  if (self->expire_time != absl::InfiniteFuture()) {
    *resource.mutable_expire_time() = TimestampOf(self->expire_time);
  }
  if (self->revoked()) *resource.mutable_revoke_time() = TimestampOf(*self->revoke_time);
  Stamp(resource, self.head);
  return resource;
}

}  // namespace crm::domain
