// Changes rows of a closed log behind the program's back. Tests only.
#pragma once

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/eventstore/test_log.h"

namespace crm::eventstore {

// Opens the closed directory behind the program's back.
inline void Tamper(
    const std::string& directory,
    const std::function<void(::rocksdb::DB&, ::rocksdb::ColumnFamilyHandle*)>& change,
    const char* family_name) {
  std::vector<std::string> names;
  ASSERT_TRUE(::rocksdb::DB::ListColumnFamilies({}, directory, &names).ok());
  std::vector<::rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const std::string& name : names) descriptors.emplace_back(name, ::rocksdb::Options());
  std::vector<::rocksdb::ColumnFamilyHandle*> handles;
  ::rocksdb::DB* db = nullptr;
  ASSERT_TRUE(::rocksdb::DB::Open({}, directory, descriptors, &handles, &db).ok());
  for (auto* handle : handles)
    if (handle->GetName() == family_name) change(*db, handle);
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  delete db;
}

inline void PutRow(TestLog& log, const char* family, const std::string& key,
                   const std::string& value) {
  Tamper(
      log.directory(),
      [&](auto& db, auto* handle) { ASSERT_TRUE(db.Put({}, handle, key, value).ok()); }, family);
}

inline void DeleteRow(TestLog& log, const char* family, const std::string& key) {
  Tamper(
      log.directory(),
      [&](auto& db, auto* handle) { ASSERT_TRUE(db.Delete({}, handle, key).ok()); }, family);
}

}  // namespace crm::eventstore
