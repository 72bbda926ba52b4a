// Progress: says how far a run is, as a bar on a terminal and as a line every few seconds
// elsewhere. Not thread-safe.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "tools/sample/fill.h"
#include "tools/sample/runner.h"

namespace crm::sample {

class Progress {
 public:
  // Of `script_count` scripts in all.
  Progress(int64_t script_count, ProgressOutput output, const Clock& clock);

  // Shows where things are, if it is time to. `phase` is what is being done.
  void Show(absl::string_view phase, const Tally& tally);
  // Takes the bar away.
  void Clear();

 private:
  const int64_t script_count_;
  const ProgressOutput output_;
  const Clock& clock_;
  absl::Time last_shown_;
};

}  // namespace crm::sample
