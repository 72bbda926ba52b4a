// Every view of the product.
#pragma once

#include "projections/projection_set.h"

namespace crm::services {

void AddViews(projections::ProjectionSet& views);

}  // namespace crm::services
