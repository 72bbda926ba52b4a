// Text as a terminal shows it: widths in columns, cutting and padding of UTF-8.
//
// Pure functions; width comes from wcwidth, so the process should have set a UTF-8 locale.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::ctl {

// Columns that `text` takes; bytes that are not UTF-8 count one each.
int DisplayWidth(absl::string_view text);

// `text` cut to at most `columns`, the last one an ellipsis when something was cut.
std::string Truncate(absl::string_view text, int columns);

// `text` filled with spaces up to `columns`; text that is wider stays as it is.
std::string PadRight(absl::string_view text, int columns);
std::string PadLeft(absl::string_view text, int columns);

// `text` on one line: control characters become spaces, so that no answer moves the cursor.
std::string OneLine(absl::string_view text);

// Case-folded for comparison of names: simple folding, character by character.
std::string Fold(absl::string_view text);

// `text` in lines of at most `columns`, broken at spaces; a longer word keeps its line to itself.
// Never empty.
std::vector<std::string> Wrap(absl::string_view text, int columns);

// `count` copies of `piece`.
std::string Repeat(absl::string_view piece, int count);

// What `word` may have been meant to be: the candidate that begins with it or differs in the fewest
// letters, without case; empty when none is near.
std::string Nearest(absl::string_view word, const std::vector<std::string>& candidates);

// "ALPHA_BETA" or "alpha_beta" as "alpha-beta": the form words have on the command line.
std::string Kebab(absl::string_view text);

}  // namespace crm::ctl
