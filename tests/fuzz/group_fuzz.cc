// What is stored of a consumer group, and a group that goes on from it, whatever it says.

#include <algorithm>
#include <set>
#include <vector>

#include "eventstore/group_delivery.h"
#include "tests/fuzz/fuzz_target.h"

namespace crm::fuzz {
namespace {

using eventstore::GroupDelivery;

constexpr GroupDelivery::ConsumerId kConsumer = 1;
constexpr Position kMaxCheckpoint = Position{1} << 48;
const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

std::vector<log::v1::ParkedDelivery> ParkedIn(FuzzInput& input) {
  std::vector<log::v1::ParkedDelivery> rows;
  for (size_t count = input.Pick(4); count > 0; --count) {
    log::v1::ParkedDelivery& row = rows.emplace_back();
    const absl::string_view bytes = input.Text();
    if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) rows.pop_back();
  }
  // The store lists them by position, each once.
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.position() < b.position(); });
  rows.erase(std::unique(rows.begin(), rows.end(),
                         [](const auto& a, const auto& b) { return a.position() == b.position(); }),
             rows.end());
  return rows;
}

void GoOn(GroupDelivery& group, uint8_t replayed) {
  const Position checkpoint = group.checkpoint();
  std::vector<eventstore::GroupEvent> events;
  for (Position position = group.scanned_to() + 1; events.size() < 5; ++position)
    events.push_back({position, {"lead", Uuid{}}, "type", 0});
  const Position end = events.back().position;
  if (group.HasRoom()) group.Offer(events, end, kNow);
  group.Join(kConsumer, 10);
  if (replayed % 2 == 1) group.Replay({});
  std::set<Position> seen;
  for (int round = 0; round < 40; ++round) {
    const std::vector<GroupDelivery::Delivery> taken = group.Take(kConsumer, 10, kNow);
    if (taken.empty()) break;
    std::vector<int64_t> positions;
    for (const GroupDelivery::Delivery& delivery : taken) {
      Require(seen.insert(delivery.position).second, "what is settled does not come again");
      positions.push_back(delivery.position);
    }
    Require(group.Acknowledge(kConsumer, positions) == positions, "what is held can be settled");
  }
  Require(group.checkpoint() >= checkpoint, "a checkpoint never goes back");
  const eventstore::GroupChanges changes = group.TakeChanges();
  GroupDelivery again({}, changes.progress, {});
  Require(again.checkpoint() == group.checkpoint(), "a checkpoint comes back as stored");
}

}  // namespace

CRM_FUZZ_TARGET(group) {
  FuzzInput input(bytes);
  const uint8_t replayed = input.Byte();
  const std::vector<crm::log::v1::ParkedDelivery> parked = ParkedIn(input);
  crm::log::v1::ConsumerProgress progress;
  const absl::string_view rest = input.Rest();
  if (!progress.ParseFromArray(rest.data(), static_cast<int>(rest.size()))) return;
  // The owner has compared it with the head of the log.
  if (progress.checkpoint() < 0 || progress.checkpoint() > kMaxCheckpoint) return;
  crm::eventstore::GroupDelivery group({}, progress, parked);
  GoOn(group, replayed);
}

}  // namespace crm::fuzz
