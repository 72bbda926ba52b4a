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
}

TEST(TextFoldingTest, GreekAndCyrillicLoseCase) {
  EXPECT_EQ(FoldText("ΩΜΕΓΑ"), "ωμεγα");
  EXPECT_EQ(FoldText("ЖУКОВ Ёлка"), "жуков ёлка");
}

TEST(TextFoldingTest, OtherTextIsKept) {
  EXPECT_EQ(FoldText("田中 😀 1.5×2"), "田中 😀 1.5 2");
  EXPECT_EQ(FoldText("a\xff\xc3"), "a\xff\xc3");
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
