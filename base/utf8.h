// The little of UTF-8 that crmd needs itself: is a text valid, and how long is it for people.
// Pure and thread-safe.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace crm {

// Bytes (1 to 4) of the valid UTF-8 sequence that `text` begins with; 0 when it begins with none
// (also when empty). Overlong forms, surrogates and values above U+10FFFF are not valid.
size_t Utf8SequenceBytes(absl::string_view text);

// Unicode code points in `text`; nullopt when it is not valid UTF-8.
std::optional<size_t> CountCodePoints(absl::string_view text);

// The longest prefix of `text` of at most `max_bytes` that does not cut a sequence in two.
absl::string_view Utf8Prefix(absl::string_view text, size_t max_bytes);

}  // namespace crm
