#include "services/backup_desk.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/log.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "domain/render.h"
#include "services/page_token.h"

namespace crm::services {
namespace {

using eventstore::BackupManifest;
using eventstore::BackupNumber;

constexpr char kCollection[] = "backups/";

absl::Status Refused(absl::string_view reason, absl::string_view why) {
  return WithReason(absl::StatusCode::kFailedPrecondition, reason, why);
}

// The number in `backups/{number}`, whose shape was checked; 0, which no backup has, when it is too
// large for one.
BackupNumber NumberOf(absl::string_view name) {
  BackupNumber number = 0;
  absl::ConsumePrefix(&name, kCollection);
  return absl::SimpleAtoi(name, &number) ? number : 0;
}

void Render(const BackupManifest& manifest, v1::Backup& backup) {
  backup.set_name(absl::StrCat(kCollection, manifest.number()));
  *backup.mutable_create_time() =
      domain::TimestampOf(absl::FromUnixMicros(manifest.create_time_us()));
  backup.set_incarnation(manifest.incarnation());
  backup.set_size_bytes(manifest.size_bytes());
  for (const BackupManifest::Head& head : manifest.heads()) {
    v1::Backup::Head& shown = *backup.add_heads();
    shown.set_organization(absl::StrCat("organizations/", head.organization()));
    shown.set_position(head.position());
    shown.set_hash(head.hash());
  }
}

}  // namespace

void BackupDesk::Run(std::function<absl::Status()> work,
                     std::function<void(const absl::Status&)> done) {
  if (parts_.folders.log.empty()) {
    return done(Refused("BACKUP_NOT_CONFIGURED",
                        "this server makes no backups: set backup_dir and keys_backup_dir"));
  }
  if (busy_.exchange(true))
    return done(Refused("BACKUP_RUNNING", "another call is working on the backups"));
  const absl::Status accepted = thread_.Submit([this, work = std::move(work), done] {
    const absl::Status status = work();
    busy_ = false;
    done(status);
  });
  if (accepted.ok()) return;
  busy_ = false;
  done(accepted);
}

absl::Status BackupDesk::Create(const v1::CreateBackupRequest& request,
                                v1::CreateBackupResponse* response, bool* replayed) {
  const Uuid request_id = Uuid::Parse(request.request_id()).value_or(Uuid());
  if (request.validate_only()) return eventstore::ListBackups(parts_.folders).status();
  const absl::Time began = parts_.clock.Now();
  ASSIGN_OR_RETURN(
      const BackupManifest made,
      eventstore::CreateBackup(parts_.folders, parts_.storage, parts_.keys, request_id, began));
  *replayed = made.create_time_us() != absl::ToUnixMicros(began);
  Render(made, *response->mutable_backup());
  if (*replayed) return absl::OkStatus();
  log::Info("a backup was made",
            {{"number", made.number()},
             {"size_bytes", made.size_bytes()},
             {"took_ms", absl::ToInt64Milliseconds(parts_.clock.Now() - began)}});
  return absl::OkStatus();
}

absl::Status BackupDesk::List(const v1::ListBackupsRequest& request,
                              v1::ListBackupsResponse* response) {
  ASSIGN_OR_RETURN(const std::optional<PageCursor> cursor, PageCursorOf(request, 1));
  int64_t after = 0;
  if (cursor.has_value() && !absl::SimpleAtoi(cursor->last_key, &after)) after = 0;
  ASSIGN_OR_RETURN(const std::vector<BackupManifest> all, eventstore::ListBackups(parts_.folders));
  for (const BackupManifest& manifest : all) {
    if (manifest.number() <= after) continue;
    if (response->backups_size() == PageSizeOf(request)) {
      response->set_next_page_token(NextPageToken(request, {absl::StrCat(after), 1, 0}));
      break;
    }
    after = manifest.number();
    Render(manifest, *response->add_backups());
  }
  return absl::OkStatus();
}

absl::Status BackupDesk::Verify(const v1::VerifyBackupRequest& request,
                                v1::VerifyBackupResponse* response) {
  ASSIGN_OR_RETURN(const BackupManifest manifest,
                   eventstore::FindBackup(parts_.folders, NumberOf(request.name())));
  const absl::StatusOr<int64_t> events = eventstore::VerifyBackup(parts_.folders, manifest);
  if (events.ok()) {
    response->set_valid(true);
    response->set_checked_count(*events);
    return absl::OkStatus();
  }
  // What is wrong with a backup is an answer; that it cannot be looked at is an error.
  if (!absl::IsDataLoss(events.status())) return events.status();
  response->set_problem(absl::StrCat(ReasonOf(events.status()), ": ", events.status().message()));
  return absl::OkStatus();
}

absl::Status BackupDesk::Discard(const v1::DiscardBackupRequest& request,
                                 v1::DiscardBackupResponse*) {
  const BackupNumber number = NumberOf(request.name());
  if (request.validate_only()) return eventstore::FindBackup(parts_.folders, number).status();
  const absl::Status status = eventstore::DiscardBackup(parts_.folders, number);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

}  // namespace crm::services
