#include "eventstore/record_cache.h"

#include <algorithm>

#include "base/status_macros.h"

namespace crm::eventstore {

absl::StatusOr<RecordCache::Run> RecordCache::Read(OrganizationOrdinal organization, Position from,
                                                   Position last, Fetch fetch) {
  const Position number = (from - 1) / kBlockRecords;
  const Position before = number * kBlockRecords;  // the position before the block's first
  const Position wanted = std::min(last - before, kBlockRecords);
  const std::shared_ptr<Block> block = FindOrMake({organization, number});
  {
    MutexLock lock(block->mutex);
    if (block->filled < wanted) {
      RETURN_IF_ERROR(fetch(before + block->filled + 1, before + wanted,
                            [&](Record record) ABSL_EXCLUSIVE_LOCKS_REQUIRED(block->mutex) {
                              block->records[static_cast<size_t>(block->filled++)] =
                                  std::move(record);
                            }));
    }
  }
  const auto skipped = static_cast<size_t>(from - before - 1);
  return Run{
      block,
      absl::MakeConstSpan(block->records).subspan(skipped, static_cast<size_t>(wanted) - skipped)};
}

std::shared_ptr<RecordCache::Block> RecordCache::FindOrMake(const Key& key) {
  MutexLock lock(mutex_);
  if (const std::shared_ptr<Block>* found = blocks_.Find(key)) return *found;
  auto block = std::make_shared<Block>();
  blocks_.Put(key, block);
  return block;
}

}  // namespace crm::eventstore
