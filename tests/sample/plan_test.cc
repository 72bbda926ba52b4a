// The plan: the same for the same seed, in order for every record, and of the promised size.
#include "tools/sample/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "tools/sample/record_scripts.h"

namespace crm::sample {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

PlanSettings Settings(uint64_t seed = 1, int64_t scale_percent = 100) {
  PlanSettings settings;
  settings.seed = seed;
  settings.end_date = absl::CivilDay(2026, 3, 2);
  settings.zone = absl::UTCTimeZone();
  settings.scale_percent = scale_percent;
  return settings;
}

template <class Visit>
void ForEachScript(const Plan& plan, const Visit& visit) {
  for (const Phase& phase : plan.Phases()) {
    for (int64_t i = 0; i < phase.script_count; ++i) visit(phase, plan.MakeScript(phase.kind, i));
  }
}

std::string Text(const Plan& plan) {
  std::string text;
  ForEachScript(plan, [&](const Phase&, const Script& script) {
    for (const Step& step : script.steps()) {
      absl::StrAppend(&text, script.key(), " ", step.unless_bound, " ",
                      step.request->ShortDebugString(), "\n");
      for (const Binding& b : step.bindings) absl::StrAppend(&text, b.reference, "=", b.path, "\n");
    }
  });
  return text;
}

std::map<std::string, int64_t> CountRequests(const Plan& plan) {
  std::map<std::string, int64_t> counts;
  ForEachScript(plan, [&](const Phase&, const Script& script) {
    for (const Step& step : script.steps()) ++counts[step.request->GetDescriptor()->name()];
  });
  return counts;
}

absl::Time EffectiveTimeOf(const Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("effective_time");
  const auto& time = static_cast<const google::protobuf::Timestamp&>(
      request.GetReflection()->GetMessage(request, field));
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

std::string RequestIdOf(const Message& request) {
  return request.GetReflection()->GetString(request,
                                            request.GetDescriptor()->FindFieldByName("request_id"));
}

void CollectReferences(const Message& message, std::set<std::string>& references) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        CollectReferences(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                               : reflection.GetMessage(message, field),
                          references);
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        const std::string text = field->is_repeated()
                                     ? reflection.GetRepeatedString(message, field, i)
                                     : reflection.GetString(message, field);
        if (!text.empty() && text[0] == '@') references.insert(text);
      }
    }
  }
}

TEST(PlanTest, SameSeedGivesTheSamePlan) {
  EXPECT_EQ(Text(Plan(Settings(7, 10))), Text(Plan(Settings(7, 10))));
}

TEST(PlanTest, AnotherSeedGivesAnother) {
  EXPECT_NE(Text(Plan(Settings(7, 10))), Text(Plan(Settings(8, 10))));
}

TEST(PlanTest, ScriptsDoNotDependOnWhichWereMadeBefore) {
  const Plan plan(Settings());
  const auto text = [&](int64_t index) {
    std::string all;
    const Script script = plan.MakeScript(Phase::kOpportunities, index);
    for (const Step& step : script.steps()) {
      all += step.request->SerializeAsString();
    }
    return all;
  };
  const std::string first = text(17);
  text(3);
  EXPECT_EQ(text(17), first);
}

TEST(PlanTest, EffectiveTimesOfAScriptNeverDecreaseNorLeaveTheHistory) {
  const Plan plan(Settings());
  const absl::Time end = absl::FromCivil(plan.settings().end_date, plan.settings().zone);
  ForEachScript(plan, [&](const Phase&, const Script& script) {
    absl::Time before = plan.begin_time();
    for (const Step& step : script.steps()) {
      const absl::Time time = EffectiveTimeOf(*step.request);
      EXPECT_GE(time, before) << script.key();
      EXPECT_LT(time, end) << script.key();
      before = time;
    }
  });
}

TEST(PlanTest, LeadsAreCapturedInOrderAndWorkedOnAfterThat) {
  const Plan plan(Settings());
  absl::Time before = absl::InfinitePast();
  for (int64_t i = 0; i < plan.counts().leads; ++i) {
    const Script capture = plan.MakeScript(Phase::kCaptures, i);
    ASSERT_EQ(capture.steps().size(), 1u);
    const absl::Time captured = EffectiveTimeOf(*capture.steps()[0].request);
    EXPECT_GE(captured, before);
    before = captured;
    const Script work = plan.MakeScript(Phase::kLeads, i);
    if (!work.steps().empty()) {
      EXPECT_GE(EffectiveTimeOf(*work.steps()[0].request), captured);
    }
  }
}

TEST(PlanTest, ScriptsNameOnlyWhatExistsAndExistedThen) {
  std::map<std::string, absl::Time> born;  // of earlier phases and of this script
  std::map<std::string, absl::Time> born_in_phase;
  Phase::Kind phase_now = Phase::kSettings;
  ForEachScript(Plan(Settings()), [&](const Phase& phase, const Script& script) {
    if (phase.kind != phase_now) born.merge(born_in_phase);
    phase_now = phase.kind;
    std::map<std::string, absl::Time> own;
    for (const Step& step : script.steps()) {
      const absl::Time time = EffectiveTimeOf(*step.request);
      std::set<std::string> references;
      CollectReferences(*step.request, references);
      for (const std::string& reference : references) {
        const auto& among = own.contains(reference) ? own : born;
        ASSERT_TRUE(among.contains(reference)) << reference << " in " << script.key();
        EXPECT_LE(among.at(reference), time) << reference << " in " << script.key();
      }
      for (const Binding& binding : step.bindings) own[binding.reference] = time;
    }
    born_in_phase.merge(own);
  });
}

TEST(PlanTest, RequestIdsAreUnique) {
  std::set<std::string> ids;
  ForEachScript(Plan(Settings()), [&](const Phase&, const Script& script) {
    for (const Step& step : script.steps()) {
      EXPECT_TRUE(ids.insert(RequestIdOf(*step.request)).second) << script.key();
    }
  });
}

TEST(PlanTest, HasThePromisedSizeAndSpreadOfOutcomes) {
  for (const uint64_t seed : {1, 2, 99}) {
    const std::map<std::string, int64_t> counts = CountRequests(Plan(Settings(seed)));
    const int64_t opportunities =
        counts.at("CreateOpportunityRequest") + counts.at("ConvertLeadRequest");
    EXPECT_THAT(counts.at("CaptureLeadRequest") + opportunities,
                testing::AllOf(testing::Ge(1900), testing::Le(2200)));
    EXPECT_THAT(opportunities, testing::AllOf(testing::Ge(820), testing::Le(1050)));
    EXPECT_EQ(counts.at("CreateTeamRequest"), 6);
    EXPECT_GE(counts.at("CreateMemberRequest"), 30);
    EXPECT_GE(counts.at("WinOpportunityRequest"), 150);
    EXPECT_GE(counts.at("LoseOpportunityRequest"), 150);
    EXPECT_GE(counts.at("JunkLeadRequest"), 40);
    EXPECT_GE(counts.at("LoseLeadRequest"), 150);
    EXPECT_GE(counts.at("PlaceOnStandbyRequest"), 30);
    EXPECT_GE(counts.at("CreditContributorsRequest"), 30);
    EXPECT_GE(counts.at("CreateOpportunityGroupRequest"), 8);
  }
}

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

// What has become of an opportunity by the end of the history.
struct Standing {
  int team = 0;
  bool open = true;
  bool won = false;
  absl::CivilDay expected_close;
};

// Of those that are sold one by one; parts of groups go with their group.
std::vector<Standing> SellAll(const Plan& plan) {
  std::vector<Standing> all;
  for (int64_t i = 0; i < plan.counts().opportunities; ++i) {
    const Script script = plan.MakeScript(Phase::kOpportunities, i);
    Standing standing;
    for (const Step& step : script.steps()) {
      const std::string& type = step.request->GetDescriptor()->name();
      if (type == "CreateOpportunityRequest") {
        v1::CreateOpportunityRequest request;
        request.CopyFrom(*step.request);
        standing.expected_close = DayOf(request.opportunity().expected_close_date());
        EXPECT_TRUE(absl::SimpleAtoi(request.opportunity().team().substr(6), &standing.team));
      } else if (type == "UpdateOpportunityRequest") {
        v1::UpdateOpportunityRequest request;
        request.CopyFrom(*step.request);
        if (request.opportunity().has_expected_close_date()) {
          standing.expected_close = DayOf(request.opportunity().expected_close_date());
        }
      }
      if (type == "WinOpportunityRequest" || type == "LoseOpportunityRequest") {
        standing.open = false;
        standing.won = type[0] == 'W';
      }
      if (type == "ReopenOpportunityRequest") standing.open = true;
    }
    all.push_back(standing);
  }
  return all;
}

// Percent of those that are `part` among those that are `whole`.
template <class Part, class Whole>
int Share(const std::vector<Standing>& standings, const Part& part, const Whole& whole) {
  int64_t parts = 0;
  int64_t wholes = 0;
  for (const Standing& standing : standings) {
    if (!whole(standing)) continue;
    ++wholes;
    if (part(standing)) ++parts;
  }
  return static_cast<int>(100 * parts / std::max<int64_t>(1, wholes));
}

TEST(PlanTest, SellsAsASalesDepartmentDoes) {
  for (const uint64_t seed : {1, 2, 99}) {
    const Plan plan(Settings(seed, 300));  // enough for shares not to hang on luck
    const std::vector<Standing> standings = SellAll(plan);
    const auto closed = [](const Standing& s) { return !s.open; };
    const auto open = [](const Standing& s) { return s.open; };
    const auto won = [](const Standing& s) { return s.won; };
    const auto overdue = [&](const Standing& s) {
      return s.expected_close < plan.settings().end_date;
    };
    const auto everything = [](const Standing&) { return true; };
    EXPECT_THAT(Share(standings, won, closed), testing::AllOf(testing::Ge(20), testing::Le(32)));
    EXPECT_THAT(Share(standings, open, everything),
                testing::AllOf(testing::Ge(10), testing::Le(30)));
    EXPECT_THAT(Share(standings, overdue, open), testing::AllOf(testing::Ge(5), testing::Le(35)));
    int best = 0;
    int worst = 100;
    for (int team = 0; team < 6; ++team) {
      const auto of_team = [team](const Standing& s) { return !s.open && s.team == team; };
      best = std::max(best, Share(standings, won, of_team));
      worst = std::min(worst, Share(standings, won, of_team));
    }
    EXPECT_GE(best, worst + 6) << "teams differ";
  }
}

TEST(PlanTest, ClosesMostLeadsWithinTwoMonths) {
  const Plan plan(Settings());
  const absl::Time end = absl::FromCivil(plan.settings().end_date, plan.settings().zone);
  int64_t old = 0;
  int64_t left_open = 0;
  for (int64_t i = 0; i < plan.counts().leads; ++i) {
    const Script script = LeadScript(plan, i);
    if (end - EffectiveTimeOf(*script.steps()[0].request) < absl::Hours(60 * 24)) continue;
    ++old;
    bool closed = false;
    for (const Step& step : script.steps()) {
      const std::string& type = step.request->GetDescriptor()->name();
      closed = closed || type == "LoseLeadRequest" || type == "JunkLeadRequest" ||
               type == "ConvertLeadRequest";
    }
    if (!closed) ++left_open;
  }
  EXPECT_GT(left_open, 0);
  EXPECT_LE(100 * left_open / old, 15);
}

TEST(PlanTest, ScaleMultipliesRecords) {
  EXPECT_EQ(Plan(Settings(1, 300)).counts().leads, 3 * Plan(Settings()).counts().leads);
  EXPECT_GE(Plan(Settings(1, 1)).counts().groups, 1);
}

}  // namespace
}  // namespace crm::sample
