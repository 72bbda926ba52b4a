// How far something is, compared with what it shall reach. Pure functions; thread-safe.
#pragma once

#include <cstdint>

namespace crm::domain {

// part / whole in basis points, rounded down, so that what is not reached never reads 100 % (T57).
// Requires whole > 0. Nothing beyond 2,000,000,000 or below its negative.
int32_t FlooredBp(int64_t part, int64_t whole);

}  // namespace crm::domain
