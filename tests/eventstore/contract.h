// The one suite every engine must pass: each file *_contract_test.cc adds tests to it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/reason.h"
#include "tests/eventstore/test_log.h"

namespace crm::eventstore {

class EventLogContract : public ::testing::TestWithParam<Engine> {
 protected:
  EventLogContract() : log_(GetParam()) { CreateOrganization(*log_); }

  TestLog log_;
};

inline std::string EngineName(const ::testing::TestParamInfo<Engine>& info) {
  return info.param == Engine::kMemory ? "Memory" : "RocksDb";
}

}  // namespace crm::eventstore
