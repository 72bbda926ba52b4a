#include "services/answer_cache.h"

#include <utility>

#include "services/limits.h"

namespace crm::services {

using google::protobuf::Message;

AnswerCache::AnswerCache() : answers_(kCachedAnswers) {}

AnswerCache::Told AnswerCache::Last(const Question& question) {
  MutexLock lock(mutex_);
  const Told* found = answers_.Find(question);
  return found == nullptr ? Told() : *found;
}

bool AnswerCache::Recall(const Question& question, const Basis& basis, Message& answer) {
  const Told last = Last(question);
  if (last.answer == nullptr || last.basis != basis) return false;
  answer.CopyFrom(*last.answer);
  return true;
}

std::optional<Position> AnswerCache::RecallRecent(const Question& question, Position min_position,
                                                  absl::Time now, Message& answer) {
  const Told last = Last(question);
  if (last.answer == nullptr || last.basis.position < min_position) return std::nullopt;
  if (now - last.made > kReportAge) return std::nullopt;
  answer.CopyFrom(*last.answer);
  return last.basis.position;
}

void AnswerCache::Remember(const Question& question, const Basis& basis, absl::Time made,
                           const Message& answer) {
  if (answer.ByteSizeLong() > kCachedAnswerBytes) return;
  Told told{basis, made, nullptr};
  std::unique_ptr<Message> copy(answer.New());
  copy->CopyFrom(answer);
  told.answer = std::move(copy);
  MutexLock lock(mutex_);
  const Told* found = answers_.Find(question);
  // Another call may have begun later and ended sooner.
  if (found != nullptr && found->basis.position > basis.position) return;
  answers_.Put(question, std::move(told));
}

}  // namespace crm::services
