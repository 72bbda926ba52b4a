// crmutil repair: mends what can be mended without a guess, and says what it did and what was lost.
//
//   a damaged end of a write-ahead log, when everything the anchor knows of lies before it;
//   a lost or damaged anchor, when everything that is there verifies;
//   damaged views, which are taken away: the next start builds them anew.
//
// Without --yes it changes nothing and says what it would do. Whatever else is wrong is for a
// backup.
#include <filesystem>
#include <memory>

#include "base/reason.h"
#include "base/status_macros.h"
#include "tools/crmutil/verification.h"

namespace crm::util {
namespace {

using eventstore::DataDirectory;
using eventstore::DurableStores;
using eventstore::StoreFolders;

struct Plan {
  bool drop_damaged_tail = false;
  bool make_anchor = false;
  bool rewrite_anchor_file = false;
  bool remove_views = false;

  bool IsEmpty() const {
    return !drop_damaged_tail && !make_anchor && !rewrite_anchor_file && !remove_views;
  }
};

// The log as it would be without its damaged end, once the anchor shows that nothing acknowledged
// lies there.
absl::StatusOr<std::unique_ptr<DurableStores>> OpenWithoutTail(const StoreFolders& folders,
                                                               const absl::Status& damage) {
  ASSIGN_OR_RETURN(auto stores, DurableStores::OpenReadOnly(folders, *::rocksdb::Env::Default(),
                                                            /*drop_damaged_tail=*/true));
  // Without an anchor nobody knows what was acknowledged.
  if (!stores->anchor_found().anchor) return damage;
  RETURN_IF_ERROR(stores->CheckAnchor(folders));
  return stores;
}

absl::StatusOr<Plan> MakePlan(const DataDirectory& directory, Report& report) {
  const StoreFolders folders = eventstore::FoldersOf(directory);
  Plan plan;
  auto stores = DurableStores::OpenReadOnly(folders, *::rocksdb::Env::Default());
  if (absl::IsDataLoss(stores.status())) {
    stores = OpenWithoutTail(folders, stores.status());
    plan.drop_damaged_tail = true;
  }
  RETURN_IF_ERROR(stores.status());
  const eventstore::AnchorFiles::Found& found = (*stores)->anchor_found();
  if (found.anchor) {
    RETURN_IF_ERROR((*stores)->CheckAnchor(folders));
    plan.rewrite_anchor_file = found.damaged + found.missing > 0;
  } else if ((*stores)->storage().anchored()) {
    RETURN_IF_ERROR(VerifyStores(folders, **stores, report));
    plan.make_anchor = true;
  }
  plan.remove_views = absl::IsDataLoss(VerifyViews(directory.views_path()));
  return plan;
}

Report ActionsOf(const Plan& plan) {
  Report actions = Report::array();
  const auto add = [&](bool wanted, const char* action, const char* lost) {
    if (!wanted) return;
    Report& entry = actions.emplace_back(Report::object());
    entry["action"] = action;
    entry["lost"] = lost;
  };
  add(plan.drop_damaged_tail, "drop the damaged end of the write-ahead log",
      "nothing up to the anchor; behind it, what was being written when the server ended, and "
      "whatever it acknowledged in the last 100 ms if that was damaged afterwards");
  add(plan.make_anchor, "make a new anchor from the log, which verifies",
      "the proof that no acknowledged event is missing at the end of the log");
  add(plan.rewrite_anchor_file, "write the lost one of the two anchor files again", "nothing");
  add(plan.remove_views, "remove the damaged views", "nothing; the next start builds them anew");
  return actions;
}

absl::Status Carry(const Plan& plan, const DataDirectory& directory, Report& report) {
  const StoreFolders folders = eventstore::FoldersOf(directory);
  if (plan.remove_views) {
    for (const auto& entry : std::filesystem::directory_iterator(directory.views_path()))
      std::filesystem::remove_all(entry.path());
  }
  DurableStores::Options options;
  options.drop_damaged_tail = plan.drop_damaged_tail;
  options.make_lost_anchor = plan.make_anchor;
  // Opening drops the tail and writes both anchor files; closing makes them final.
  RETURN_IF_ERROR(DurableStores::Open(folders, options).status());
  ASSIGN_OR_RETURN(const auto mended,
                   DurableStores::OpenReadOnly(folders, *::rocksdb::Env::Default()));
  RETURN_IF_ERROR(VerifyStores(folders, *mended, report));
  return mended->CheckAnchor(folders);
}

absl::Status Repair(const std::string& path, bool yes, Report& report) {
  ASSIGN_OR_RETURN(const auto directory, DataDirectory::OpenExisting(path));
  report["directory"] = directory->path();
  ASSIGN_OR_RETURN(const Plan plan, MakePlan(*directory, report));
  report["actions"] = ActionsOf(plan);
  if (plan.IsEmpty()) {
    report["result"] = "nothing to repair";
    return absl::OkStatus();
  }
  if (!yes) {
    report["result"] = "nothing was changed; --yes does it";
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Carry(plan, *directory, report));
  report["result"] = "repaired and verified";
  return absl::OkStatus();
}

}  // namespace

void AddRepairCommand(CommandTable& table) {
  const auto yes = std::make_shared<bool>(false);
  CLI::App& command =
      table.Add("repair", "Mend what can be mended without a guess; else it says why not",
                [yes](const std::string& directory, Report& report) {
                  return Repair(directory, *yes, report);
                });
  command.add_flag("--yes", *yes, "Do it; without, nothing is changed");
}

}  // namespace crm::util
