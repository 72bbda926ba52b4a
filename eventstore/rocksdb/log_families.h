// How the log's RocksDB directory is tuned: its options and those of its column families. None of
// this is a layout; it may be changed freely.
//
// Pure functions, thread-safe.
#pragma once

#include <rocksdb/options.h>

#include <vector>

#include "eventstore/request_record.h"
#include "eventstore/rocksdb/rocksdb_common.h"

namespace crm::eventstore {

::rocksdb::Options LogOptions(const RocksDbAccess& access);

// In the order of RocksDbStorage's handles.
std::vector<::rocksdb::ColumnFamilyDescriptor> LogFamilies(const RequestRetention& requests);

}  // namespace crm::eventstore
