// What the operator may see of a server: which organizations there are, and their keys, to carry
// one of them to another server. Thread-safe.
#pragma once

#include "absl/status/status.h"
#include "crm/v1/operator_service.pb.h"
#include "eventstore/event_log.h"
#include "eventstore/rocksdb/rocksdb_key_ring.h"

namespace crm::services {

// A page of organizations, in order of creation. INVALID_ARGUMENT for a token of another page.
absl::Status ListOrganizations(eventstore::EventLog& log,
                               const v1::ListOrganizationsRequest& request,
                               v1::ListOrganizationsResponse* response);

// A page of keys, by person. INVALID_ARGUMENT also for a name that is none.
absl::Status ReadKeys(eventstore::RocksDbKeyRing& keys, const v1::ReadKeysRequest& request,
                      v1::ReadKeysResponse* response);

}  // namespace crm::services
