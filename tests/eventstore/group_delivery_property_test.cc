// Whatever consumers do - settle, retry, park, stall, vanish - and however often the server forgets
// what it had not stored: the rules of eventstore/group_delivery.h hold against a model of a few
// sets. CRM_SEEDS=N runs more histories; a seed that fails is printed.
//
// Seen to fail with: the checkpoint set to scanned_to() in TakeChanges (G1, "left out"); `held` not
// set in Take (G2, two at a time); parked rows not written (G4); ParkBehind emptied (G5).
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "eventstore/group_delivery.h"
#include "eventstore/memory/memory_consumer_store.h"
#include "gtest/gtest.h"

namespace crm::eventstore {
namespace {

constexpr Position kEvents = 60;
constexpr int kSteps = 400;
constexpr GroupKey kKey = {};

class History {
 public:
  explicit History(unsigned seed) : random_(seed) {
    settings_.ack_deadline = absl::Seconds(10);
    settings_.max_attempts = 1 + Draw(4);
    settings_.retry_max_delay = absl::Seconds(4);
    settings_.max_in_flight = 1 + Draw(5);
    settings_.park_blocks_stream = Draw(2) == 0;
    for (Position position = 1; position <= kEvents; ++position) {
      streams_.push_back(Draw(3) == 0 ? 0 : static_cast<char>('a' + Draw(5)));  // 0: no match
    }
    Open();
  }

  void Run() {
    for (int step = 0; step < kSteps && !::testing::Test::HasFailure(); ++step) Step();
    Finish();
  }

 private:
  using Id = GroupDelivery::ConsumerId;

  int Draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  char StreamAt(Position position) const { return streams_[static_cast<size_t>(position) - 1]; }

  void Open() {
    StoredGroup stored = *store_.Load(kKey);
    group_.emplace(settings_, stored.progress.value_or(log::v1::ConsumerProgress()),
                   std::move(stored.parked));
    held_.clear();
    settled_now_ = stored_;
    for (Id id = 1; id <= 3; ++id) group_->Join(id, 0);
    EXPECT_GE(group_->checkpoint(), checkpoint_) << "G3";
  }

  void Store() {
    ASSERT_TRUE(store_.Store(kKey, group_->TakeChanges()).ok());
    stored_ = settled_now_;
    EXPECT_GE(group_->checkpoint(), checkpoint_) << "G3";
    checkpoint_ = group_->checkpoint();
    for (Position position = 1; position <= checkpoint_; ++position) {
      const bool done = StreamAt(position) == 0 || stored_.contains(position) ||
                        group_->parked().contains(position);
      EXPECT_TRUE(done) << "G3: the checkpoint ran ahead of " << position;
    }
  }

  void Scan(Position upto) {
    std::vector<GroupEvent> events;
    for (Position position = group_->scanned_to() + 1; position <= upto; ++position) {
      const char stream = StreamAt(position);
      if (stream == 0) continue;
      events.push_back({position, {"s", *Uuid::FromBytes(std::string(16, stream))}, "T", 1});
    }
    group_->Offer(std::move(events), std::max(upto, group_->scanned_to()), now_);
  }

  // Who holds what, as the deliveries say.
  void Take(Id id) {
    for (const auto& [position, attempt] :
         group_->Take(id, static_cast<size_t>(1 + Draw(4)), now_)) {
      CheckOrder(position);
      held_[position] = id;
      EXPECT_LE(attempt, settings_.max_attempts);
      EXPECT_FALSE(settled_now_.contains(position)) << "settled, and delivered again";
    }
  }

  // G2 and G5: nothing earlier of the stream is held, unsettled or, when that blocks, parked.
  void CheckOrder(Position delivered) {
    for (Position position = 1; position < delivered; ++position) {
      if (StreamAt(position) != StreamAt(delivered)) continue;
      const auto parked = group_->parked().find(position);
      const bool put_aside = parked != group_->parked().end() && !parked->second.replaying();
      EXPECT_TRUE(settled_now_.contains(position) || (put_aside && !settings_.park_blocks_stream))
          << "G2/G5: " << delivered << " before " << position;
    }
    for (const auto& [position, id] : held_) {
      EXPECT_NE(StreamAt(position), StreamAt(delivered)) << "G2: two at a time";
    }
  }

  void Step() {
    const Id id = 1 + Draw(3);
    switch (Draw(12)) {
      case 0:
        return Scan(std::min<Position>(kEvents, group_->scanned_to() + Draw(8)));
      case 1:
        now_ += absl::Seconds(Draw(8));
        group_->Tick(now_);
        return ForgetReleased();
      case 2:
        return Store();
      case 3:
        return Draw(4) == 0 ? Open() : Store();  // a crash
      case 4:
        group_->Leave(id, Draw(2) == 0, now_);
        group_->Join(id, 0);
        return ForgetReleased();
      case 5:
        return Replay();
      case 6:
        if (const auto one = Any(id)) {
          group_->Park(id, {*one}, "BAD", now_);
          held_.erase(*one);
        }
        return;
      case 7:
        if (const auto one = Any(id)) {
          group_->Retry(id, {*one}, std::nullopt, "", now_);
          held_.erase(*one);
        }
        return;
      case 8:
      case 9:
        if (const auto one = Any(id)) Acknowledge(id, *one);
        return;
      default:
        return Take(id);
    }
  }

  void Acknowledge(Id id, Position position) {
    ASSERT_EQ(group_->Acknowledge(id, {position}), std::vector<Position>{position});
    settled_now_.insert(position);
    held_.erase(position);
  }

  std::optional<Position> Any(Id id) {
    for (const auto& [position, holder] : held_) {
      if (holder == id) return position;
    }
    return std::nullopt;
  }

  // Who lost what by time or by leaving is the group's to say.
  void ForgetReleased() {
    for (auto it = held_.begin(); it != held_.end();) {
      const bool kept = group_->Holds(it->second, it->first);
      it = kept ? std::next(it) : held_.erase(it);
    }
  }

  void Replay() {
    std::vector<int64_t> chosen;
    for (const auto& [position, row] : group_->parked()) {
      if (Draw(2) == 0) chosen.push_back(position);
    }
    if (!chosen.empty()) group_->Replay(chosen);
  }

  // Once everybody works, everything gets settled: nothing was left out.
  void Finish() {
    settings_.max_attempts = 1000;
    group_->Configure(settings_);
    for (int round = 0; round < 1000 && settled_now_.size() < Matching(); ++round) {
      Scan(kEvents);
      group_->Replay({});
      now_ += absl::Seconds(11);
      group_->Tick(now_);
      ForgetReleased();
      for (Id id = 1; id <= 3; ++id) {
        Take(id);
        while (const auto one = Any(id)) Acknowledge(id, *one);
      }
    }
    Store();
    EXPECT_EQ(settled_now_.size(), Matching()) << "G1: an event was left out";
    EXPECT_EQ(checkpoint_, kEvents);
    EXPECT_TRUE(group_->parked().empty());
    EXPECT_TRUE(store_.Load(kKey)->parked.empty());
  }
  size_t Matching() const {
    return static_cast<size_t>(
        std::count_if(streams_.begin(), streams_.end(), [](char stream) { return stream != 0; }));
  }

  std::mt19937 random_;
  GroupSettings settings_;
  std::vector<char> streams_;
  absl::Time now_ = absl::FromUnixSeconds(1000);
  MemoryConsumerStore store_;
  std::optional<GroupDelivery> group_;
  std::map<Position, Id> held_;
  std::set<Position> settled_now_;  // acknowledged since the last crash, or stored before it
  std::set<Position> stored_;
  Position checkpoint_ = 0;
};

TEST(GroupDeliveryPropertyTest, EveryEventIsSettledInOrderWhateverHappens) {
  const char* const seeds = std::getenv("CRM_SEEDS");
  const unsigned count = seeds == nullptr ? 500 : static_cast<unsigned>(std::atoi(seeds));
  for (unsigned seed = 1; seed <= count && !HasFailure(); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    History(seed).Run();
  }
}

}  // namespace
}  // namespace crm::eventstore
