// Every view of the product: the one place where a view of projections/ becomes part of the server.
// A view that is not named here is never built. Called once, before the projections start.
#pragma once

#include "projections/projection_set.h"

namespace crm::services {

void AddViews(projections::ProjectionSet& views);

}  // namespace crm::services
