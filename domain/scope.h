// Scope: whose record it is. Authorization compares it with the caller; views keep it with every
// row and counter.
#pragma once

#include <algorithm>
#include <vector>

#include "domain/types/ids.h"

namespace crm::domain {

struct Scope {
  TeamId team;     // nil: none
  MemberId owner;  // nil: nobody
  std::vector<MemberId> contributors;
  // Settings, members, teams, pipelines: belongs to the organization, not to anybody.
  bool shared = false;
  PipelineId pipeline = {};  // a pipeline itself: of the teams that use it; nil: no pipeline

  static Scope Shared() { return {.team = {}, .owner = {}, .contributors = {}, .shared = true}; }

  // "Own" in the words of the permissions: owner or contributor.
  bool IsOwn(const MemberId& member) const {
    return owner == member ||
           std::find(contributors.begin(), contributors.end(), member) != contributors.end();
  }
  friend bool operator==(const Scope&, const Scope&) = default;
};

}  // namespace crm::domain
