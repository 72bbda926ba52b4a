#include "projections/comment_list.h"

#include <optional>
#include <utility>

#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::projections {
namespace {

using domain::CommentId;

// The part of the key that places a comment within its record.
using Place = std::tuple<Descending<int64_t>, CommentId>;

template <class Id>
bool ParseParent(const std::string& name, StreamId& parent) {
  const absl::StatusOr<Id> id = domain::ParseName<Id>(name);
  if (id.ok()) parent = domain::StreamOf(*id);
  return id.ok();
}

absl::StatusOr<StreamId> ParentOf(const std::string& name) {
  StreamId parent;
  if (ParseParent<domain::OpportunityId>(name, parent) ||
      ParseParent<domain::LeadId>(name, parent) || ParseParent<domain::CustomerId>(name, parent) ||
      ParseParent<domain::ContactId>(name, parent) ||
      ParseParent<domain::OpportunityGroupId>(name, parent)) {
    return parent;
  }
  return domain::InvalidName("(opportunities|opportunityGroups|leads|customers|contacts)", name);
}

std::string Encode(const Place& place) {
  std::string bytes;
  AppendKey(bytes, place);
  return bytes;
}

// The record's comments that come after a place; all when it is empty.
absl::StatusOr<KeyRange<CommentList::Key>> RangeOf(const StreamId& parent,
                                                   const std::string& after) {
  auto range = CommentList::kComments.Prefix(parent.category, parent.id);
  if (after.empty()) return range;
  Place place;
  if (!ParseKey(after, place)) {
    return WithReason(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID",
                      "the page token belongs to another list");
  }
  return std::move(range).After(std::tuple_cat(std::tie(parent.category, parent.id), place));
}

}  // namespace

absl::Status CommentList::Apply(const events::v1::CommentAdded& event,
                                const domain::EventMetadata& metadata, ViewTransaction& rows) {
  const Key key(event.parent_category(), Uuid::FromBytes(event.parent_id()).value_or(Uuid{}),
                Descending<int64_t>{absl::ToUnixMicros(metadata.effective_time)},
                CommentId(metadata.stream.id));
  kComments.Put(rows, key, {});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<CommentId>> CommentList::Select(const v1::ListCommentsRequest& request,
                                                           const ViewReader& rows,
                                                           QueryContext& context) {
  ASSIGN_OR_RETURN(const StreamId parent, ParentOf(request.parent()));
  ASSIGN_OR_RETURN(const KeyRange<Key> range, RangeOf(parent, context.after()));
  std::vector<CommentId> page;
  std::string last;
  RETURN_IF_ERROR(kComments.Scan(rows, range, [&](const Key& key, const auto&) {
    if (page.size() == static_cast<size_t>(context.page_size())) {
      context.ContinueAfter(last);
      return false;
    }
    page.push_back(std::get<3>(key));
    last = Encode({std::get<2>(key), std::get<3>(key)});
    return true;
  }));
  return page;
}

}  // namespace crm::projections
