// What the calling thread is for and how urgent, as the operating system sees it; and what all
// threads are spared.
//
// Thread-safe: each thread speaks of itself.
#pragma once

#include "absl/strings/string_view.h"

namespace crm {

// The name `top -H`, `gdb` and `perf` show; Linux keeps 15 bytes of it.
void NameThisThread(absl::string_view name);

// gRPC's locks are Abseil's, which Debian builds to look for cycles at each of them: three percent
// of a server's time. Ours are others (mutex.h). Called before there are threads.
void SkipDeadlockDetection();

// Work that may wait while a processor is wanted by work that somebody waits for. It still gets a
// share: about a tenth of what the others get. Best effort.
void LowerThisThread();

}  // namespace crm
