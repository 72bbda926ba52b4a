// How names are compared: without case and without the marks on Latin letters, so that "Łódź",
// "LODZ" and "lodz" are one word. For finding and sorting only; what people see is never folded.
//
// Covers Latin letters with marks up to Vietnamese, spelled with combining marks or without, and
// the cases of Greek and Cyrillic; other scripts stay as they are. The result depends on nothing
// but the text: views keep it in their rows. Pure functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::projections {

// The text in the form in which two names are compared. Bytes that are no UTF-8 are kept.
std::string FoldText(absl::string_view text);

// The words of the folded text, in order; punctuation separates and is dropped.
std::vector<std::string> WordsOf(absl::string_view text);

// The words with one blank between them: equal for two spellings of one name.
std::string NameKey(absl::string_view name);

}  // namespace crm::projections
