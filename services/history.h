// History of a record: each of its events with what it changed in the resource, found by rendering
// the record before and after, so no event needs code of its own.
#pragma once

#include "absl/status/statusor.h"
#include "base/key_ring.h"
#include "crm/v1/history_service.pb.h"
#include "google/protobuf/message.h"
#include "services/call.h"
#include "services/query_gate.h"

namespace crm::services {

// Fields that differ, by path; lists and messages of values are compared whole. Bookkeeping of the
// resource itself (etag, update_time) does not count.
void AddFieldChanges(const google::protobuf::Message& before,
                     const google::protobuf::Message& after, v1::Change* change);

struct HistoryParts {
  QueryGate& queries;
  KeyRing& keys;
};

// A page of changes of `request.record()`, oldest first. NOT_FOUND, or PERMISSION_DENIED when the
// caller may not see the record as it is today.
absl::Status ListChanges(const HistoryParts& parts, const Call& call,
                         const v1::ListChangesRequest& request, v1::ListChangesResponse* response);

}  // namespace crm::services
