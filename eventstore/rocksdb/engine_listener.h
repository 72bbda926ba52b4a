// What RocksDB tells on threads of its own: that it failed in the background, that its files
// changed, and what it has to say about it.
//
// Thread-safe.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/listener.h>

#include <cstdarg>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace crm::eventstore {

class EngineListener final : public ::rocksdb::EventListener {
 public:
  // Either may be empty.
  EngineListener(std::function<void(const absl::Status&)> on_failure,
                 std::function<void()> on_files_changed)
      : on_failure_(std::move(on_failure)), on_files_changed_(std::move(on_files_changed)) {}

  void OnBackgroundError(::rocksdb::BackgroundErrorReason reason,
                         ::rocksdb::Status* error) override;
  void OnFlushCompleted(::rocksdb::DB* db, const ::rocksdb::FlushJobInfo& job) override;
  void OnCompactionCompleted(::rocksdb::DB* db, const ::rocksdb::CompactionJobInfo& job) override;

 private:
  const std::function<void(const absl::Status&)> on_failure_;
  const std::function<void()> on_files_changed_;
};

// RocksDB's warnings and errors as entries of the server's own log. RocksDB would write a file
// beside the database, and ends the process by an assertion when the disk is too full for it.
class EngineLogger final : public ::rocksdb::Logger {
 public:
  // `store` names the database in the log.
  explicit EngineLogger(absl::string_view store)
      : ::rocksdb::Logger(::rocksdb::InfoLogLevel::WARN_LEVEL), store_(store) {}
  using ::rocksdb::Logger::Logv;
  void LogHeader(const char*, va_list) override {}
  void Logv(const char* format, va_list arguments) override;

 private:
  const std::string store_;
};

class SilentLogger final : public ::rocksdb::Logger {
 public:
  using ::rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

}  // namespace crm::eventstore
