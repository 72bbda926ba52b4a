// Comment: a remark on a record, written once.
//
//   added (for ever; its text goes when the person it is about is erased)
//
// Invariants
//   I1  Its record is an opportunity, group of them, lead, customer or contact that the author may
//       see; one that may not be seen and one that does not exist are refused in the same words.
//   I2  Its text is sealed with the key of the person the record is about: the lead's, the
//       contact's, the customer's when that is a person, the opportunity's contact's or else its
//       customer's. The text of a comment about no person is sealed with a key of its own.
// Who sees a comment is decided by its record, not by its own scope. Pure functions; thread-safe.
#pragma once

#include <string>
#include <variant>

#include "base/stream.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/comment_service.pb.h"
#include "domain/decide_context.h"

namespace crm::domain {

struct CommentState {
  StreamId parent;
  MemberId author;   // nil: the system
  std::string text;  // empty when erased
};

struct Comment {
  using Id = CommentId;
  using State = CommentState;
  using Event = std::variant<events::v1::CommentAdded>;
  using Resource = v1::Comment;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Comment>& self, const Lookup& lookup);

  // Refuses PERMISSION_DENIED, TEXT_REQUIRED, INVALID_NAME of a record of another kind.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateCommentRequest&,
                                                const DecideContext&);
};

}  // namespace crm::domain
