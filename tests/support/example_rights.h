// ExampleRights: the caller of a test may do everything but what the test takes away.
#pragma once

#include <set>
#include <string>

#include "domain/decide_context.h"

namespace crm::testing {

// Grants everything but what a test takes away.
class ExampleRights : public domain::Rights {
 public:
  void Deny(absl::string_view permission) { denied_.emplace(permission); }
  absl::StatusOr<bool> Permits(absl::string_view permission, const domain::Scope&) override {
    return !denied_.contains(std::string(permission));
  }

 private:
  std::set<std::string> denied_;
};

}  // namespace crm::testing
