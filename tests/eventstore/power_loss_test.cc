// Power cuts at random moments, over a disk that loses what was not synced (faulty_disk.h).
//
// CRM_POWER_LOSS_SEEDS=n runs more than the few seeds of `./check`; CRM_SEED=n runs that one alone.
// Mutations seen to fail this: WriteLoop that answers before it writes; SyncedWrite without sync,
// so that it answers before the sync; a log whose before_write does not sync the keys;
// AnchorFiles::Write without Sync.
#include <iostream>

#include "tests/eventstore/ordeal.h"

namespace crm::eventstore {
namespace {

constexpr int kCuts = 3;

TEST(PowerLossTest, WhatWasAcknowledgedIsThere) {
  const int64_t only = FromEnvironment("CRM_SEED", 0);
  const int64_t first = only > 0 ? only : 1;
  const int64_t seeds = only > 0 ? 1 : FromEnvironment("CRM_POWER_LOSS_SEEDS", 3);
  size_t acknowledged = 0;
  int repaired = 0;
  for (int64_t seed = first; seed < first + seeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("CRM_SEED=", seed));
    Ordeal ordeal(static_cast<uint64_t>(seed),
                  seed % 2 == 0 ? AnchorMode::kInterval : AnchorMode::kSync);
    for (int cut = 0; cut < kCuts; ++cut) {
      SCOPED_TRACE(absl::StrCat("cut ", cut));
      ordeal.disk().CutPowerAfter(static_cast<int64_t>(1 + Roll(ordeal.dice(), 500)));
      ordeal.Work([&] { return !ordeal.disk().HasPower(); });
      ordeal.disk().CutPowerAfter(0);
      ordeal.disk().RestorePower(ordeal.dice());
      ordeal.Verify();
      if (HasFailure()) return;
    }
    acknowledged += ordeal.acknowledged();
    repaired += ordeal.repaired();
  }
  std::cout << "seeds " << first << " to " << first + seeds - 1 << ": " << acknowledged
            << " commits acknowledged, " << repaired << " tails repaired\n";
  EXPECT_GT(acknowledged, static_cast<size_t>(only > 0 ? 0 : 10 * seeds))
      << "else it shows nothing";
}

}  // namespace
}  // namespace crm::eventstore
