#include "tools/crmctl/csv.h"

#include <sstream>

#include "gmock/gmock.h"

namespace crm::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<CsvRecord> ReadAll(const std::string& text, char delimiter = ',',
                               CsvReader::Limits limits = CsvReader::Limits()) {
  std::istringstream input(text);
  CsvReader reader(input, delimiter, limits);
  std::vector<CsvRecord> records;
  CsvRecord record;
  while (reader.Next(record)) records.push_back(record);
  return records;
}

TEST(CsvReaderTest, ReadsPlainAndQuotedCells) {
  const auto records = ReadAll("a,b,c\r\n1,\"two, \"\"2\"\"\",\n\"x\ny\",,z");
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_THAT(records[0].cells, ElementsAre("a", "b", "c"));
  EXPECT_THAT(records[1].cells, ElementsAre("1", "two, \"2\"", ""));
  EXPECT_THAT(records[2].cells, ElementsAre("x\ny", "", "z"));
  EXPECT_EQ(records[2].line, 3);
}

TEST(CsvReaderTest, TextInAnotherEncodingSpoilsItsRecord) {
  const auto records = ReadAll("1,M\xFCller\n2,M\xC3\xBCller\n");
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_THAT(records[0].problem, HasSubstr("cell 2 is not UTF-8"));
  EXPECT_THAT(records[1].problem, IsEmpty());
}

TEST(CsvReaderTest, LinesThatEndWithACarriageReturnAloneAreNamedAsThat) {
  const auto records = ReadAll("a,b\r1,2\r");
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_THAT(records[0].problem, HasSubstr("carriage return"));
}

TEST(CsvReaderTest, SkipsByteOrderMarkAndBlankLines) {
  const auto records = ReadAll(
      "\xEF\xBB\xBF"
      "a;b\n\n\r\n1;2\n",
      ';');
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_THAT(records[0].cells, ElementsAre("a", "b"));
  EXPECT_EQ(records[1].line, 4);
}

TEST(CsvReaderTest, KeepsAnEmptyQuotedCellAndACarriageReturnInsideQuotes) {
  const auto records = ReadAll("\"\",\"a\r\nb\"\r\n");
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_THAT(records[0].cells, ElementsAre("", "a\r\nb"));
}

TEST(CsvReaderTest, ReportsAQuoteThatIsNeverClosedAndGoesOn) {
  const auto records = ReadAll("a,b\n1,\"open\n2,fine\n3,fine\n");
  ASSERT_THAT(records, SizeIs(4));
  EXPECT_THAT(records[1].problem, HasSubstr("never closed"));
  EXPECT_EQ(records[1].line, 2);
  EXPECT_THAT(records[2].problem, IsEmpty());
  EXPECT_THAT(records[2].cells, ElementsAre("2", "fine"));
  EXPECT_EQ(records[2].line, 3);
  EXPECT_EQ(records[3].line, 4);
}

TEST(CsvReaderTest, AnUnclosedQuoteDoesNotSwallowTheNextQuotedCell) {
  const auto records = ReadAll("1,\"open\n2,\"right\"\n3,x\n");
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_THAT(records[0].problem, HasSubstr("text after a closing quote"));
  EXPECT_THAT(records[1].cells, ElementsAre("2", "right"));
  EXPECT_THAT(records[2].cells, ElementsAre("3", "x"));
}

TEST(CsvReaderTest, ReportsQuotesInTheWrongPlace) {
  const auto records = ReadAll("a\"b,c\n\"a\"b,c\nok,ok\n");
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_THAT(records[0].problem, HasSubstr("a quote inside an unquoted cell in cell 1"));
  EXPECT_THAT(records[1].problem, HasSubstr("text after a closing quote in cell 1"));
  EXPECT_THAT(records[2].problem, IsEmpty());
}

TEST(CsvReaderTest, TakesACellOfExactlyTheLimitAndRefusesALongerOne) {
  CsvReader::Limits limits;
  limits.cell_bytes = 4;
  const auto records = ReadAll("abcd,1\nabcde,2\n", ',', limits);
  EXPECT_THAT(records[0].problem, IsEmpty());
  EXPECT_THAT(records[1].problem, HasSubstr("cell 1 is longer than 4 bytes"));
}

TEST(CsvReaderTest, RefusesATenMegabyteCellAndGoesOn) {
  const std::string huge(size_t{10} << 20U, 'x');
  const auto records = ReadAll("1,\"" + huge + "\"\n2,small\n");
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_THAT(records[0].problem, HasSubstr("longer than 1048576 bytes"));
  EXPECT_LE(records[0].cells[1].size(), size_t{1} << 20U);
  EXPECT_THAT(records[1].cells, ElementsAre("2", "small"));
}

TEST(CsvReaderTest, AnOpenQuoteBeforeAHugeRestStaysBounded) {
  CsvReader::Limits limits;
  limits.record_bytes = 64;
  std::string text = "\"open\n";
  for (int i = 0; i < 100; ++i) text += "row,row\n";
  const auto records = ReadAll(text, ',', limits);
  EXPECT_THAT(records, SizeIs(101));
  EXPECT_THAT(records[0].problem, HasSubstr("never closed"));
  EXPECT_THAT(records[100].cells, ElementsAre("row", "row"));
}

TEST(CsvReaderTest, CountsTheBytesItRead) {
  std::istringstream input("a,b\n1,2\n");
  CsvReader reader(input, ',');
  CsvRecord record;
  reader.Next(record);
  EXPECT_EQ(reader.offset(), 4);
  reader.Next(record);
  EXPECT_EQ(reader.offset(), 8);
}

TEST(CsvLineTest, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvLine({"a", "b,c", "d\"e", "f\ng", ""}), "a,\"b,c\",\"d\"\"e\",\"f\ng\",\r\n");
}

TEST(CsvLineTest, DisarmsFormulasButNotNumbers) {
  EXPECT_EQ(CsvLine({"=1+1", "+49 170", "-5.00", "@x", "-x", "+5"}),
            "'=1+1,'+49 170,-5.00,'@x,'-x,+5\r\n");
}

TEST(CsvLineTest, IsReadBackAsItWas) {
  const std::vector<std::string> cells = {"plain", "a,b", "say \"hi\"", "two\r\nlines", ""};
  EXPECT_EQ(ReadAll(CsvLine(cells))[0].cells, cells);
}

}  // namespace
}  // namespace crm::ctl
