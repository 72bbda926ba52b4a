// AnswerCache: reports that were told a moment ago. A report depends on nothing but the view's
// rows, the question, who asks with which rights, and the second; when all of these are as before,
// so is the answer, and a board that many screens show is made once a second and not once a screen.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
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
  // Everything an answer depends on.
  struct Question {
    const Method* method = nullptr;
    std::string request;                 // serialized
    std::shared_ptr<const Actor> actor;  // the same object as long as the rights are the same
    Position position = 0;               // of the view's rows
    absl::Time at;

    friend bool operator==(const Question&, const Question&) = default;
    template <class H>
    friend H AbslHashValue(H h, const Question& question) {
      return H::combine(std::move(h), question.method, question.request, question.actor.get(),
                        question.position, question.at);
    }
  };

  AnswerCache();

  // Copies the answer, when it is here.
  bool Recall(const Question& question, google::protobuf::Message& answer);
  // Keeps a copy, unless it is larger than a page is.
  void Remember(const Question& question, const google::protobuf::Message& answer);

 private:
  Mutex mutex_;
  eventstore::LruCache<Question, std::shared_ptr<const google::protobuf::Message>> answers_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::services
