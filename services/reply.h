// Reply: the answer to one unary RPC. Sends it once, as soon as everything it rests on is durable -
// the caller's rights, what was read, what was written - with its position in the trailing
// metadata, and tells metrics and the access log how it went. It holds the call's place at the gate
// until gRPC is done with it.
//
// Begun on one thread; Finish may come from any.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "eventstore/event_log.h"
#include "services/call.h"
#include "services/call_gate.h"
#include "services/call_observer.h"
#include "services/command_pipeline.h"

namespace crm::services {

class Reply final : public grpc::ServerUnaryReactor, public std::enable_shared_from_this<Reply> {
 public:
  struct Parts {
    eventstore::EventLog& log;
    const Clock& clock;
    CallObserver& observer;
    CallGate& gate;
  };

  // Of a call that begins. Everything handed in must live until gRPC is done with the call.
  static std::shared_ptr<Reply> Begin(const Method& method, grpc::CallbackServerContext* context,
                                      Parts parts);
  Reply(const Method& method, grpc::CallbackServerContext* context, Parts parts);

  // Whether the call may go on; CallGate::Enter's refusal is to be its answer otherwise.
  const absl::Status& admitted() const { return admitted_; }

  // What the caller's rights rest on, and who it is when it has any. Before Finish.
  void Identify(const Basis& basis, const Call* call);

  // Exactly once; the response message is complete by then.
  void Finish(const absl::Status& status, const Outcome& outcome);

  void OnDone() override;

 private:
  void Send(const absl::Status& status, const Outcome& outcome);

  const Method& method_;
  grpc::CallbackServerContext* const context_;
  Parts parts_;
  std::shared_ptr<Reply> self_;  // until OnDone
  absl::Status admitted_;
  const absl::Time start_;
  Basis basis_;
  bool identified_ = false;
  std::string member_;       // for the access log; empty: nobody
  std::string correlation_;  // the same
};

}  // namespace crm::services
