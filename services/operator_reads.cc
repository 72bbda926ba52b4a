#include "services/operator_reads.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "domain/render.h"
#include "domain/types/ids.h"
#include "services/page_token.h"

namespace crm::services {

absl::Status ListOrganizations(eventstore::EventLog& log,
                               const v1::ListOrganizationsRequest& request,
                               v1::ListOrganizationsResponse* response) {
  ASSIGN_OR_RETURN(const std::optional<PageCursor> cursor, PageCursorOf(request, 1));
  size_t begin = 0;
  if (cursor.has_value() && !absl::SimpleAtoi(cursor->last_key, &begin)) begin = 0;
  const std::vector<Uuid> all = log.ListOrganizations();
  const size_t end = std::min(all.size(), begin + static_cast<size_t>(PageSizeOf(request)));
  for (size_t i = begin; i < end; ++i) {
    ASSIGN_OR_RETURN(const eventstore::Head head, log.GetHead(all[i]));
    auto& entry = *response->add_organizations();
    entry.set_organization(domain::NameOf(domain::OrganizationId(all[i])));
    entry.set_head_position(head.durable);
  }
  if (end < all.size()) {
    response->set_next_page_token(NextPageToken(request, {absl::StrCat(end), 1, 0}));
  }
  return absl::OkStatus();
}

absl::Status ReadKeys(eventstore::RocksDbKeyRing& keys, const v1::ReadKeysRequest& request,
                      v1::ReadKeysResponse* response) {
  ASSIGN_OR_RETURN(const auto organization,
                   domain::ParseName<domain::OrganizationId>(request.organization()));
  ASSIGN_OR_RETURN(const std::optional<PageCursor> cursor, PageCursorOf(request, 1));
  const Uuid after = cursor ? Uuid::Parse(cursor->last_key).value_or(Uuid()) : Uuid();
  response->set_organization(request.organization());
  if (!cursor) log::Info("keys are read", {{"organization", organization.ToString()}});
  const absl::Status visited = keys.VisitKeys(
      organization.uuid(), after,
      [&](const Uuid& subject, const std::optional<SealingKey>& key) -> absl::Status {
        if (response->keys_size() == PageSizeOf(request)) {
          response->set_next_page_token(
              NextPageToken(request, {response->keys().rbegin()->person(), 1, 0}));
          return absl::OutOfRangeError("the page is full");
        }
        auto& entry = *response->add_keys();
        entry.set_person(subject.ToString());
        if (key) entry.set_key(std::string(key->begin(), key->end()));
        return absl::OkStatus();
      });
  return absl::IsOutOfRange(visited) ? absl::OkStatus() : visited;
}

}  // namespace crm::services
