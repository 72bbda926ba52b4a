#include "tests/crmctl/fake_server.h"

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "google/protobuf/any.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "tools/crmctl/api.h"

namespace crm::ctl::testing {
namespace {

grpc::Status WithDetail(grpc::StatusCode code, const std::string& message, const Message& detail) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  status.add_details()->PackFrom(detail);
  return grpc::Status(code, message, status.SerializeAsString());
}

std::string Bytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

grpc::Status Refusal(grpc::StatusCode code, const std::string& reason, const std::string& message) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("crm");
  return WithDetail(code, message, info);
}

grpc::Status BusyFor(int64_t delay_ms, grpc::StatusCode code) {
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay_ms * 1'000'000));
  return WithDetail(code, "busy", info);
}

// One call: reads its request, answers on a thread of its own so that handlers may block.
class Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  Reactor(FakeServer& server, grpc::GenericCallbackServerContext& context)
      : server_(server), context_(context) {
    StartRead(&buffer_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status(grpc::StatusCode::INTERNAL, "no request"));
      return;
    }
    std::thread([this] { Work(); }).detach();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::CANCELLED);
    } else {
      WriteNext();
    }
  }

  void OnDone() override { delete this; }

 private:
  void Work() {
    std::map<std::string, std::string> metadata;
    for (const auto& [key, value] : context_.client_metadata()) {
      metadata.emplace(std::string(key.data(), key.size()),
                       std::string(value.data(), value.size()));
    }
    bool replayed = false;
    answer_ = server_.Handle(context_.method(), Bytes(buffer_), metadata, replayed);
    if (answer_.position > 0) {
      context_.AddTrailingMetadata("crm-position", absl::StrCat(answer_.position));
    }
    if (replayed) context_.AddTrailingMetadata("crm-replayed", "true");
    WriteNext();
  }

  void WriteNext() {
    if (next_ == answer_.messages.size()) {
      Finish(answer_.status);
      return;
    }
    const std::string bytes = answer_.messages[next_++]->SerializeAsString();
    const grpc::Slice slice(bytes);
    out_ = grpc::ByteBuffer(&slice, 1);
    StartWrite(&out_);
  }

  FakeServer& server_;
  grpc::GenericCallbackServerContext& context_;
  grpc::ByteBuffer buffer_;
  grpc::ByteBuffer out_;
  Answer answer_;
  size_t next_ = 0;
};

FakeServer::FakeServer() {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(this);
  server_ = builder.BuildAndStart();
  target_ = absl::StrCat("127.0.0.1:", port);
}

FakeServer::~FakeServer() { server_->Shutdown(std::chrono::system_clock::now()); }

void FakeServer::On(const std::string& method, Handler handler) {
  MutexLock lock(mutex_);
  handlers_[method] = std::move(handler);
}

void FakeServer::Return(const std::string& method, const Message& response) {
  const std::shared_ptr<Message> copy(response.New());
  copy->CopyFrom(response);
  On(method, [copy](const Message&) { return Answer{{copy}, grpc::Status::OK, 0}; });
}

void FakeServer::Fail(const std::string& method, const grpc::Status& status) {
  On(method, [status](const Message&) { return Answer{{}, status, 0}; });
}

std::vector<std::shared_ptr<Message>> FakeServer::Requests(const std::string& method) const {
  MutexLock lock(mutex_);
  const auto found = requests_.find(method);
  return found == requests_.end() ? std::vector<std::shared_ptr<Message>>() : found->second;
}

std::map<std::string, std::string> FakeServer::LastMetadata() const {
  MutexLock lock(mutex_);
  return metadata_;
}

int FakeServer::most_concurrent() const {
  MutexLock lock(mutex_);
  return most_running_;
}

grpc::ServerGenericBidiReactor* FakeServer::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  return new Reactor(*this, *context);
}

Answer FakeServer::Handle(const std::string& path, const std::string& bytes,
                          const std::map<std::string, std::string>& metadata, bool& replayed) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const MethodDescriptor* method = FindMethod(name);
  const Descriptor& type = method == nullptr ? *::grpc::health::v1::HealthCheckRequest::descriptor()
                                             : *method->input_type();
  const std::shared_ptr<Message> request = NewMessage(type);
  request->ParseFromString(bytes);
  const FieldDescriptor* id_field = type.FindFieldByName("request_id");
  const FieldDescriptor* check_field = type.FindFieldByName("validate_only");
  const std::string id =
      id_field == nullptr ? "" : request->GetReflection()->GetString(*request, id_field);
  const bool records = !id.empty() && (check_field == nullptr ||
                                       !request->GetReflection()->GetBool(*request, check_field));
  Handler handler;
  {
    MutexLock lock(mutex_);
    requests_[name].push_back(request);
    metadata_ = metadata;
    most_running_ = std::max(most_running_, ++running_);
    const auto known = remembered_.find(id);
    if (records && known != remembered_.end()) {
      --running_;
      replayed = known->second.request == bytes;
      if (replayed) return known->second.answer;
      return {{},
              Refusal(grpc::StatusCode::INVALID_ARGUMENT, "REQUEST_ID_REUSED",
                      "the request id was used with other input"),
              0};
    }
    const auto found = handlers_.find(name);
    if (found != handlers_.end()) handler = found->second;
  }
  Answer answer = handler ? handler(*request)
                          : Answer{{}, {grpc::StatusCode::UNIMPLEMENTED, "no handler " + name}, 0};
  MutexLock lock(mutex_);
  --running_;
  if (records && answer.status.ok()) remembered_[id] = {bytes, answer};
  return answer;
}

}  // namespace crm::ctl::testing
