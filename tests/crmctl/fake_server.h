// A server with handlers instead of a CRM: enough of crm.v1 to see what crmctl sends and how it
// takes answers. Remembers request ids as the real one does: the same request again is answered
// again and marked as replayed, another one under the same id is refused.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "google/protobuf/message.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/server.h"

namespace crm::ctl::testing {

using google::protobuf::Message;

// What a handler answers with: messages (one unless it streams) and a status.
struct Answer {
  std::vector<std::shared_ptr<Message>> messages;
  grpc::Status status;
  int64_t position = 0;
};

// A refusal with an ErrorInfo.
grpc::Status Refusal(grpc::StatusCode code, const std::string& reason, const std::string& message);
// A refusal that asks for a pause of `delay_ms`.
grpc::Status BusyFor(int64_t delay_ms, grpc::StatusCode code = grpc::StatusCode::UNAVAILABLE);

class FakeServer final : public grpc::CallbackGenericService {
 public:
  using Handler = std::function<Answer(const Message& request)>;

  FakeServer();
  ~FakeServer() override;

  const std::string& target() const { return target_; }

  // Answers every later call of the method; names are those of crm.v1, or "Check" for health.
  void On(const std::string& method, Handler handler);
  // The same with one fixed answer.
  void Return(const std::string& method, const Message& response);
  void Fail(const std::string& method, const grpc::Status& status);

  // Requests of a method in the order they came, replays included.
  std::vector<std::shared_ptr<Message>> Requests(const std::string& method) const;
  // Metadata of the last call, the first value of each key.
  std::map<std::string, std::string> LastMetadata() const;
  // Calls under way at the same time, at most.
  int most_concurrent() const;

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  friend class Reactor;

  struct Remembered {
    std::string request;
    Answer answer;
  };

  Answer Handle(const std::string& path, const std::string& bytes,
                const std::map<std::string, std::string>& metadata, bool& replayed);

  mutable Mutex mutex_;
  std::map<std::string, Handler> handlers_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<std::shared_ptr<Message>>> requests_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Remembered> remembered_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> metadata_ ABSL_GUARDED_BY(mutex_);
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
  int most_running_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string target_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace crm::ctl::testing
