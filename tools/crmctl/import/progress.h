// How far an import is: a bar on a terminal, a line every ten seconds elsewhere; always on stderr.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "tools/crmctl/environment.h"

namespace crm::ctl {

class Progress {
 public:
  // `total_bytes` of the file; 0: not known, so no end is foretold.
  Progress(const Environment& environment, int64_t total_bytes);

  // Shows the state when it is time to.
  void Update(int64_t rows, int64_t rejects, int64_t bytes);
  // Takes the bar away.
  void Finish();

 private:
  std::string Line(int64_t rows, int64_t rejects, int64_t bytes, absl::Time now) const;

  const Environment& environment_;
  const int64_t total_bytes_;
  const absl::Time start_;
  absl::Time shown_;
};

}  // namespace crm::ctl
