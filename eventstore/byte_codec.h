// Big-endian integers at the end of a string and at the front of a view: what every layout on disk
// is made of (log_format.h, anchor.h).
//
// Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace crm::eventstore {

template <class Number>
void PutNumber(std::string& to, Number number) {
  for (size_t shift = 8 * sizeof(Number); shift > 0; shift -= 8)
    to.push_back(static_cast<char>(number >> (shift - 8)));
}

// The caller has checked that there are enough bytes.
template <class Number>
Number TakeNumber(absl::string_view& from) {
  Number number = 0;
  for (size_t i = 0; i < sizeof(Number); ++i)
    number = static_cast<Number>((number << 8) | static_cast<uint8_t>(from[i]));
  from.remove_prefix(sizeof(Number));
  return number;
}

}  // namespace crm::eventstore
