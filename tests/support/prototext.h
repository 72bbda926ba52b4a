// Messages written as text: `From<v1::AddStageRequest>("stage { display_name: 'Demo' }")`. Include
// from tests only.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace crm::testing {

template <class M>
M From(absl::string_view text) {
  M message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(text), &message)) << text;
  return message;
}

}  // namespace crm::testing
