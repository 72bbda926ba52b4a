// ApiCaller: somebody who calls the API over the wire with a bearer token, in tests.
//
//   const v1::Lead lead = ada.Do(&Leads::CaptureLead, "lead { given_name: 'Grace' }");
//   EXPECT_THAT(ben.Try(&Leads::GetLead, Named(lead)), Refused(NOT_FOUND, "..."));
//
// Requests are messages or their text; an empty request_id is drawn. Every call asks for views that
// have passed what any caller of the same organization has written: the position of answers comes
// back as crm-min-position. Thread-safe but for copies of Answer.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/support/prototext.h"

namespace crm::testing {

// A call that has not come back by then fails the test.
inline constexpr std::chrono::seconds kCallDeadline(30);

// How a call ended: its status and the details of a refusal.
struct Ending {
  grpc::Status status;
  std::string reason;        // of the ErrorInfo
  bool bad_request = false;  // a google.rpc.BadRequest came along
  int64_t position = 0;      // trailing crm-position
  bool replayed = false;     // trailing crm-replayed
};

inline std::ostream& operator<<(std::ostream& out, const Ending& ending) {
  return out << "code " << ending.status.error_code() << " " << ending.reason << " '"
             << ending.status.error_message() << "'";
}

template <class Response>
struct Answer : Ending {
  Response response;
};

inline Ending EndingOf(const grpc::Status& status, const grpc::ClientContext& context) {
  Ending ending{status, {}, false, 0, false};
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) ending.reason = info.reason();
    ending.bad_request |= detail.Is<google::rpc::BadRequest>();
  }
  const auto& trailers = context.GetServerTrailingMetadata();
  if (const auto found = trailers.find("crm-position"); found != trailers.end()) {
    EXPECT_TRUE(absl::SimpleAtoi(absl::string_view(found->second.data(), found->second.size()),
                                 &ending.position));
  }
  ending.replayed = trailers.count("crm-replayed") > 0;
  return ending;
}

// Draws the id of a command that has none.
inline void DrawRequestId(google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || !request.GetReflection()->GetString(request, field).empty()) return;
  request.GetReflection()->SetString(&request, field, Uuid::Random().ToString());
}

template <class Named>
std::string NameIs(const Named& record) {
  return absl::StrCat("name: '", record.name(), "' ");
}

class ApiCaller {
 public:
  ApiCaller() = default;
  // `seen` is shared by the callers of an organization.
  ApiCaller(std::shared_ptr<grpc::Channel> channel, std::string token,
            std::shared_ptr<std::atomic<int64_t>> seen)
      : channel_(std::move(channel)), token_(std::move(token)), seen_(std::move(seen)) {}

  // Calls and tells how it ended.
  template <class Stub, class Request, class Response>
  Answer<Response> Try(grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
                       Request request) const {
    DrawRequestId(request);
    grpc::ClientContext context;
    Prepare(context);
    Answer<Response> answer;
    const grpc::Status status = (Stub(channel_).*rpc)(&context, request, &answer.response);
    static_cast<Ending&>(answer) = EndingOf(status, context);
    NoteSeen(answer.position);
    return answer;
  }
  template <class Stub, class Request, class Response>
  Answer<Response> Try(grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
                       absl::string_view request = "") const {
    return Try(rpc, From<Request>(request));
  }

  // Calls what must succeed, and answers with the response.
  template <class Stub, class Request, class Response, class Asked = absl::string_view>
  Response Do(grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
              const Asked& request = "") const {
    Answer<Response> answer = Try(rpc, request);
    EXPECT_TRUE(answer.status.ok()) << Request::descriptor()->name() << ": " << Ending(answer);
    return std::move(answer.response);
  }

  // Metadata of a call: token, deadline, position.
  void Prepare(grpc::ClientContext& context) const {
    context.set_deadline(std::chrono::system_clock::now() + kCallDeadline);
    if (!token_.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token_));
    if (seen_->load() > 0) context.AddMetadata("crm-min-position", absl::StrCat(seen_->load()));
  }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const std::string& token() const { return token_; }
  const std::shared_ptr<std::atomic<int64_t>>& seen() const { return seen_; }
  // What is asked from now on is answered with everything up to here.
  void NoteSeen(int64_t position) const {
    int64_t before = seen_->load();
    while (before < position && !seen_->compare_exchange_weak(before, position)) {
    }
  }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
  std::shared_ptr<std::atomic<int64_t>> seen_;
};

// A call that was refused with this code and reason.
MATCHER_P2(Refused, code, reason, "") {
  *result_listener << "which ended with " << static_cast<const Ending&>(arg);
  return arg.status.error_code() == code && arg.reason == reason;
}

// A call that succeeded.
MATCHER(Succeeded, "") {
  *result_listener << "which ended with " << static_cast<const Ending&>(arg);
  return arg.status.ok();
}

}  // namespace crm::testing
