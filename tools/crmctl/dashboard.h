// Team tiles as text: figures, bars of the last weeks, the load of each member. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "crm/v1/dashboard_service.pb.h"
#include "tools/crmctl/render.h"

namespace crm::ctl {

std::string DrawTile(const crm::v1::TeamDashboard& tile, const Style& style);

// One block character per count, the highest count as a full block; no count is a low line.
std::string Sparkline(const std::vector<int>& counts);

// A bar of `width` characters filled by `part` of `whole`; over-full bars end in "+".
std::string LoadBar(int part, int whole, int width);

}  // namespace crm::ctl
