// DurableStores: the log's storage, the key ring and the anchor of one data directory, opened
// together and held to each other. Everything that can refuse a damaged directory is here:
//
//   - the files of log/ and keys/ reach what the anchor says of them (directory_mark.h), or nothing
//     is opened, so that no evidence is lost;
//   - the organizations reach the anchored positions with the anchored hashes (anchor.h);
//   - the anchor is there when the log says that it has one.
//
// The server, the tools and the tests open a directory through this. Thread-safe once open.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "eventstore/anchor_keeper.h"
#include "eventstore/data_directory.h"
#include "eventstore/rocksdb/anchor_files.h"
#include "eventstore/rocksdb/rocksdb_key_ring.h"
#include "eventstore/rocksdb/rocksdb_storage.h"
#include "eventstore/sequencer.h"

namespace crm::eventstore {

// Where the parts of a data directory lie.
struct StoreFolders {
  std::string log;
  std::string keys;
  std::string anchor;
};
StoreFolders FoldersOf(const DataDirectory& directory);

class DurableStores {
 public:
  struct Options {
    // The file system; must outlive the stores.
    ::rocksdb::Env* env = ::rocksdb::Env::Default();
    AnchorMode anchor = AnchorMode::kInterval;
    // How long a request id is remembered; infinite: for ever. See RocksDbStorage.
    RequestRetention requests = {};
    // For repair alone; see RocksDbAccess.
    bool drop_damaged_tail = false;
    // For repair alone: makes an anchor where the log has lost it. The caller has verified the log.
    bool make_lost_anchor = false;
    // Called on some thread, once or more, when a disk failed beside a write of the log: in a
    // flush, in the key ring, in the anchor. The place to end the process.
    std::function<void(const absl::Status&)> on_failure = {};
  };

  // Opens what is there or makes it. Beyond the errors of RocksDbStorage::Open,
  // RocksDbKeyRing::Open and CheckLogReaches:
  //   DATA_LOSS  ANCHOR_MISSING, ANCHOR_UNREADABLE: the log says that it has an anchor; `crmutil
  //              repair` makes another after verifying everything;
  //              STORAGE_BEHIND_ANCHOR: a file is gone or was cut, and no event is missing yet.
  static absl::StatusOr<std::unique_ptr<DurableStores>> Open(const StoreFolders& folders,
                                                             const Options& options);

  // Opens what is there without a change to the disk, for tools; anchor_found() says what there is,
  // and CheckAnchor compares with it. `drop_damaged_tail` shows what would be left.
  static absl::StatusOr<std::unique_ptr<DurableStores>> OpenReadOnly(
      const StoreFolders& folders, ::rocksdb::Env& env, bool drop_damaged_tail = false);
  // Everything that Open compares with the anchor, of stores that are open to read.
  absl::Status CheckAnchor(const StoreFolders& folders) const;
  ~DurableStores();

  RocksDbStorage& storage() const { return *storage_; }
  RocksDbKeyRing& keys() const { return *keys_; }
  const AnchorFiles::Found& anchor_found() const { return found_; }

  // Adds what the log must do around each write: new keys before, the anchor after.
  void AttachTo(SequencedLogOptions& options);

 private:
  DurableStores() = default;
  absl::Status OpenStores(const StoreFolders& folders, const Options& options);
  absl::Status StartKeeper(const StoreFolders& folders, const Options& options);

  AnchorFiles::Found found_;
  std::unique_ptr<AnchorFiles> files_;
  // The engines' threads tell the keeper, which is made after them and goes before.
  struct Told;
  std::shared_ptr<Told> told_;
  std::unique_ptr<RocksDbStorage> storage_;
  std::unique_ptr<RocksDbKeyRing> keys_;
  std::unique_ptr<AnchorKeeper> keeper_;
};

}  // namespace crm::eventstore
