// A document as a PDF: sheets of A4 with address, facts, table, totals and notes, numbered.
//
// The same paper has the same bytes where the same fonts are installed; the file's date is the
// document's. Takes some milliseconds; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/papers/paper.h"

namespace crm::services::papers {

struct Pdf {
  std::string content;
  int page_count = 0;
};

// RESOURCE_EXHAUSTED PAPER_TOO_LARGE beyond 3 MiB, INTERNAL when it cannot be drawn.
absl::StatusOr<Pdf> DrawPdf(const Paper& paper);

}  // namespace crm::services::papers
