// The words from product to commission, and the RPCs behind them: a part of verbs.h.
#pragma once

#include <vector>

#include "tools/crmctl/verbs.h"

namespace crm::ctl {

std::vector<Resource> CashResources();

}  // namespace crm::ctl
