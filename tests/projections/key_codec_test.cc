#include "projections/key_codec.h"

#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include "projections/view_rows.h"

namespace crm::projections {
namespace {

template <class... Fields>
std::string Encode(const Fields&... fields) {
  std::string bytes;
  AppendKey(bytes, std::tuple<Fields...>(fields...));
  return bytes;
}

template <class... Fields>
std::string Hex(const Fields&... fields) {
  return absl::BytesToHexString(Encode(fields...));
}

// Stored rows are found by these bytes: a change here empties every store (raise its format).
TEST(KeyCodecTest, GoldenBytes) {
  EXPECT_EQ(Hex(true, false), "0100");
  EXPECT_EQ(Hex(uint8_t{0xab}, uint32_t{0x01020304}), "ab01020304");
  EXPECT_EQ(Hex(int64_t{0}), "8000000000000000");
  EXPECT_EQ(Hex(int64_t{-1}), "7fffffffffffffff");
  EXPECT_EQ(Hex(int64_t{258}), "8000000000000102");
  EXPECT_EQ(Hex(std::string("ab")), "61620000");
  EXPECT_EQ(Hex(std::string("a\0b", 3)), "6100ff620000");
  EXPECT_EQ(Hex(Descending<uint8_t>{1}), "fe");
  EXPECT_EQ(Hex(Descending<std::string>{"a"}), "9effff");
  EXPECT_EQ(Hex(absl::CivilDay(1970, 1, 3)), "8000000000000002");
  EXPECT_EQ(Hex(absl::FromUnixMicros(-1)), "7fffffffffffffff");
  EXPECT_EQ(Hex(*Uuid::Parse("00112233-4455-6677-8899-aabbccddeeff")),
            "00112233445566778899aabbccddeeff");
}

// Damaged rows hold any number; the undefined-behaviour sanitizer looks on.
TEST(KeyCodecTest, EveryNumberIsADay) {
  for (const int64_t number : {INT64_MIN, INT64_MIN + 1, int64_t{-1}, INT64_MAX - 1, INT64_MAX}) {
    const std::string bytes = Encode(number);
    absl::string_view rest = bytes;
    absl::CivilDay day;
    ASSERT_TRUE(KeyField<absl::CivilDay>::Consume(rest, day));
    EXPECT_EQ(Encode(day), bytes) << number;
  }
}

// Values that are close to each other and to the edges, where orders break.
class Source {
 public:
  explicit Source(unsigned seed) : random_(seed) {}
  int64_t Int64() {
    static constexpr int64_t kEdges[] = {INT64_MIN, -256, -1, 0, 1, 255, 256, INT64_MAX};
    const int64_t edge = kEdges[random_() % 8];
    const auto step = static_cast<int64_t>(random_() % 3);
    return random_() % 2 == 0 || edge > INT64_MAX - step ? edge : edge + step;
  }
  std::string Text() {
    static constexpr char kBytes[] = {'\0', '\x01', 'a', '\xfe', '\xff'};
    std::string text;
    for (size_t size = random_() % 4; text.size() < size;) text.push_back(kBytes[random_() % 5]);
    return text;
  }
  Uuid Id() {
    Uuid id;
    id.bytes[random_() % 16] = static_cast<uint8_t>(random_());
    return id;
  }
  bool Flag() { return random_() % 2 == 0; }
  uint32_t Word() { return static_cast<uint32_t>(random_()) >> (random_() % 32); }

 private:
  std::mt19937 random_;
};

using Key = std::tuple<std::string, Descending<int64_t>, Descending<std::string>, bool, uint32_t,
                       int64_t, Uuid, std::string>;

Key Draw(Source& source) {
  int64_t small = source.Int64() / 2;
  return {source.Text(),      {small},     {source.Text()}, source.Flag(), source.Word(),
          source.Int64() / 2, source.Id(), source.Text()};
}

std::string Bytes(const Key& key) {
  std::string bytes;
  AppendKey(bytes, key);
  return bytes;
}

TEST(KeyCodecTest, OrderOfBytesIsOrderOfTuples) {
  Source source(1);
  for (int round = 0; round < 20'000; ++round) {
    const Key a = Draw(source);
    Key b = Draw(source);
    // Most pairs share a beginning, so that later fields decide as well.
    if (round % 4 > 0) std::get<0>(b) = std::get<0>(a);
    if (round % 4 > 1) std::get<1>(b) = std::get<1>(a);
    if (round % 4 > 2) std::get<2>(b) = std::get<2>(a);
    ASSERT_EQ(Bytes(a) < Bytes(b), a < b) << round;
    ASSERT_EQ(Bytes(a) == Bytes(b), a == b) << round;
  }
}

TEST(KeyCodecTest, ParsesWhatItWrote) {
  Source source(2);
  for (int round = 0; round < 5'000; ++round) {
    const Key key = Draw(source);
    Key parsed;
    ASSERT_TRUE(ParseKey(Bytes(key), parsed)) << round;
    ASSERT_TRUE(parsed == key) << round;
  }
}

TEST(KeyCodecTest, RefusesEveryTruncationAndTail) {
  Source source(3);
  for (int round = 0; round < 200; ++round) {
    const std::string bytes = Bytes(Draw(source));
    Key parsed;
    for (size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(ParseKey(bytes.substr(0, size), parsed)) << round << " " << size;
    }
    ASSERT_FALSE(ParseKey(bytes + "x", parsed)) << round;
  }
}

TEST(KeyCodecTest, RefusesMalformedFields) {
  std::tuple<std::string> text;
  EXPECT_FALSE(ParseKey(absl::string_view("a\0b\0\0", 5), text));
  std::tuple<bool> flag;
  EXPECT_FALSE(ParseKey("\x02", flag));
}

TEST(KeyCodecTest, PrefixEndFollowsEveryKeyWithThePrefix) {
  EXPECT_EQ(PrefixEnd("a"), "b");
  EXPECT_EQ(PrefixEnd("a\xff\xff"), "b");
  EXPECT_EQ(PrefixEnd("\xff"), "");
  EXPECT_EQ(PrefixEnd(""), "");
}

}  // namespace
}  // namespace crm::projections
