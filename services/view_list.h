// Every view of the product: the one place where a view of projections/ becomes part of the server.
// A view that is not named here is never built.
#pragma once

#include <vector>

#include "projections/view.h"

namespace crm::services {

std::vector<projections::ViewDefinition> AllViews();

}  // namespace crm::services
