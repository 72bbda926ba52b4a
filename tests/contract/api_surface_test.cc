// Every method of crm.v1, called over the wire: each declares who may call it, answers, and refuses
// strangers and empty requests with the reasons the API promises. A new method is covered without
// anybody adding it to a list.
#include <grpcpp/generic/generic_stub.h>

#include "crm/options/v1/options.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "tests/support/api_services.h"
#include "tests/support/running_server.h"

namespace crm::testing {
namespace {

using google::protobuf::MethodDescriptor;

std::vector<const MethodDescriptor*> ApiMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const auto* service : ApiServices()) {
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

const options::v1::Rpc& PolicyOf(const MethodDescriptor& method) {
  return method.options().GetExtension(options::v1::rpc);
}

// Whoever holds a link may call it: it asks for no credential, and looks at none.
bool IsPublic(const MethodDescriptor& method) { return PolicyOf(method).permission() == "public"; }

// Calls a method by its name with these bytes, up to its first answer.
Ending Call(const ApiCaller& caller, const MethodDescriptor& method, const std::string& request) {
  grpc::ClientContext context;
  caller.Prepare(context);
  grpc::CompletionQueue queue;
  const auto await = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return ok;
  };
  grpc::GenericStub stub(caller.channel());
  const auto call = stub.PrepareCall(
      &context, absl::StrCat("/", method.service()->full_name(), "/", method.name()), &queue);
  void* const tag = &queue;
  call->StartCall(tag);
  await();
  const grpc::Slice slice(request);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), {}, tag);
  await();
  grpc::ByteBuffer answered;
  call->Read(&answered, tag);
  if (await() && method.server_streaming()) context.TryCancel();
  grpc::Status status;
  call->Finish(&status, tag);
  await();
  if (status.error_code() == grpc::CANCELLED && method.server_streaming()) status = {};
  return EndingOf(status, context);
}

class ApiSurfaceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new RunningServer(clock_); }
  static void TearDownTestSuite() { delete std::exchange(server_, nullptr); }

  // The listener that serves the method.
  static ApiCaller On(const MethodDescriptor& method, std::string token) {
    const auto channel =
        PolicyOf(method).operator_() ? server_->Operator().channel() : server_->Channel();
    return {channel, std::move(token), std::make_shared<std::atomic<int64_t>>(0)};
  }

  static inline SystemClock clock_;
  static inline RunningServer* server_ = nullptr;
};

TEST_F(ApiSurfaceTest, EveryMethodSaysWhoMayCallIt) {
  EXPECT_GT(ApiMethods().size(), 100U);
  for (const MethodDescriptor* method : ApiMethods()) {
    EXPECT_TRUE(method->options().HasExtension(options::v1::rpc)) << method->full_name();
    EXPECT_FALSE(PolicyOf(*method).permission().empty()) << method->full_name();
    EXPECT_EQ(PolicyOf(*method).permission() == "none", PolicyOf(*method).operator_())
        << method->full_name() << " is open to everybody";
    EXPECT_EQ(IsPublic(*method), method->service()->name() == "PublicDocumentService")
        << method->full_name() << " is open to whoever holds a link";
  }
}

TEST_F(ApiSurfaceTest, StrangersAreToldToSignIn) {
  for (const MethodDescriptor* method : ApiMethods()) {
    if (IsPublic(*method)) continue;
    EXPECT_THAT(Call(On(*method, ""), *method, ""),
                Refused(grpc::StatusCode::UNAUTHENTICATED, "CREDENTIAL_MISSING"))
        << method->full_name();
    EXPECT_THAT(Call(On(*method, "crm_nonsense"), *method, ""),
                Refused(grpc::StatusCode::UNAUTHENTICATED, "CREDENTIAL_INVALID"))
        << method->full_name();
  }
}

// Before anything else of the request is looked at, and whatever credential comes along.
TEST_F(ApiSurfaceTest, WithoutALinkNothingIsOpened) {
  int public_methods = 0;
  for (const MethodDescriptor* method : ApiMethods()) {
    if (!IsPublic(*method)) continue;
    ++public_methods;
    for (const std::string& token :
         {std::string(), std::string("crm_nonsense"), server_->Administrator().token()}) {
      const Ending ending = Call(On(*method, token), *method, "");
      EXPECT_THAT(ending, Refused(grpc::StatusCode::NOT_FOUND, "LINK_INVALID"))
          << method->full_name();
      EXPECT_EQ(ending.position, 0) << method->full_name();
    }
  }
  EXPECT_GT(public_methods, 0);
}

// Names and required fields are missing: the answer says which, or the method needs none.
TEST_F(ApiSurfaceTest, EmptyRequestsAreAnsweredOrRefusedByField) {
  int answered = 0;
  for (const MethodDescriptor* method : ApiMethods()) {
    if (IsPublic(*method)) continue;
    const bool by_operator = PolicyOf(*method).operator_();
    const Ending ending = Call(
        On(*method, by_operator ? RunningServer::kOperatorToken : server_->Administrator().token()),
        *method, "");
    if (ending.status.ok()) {
      ++answered;
      EXPECT_EQ(method->input_type()->FindFieldByName("request_id"), nullptr)
          << method->full_name() << " changes something without a request id";
      continue;
    }
    EXPECT_EQ(ending.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << method->full_name() << ": " << ending;
    EXPECT_FALSE(ending.reason.empty()) << method->full_name();
    EXPECT_TRUE(ending.bad_request) << method->full_name() << ": " << ending;
  }
  EXPECT_GT(answered, 10);
}

// Bytes that are no message of this kind, and fields nobody knows.
TEST_F(ApiSurfaceTest, GarbageIsRefusedWithoutHarm) {
  const std::string administrator = server_->Administrator().token();
  for (const MethodDescriptor* method : ApiMethods()) {
    const std::string token =
        PolicyOf(*method).operator_() ? RunningServer::kOperatorToken : administrator;
    const Ending broken = Call(On(*method, token), *method, "\x0a\xff\xff\xff\xff\x0f garbage");
    EXPECT_THAT(broken, Refused(grpc::StatusCode::INVALID_ARGUMENT, "REQUEST_UNPARSABLE"))
        << method->full_name();
  }
  EXPECT_TRUE(server_->Administrator().Try(&v1::MemberService::Stub::GetCurrentMember).status.ok());
}

TEST_F(ApiSurfaceTest, OperatorMethodsAreOutOfReachOfMembers) {
  int operator_methods = 0;
  for (const MethodDescriptor* method : ApiMethods()) {
    const bool by_operator = PolicyOf(*method).operator_();
    operator_methods += by_operator ? 1 : 0;
    const ApiCaller member = server_->Administrator();
    const ApiCaller on_other_listener(
        by_operator ? server_->Channel() : server_->Operator().channel(),
        by_operator ? RunningServer::kOperatorToken : member.token(), member.seen());
    EXPECT_EQ(Call(on_other_listener, *method, "").status.error_code(),
              grpc::StatusCode::UNIMPLEMENTED)
        << method->full_name();
    if (!by_operator) continue;
    EXPECT_THAT(Call(On(*method, member.token()), *method, ""),
                Refused(grpc::StatusCode::UNAUTHENTICATED, "CREDENTIAL_INVALID"));
  }
  EXPECT_GT(operator_methods, 0);
}

}  // namespace
}  // namespace crm::testing
