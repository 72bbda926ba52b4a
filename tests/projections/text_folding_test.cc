#include "projections/text_folding.h"

#include "gmock/gmock.h"
#include "projections/sort_key.h"

namespace crm::projections {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TextFoldingTest, LatinLettersLoseCaseAndMarks) {
  EXPECT_EQ(FoldText("Łódź ÀÉÎÕÜ ñ Ç"), "lodz aeiou n c");
  EXPECT_EQ(FoldText("Straße STRAẞE Æsir œuvre Þór"), "strasse strasse aesir oeuvre thor");
  EXPECT_EQ(FoldText("Nguyễn Đặng Ștefan Čapek Ğ İstanbul Ÿ ž ſ"),
            "nguyen dang stefan capek g istanbul y z s");
}

TEST(TextFoldingTest, CombiningMarksAreTheSameAsComposedLetters) {
  EXPECT_EQ(FoldText("Mu\u0308ller"), FoldText("Müller"));
  EXPECT_EQ(FoldText("Ελένη Παπαδοπούλου"), FoldText("Ελε\u0301νη Παπαδοπου\u0301λου"));
  EXPECT_EQ(FoldText("Сергей"), FoldText("Сергеи\u0306"));
  EXPECT_EQ(FoldText("김철수"), FoldText("\u1100\u1175\u11B7\u110E\u1165\u11AF\u1109\u116E"));
  EXPECT_EQ(FoldText("Ḥasan Ẁood"), "hasan wood");
}

// What looks the same on paper is the same, whatever keyboard or mail program wrote it.
TEST(TextFoldingTest, SpellingsOfTheSameSignAreOne) {
  EXPECT_THAT(WordsOf("O’Neill"), ElementsAre("oneill"));
  EXPECT_THAT(WordsOf("Meyer–Söhne\u00A0Köln"), ElementsAre("meyer", "sohne", "koln"));
  EXPECT_THAT(WordsOf("An\u200Bna \u202Eo\uFEFFz\u00AD"), ElementsAre("anna", "oz"));
  EXPECT_EQ(FoldText("ＡＣＭＥ　１２"), "acme 12");
  EXPECT_EQ(FoldText("Oﬃce"), "office");
  EXPECT_EQ(FoldText("ΟΔΥΣΣΕΥΣ"), FoldText("Οδυσσεύς"));
}

TEST(TextFoldingTest, GreekAndCyrillicLoseCase) {
  EXPECT_EQ(FoldText("ΩΜΕΓΑ"), "ωμεγα");
  EXPECT_EQ(FoldText("ЖУКОВ Ёлка"), "жуков елка");
}

TEST(TextFoldingTest, OtherTextIsKept) {
  EXPECT_EQ(FoldText("田中 😀 1.5×2"), "田中 😀 1.5 2");
  EXPECT_EQ(FoldText("a\xff\xc3"), "a\xff\xc3");
  // A zero in two bytes is none: it ended in an assertion.
  EXPECT_EQ(FoldText("a\xc0\x80"), "a\xc0\x80");
  EXPECT_EQ(FoldText(""), "");
}

TEST(TextFoldingTest, PunctuationSeparatesWords) {
  EXPECT_THAT(WordsOf("Meyer-Söhne & Co. (Köln)"), ElementsAre("meyer", "sohne", "co", "koln"));
  EXPECT_THAT(WordsOf("O'Neill"), ElementsAre("oneill"));
  EXPECT_THAT(WordsOf("'quoted' "), ElementsAre("quoted"));
  EXPECT_THAT(WordsOf(" -- "), IsEmpty());
  EXPECT_EQ(NameKey("ACME,  Inc."), "acme inc");
}

TEST(SortKeyTest, LongNamesAreCut) {
  EXPECT_EQ(SortedName(std::string(500, 'x')).size(), kSortedNameBytes);
  EXPECT_LT(SortKey(SortedName("anna")), SortKey(SortedName("ANNB")));
}

}  // namespace
}  // namespace crm::projections
