#include "services/validator.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "buf/validate/validate.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "crm/v1/types.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "services/errors.h"
#include "tests/services/validator_schema.h"
#include "tests/support/api_services.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Pair;
using testing::StatusIs;
using ::testing::UnorderedElementsAre;

using Found = std::vector<std::pair<std::string, std::string>>;

Found ViolationsOf(const absl::Status& status) {
  Found found;
  const google::rpc::Status sent = ToRpcStatus(status);
  for (const auto& any : sent.details()) {
    google::rpc::BadRequest bad_request;
    if (!any.UnpackTo(&bad_request)) continue;
    for (const auto& violation : bad_request.field_violations())
      found.emplace_back(violation.field(), violation.description());
  }
  return found;
}

// What is wrong with a request (in text format) that has these fields.
Found Check(const Fields& fields, const std::string& text) {
  Schema schema(fields);
  const auto validator = Validator::Create({schema.request()});
  EXPECT_THAT(validator, IsOk());
  const absl::Status status = (*validator)->Check(*schema.Make(text));
  if (!status.ok()) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(status, HasReason("INVALID_REQUEST"));
    EXPECT_THAT(ViolationsOf(status), ::testing::Not(IsEmpty()));
  }
  return ViolationsOf(status);
}

TEST(ValidatorTest, LengthsCountCodePoints) {
  const Fields fields = {{"string a", "string {min_len: 2, max_len: 3}"},
                         {"string b", "string {len: 1}"}};
  EXPECT_THAT(Check(fields, "a: '\xC3\xA9\xC3\xA9' b: '\xF0\x9F\x98\x80'"), IsEmpty());
  EXPECT_THAT(Check(fields, "a: 'x' b: 'xy'"),
              ElementsAre(Pair("a", "must be at least 2 characters"),
                          Pair("b", "must be exactly 1 characters")));
  EXPECT_THAT(Check(fields, "a: 'abcd' b: 'x'"),
              ElementsAre(Pair("a", "must be at most 3 characters")));
}

TEST(ValidatorTest, TextMustBeUtf8EvenWithoutRules) {
  Schema schema(Fields{{"string a", ""}, {"repeated string b", ""}});
  const auto validator = Validator::Create({schema.request()});
  ASSERT_THAT(validator, IsOk());
  const auto request = schema.Make("");
  const auto* type = request->GetDescriptor();
  request->GetReflection()->SetString(request.get(), type->field(0), "\xC0\xAF");
  request->GetReflection()->AddString(request.get(), type->field(1), "fine");
  request->GetReflection()->AddString(request.get(), type->field(1), "\xFF");
  EXPECT_THAT(ViolationsOf((*validator)->Check(*request)),
              ElementsAre(Pair("a", "must be valid UTF-8"), Pair("b[1]", "must be valid UTF-8")));
}

TEST(ValidatorTest, TextHoldsNoControlCharactersButSpaces) {
  const Fields fields = {{"string a", "string {max_len: 20}"}};
  EXPECT_THAT(Check(fields, "a: 'one\\ttwo\\r\\nthree\\303\\251\\302\\240'"), IsEmpty());
  for (const char* text :
       {R"(\000)", R"(a\007b)", R"(\033[2J)", R"(\177)", R"(a\302\205)", R"(\302\233)"}) {
    EXPECT_THAT(Check(fields, absl::StrCat("a: '", text, "'")),
                ElementsAre(Pair("a", "must not hold control characters")))
        << text;
  }
}

TEST(ValidatorTest, PatternsMatchAnywhereUnlessAnchored) {
  const Fields fields = {{"string a", "string {pattern: 'b+'}"},
                         {"string b", "string {pattern: '^(teams/[^/]{1,4})?$'}"}};
  EXPECT_THAT(Check(fields, "a: 'abba' b: 'teams/1'"), IsEmpty());
  EXPECT_THAT(Check(fields, "a: 'abba'"), IsEmpty()) << "the pattern itself allows empty";
  EXPECT_THAT(
      Check(fields, "b: 'teams/12345'"),
      ElementsAre(Pair("a", "must match b+"), Pair("b", "must match ^(teams/[^/]{1,4})?$")));
}

TEST(ValidatorTest, WellKnownStrings) {
  const Fields fields = {{"optional string mail", "string {email: true}"},
                         {"optional string id", "string {uuid: true}"},
                         {"optional string word", "string {in: ['x', 'y']}"}};
  EXPECT_THAT(Check(fields,
                    "mail: 'a.b+c@example.org' "
                    "id: '123e4567-e89b-12d3-a456-426614174000' word: 'y'"),
              IsEmpty());
  EXPECT_THAT(Check(fields, ""), IsEmpty()) << "unset optional fields are not checked";
  for (const char* bad : {"", "a", "a@", "@b", "a b@c.de", "a@b@c", "a@-b.de", "a@b..de"})
    EXPECT_THAT(Check(fields, absl::StrCat("mail: '", bad, "'")),
                ElementsAre(Pair("mail", "must be an e-mail address")))
        << bad;
  EXPECT_THAT(Check(fields, "id: '123' word: 'z'"),
              ElementsAre(Pair("id", "must be a UUID"), Pair("word", "must be one of x, y")));
}

TEST(ValidatorTest, NumbersHaveBounds) {
  const Fields fields = {{"int32 a", "int32 {gte: 1, lte: 3}"},
                         {"int64 b", "int64 {gt: -2, lt: 2}"},
                         {"int32 c", "int32 {in: [0, 5]}"}};
  EXPECT_THAT(Check(fields, "a: 1 b: -1 c: 5"), IsEmpty());
  EXPECT_THAT(Check(fields, "a: 3 b: 1"), IsEmpty());
  EXPECT_THAT(Check(fields, "a: 0 b: 2 c: 1"),
              ElementsAre(Pair("a", "must be at least 1"), Pair("b", "must be less than 2"),
                          Pair("c", "must be one of 0, 5")))
      << "zero is a value where there is no presence";
  EXPECT_THAT(Check(fields, "a: 4 b: -2"),
              ElementsAre(Pair("a", "must be at most 3"), Pair("b", "must be greater than -2")));
}

TEST(ValidatorTest, EnumsAndBytes) {
  const Fields fields = {{"Color a", "enum {defined_only: true, not_in: [0]}"},
                         {"bytes b", "bytes {min_len: 1, max_len: 2}"},
                         {"optional bytes c", "bytes {len: 2}"}};
  EXPECT_THAT(Check(fields, "a: COLOR_RED b: '\\xFF\\xFF' c: 'ab'"), IsEmpty());
  EXPECT_THAT(
      Check(fields, "a: 7 b: 'abc' c: 'a'"),
      ElementsAre(Pair("a", "must be a value this server knows"),
                  Pair("b", "must be at most 2 bytes"), Pair("c", "must be exactly 2 bytes")));
  EXPECT_THAT(Check(fields, ""), ElementsAre(Pair("a", "must not be COLOR_UNSPECIFIED"),
                                             Pair("b", "must be at least 1 bytes")));
}

TEST(ValidatorTest, RequiredMeansSetOrNotZeroAndIsSaidOnce) {
  const Fields fields = {{"string a", "required: true, string: {uuid: true}"},
                         {"optional int32 b", "required: true"},
                         {"google.type.Money c", "required: true"},
                         {"repeated int32 d", "required: true"}};
  EXPECT_THAT(Check(fields, ""), ElementsAre(Pair("a", "is required"), Pair("b", "is required"),
                                             Pair("c", "is required"), Pair("d", "is required")));
  EXPECT_THAT(Check(fields,
                    "a: '123e4567-e89b-12d3-a456-426614174000' b: 0 d: 0 "
                    "c {currency_code: 'EUR'}"),
              IsEmpty());
}

TEST(ValidatorTest, RepeatedFieldsCountCompareAndCheckEachItem) {
  const Fields fields = {
      {"repeated string a",
       "repeated {min_items: 1, max_items: 3, unique: true, items: {string: {max_len: 2}}}"}};
  EXPECT_THAT(Check(fields, "a: 'x' a: 'y'"), IsEmpty());
  EXPECT_THAT(Check(fields, ""), ElementsAre(Pair("a", "must have at least 1 items")));
  EXPECT_THAT(Check(fields, "a: 'x' a: 'xyz' a: 'x' a: ''"),
              UnorderedElementsAre(Pair("a", "must have at most 3 items"),
                                   Pair("a[2]", "must not repeat an earlier item"),
                                   Pair("a[1]", "must be at most 2 characters")));
}

TEST(ValidatorTest, PathsLeadIntoMessages) {
  Schema schema({{"repeated Inner lines", ""}, {"Inner one", ""}},
                {{"google.type.Money price", ""}, {"string name", "required: true"}});
  const auto validator = Validator::Create({schema.request()});
  ASSERT_THAT(validator, IsOk());
  EXPECT_THAT(
      ViolationsOf(
          (*validator)
              ->Check(*schema.Make(
                  "lines {name: 'x'} lines {price {currency_code: 'eur'} name: 'x'} one {}"))),
      ElementsAre(
          Pair("lines[1].price.currency_code", "must be three upper-case letters (ISO 4217)"),
          Pair("one.name", "is required")));
}

TEST(ValidatorTest, MoneyDatesAndTimesAreCheckedWhereverTheyOccur) {
  const Fields fields = {
      {"google.type.Money m", ""}, {"google.type.Date d", ""}, {"google.protobuf.Timestamp t", ""}};
  for (const char* good : {"m {currency_code: 'EUR' units: -1 nanos: -999999999}",
                           "m {currency_code: 'EUR' nanos: -5}", "d {year: 2024 month: 2 day: 29}",
                           "d {year: 9999 month: 12 day: 31}", "t {seconds: -62135596800}",
                           "t {seconds: 253402300799 nanos: 999999999}"})
    EXPECT_THAT(Check(fields, good), IsEmpty()) << good;
  for (const char* bad : {"m {}",
                          "m {currency_code: 'EURO'}",
                          "m {currency_code: 'E1R'}",
                          "m {currency_code: 'EUR' units: 1 nanos: -1}",
                          "m {currency_code: 'EUR' units: -1 nanos: 1}",
                          "m {currency_code: 'EUR' nanos: 1000000000}",
                          "m {currency_code: 'EUR' nanos: -1000000000}",
                          "d {}",
                          "d {year: 2023 month: 2 day: 29}",
                          "d {year: 2023 month: 4 day: 31}",
                          "d {year: 0 month: 1 day: 1}",
                          "d {year: 10000 month: 1 day: 1}",
                          "d {year: 2023 month: 13 day: 1}",
                          "d {year: 2023 month: 1 day: 0}",
                          "d {year: 2023 month: 1 day: 32}",
                          "d {year: 2023 month: 1}",
                          "t {seconds: -62135596801}",
                          "t {seconds: 253402300800}",
                          "t {nanos: -1}",
                          "t {nanos: 1000000000}"})
    EXPECT_EQ(Check(fields, bad).size(), 1u) << bad;
}

TEST(ValidatorTest, OutputOnlyFieldsAreIgnored) {
  EXPECT_THAT(Check({{"output_only google.type.Date a", ""},
                     {"output_only string b", "string {min_len: 3}"}},
                    "a {day: 99}"),
              IsEmpty());
}

TEST(ValidatorTest, ReportsUpToALimit) {
  std::string text;
  for (int i = 0; i < 2 * Validator::kMaxViolations; ++i) text += "a: -1 ";
  const Fields fields = {{"repeated int32 a", "repeated {items {int32 {gte: 0}}}"}};
  Schema schema(fields);
  const auto validator = Validator::Create({schema.request()});
  ASSERT_THAT(validator, IsOk());
  EXPECT_THAT((*validator)->Check(*schema.Make(text)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("(and 99 more)")));
}

TEST(ValidatorTest, MessagesThatContainThemselvesHaveADepthLimit) {
  v1::RecordFilter filter;
  v1::RecordFilter* inner = &filter;
  for (int i = 1; i < Validator::kMaxDepth; ++i) inner = inner->mutable_negated();
  const auto validator = Validator::Create({v1::RecordFilter::descriptor()});
  ASSERT_THAT(validator, IsOk());
  EXPECT_THAT((*validator)->Check(filter), IsOk());
  inner->mutable_negated();
  EXPECT_THAT((*validator)->Check(filter),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nested too deep")));
}

TEST(ValidatorTest, AnUncompiledTypeIsOurMistakeNotTheClients) {
  const auto validator = Validator::Create({});
  ASSERT_THAT(validator, IsOk());
  EXPECT_THAT((*validator)->Check(v1::ListTeamsRequest()), StatusIs(absl::StatusCode::kInternal));
}

absl::Status CreateStatusOf(const Fields& fields, const Fields& inner = {}) {
  const Schema schema(fields, inner);
  return Validator::Create({schema.request()}).status();
}

TEST(ValidatorTest, ARuleThatIsNotEnforcedKeepsTheServerFromStarting) {
  for (const FieldSpec& field : Fields{
           {"string a", "int32 {gte: 1}"},
           {"int64 a", "int32 {gte: 1}"},
           {"bool a", "string {min_len: 1}"},
           {"repeated string a", "string {min_len: 1}"},
           {"string a", "repeated {min_items: 1}"},
           {"string a", "string {pattern: '(['}"},
           {"repeated string a", "repeated {items {required: true}}"},
           {"repeated string a", "repeated {items {repeated {min_items: 1}}}"},
           {"repeated string a", "repeated {items {int32 {gte: 1}}}"},
           {"repeated google.type.Date a", "repeated {unique: true}"},
       }) {
    const absl::Status status = CreateStatusOf({field});
    EXPECT_THAT(status, HasReason("VALIDATION_RULE_UNSUPPORTED")) << field.rules;
    EXPECT_EQ(ReasonMetadataValue(status, "element"), "test.Request.a");
  }
}

TEST(ValidatorTest, RulesDeepInsideCountAsWell) {
  EXPECT_EQ(
      ReasonMetadataValue(
          CreateStatusOf({{"repeated Inner a", ""}}, {{"int32 b", "int64 {gte: 1}"}}), "element"),
      "test.Inner.b");
  EXPECT_EQ(ReasonMetadataValue(CreateStatusOf({{"google.protobuf.Struct a", ""}}), "element"),
            "google.protobuf.Struct.fields")
      << "requests hold no maps";
}

// A rule of protovalidate that our declaration of it lacks is an unknown field: CEL (23) on a
// field, a prefix (7) on a string, and rules on a message.
TEST(ValidatorTest, RulesWeDoNotDeclareAreFound) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("unknown_rules.proto");
  file.set_syntax("proto3");
  const auto create = [&] {
    google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
    return Validator::Create({pool.BuildFile(file)->message_type(0)}).status();
  };
  auto* message = file.add_message_type();
  message->set_name("Request");
  auto* field = message->add_field();
  field->set_name("a");
  field->set_number(1);
  field->set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
  EXPECT_THAT(create(), IsOk());
  auto* rules = field->mutable_options()->MutableExtension(buf::validate::field);
  rules->GetReflection()->MutableUnknownFields(rules)->AddLengthDelimited(23, "this != ''");
  EXPECT_THAT(create(), HasReason("VALIDATION_RULE_UNSUPPORTED"));
  rules->Clear();
  auto* text = rules->mutable_string();
  text->GetReflection()->MutableUnknownFields(text)->AddLengthDelimited(7, "x");
  EXPECT_THAT(create(), HasReason("VALIDATION_RULE_UNSUPPORTED"));
  field->clear_options();
  auto* options = message->mutable_options();
  options->GetReflection()->MutableUnknownFields(options)->AddLengthDelimited(1159, "\x18\x01");
  EXPECT_THAT(create(), HasReason("VALIDATION_RULE_UNSUPPORTED"));
}

TEST(ValidatorTest, NoRequestOfTheApiUsesAnUnsupportedRule) {
  const auto services = testing::ApiServices();
  ASSERT_GT(services.size(), 10u);
  EXPECT_THAT(Validator::Create(RequestsOf(services)), IsOk());
}

TEST(ValidatorTest, ChecksRequestsOfTheApi) {
  const auto validator = Validator::Create({v1::CreateOpportunityRequest::descriptor()});
  ASSERT_THAT(validator, IsOk());
  EXPECT_THAT((*validator)->Check(v1::CreateOpportunityRequest()), HasReason("INVALID_REQUEST"));
}

}  // namespace
}  // namespace crm::services
