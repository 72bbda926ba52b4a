#include "tools/crmctl/connection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/impl/codegen/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/security/credentials.h"
#include "tools/crmctl/failure.h"

namespace crm::ctl {
namespace {

using google::protobuf::MessageLite;

constexpr int kMaxAnswerBytes = 64 << 20;  // a proof of many events
constexpr int kReconnectMs = 1000;  // gRPC's own first pause is a second, its longest two minutes

std::string TrailingValue(const grpc::ClientContext& context, const char* key) {
  const auto& metadata = context.GetServerTrailingMetadata();
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

}  // namespace

Connection::Connection(const std::string& target, std::string token, absl::Duration deadline,
                       std::optional<int64_t> min_position, const Clock& clock)
    : target_(target),
      token_(std::move(token)),
      deadline_(deadline),
      clock_(clock),
      min_position_(min_position.has_value() ? absl::StrCat(*min_position) : "latest") {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectMs / 10);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMs / 10);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  channel_ = grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

void Connection::Prepare(grpc::ClientContext& context, bool reads) const {
  if (!token_.empty()) context.AddMetadata("authorization", "Bearer " + token_);
  if (reads) context.AddMetadata("crm-min-position", min_position_);
}

absl::StatusOr<Outcome> Connection::Call(const MethodDescriptor& method, const Message& request,
                                         Message& response) {
  grpc::ClientContext context;
  Prepare(context, /*reads=*/!IsCommand(method));
  return Run(context, MethodPath(method), request, response);
}

absl::StatusOr<Outcome> Connection::CallPath(const std::string& path, const Message& request,
                                             Message& response) {
  grpc::ClientContext context;
  Prepare(context, /*reads=*/false);
  return Run(context, path, request, response);
}

absl::StatusOr<Outcome> Connection::Run(grpc::ClientContext& context, const std::string& path,
                                        const Message& request, Message& response) {
  context.set_deadline(absl::ToChronoTime(clock_.Now() + deadline_));
  const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall<MessageLite, MessageLite, MessageLite, MessageLite>(
          channel_.get(), method, &context, request, &response);
  Outcome outcome;
  if (!absl::SimpleAtoi(TrailingValue(context, "crm-position"), &outcome.position)) {
    outcome.position = 0;
  }
  outcome.replayed = !TrailingValue(context, "crm-replayed").empty();
  if (!status.ok()) {
    absl::Status failure = FromGrpc(status);
    const bool from_server = !status.error_details().empty();
    if (absl::IsUnavailable(failure) && !from_server) {
      return absl::UnavailableError(
          absl::StrCat("no answer from ", target_, ": ", failure.message()));
    }
    if (failure.message().empty()) {
      absl::Status named(failure.code(), absl::StrCat("the call ", path, " failed"));
      return named;
    }
    return failure;
  }
  return outcome;
}

}  // namespace crm::ctl
