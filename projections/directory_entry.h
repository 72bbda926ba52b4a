// What becomes of the entries of a directory, whatever they are of: added, renamed, retired. Used
// by the directory's own sources only. Pure functions over rows; thread-safe as their transaction
// is.
#pragma once

#include <string>

#include "base/status_macros.h"
#include "projections/directory.h"

namespace crm::projections {

// An entry as it was added.
inline views::v1::DirectoryEntry Created(const std::string& display_name,
                                         const domain::EventMetadata& metadata) {
  views::v1::DirectoryEntry entry;
  entry.set_display_name(display_name);
  entry.set_create_time_us(absl::ToUnixMicros(metadata.effective_time));
  return entry;
}

// Archived, deactivated, revoked or deleted; or no longer.
template <class Id>
absl::Status SetRetired(const Directory::Entries<Id>& table, const domain::EventMetadata& metadata,
                        ViewTransaction& rows, bool retired) {
  ASSIGN_OR_RETURN(views::v1::DirectoryEntry * entry, table.Edit(rows, {Id(metadata.stream.id)}));
  entry->set_retired(retired);
  return absl::OkStatus();
}

// An event that leaves the name as it is has none.
template <class Id, class Event>
absl::Status Rename(const Directory::Entries<Id>& table, const Event& event,
                    const domain::EventMetadata& metadata, ViewTransaction& rows) {
  if (!event.has_display_name()) return absl::OkStatus();
  ASSIGN_OR_RETURN(views::v1::DirectoryEntry * entry, table.Edit(rows, {Id(metadata.stream.id)}));
  entry->set_display_name(event.display_name());
  return absl::OkStatus();
}

}  // namespace crm::projections
