// Allocate: splits a total over weights without losing or inventing a unit. Each share is the
// exact share cut toward zero; the units left over go, one each, to the shares that lost the
// largest fraction, and among equal fractions to the lower index, so the caller's order decides
// ties and must be fixed.
//
//   Allocate(10000, {1, 1, 1}) -> 3334, 3333, 3333
//
// A negative total gives the mirror image of the positive one, so a refund takes back exactly what
// the payment gave. Pure and thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "absl/status/statusor.h"
#include "base/reason.h"

namespace crm::domain {

// Shares of `total`, one per weight, that sum to `total`. A weight of zero gets nothing. Refuses
// (INVALID_ARGUMENT, WEIGHTS_INVALID) negative weights and weights that sum to zero, an empty list
// included.
inline absl::StatusOr<std::vector<int64_t>> Allocate(int64_t total,
                                                     const std::vector<int64_t>& weights) {
  unsigned __int128 weight_sum = 0;
  bool negative_weight = false;
  for (const int64_t weight : weights) {
    negative_weight |= weight < 0;
    weight_sum += static_cast<unsigned __int128>(weight);
  }
  if (negative_weight || weight_sum == 0) {
    return WithReason(absl::StatusCode::kInvalidArgument, "WEIGHTS_INVALID",
                      "weights must not be negative and must not sum to zero");
  }

  const bool negative_total = total < 0;
  unsigned __int128 magnitude = static_cast<unsigned __int128>(total);
  if (negative_total) magnitude = -magnitude;

  std::vector<uint64_t> shares(weights.size());
  std::vector<unsigned __int128> fractions(weights.size());
  uint64_t left_over = static_cast<uint64_t>(magnitude);
  for (size_t i = 0; i < weights.size(); ++i) {
    // At most 2^63 * 2^63: exact in 128 bits.
    const unsigned __int128 product = magnitude * static_cast<unsigned __int128>(weights[i]);
    shares[i] = static_cast<uint64_t>(product / weight_sum);
    fractions[i] = product % weight_sum;
    left_over -= shares[i];
  }

  std::vector<size_t> order(weights.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return fractions[a] > fractions[b]; });
  // Fewer units are left than there are fractions above zero, so no zero weight gets one.
  for (size_t i = 0; i < left_over; ++i) ++shares[order[i]];

  std::vector<int64_t> signed_shares(weights.size());
  std::transform(shares.begin(), shares.end(), signed_shares.begin(), [&](uint64_t share) {
    // Through unsigned arithmetic: 2^63 exists only as a negative number.
    return static_cast<int64_t>(negative_total ? uint64_t{0} - share : share);
  });
  return signed_shares;
}

}  // namespace crm::domain
