// Lookup: how aggregates see each other. A decision or a rendering reads other aggregates by id
// through it, and never learns where they are kept: in the log, in a cache, or in a test's memory.
//
// A Lookup belongs to one command or query and its thread.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "domain/aggregate.h"

namespace crm::domain {

// Where the pipeline finds streams. Implemented over the log in services; remembers every version
// it handed out.
class StreamSource {
 public:
  struct Loaded {
    StreamHead head;
    std::shared_ptr<const void> state;
  };
  virtual ~StreamSource() = default;
  // A stream that does not exist yields a fresh state with head.version 0.
  virtual absl::StatusOr<Loaded> Load(const StreamId& stream, const AggregateType& type) = 0;
  // The instant the question is about: now, or the past one that was asked for. What follows from
  // facts and the clock (overdue, expired) is reckoned as of it.
  virtual absl::Time instant() const = 0;
};

// Reads other aggregates. REFERENCE_NOT_FOUND names what a command refers to and does not exist.
class Lookup {
 public:
  explicit Lookup(StreamSource& streams) : streams_(streams) {}

  // The aggregate, which may not exist (head.version 0).
  template <Foldable B>
  absl::StatusOr<Ref<B>> Find(const typename B::Id& id) const {
    absl::StatusOr<StreamSource::Loaded> loaded = streams_.Load(StreamOf(id), TypeOf<B>());
    if (!loaded.ok()) return loaded.status();
    return Ref<B>{id, loaded->head,
                  std::static_pointer_cast<const typename B::State>(loaded->state)};
  }

  // The aggregate, which must exist.
  template <Foldable B>
  absl::StatusOr<Ref<B>> Get(const typename B::Id& id) const;

  // What StreamSource::instant says.
  absl::Time instant() const { return streams_.instant(); }

 private:
  StreamSource& streams_;
};

// NOT_FOUND REFERENCE_NOT_FOUND: a command refers to `name`, which does not exist.
absl::Status ReferenceNotFound(const std::string& name);

template <Foldable B>
absl::StatusOr<Ref<B>> Lookup::Get(const typename B::Id& id) const {
  absl::StatusOr<Ref<B>> found = Find<B>(id);
  if (found.ok() && !found->head.exists()) return ReferenceNotFound(NameOf(id));
  return found;
}

}  // namespace crm::domain
