// Random tests that can be run again: the seed is printed, and CRM_SEED sets it.
//
//   std::mt19937_64 random(DrawSeed());
//
// Include from tests only.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace crm::testing {

// A number from the environment, for how long a test runs; `otherwise` when it is not set.
inline int64_t NumberFromEnvironment(const char* name, int64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
}

inline uint64_t DrawSeed() {
  const char* const given = std::getenv("CRM_SEED");
  const uint64_t seed =
      given == nullptr ? std::random_device()() : std::strtoull(given, nullptr, 10);
  std::cout << "seed " << seed << " (again: CRM_SEED=" << seed << ")"
            << "\n";
  return seed;
}

// A number in [least, most].
inline int64_t Between(std::mt19937_64& random, int64_t least, int64_t most) {
  return std::uniform_int_distribution<int64_t>(least, most)(random);
}

inline bool OneIn(std::mt19937_64& random, int64_t chances) {
  return Between(random, 1, chances) == 1;
}

}  // namespace crm::testing
