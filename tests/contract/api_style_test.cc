// Our public protos keep the rules of docs/api_rules.md, exceptions have reasons, and every rule
// finds the snippet that breaks it.

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/api_schema.h"
#include "tests/contract/api_style_rules.h"

namespace crm::contract {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

struct Exception {
  int rule;
  const char* element;
  const char* reason;
};

constexpr Exception kExceptions[] = {
    {5, "crm.v1.ConsumerGroupService.DeleteConsumerGroup",
     "its checkpoint and parked events go, its history stays (ADR 0022)"},
    {6, "crm.v1.ConsumerGroupService.Consume", "settling is idempotent by position (ADR 0022)"},
    {3, "crm.v1.OpportunityService.PlaceOnStandby", "'on standby' is the field's word for it"},
    {4, "crm.v1.PipelineService.UpdateStage", "a stage is part of its pipeline, which it versions"},
    {6, "crm.v1.StockService.ReceiveStock", "the receipt it returns is born by it"},
    {6, "crm.v1.StockService.CorrectStock", "the receipt it returns is born by it"},
    {6, "crm.v1.ProjectionService.RebuildProjection", "records nothing: views are disposable"},
    {6, "crm.v1.ProjectionService.CompareProjection", "records nothing: views are disposable"},
    {6, "crm.v1.ProjectionService.ResumeProjection", "records nothing: views are disposable"},
    {7, "crm.v1.ProjectionService.RebuildProjection", "a view has a version, not an etag"},
    {7, "crm.v1.ProjectionService.CompareProjection", "a view has a version, not an etag"},
    {7, "crm.v1.ProjectionService.ResumeProjection", "a view has a version, not an etag"},
    {7, "crm.v1.PrivacyService.ErasePerson", "the answer is the receipt of the erasure"},
    {10, "crm.v1.BackupService.ListBackups", "a backup holds many logs, each with its position"},
    {10, "crm.v1.BackupService.VerifyBackup", "a backup holds many logs, each with its position"},
    {10, "crm.v1.OperatorService.ReadKeys", "keys are beside the log, not in it"},
    {13, "crm.v1.Forecast.Row.month", "a month, named by its first day"},
};

std::string Describe(const StyleFinding& finding) {
  return absl::StrCat("rule ", finding.rule, ": ", finding.element, " ", finding.message);
}

TEST(ApiStyleTest, EveryProtoKeepsTheRules) {
  const ApiSchema schema = ReadProtos("crm/v1");
  ASSERT_GT(schema.files.size(), 5u) << "run from the repository's root";
  std::vector<bool> used(std::size(kExceptions));
  std::string report;
  for (const auto* file : schema.files) {
    for (const StyleFinding& finding : CheckApiStyle(*file)) {
      const auto* exception =
          std::find_if(std::begin(kExceptions), std::end(kExceptions), [&](const Exception& e) {
            return e.rule == finding.rule && e.element == finding.element;
          });
      if (exception == std::end(kExceptions)) {
        absl::StrAppend(&report, Describe(finding), "\n");
      } else {
        used[static_cast<size_t>(exception - std::begin(kExceptions))] = true;
      }
    }
  }
  EXPECT_EQ(report, "");
  for (size_t i = 0; i < used.size(); ++i) {
    EXPECT_TRUE(used[i]) << "no longer needed: " << kExceptions[i].element;
  }
}

// The import of the file that declares `type`, when `body` names it.
std::string ImportFor(const std::string& body, const std::string& type, const std::string& path) {
  return absl::StrContains(body, type) ? absl::StrCat("import \"", path, "\";\n") : "";
}

// What the rules find in a file of crm.v1 that declares a resource X and holds `body`.
std::vector<std::string> FindingsIn(const std::string& body) {
  const ApiSchema schema = ParseSnippet(absl::StrCat(
      R"(syntax = "proto3";
      package crm.v1;
      import "crm/options/v1/options.proto";
      import "google/protobuf/timestamp.proto";
      )",
      ImportFor(body, "buf.validate", "buf/validate/validate.proto"),
      ImportFor(body, "google.protobuf.Any", "google/protobuf/any.proto"),
      ImportFor(body, "google.protobuf.FieldMask", "google/protobuf/field_mask.proto"),
      ImportFor(body, "google.type.Date", "google/type/date.proto"),
      R"(message X {
        string name = 1 [(crm.options.v1.output_only) = true];
        string etag = 2 [(crm.options.v1.output_only) = true];
        google.protobuf.Timestamp archive_time = 3 [(crm.options.v1.output_only) = true];
      }
      )",
      body));
  EXPECT_EQ(schema.files.size(), 1u) << body;
  std::vector<std::string> findings;
  if (schema.files.empty()) return findings;
  for (const StyleFinding& finding : CheckApiStyle(*schema.files[0]))
    findings.push_back(Describe(finding));
  return findings;
}

// The fields every command has.
constexpr char kCommand[] = R"(
    string request_id = 1 [(buf.validate.field) = {required: true string: {uuid: true}}];
    bool validate_only = 2;
    string etag = 4 [(buf.validate.field).string.max_len = 64];
    )";

// A service with one method and its request.
std::string Method(const std::string& name, const std::string& request_fields,
                   const std::string& response = "X") {
  return absl::StrCat("service XService { rpc ", name, "(", name, "Request) returns (", response,
                      ") { option (crm.options.v1.rpc) = {permission: \"x.edit\"}; } }\n",
                      "message ", name, "Request {", request_fields, "}\n");
}

std::string ListMethod(const std::string& request_fields, const std::string& response_fields) {
  return Method("ListXs", request_fields, "ListXsResponse") + "message ListXsResponse {" +
         response_fields + "}";
}

constexpr char kPage[] =
    "int32 page_size = 1 [(buf.validate.field).int32 = {gte: 0 lte: 1000}];"
    "string page_token = 2 [(buf.validate.field).string.max_len = 1024];";
constexpr char kRows[] = "repeated X xs = 1; string next_page_token = 2; int64 position = 3;";

TEST(ApiStyleRulesTest, GoodProtosPass) {
  for (const std::string& body :
       {Method("WinX", kCommand),
        Method("GetX", "string name = 1 [(buf.validate.field).string.pattern = \"^x$\"];"),
        Method("UpdateX",
               absl::StrCat(kCommand, "X x = 5;", "google.protobuf.FieldMask update_mask = 6;")),
        Method("ArchiveX", kCommand), ListMethod(kPage, kRows)}) {
    EXPECT_THAT(FindingsIn(body), ::testing::IsEmpty()) << body;
  }
}

TEST(ApiStyleRulesTest, EveryRuleFindsItsBreach) {
  const std::string no_permission =
      "service XService { rpc GetX(GetXRequest) returns (X); } message GetXRequest {}";
  const struct {
    std::string body;
    const char* finding;
  } kCases[] = {
      {no_permission, "rule 0: crm.v1.XService.GetX names no permission"},
      {"service YService {}", "rule 1: crm.v1.YService belongs in crm/v1/y_service.proto"},
      {"service XService {} service YService {}", "rule 1: crm/v1/x_service.proto holds more"},
      {"service XService { rpc GetX(X) returns (X); rpc FindX(X) returns (X); }",
       "rule 1: crm.v1.XService.FindX takes its own request"},
      {"message A { string b_id = 1; }", "rule 2: crm.v1.A.b_id refers by bare id"},
      {"message A { string etag = 1 [(crm.options.v1.output_only) = true]; string name = 2; }",
       "rule 2: crm.v1.A.name is not a string in field 1"},
      {Method("MoveXToY", kCommand), "rule 3: crm.v1.XService.MoveXToY holds 'To'"},
      {Method("SetX", kCommand), "rule 3: crm.v1.XService.SetX 'Set' is no intention"},
      {"message A { string name = 1; string etag = 2; }", "rule 3: crm.v1.A.etag is the server's"},
      {Method("UpdateX", absl::StrCat(kCommand, "X x = 5;")), "UpdateX has no update_mask"},
      {Method("UpdateX", kCommand), "rule 4: crm.v1.XService.UpdateX has no field x"},
      {Method("UpdateY", kCommand), "rule 4: crm.v1.XService.UpdateY does not return the Y"},
      {Method("DeleteX", kCommand), "rule 5: crm.v1.XService.DeleteX facts are not deleted"},
      {Method("ArchiveX", kCommand, "A") + "message A { string name = 1; string etag = 2; }",
       "rule 5: crm.v1.XService.ArchiveX returns a resource without"},
      {Method("WinX", "bool validate_only = 1; string etag = 2;"),
       "rule 6: crm.v1.XService.WinX has no string request_id"},
      {Method("WinX", "string request_id = 3; bool validate_only = 1; string etag = 2;"),
       "rule 6: crm.v1.WinXRequest.request_id is not a required UUID"},
      {Method("WinX", "string etag = 2;"),
       "rule 6: crm.v1.XService.WinX has no bool validate_only"},
      {Method("WinX", "bool validate_only = 1;"),
       "rule 6: crm.v1.XService.WinX has no string etag"},
      {Method("GetX", kCommand), "rule 6: crm.v1.XService.GetX reads"},
      {Method("WinX", kCommand, "A") + "message A {}",
       "rule 7: crm.v1.XService.WinX returns neither"},
      {ListMethod("string page_token = 2;", kRows), "rule 8: crm.v1.XService.ListXs has no int32"},
      {ListMethod("int32 page_size = 1; string page_token = 2;", kRows),
       "rule 8: crm.v1.ListXsRequest.page_size is not limited"},
      {ListMethod("", kRows), "rule 8: crm.v1.XService.ListXs has no string page_token"},
      {ListMethod(kPage, "X x = 1; string next_page_token = 2;"), "rows in field 1"},
      {ListMethod(kPage, "repeated X xs = 1;"), "next_page_token in field 2"},
      {ListMethod(absl::StrCat(kPage, "string order_by = 3;"), kRows),
       "rule 9: crm.v1.ListXsRequest.order_by is not an enum"},
      {ListMethod(absl::StrCat(kPage, "string filter = 3;"), kRows),
       "rule 9: crm.v1.XService.ListXs a filter language"},
      {Method("GetX", "", "A") + "message A {}", "rule 10: crm.v1.XService.GetX reports"},
      {"message A { repeated string names = 1; }", "rule 11: crm.v1.A.names is a batch"},
      {"message A { string home_country = 1; }", "rule 12: crm.v1.A.home_country say which code"},
      {"message A { double b = 1; }", "rule 13: crm.v1.A.b is double"},
      {"message A { float b = 1; }", "rule 13: crm.v1.A.b is float"},
      {"message A { message B { repeated uint64 c = 1; } }", "rule 13: crm.v1.A.B.c is uint64"},
      {"message A { int32 win_percent = 1; }", "rule 13: crm.v1.A.win_percent is a percentage"},
      {"message A { google.protobuf.Timestamp closed = 1; }",
       "rule 13: crm.v1.A.closed is an instant"},
      {"message A { google.type.Date closing = 1; }", "rule 13: crm.v1.A.closing is a day"},
      {"message A { string win_count = 1; }", "rule 13: crm.v1.A.win_count is named _count"},
      {"message A { string closed_at = 1; }", "rule 14: crm.v1.A.closed_at name instants"},
      {"message A { bool is_open = 1; }", "rule 14: crm.v1.A.is_open drop"},
      {"message A { map<string, string> b = 1; }", "rule 17: crm.v1.A.b is a map"},
      {"message A { google.protobuf.Any b = 1; }", "rule 17: crm.v1.A.b is open"},
      {Method("WinX", absl::StrCat(kCommand, "string text = 5;")),
       "rule 18: crm.v1.WinXRequest.text is text without"},
      {Method("WinX", absl::StrCat(kCommand, "bytes digest = 5;")),
       "rule 18: crm.v1.WinXRequest.digest is bytes without"},
      {Method("WinX", absl::StrCat(kCommand, "A a = 5;")) + "message A { repeated int32 b = 1; }",
       "rule 18: crm.v1.A.b is a list without max_items"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(FindingsIn(c.body), Contains(HasSubstr(c.finding))) << c.body;
  }
}

TEST(ApiStyleRulesTest, RequestsStandInTheOrderOfTheirMethods) {
  const auto service = [](const std::string& messages) {
    return FindingsIn(absl::StrCat(R"(service XService {
        rpc GetX(GetXRequest) returns (X);
        rpc FindX(FindXRequest) returns (X);
      })",
                                   messages));
  };
  EXPECT_THAT(service("message FindXRequest {} message GetXRequest {}"),
              Contains(HasSubstr("rule 1: crm.v1.FindXRequest stands before")));
  EXPECT_THAT(service("message GetXRequest {}" +
                      std::string("message A { string name = 1; string etag = 2; }") +
                      "message FindXRequest {}"),
              Contains(HasSubstr("rule 1: crm.v1.A a resource stands")));
}

}  // namespace
}  // namespace crm::contract
