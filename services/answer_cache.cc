#include "services/answer_cache.h"

#include "services/limits.h"

namespace crm::services {

using google::protobuf::Message;

AnswerCache::AnswerCache() : answers_(kCachedAnswers) {}

bool AnswerCache::Recall(const Question& question, Message& answer) {
  std::shared_ptr<const Message> known;
  {
    MutexLock lock(mutex_);
    const std::shared_ptr<const Message>* found = answers_.Find(question);
    if (found == nullptr) return false;
    known = *found;
  }
  answer.CopyFrom(*known);
  return true;
}

void AnswerCache::Remember(const Question& question, const Message& answer) {
  if (answer.ByteSizeLong() > kCachedAnswerBytes) return;
  std::unique_ptr<Message> copy(answer.New());
  copy->CopyFrom(answer);
  MutexLock lock(mutex_);
  answers_.Put(question, std::move(copy));
}

}  // namespace crm::services
