// What the operating system lets this process have, and the limits of ours that rest on it.
#pragma once

#include <cstdint>

#include "services/limits.h"

namespace crm::services {

// Lets this process open as many files as it may at most, and returns how many that is. For the
// start, before other threads.
int64_t RaiseFileLimit();

// Lowers `max_connections` to what `open_files` leave beside kReservedFiles, or to half of them
// when they are few; says so in the log.
void FitConnections(int64_t open_files, Limits& limits);

}  // namespace crm::services
