// One thing at a time at the desk of backups.
#include "services/backup_desk.h"

#include <gtest/gtest.h>

#include <future>

#include "base/reason.h"
#include "tests/support/scratch_folder.h"

namespace crm::services {
namespace {

TEST(BackupDeskTest, WhoeverComesMeanwhileIsRefused) {
  const testing::ScratchFolder folder;
  const auto storage = eventstore::RocksDbStorage::Open(folder / "log");
  const auto keys = eventstore::RocksDbKeyRing::Open(folder / "keys");
  ASSERT_TRUE(storage.ok() && keys.ok());
  const SystemClock clock;
  BackupDesk desk({{folder / "a", folder / "b"}, **storage, **keys, clock});
  std::promise<void> go;
  std::promise<absl::Status> first;
  desk.Run(
      [&] {
        go.get_future().wait();
        return absl::OkStatus();
      },
      [&](const absl::Status& status) { first.set_value(status); });
  absl::Status refused;
  desk.Run([] { return absl::OkStatus(); }, [&](const absl::Status& status) { refused = status; });
  EXPECT_EQ(ReasonOf(refused), "BACKUP_RUNNING");
  go.set_value();
  EXPECT_TRUE(first.get_future().get().ok());
  std::promise<absl::Status> second;
  desk.Run([] { return absl::OkStatus(); },
           [&](const absl::Status& status) { second.set_value(status); });
  EXPECT_TRUE(second.get_future().get().ok());
}

}  // namespace
}  // namespace crm::services
