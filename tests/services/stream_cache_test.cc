#include "services/stream_cache.h"

#include "gtest/gtest.h"
#include "tests/eventstore/test_log.h"
#include "tests/support/memory_key_ring.h"

namespace crm::services {
namespace {

using domain::AggregateType;
using domain::StreamSource;
using eventstore::kOrganization;

// A state that is nothing but the version it was folded to.
constexpr AggregateType kCounted{
    [](const void* state) -> std::shared_ptr<void> {
      return std::make_shared<int64_t>(state == nullptr ? 0 : *static_cast<const int64_t*>(state));
    },
    [](void* state, domain::StreamHead& head, const log::v1::RecordedEvent& event, KeyRing&) {
      ++*static_cast<int64_t*>(state);
      head.version = event.version();
      return absl::OkStatus();
    }};

class StreamCacheTest : public ::testing::Test {
 protected:
  StreamCacheTest() { eventstore::CreateOrganization(*log_); }

  void Append(const std::string& stream, Version expected, size_t bytes) {
    eventstore::StreamAppend append = eventstore::TestAppend(stream, expected, 1);
    append.events[0].data = std::string(bytes, 'x');
    ASSERT_TRUE(eventstore::AppendNow(*log_, eventstore::TestCommit({append})).ok());
  }
  // The state as it is handed out; alive as long as the cache keeps it.
  std::weak_ptr<const void> Load(StreamCache& cache, const std::string& stream) {
    const auto loaded = cache.Load(kOrganization, eventstore::TestStream(stream), kCounted);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return loaded->state;
  }

  eventstore::TestLog log_{eventstore::Engine::kMemory};
  testing::MemoryKeyRing keys_;
};

// Mutation seen to fail: MakeRoom that counts streams alone.
TEST_F(StreamCacheTest, KeepsNoMoreBytesThanItMay) {
  StreamCache cache(*log_, keys_, 100, 1000);
  for (const char* stream : {"a", "b", "c"}) Append(stream, 0, 400);
  const auto a = Load(cache, "a");
  const auto b = Load(cache, "b");
  EXPECT_FALSE(a.expired());
  const auto c = Load(cache, "c");
  EXPECT_TRUE(a.expired()) << "the one used least recently";
  EXPECT_FALSE(b.expired());
  EXPECT_FALSE(c.expired());
  // A stream that grows pushes out others; its former state does not count any more.
  Append("b", 1, 500);
  const auto grown = Load(cache, "b");
  EXPECT_TRUE(b.expired());
  EXPECT_TRUE(c.expired());
  EXPECT_FALSE(grown.expired());
  cache.Forget(kOrganization);
  EXPECT_TRUE(grown.expired());
  const auto again = Load(cache, "c");
  EXPECT_FALSE(again.expired()) << "what is forgotten makes room";
}

// Mutation seen to fail: Extend without kLargestState.
TEST_F(StreamCacheTest, ALongHistoryDoesNotCountForEver) {
  StreamCache cache(*log_, keys_, 100, int64_t{3} << 20);
  Append("small", 0, 10);
  const auto small = Load(cache, "small");
  for (Version version = 0; version < 5; ++version) Append("busy", version, 1 << 20);
  const auto busy = Load(cache, "busy");
  EXPECT_FALSE(small.expired());
  EXPECT_FALSE(busy.expired());
}

// A command on a hot stream is answered from its own version, which others have gone beyond. Fails
// when the earlier state is not begun with, and when what follows the cut is folded or read.
TEST_F(StreamCacheTest, APastStateBeginsWithWhatTheCallerKnows) {
  int folded = 0;
  static int* counter = nullptr;
  counter = &folded;
  constexpr AggregateType kCounting{
      kCounted.copy, [](void* state, domain::StreamHead& head, const log::v1::RecordedEvent& event,
                        KeyRing& keys) {
        ++*counter;
        return kCounted.evolve(state, head, event, keys);
      }};
  StreamCache cache(*log_, keys_, 100);
  const auto at = [&](Version version, const domain::StreamSource::Loaded* earlier) {
    folded = 0;
    const auto loaded = cache.LoadAt(kOrganization, eventstore::TestStream("hot"), kCounting,
                                     {.version = version}, earlier);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ(*static_cast<const int64_t*>(loaded->state.get()), version);
    EXPECT_EQ(loaded->head.version, version);
    return *loaded;
  };
  for (Version version = 0; version < 20; ++version) Append("hot", version, 1);
  const domain::StreamSource::Loaded tenth = at(10, nullptr);
  at(20, nullptr);
  EXPECT_EQ(folded, 10) << "from the cached one";
  at(11, &tenth);
  EXPECT_EQ(folded, 1);
  at(9, &tenth);
  EXPECT_EQ(folded, 9) << "it is too late for that";
  const domain::StreamSource::Loaded nothing;
  at(9, &nothing);
  EXPECT_EQ(folded, 9) << "a replay knows none";
}

// Mutation seen to fail: LoadAt that folds a stateless stream from its start.
TEST_F(StreamCacheTest, OfAStatelessStreamOnlyTheEndIsRead) {
  AggregateType stateless = kCounted;
  stateless.stateless = true;
  for (Version version = 0; version < 5; ++version) Append("register", version, 10);
  StreamCache cache(*log_, keys_, 100);
  const StreamId stream = eventstore::TestStream("register");
  const auto folded = [](const StreamSource::Loaded& loaded) {
    return std::pair(loaded.head.version, *static_cast<const int64_t*>(loaded.state.get()));
  };
  EXPECT_EQ(folded(*cache.LoadAt(kOrganization, stream, stateless, {.version = 3})),
            std::pair(Version{3}, int64_t{1}));
  EXPECT_EQ(folded(*cache.Load(kOrganization, eventstore::TestStream("none"), stateless)),
            std::pair(Version{0}, int64_t{0}));
  StreamCache fresh(*log_, keys_, 100);
  EXPECT_EQ(folded(*fresh.Load(kOrganization, stream, stateless)),
            std::pair(Version{5}, int64_t{1}));
  Append("register", 5, 10);
  EXPECT_EQ(folded(*fresh.Load(kOrganization, stream, stateless)),
            std::pair(Version{6}, int64_t{2}));
}

}  // namespace
}  // namespace crm::services
