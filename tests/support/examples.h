// Every canonical example: ids and instants, then events and commands per area. Tests change what
// they are about and leave the rest alone.
#pragma once

#include "tests/support/example_ids.h"           // IWYU pragma: export
#include "tests/support/opportunity_examples.h"  // IWYU pragma: export
#include "tests/support/setup_examples.h"        // IWYU pragma: export
