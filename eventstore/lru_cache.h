// LruCache: a map bounded by entries that forgets what was used longest ago. A capacity of 0 keeps
// nothing. Not thread-safe: the owner locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace crm::eventstore {

template <class Key, class Value>
class LruCache {
 public:
  explicit LruCache(size_t capacity) : capacity_(capacity) {}

  // The value, now the most recently used; nullptr when it is not here. Valid until the next Put or
  // Erase.
  const Value* Find(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  void Put(const Key& key, Value value) {
    if (capacity_ == 0) return;
    if (const auto found = places_.find(key); found != places_.end()) {
      found->second->second = std::move(value);
      entries_.splice(entries_.begin(), entries_, found->second);
      return;
    }
    if (entries_.size() == capacity_) {
      places_.erase(entries_.back().first);
      entries_.pop_back();
      ++evictions_;
    }
    entries_.emplace_front(key, std::move(value));
    places_.emplace(key, entries_.begin());
  }

  void Erase(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return;
    entries_.erase(found->second);
    places_.erase(found);
  }

  size_t size() const { return entries_.size(); }
  // How many entries were forgotten to make room, ever.
  int64_t evictions() const { return evictions_; }

 private:
  using Entries = std::list<std::pair<Key, Value>>;

  const size_t capacity_;
  Entries entries_;  // most recently used first
  int64_t evictions_ = 0;
  absl::flat_hash_map<Key, typename Entries::iterator> places_;
};

}  // namespace crm::eventstore
