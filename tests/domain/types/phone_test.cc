#include "domain/types/phone.h"

#include "gtest/gtest.h"

namespace crm::domain {
namespace {

TEST(PhoneTest, SpellingsOfOneNumberHaveOneKey) {
  for (const char* text : {"+49 30 1234567", "+49 (0)30 1234567", "0049-30/123 45 67",
                           " +49.30.1234567 ext. 12", "+49 30 1234567;12", "+49301234567x9"}) {
    EXPECT_EQ(PhoneKey(text), "+49301234567") << text;
  }
}

TEST(PhoneTest, NationalNumbersStayNational) {
  EXPECT_EQ(PhoneKey("030 1234567"), "0301234567");
  EXPECT_EQ(PhoneKey("(0)30 1234567"), "0301234567");
}

TEST(PhoneTest, WhatIsTooShortTellsNobodyApart) {
  EXPECT_EQ(PhoneKey(""), "");
  EXPECT_EQ(PhoneKey("call me"), "");
  EXPECT_EQ(PhoneKey("1234"), "");
  EXPECT_EQ(PhoneKey("12345"), "12345");
  EXPECT_EQ(PhoneKey("00 12 34"), "");
}

}  // namespace
}  // namespace crm::domain
