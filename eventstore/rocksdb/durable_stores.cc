#include "eventstore/rocksdb/durable_stores.h"

#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "eventstore/hash_chain.h"
#include "eventstore/log_verifier.h"
#include "eventstore/memory/memory_storage.h"

namespace crm::eventstore {
namespace {

absl::Status CheckAnchorThere(const AnchorFiles::Found& found, const std::string& folder) {
  if (found.anchor) {
    if (found.damaged + found.missing > 0) {
      log::Warning(
          "one of the two anchor files is lost; the other one holds, both are written anew",
          {{"folder", folder}, {"damaged", found.damaged}, {"missing", found.missing}});
    }
    return absl::OkStatus();
  }
  constexpr char kWhatToDo[] =
      ", so nobody can say whether acknowledged events are gone; `crmutil repair` verifies "
      "everything there is and makes another";
  if (found.damaged == 0) {
    return WithReason(absl::StatusCode::kDataLoss, "ANCHOR_MISSING",
                      absl::StrCat("the log has an anchor and ", folder, " holds none", kWhatToDo));
  }
  return WithReason(absl::StatusCode::kDataLoss, "ANCHOR_UNREADABLE",
                    absl::StrCat("the log has an anchor and ", folder,
                                 " holds none that can be read", kWhatToDo));
}

// What a file that is gone means in events, as far as what is left can tell; else OK.
absl::Status DescribeLoss(const Anchor& anchor, const StoreFolders& folders, ::rocksdb::Env& env) {
  const auto left = DurableStores::OpenReadOnly(folders, env);
  if (left.ok()) {
    return CheckLogReaches(anchor, (*left)->storage(), (*left)->storage().incarnation());
  }
  if (ReasonOf(left.status()) != "LOG_EMPTY") return absl::OkStatus();
  return CheckLogReaches(anchor, MemoryStorage(), anchor.incarnation);
}

}  // namespace

// Events may come before the keeper is there; it begins with what is durable then.
struct DurableStores::Told {
  Mutex mutex;
  AnchorKeeper* keeper ABSL_GUARDED_BY(mutex) = nullptr;

  void FilesChanged() {
    MutexLock lock(mutex);
    if (keeper != nullptr) keeper->OnFilesChanged();
  }
  void Set(AnchorKeeper* now) {
    MutexLock lock(mutex);
    keeper = now;
  }
};

StoreFolders FoldersOf(const DataDirectory& directory) {
  return {directory.log_path(), directory.keys_path(), directory.anchor_path()};
}

absl::StatusOr<std::unique_ptr<DurableStores>> DurableStores::Open(const StoreFolders& folders,
                                                                   const Options& options) {
  std::unique_ptr<DurableStores> stores(new DurableStores());
  ASSIGN_OR_RETURN(stores->found_, AnchorFiles::Read(folders.anchor, *options.env));
  absl::Status opened = stores->OpenStores(folders, options);
  if (ReasonOf(opened) == "STORAGE_BEHIND_ANCHOR") {
    RETURN_IF_ERROR(DescribeLoss(*stores->found_.anchor, folders, *options.env));
  }
  RETURN_IF_ERROR(opened);
  RETURN_IF_ERROR(stores->StartKeeper(folders, options));
  return stores;
}

absl::StatusOr<std::unique_ptr<DurableStores>> DurableStores::OpenReadOnly(
    const StoreFolders& folders, ::rocksdb::Env& env, bool drop_damaged_tail) {
  std::unique_ptr<DurableStores> stores(new DurableStores());
  RocksDbAccess access;
  access.env = &env;
  access.read_only = true;
  access.drop_damaged_tail = drop_damaged_tail;
  ASSIGN_OR_RETURN(stores->found_, AnchorFiles::Read(folders.anchor, env));
  ASSIGN_OR_RETURN(stores->storage_, RocksDbStorage::Open(folders.log, access));
  ASSIGN_OR_RETURN(stores->keys_, RocksDbKeyRing::Open(folders.keys, access));
  return stores;
}

absl::Status DurableStores::CheckAnchor(const StoreFolders& folders) const {
  if (storage_->anchored()) RETURN_IF_ERROR(CheckAnchorThere(found_, folders.anchor));
  if (!found_.anchor) return absl::OkStatus();
  const Anchor& anchor = *found_.anchor;
  RETURN_IF_ERROR(CheckLogReaches(anchor, *storage_, storage_->incarnation()));
  RETURN_IF_ERROR(storage_->CheckReaches(anchor.log_mark));
  return keys_->CheckReaches(anchor.keys_mark);
}

absl::Status DurableStores::OpenStores(const StoreFolders& folders, const Options& options) {
  told_ = std::make_shared<Told>();
  RocksDbAccess access;
  access.env = options.env;
  access.drop_damaged_tail = options.drop_damaged_tail;
  access.create = !found_.anchor.has_value();
  access.on_failure = options.on_failure;
  access.on_files_changed = [told = told_] { told->FilesChanged(); };
  if (found_.anchor) access.mark = found_.anchor->log_mark;
  ASSIGN_OR_RETURN(storage_, RocksDbStorage::Open(folders.log, access, options.requests));
  if (storage_->anchored() && !options.make_lost_anchor)
    RETURN_IF_ERROR(CheckAnchorThere(found_, folders.anchor));
  if (found_.anchor) {
    RETURN_IF_ERROR(CheckLogReaches(*found_.anchor, *storage_, storage_->incarnation()));
    access.mark = found_.anchor->keys_mark;
  }
  ASSIGN_OR_RETURN(keys_, RocksDbKeyRing::Open(folders.keys, access));
  return absl::OkStatus();
}

absl::Status DurableStores::StartKeeper(const StoreFolders& folders, const Options& options) {
  // Nothing is anchored that was not looked at.
  RETURN_IF_ERROR(VerifyOrganizations(*storage_));
  Anchor anchor;
  anchor.incarnation = storage_->incarnation();
  ASSIGN_OR_RETURN(const std::vector<OrganizationRow> rows, storage_->ReadOrganizations());
  for (const OrganizationRow& row : rows) {
    RETURN_IF_ERROR(VerifyLogEnd(*storage_, row));
    anchor.ends.push_back({row.id, row.position, row.hash});
  }
  ASSIGN_OR_RETURN(files_, AnchorFiles::Open(folders.anchor, *options.env));
  AnchorKeeper::Parts parts;
  parts.mode = options.anchor;
  parts.write = [this](Anchor& next) { return files_->Write(next); };
  parts.log_mark = [this] { return storage_->DurableMark(); };
  parts.keys_mark = [this] { return keys_->DurableMark(); };
  parts.on_failure = options.on_failure;
  ASSIGN_OR_RETURN(keeper_, AnchorKeeper::Start(std::move(parts), std::move(anchor)));
  told_->Set(keeper_.get());
  // Only now: a log that says it has an anchor has one, whenever the power fails.
  return storage_->anchored() ? absl::OkStatus() : storage_->SetAnchored();
}

DurableStores::~DurableStores() {
  if (told_ != nullptr) told_->Set(nullptr);
}

void DurableStores::AttachTo(SequencedLogOptions& options) {
  options.before_write = [this] { return keys_->Sync(); };
  options.after_write = [this](const std::vector<OrganizationRow>& rows) {
    return keeper_->OnDurable(rows);
  };
  options.requests = storage_->requests();
}

}  // namespace crm::eventstore
