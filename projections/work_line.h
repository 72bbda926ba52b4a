// WorkLine: organizations that wait for a turn of a thread that follows their logs. Whoever learns
// that a log moved on wakes its organization; the thread takes rounds: a turn for each in line. A
// thread that has caught up rests a little, so that what becomes durable meanwhile is done at one
// go: one turn for many commits costs a fraction of a turn for each.
//
// Thread-safe; NextRound and Rest are for the one thread that works.
#pragma once

#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "base/uuid.h"

namespace crm::projections {

// How long a thread that has caught up rests, unless somebody waits for it: while commits come
// faster than it can follow with a fifth of its time, longer and longer, so that they keep the
// processors and a row that changes often is written once for many changes.
inline constexpr absl::Duration kRest = absl::Milliseconds(10);
inline constexpr int kRestPerWork = 4;
inline constexpr absl::Duration kLongestRest = absl::Milliseconds(500);
absl::Duration RestAfter(absl::Duration worked);

class WorkLine {
 public:
  // Puts the organization in line, unless it stands there already.
  void Wake(const Uuid& organization);
  // Somebody waits: no rest before what is in line is done.
  void Hurry();
  // No rounds any more.
  void Close();

  // Waits until there is one: everybody in line, who stands there no more; empty once closed.
  std::vector<Uuid> NextRound();
  // After its rounds: for as long as RestAfter says, or until somebody is in a hurry.
  void Rest();
  bool closed();

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<Uuid> line_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<Uuid> in_line_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Time> began_ ABSL_GUARDED_BY(mutex_);  // the rounds since the last rest
  bool hurried_ ABSL_GUARDED_BY(mutex_) = false;
  bool resting_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace crm::projections
