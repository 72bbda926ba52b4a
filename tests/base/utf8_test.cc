#include "base/utf8.h"

#include <string>

#include "gtest/gtest.h"

namespace crm {
namespace {

TEST(Utf8Test, CountsCodePointsNotBytes) {
  EXPECT_EQ(CountCodePoints(""), 0u);
  EXPECT_EQ(CountCodePoints("abc"), 3u);
  EXPECT_EQ(CountCodePoints("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 3u);
}

TEST(Utf8Test, RefusesWhatIsNotUtf8) {
  for (const char* bad : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "a\xFF"})
    EXPECT_EQ(CountCodePoints(bad), std::nullopt) << bad;
  EXPECT_EQ(CountCodePoints("\xF4\x8F\xBF\xBF"), 1u);
  EXPECT_EQ(CountCodePoints("\xED\x9F\xBF"), 1u);
}

TEST(Utf8Test, PrefixNeverCutsASequence) {
  const std::string text = "a\xE2\x82\xAC";
  EXPECT_EQ(Utf8Prefix(text, 4), text);
  EXPECT_EQ(Utf8Prefix(text, 3), "a");
  EXPECT_EQ(Utf8Prefix(text, 1), "a");
  EXPECT_EQ(Utf8Prefix(text, 0), "");
}

}  // namespace
}  // namespace crm
