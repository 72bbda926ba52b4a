// CommitBuilder: what one command (or one bulk command) reads and decides, on its way to one
// commit. It hands out streams as they are, remembers every version it handed out, lays decided
// events over them so that later items of a bulk see earlier ones, and finally makes the Commit:
// written streams with exact expected versions, streams that were only read as expectations that
// they are unchanged.
//
// Used by one thread at a time; thrown away when an expectation turned out wrong.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "base/key_ring.h"
#include "base/status_macros.h"
#include "domain/aggregate.h"
#include "domain/decide_context.h"
#include "domain/decision.h"
#include "domain/lookup.h"
#include "eventstore/event_log.h"
#include "services/stream_cache.h"

namespace crm::services {

// What one try at deciding came to: a refusal, an answer with nothing to append, or a commit.
struct Attempt {
  absl::Status status;                       // not OK: the refusal
  std::optional<eventstore::Commit> commit;  // absent: the response is filled already
  eventstore::RequestRecord reached;         // versions the commit will reach
  Position seen = 0;                         // the highest position the decision rests on
};

class CommitBuilder : public domain::StreamSource {
 public:
  CommitBuilder(StreamCache& cache, KeyRing& keys, domain::Caller caller, absl::Time now,
                std::optional<absl::Time> effective_time)
      : cache_(cache),
        keys_(keys),
        caller_(std::move(caller)),
        now_(now),
        effective_time_(effective_time) {}

  absl::StatusOr<Loaded> Load(const StreamId& stream, const domain::AggregateType& type) override;
  absl::Time instant() const override { return now_; }

  // Lays a decision over the streams. `own` is the command's stream as it was decided on.
  template <domain::Foldable A>
  absl::Status Write(const domain::Ref<A>& own,
                     const domain::Decision<typename A::Event>& decision) {
    std::vector<std::shared_ptr<const google::protobuf::Message>> events;
    for (const auto& event : decision.events()) {
      events.push_back(std::visit(
          [](const auto& typed) -> std::shared_ptr<const google::protobuf::Message> {
            return std::make_shared<std::decay_t<decltype(typed)>>(typed);
          },
          event));
    }
    RETURN_IF_ERROR(WriteEffect({domain::StreamOf(own.id), &domain::TypeOf<A>(), own.head.version,
                                 domain::IsBookkeeping<A>(), std::nullopt, std::move(events)}));
    for (const domain::Effect& effect : decision.effects()) RETURN_IF_ERROR(WriteEffect(effect));
    return absl::OkStatus();
  }

  // Everything decided so far as one commit, personal fields sealed. The command's own stream comes
  // first.
  Attempt Decided();
  // Nothing to append: a refusal, or an answer that is already there.
  Attempt Answered(absl::Status status) const;

 private:
  struct Touched {
    Loaded loaded;         // with the decided events laid over
    Version expected = 0;  // version in the log
    bool bookkeeping = false;
    bool written = false;
    std::optional<absl::Time> effective_time;  // of the events; absent: record time
    std::vector<std::shared_ptr<const google::protobuf::Message>> events;
  };

  absl::StatusOr<eventstore::Commit> Build() const;
  absl::Status WriteEffect(const domain::Effect& effect);
  absl::Status CheckEffectiveTime(const StreamId& stream, const Touched& touched) const;
  absl::Status DateEvents(const domain::Effect& effect, Touched& touched) const;

  StreamCache& cache_;
  KeyRing& keys_;
  const domain::Caller caller_;
  const absl::Time now_;
  const std::optional<absl::Time> effective_time_;
  absl::btree_map<StreamId, Touched> touched_;
  std::vector<StreamId> written_order_;
  Position seen_ = 0;
};

}  // namespace crm::services
