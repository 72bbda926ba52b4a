#include "eventstore/rocksdb/engine_listener.h"

#include <cstdio>

#include "base/log.h"
#include "eventstore/rocksdb/rocksdb_common.h"

namespace crm::eventstore {

void EngineListener::OnBackgroundError(::rocksdb::BackgroundErrorReason /*reason*/,
                                       ::rocksdb::Status* error) {
  if (on_failure_) on_failure_(FromRocksDb(*error, "RocksDB, in the background"));
}

void EngineListener::OnFlushCompleted(::rocksdb::DB* /*db*/,
                                      const ::rocksdb::FlushJobInfo& /*job*/) {
  if (on_files_changed_) on_files_changed_();
}

void EngineListener::OnCompactionCompleted(::rocksdb::DB* /*db*/,
                                           const ::rocksdb::CompactionJobInfo& /*job*/) {
  if (on_files_changed_) on_files_changed_();
}

void EngineLogger::Logv(const char* format, va_list arguments) {
  char text[1024];
  std::vsnprintf(text, sizeof text, format, arguments);
  log::Warning("rocksdb", {{"store", store_}, {"text", static_cast<const char*>(text)}});
}

}  // namespace crm::eventstore
