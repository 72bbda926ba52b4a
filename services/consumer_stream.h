// ConsumerStream: one Consume call, a thin shell between gRPC and a GroupRuntime. The first request
// names the group; each further one is read when the group has dealt with the last, and a message
// is written when gRPC has taken the last: that is all the back-pressure there is to it.
#pragma once

#include <grpcpp/grpcpp.h>

#include "crm/v1/consumer_group_service.pb.h"
#include "services/consumer_groups.h"
#include "services/drain_signal.h"
#include "services/rpc.h"
#include "services/stream_seats.h"

namespace crm::services {

struct ConsumerStreamParts {
  Rpc& rpc;
  ConsumerGroups& groups;
  DrainSignal& drain;
  StreamSeats& seats;
};

// Starts the stream; it deletes itself when gRPC is done with it.
grpc::ServerBidiReactor<v1::ConsumeRequest, v1::ConsumeResponse>* StartConsumerStream(
    const ConsumerStreamParts& parts, const Method& method, grpc::CallbackServerContext* context);

}  // namespace crm::services
