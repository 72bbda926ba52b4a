// CommentList: which comments a record has, newest first. Rows are ids in the order of the list, so
// a page is a scan of its own length; texts are rendered from the comments' streams, and are not
// here to be purged.
//
// Whether the caller may see the record is for the service to check: its comments are seen by whom
// the record is.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/comment_service.pb.h"
#include "crm/views/v1/comment_list.pb.h"
#include "domain/event_codec.h"
#include "domain/types/ids.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct CommentList {
  static constexpr absl::string_view kName = "comment_list";
  static constexpr int kVersion = 1;
  using Events = std::variant<events::v1::CommentAdded>;

  // Category and id of the record, effective time in microseconds since the Unix epoch, comment.
  using Key = std::tuple<std::string, Uuid, Descending<int64_t>, domain::CommentId>;
  static constexpr Table<Key, views::v1::CommentPlace> kComments{1};
  static constexpr auto kTables = std::tuple(kComments);

  static absl::Status Apply(const events::v1::CommentAdded& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // INVALID_ARGUMENT INVALID_NAME when the parent is no record that has comments,
  // PAGE_TOKEN_INVALID when the page begins at no place of this list.
  static absl::StatusOr<std::vector<domain::CommentId>> Select(
      const v1::ListCommentsRequest& request, const ViewReader& rows, QueryContext& context);
};

}  // namespace crm::projections
