#include "base/log.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crm::log {
namespace {

using ::testing::MatchesRegex;

TEST(LogTest, TextQuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(RenderEntry(Format::kText, "listening",
                        {{"address", "127.0.0.1:7420"}, {"port", 7420}, {"tls", false}}),
            "listening address=127.0.0.1:7420 port=7420 tls=false");
  EXPECT_EQ(RenderEntry(Format::kText, "m", {{"a", "two words"}, {"b", ""}, {"c", "q\"q"}}),
            R"(m a="two words" b="" c="q\"q")");
}

TEST(LogTest, AnEntryIsAlwaysOneLineOfValidText) {
  EXPECT_EQ(RenderEntry(Format::kText, "a\nb", {{"k", "c\x01"}}), R"(a\nb k="c\u0001")");
  EXPECT_EQ(RenderEntry(Format::kJson, "m", {{"k", std::string("\xFF\t\"\\")}, {"n", -5}}),
            "\"message\":\"m\",\"k\":\"\xEF\xBF\xBD\\u0009\\\"\\\\\",\"n\":-5");
}

TEST(LogTest, WritesTimeLevelAndEntryToStandardError) {
  testing::internal::CaptureStderr();
  Configure(Level::kInfo, Format::kJson);
  Debug("too quiet");
  Warning("slow disk", {{"milliseconds", 250}});
  Configure(Level::kInfo, Format::kText);
  Info("ready");
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_THAT(written,
              MatchesRegex("\\{\"time\":\"....-..-..T..:..:..\\.......Z\",\"level\":\"warning\","
                           "\"message\":\"slow disk\",\"milliseconds\":250\\}\n"
                           "....-..-..T..:..:..\\.......Z info ready\n"));
}

TEST(LogTest, ParsesItsSettings) {
  EXPECT_EQ(ParseLevel("warning"), Level::kWarning);
  EXPECT_EQ(ParseLevel("loud"), std::nullopt);
  EXPECT_EQ(ParseFormat("json"), Format::kJson);
  EXPECT_EQ(ParseFormat("xml"), std::nullopt);
}

TEST(LogTest, SaysWhichLevelsItWrites) {
  Configure(Level::kWarning, Format::kText);
  EXPECT_FALSE(Writes(Level::kInfo));
  EXPECT_TRUE(Writes(Level::kWarning));
  EXPECT_TRUE(Writes(Level::kError));
  Configure(Level::kInfo, Format::kText);
  EXPECT_TRUE(Writes(Level::kInfo));
}

}  // namespace
}  // namespace crm::log
