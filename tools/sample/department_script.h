// Scripts that set the sales department up, two weeks before its history begins: settings and
// pipelines, members, teams. Pure functions; thread-safe.
#pragma once

#include "tools/sample/plan.h"
#include "tools/sample/script.h"

namespace crm::sample {

// Organization settings, loss reasons and the three pipelines.
Script SettingsScript(const Plan& plan);
Script MemberScript(const Plan& plan, int member);
// A team with its leader, its members and how many leads they take.
Script TeamScript(const Plan& plan, int team);

}  // namespace crm::sample
