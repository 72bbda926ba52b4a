// AnswerCache: reports that were told a moment ago. A report depends on nothing but the view's
// rows, the question, who asks with which rights, and the second; when all of these are as before,
// so is the answer, and a board that many screens show is made once a second and not once a screen.
// Where commands change the rows all the time, the report made last is told for kReportAge more,
// with the position it is of, to whoever has not seen a later one.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "base/mutex.h"
#include "base/stream.h"
#include "eventstore/lru_cache.h"
#include "google/protobuf/message.h"
#include "services/call.h"

namespace crm::services {

class AnswerCache {
 public:
  // What is asked, and by whom.
  struct Question {
    const Method* method = nullptr;
    std::string request;                 // serialized
    std::shared_ptr<const Actor> actor;  // the same object as long as the rights are the same

    friend bool operator==(const Question&, const Question&) = default;
    template <class H>
    friend H AbslHashValue(H h, const Question& question) {
      return H::combine(std::move(h), question.method, question.request, question.actor.get());
    }
  };
  // What the answer is made of.
  struct Basis {
    Position position = 0;  // of the view's rows
    absl::Time at;          // the report's "now"

    friend bool operator==(const Basis&, const Basis&) = default;
  };

  AnswerCache();

  // Copies the answer that is made of this, when it is here.
  bool Recall(const Question& question, const Basis& basis, google::protobuf::Message& answer);
  // Copies the answer made last, when that was no more than kReportAge before `now`, and says of
  // which position it is; nothing when that would be before `min_position`.
  std::optional<Position> RecallRecent(const Question& question, Position min_position,
                                       absl::Time now, google::protobuf::Message& answer);
  // Keeps a copy, unless it is larger than a page is, or one of later rows is here.
  void Remember(const Question& question, const Basis& basis, absl::Time made,
                const google::protobuf::Message& answer);

 private:
  struct Told {
    Basis basis;
    absl::Time made;
    std::shared_ptr<const google::protobuf::Message> answer;
  };
  // What was told last; without an answer when nothing was.
  Told Last(const Question& question);

  Mutex mutex_;
  eventstore::LruCache<Question, Told> answers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::services
