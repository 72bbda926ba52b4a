// docs/api.md, docs/events.md and docs/errors.md say what protos and sources say; and what a stored
// event or a reason is called is settled for ever.
#include "tests/golden/documents.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "re2/re2.h"
#include "tests/contract/api_schema.h"
#include "tests/support/golden.h"
#include "tools/crmctl/api.h"

namespace crm::golden {
namespace {

using architecture::ReadSources;
using architecture::SourceFile;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kEventNames[] = "tests/golden/event_types.txt";

std::vector<EventList> Aggregates() { return AggregatesIn(ReadSources({"domain"}, {".h"})); }

std::vector<Rejection> Rejections() {
  return RejectionsIn(
      ReadSources({"base", "domain", "eventstore", "projections", "services"}, {".h", ".cc"}));
}

std::string Place(const Rejection& rejection) {
  return absl::StrCat(rejection.path, ":", rejection.line);
}

TEST(DocumentsTest, ApiIsAsPrinted) {
  const contract::ApiSchema api = contract::ReadProtos("crm/v1");
  ASSERT_GT(api.files.size(), 10U) << "run from the repository's root";
  testing::ExpectGoldenFile("docs/api.md", PrintApi(api.files));
}

TEST(DocumentsTest, EventsAreAsPrinted) {
  const contract::ApiSchema events = contract::ReadProtos("crm/events/v1");
  const auto ids = ReadSources({"domain/types"}, {"/ids.h"});
  ASSERT_THAT(ids, SizeIs(1));
  testing::ExpectGoldenFile(
      "docs/events.md", PrintEvents(events.files, Aggregates(),
                                    ViewsIn(ReadSources({"projections"}, {".h"})), ids[0].text));
}

TEST(DocumentsTest, ErrorsAreAsPrinted) {
  testing::ExpectGoldenFile("docs/errors.md", PrintErrors(Rejections()));
}

TEST(EventNamesTest, EachIsAMessageOfOneAggregate) {
  const contract::ApiSchema schema = contract::ReadProtos("crm/events/v1");
  std::map<std::string, std::vector<std::string>> owners;
  for (const EventList& aggregate : Aggregates()) {
    for (const std::string& event : aggregate.events) owners[event].push_back(aggregate.name);
  }
  EXPECT_GT(owners.size(), 80U);
  for (const auto& [event, aggregates] : owners) {
    EXPECT_THAT(aggregates, SizeIs(1)) << event << ": one list per event";
    EXPECT_NE(schema.pool->FindMessageTypeByName("crm.events.v1." + event), nullptr) << event;
  }
  // Views know them; what says them is still to come.
  for (const char* event : {"ExchangeRateEntered"}) {
    EXPECT_TRUE(owners.emplace(event, std::vector<std::string>()).second)
        << event << " is said by an aggregate now: take it off this list";
  }
  for (const EventList& view : ViewsIn(ReadSources({"projections"}, {".h"}))) {
    EXPECT_FALSE(view.events.empty()) << view.path;
    for (const std::string& event : view.events) {
      EXPECT_EQ(owners.count(event), 1U)
          << view.path << " hears " << event << ", which nobody says";
    }
  }
}

// Logs are kept for ever, and a name in them must be read for ever: there is no way to refresh a
// name away.
TEST(EventNamesTest, NoneVanishes) {
  std::set<std::string> names;
  for (const EventList& aggregate : Aggregates()) {
    for (const std::string& event : aggregate.events) names.insert("crm.events.v1." + event);
  }
  std::ifstream stored(kEventNames);
  for (std::string name; std::getline(stored, name);) {
    EXPECT_EQ(names.count(name), 1U)
        << name << " is in logs: bring it back, or read it through an Upcast beside the aggregate";
    names.insert(name);
  }
  testing::ExpectGoldenFile(kEventNames, absl::StrJoin(names, "\n") + "\n");
}

TEST(RejectionsTest, AReasonIsOneWordWithOneMeaning) {
  std::map<std::string, Rejection> first;
  for (const Rejection& rejection : Rejections()) {
    EXPECT_TRUE(RE2::FullMatch(rejection.reason, "[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"))
        << Place(rejection) << ": give the reason as an UPPER_SNAKE_CASE literal, here '"
        << rejection.reason << "'";
    const auto known = first.emplace(rejection.reason, rejection).first;
    EXPECT_EQ(rejection.code, known->second.code)
        << rejection.reason << " at " << Place(rejection) << " and " << Place(known->second)
        << ": a reason has one code; make the rule one, or name two reasons";
  }
  EXPECT_GT(first.size(), 100U);
}

// What a record decides in each phase is documented for every command it takes; births have no
// phase, bulk actions are the commands they are made of.
TEST(DecisionTablesTest, KnowEveryCommand) {
  const struct {
    const char* service;
    const char* table;
  } kTables[] = {{"LeadService", "tests/golden/decisions_lead.txt"},
                 {"OpportunityService", "tests/golden/decisions_opportunity.txt"}};
  for (const auto& t : kTables) {
    const auto tables = ReadSources({t.table}, {".txt"});
    ASSERT_THAT(tables, SizeIs(1)) << t.table;
    int commands = 0;
    for (const auto* service : ctl::Services()) {
      for (int i = 0; service->name() == t.service && i < service->method_count(); ++i) {
        const auto& method = *service->method(i);
        if (!ctl::IsCommand(method) ||
            RE2::PartialMatch(method.name(), "^(Create|Capture|Apply)")) {
          continue;
        }
        ++commands;
        EXPECT_TRUE(absl::StrContains(tables[0].text, absl::StrCat("  ", method.name(), " ")))
            << method.name() << " is missing in " << t.table
            << ": add it to the test that writes it";
      }
    }
    EXPECT_GT(commands, 5) << t.service;
  }
}

// From here on: how they are found.

std::vector<Rejection> In(const std::string& text) { return RejectionsIn({{"domain/x.cc", text}}); }

TEST(RejectionsTest, AreFoundInEveryForm) {
  const struct {
    const char* text;
    const char* found;  // reason code text [keys]
  } kCases[] = {
      {R"(return Refuse("A_B", "is so");)", "A_B FAILED_PRECONDITION is so []"},
      {R"(return domain::Invalid("A_B", "is "
          "so", {{"field", x}, {"maximum", F(1, 2)}});)",
       "A_B INVALID_ARGUMENT is so [field,maximum]"},
      {R"(return Taken("A_B", absl::StrCat(NameOf(id), ", has ", n, m, " x"));)",
       "A_B ALREADY_EXISTS ..., has ... x []"},
      {R"(return WithReason(
             absl::StatusCode::kDataLoss, "A_B", text);)",
       "A_B DATA_LOSS ... []"},
      {R"(return Refuse(name, "is so");)", " FAILED_PRECONDITION is so []"},
      {R"(absl::Status Stop(absl::string_view reason, int x) {
            return WithReason(absl::StatusCode::kAborted, reason, F(x), {{"x", x}});
          }
          return Stop("A_B", 1);)",
       "A_B ABORTED ... [x]"},
      {R"(absl::Status Stop(absl::string_view reason, absl::string_view message) {
            return Refuse(reason, absl::StrCat("it ", message), {{"x", x}});
          }
          return Stop("A_B", "is so");)",
       "A_B FAILED_PRECONDITION is so [x]"},
  };
  for (const auto& c : kCases) {
    const std::vector<Rejection> found = In(c.text);
    ASSERT_THAT(found, SizeIs(1)) << c.text;
    EXPECT_EQ(absl::StrCat(found[0].reason, " ", found[0].code, " ", found[0].message, " [",
                           absl::StrJoin(found[0].metadata, ","), "]"),
              c.found);
  }
  EXPECT_THAT(RejectionsIn({{"domain/a.h", "absl::Status Stop(absl::string_view reason);"},
                            {"domain/a.cc", R"(absl::Status Stop(absl::string_view reason) {
                                                 return Invalid(reason, "is so");
                                               })"},
                            {"domain/b.cc", R"(return Stop("A_B", 1);)"}}),
              SizeIs(1));
  EXPECT_THAT(In(R"(// return Refuse("A_B", "is so");)"), IsEmpty());
  EXPECT_THAT(In(R"(Log("A_B", "is so");)"), IsEmpty());
  EXPECT_THAT(In(R"(void Refuse(Status s, int x); stream->Refuse(s, 1);)"), IsEmpty());
}

TEST(EventListsTest, AreFoundAndJoined) {
  const std::vector<SourceFile> headers = {
      {"domain/a/a.h",
       "\nstruct A {\n  using Id = AId;\n  using State = AState;\n  using Event =\n"
       "      std::variant<events::v1::B, events::v1::C>;\n};\n"},
      {"projections/a.h",
       "using Shared = std::variant<events::v1::B>;\nstruct V {\n  kName = \"v\";\n"
       "  using Events = JoinEvents<Shared, std::variant<events::v1::D>>;\n};\n"}};
  const auto aggregates = AggregatesIn(headers);
  ASSERT_THAT(aggregates, SizeIs(1));
  EXPECT_EQ(aggregates[0].name, "A");
  EXPECT_THAT(aggregates[0].events, ElementsAre("B", "C"));
  const auto views = ViewsIn(headers);
  ASSERT_THAT(views, SizeIs(1));
  EXPECT_EQ(views[0].name, "v");
  EXPECT_THAT(views[0].events, ElementsAre("B", "D"));
}

}  // namespace
}  // namespace crm::golden
