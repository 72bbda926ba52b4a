#include "projections/erasures.h"

#include "gmock/gmock.h"
#include "tests/projections/asking.h"
#include "tests/projections/record_events.h"
#include "tests/projections/replay_property.h"
#include "tests/projections/view_scenario.h"

namespace crm::projections::testing {
namespace {

using domain::PersonId;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(ErasuresTest, ListsEveryPersonOnce) {
  ViewScenario<Erasures> scenario;
  auto subjects = Erasures::Subjects(scenario.Rows());
  ASSERT_TRUE(subjects.ok());
  EXPECT_THAT(*subjects, IsEmpty());
  const StreamId anna = domain::StreamOf(Named<PersonId>("anna"));
  scenario.Given(anna, ErasureOf("anna"))
      .Given(domain::StreamOf(Named<PersonId>("bert")), ErasureOf("bert"))
      .Given(anna, ErasureOf("anna"));
  subjects = Erasures::Subjects(scenario.Rows());
  ASSERT_TRUE(subjects.ok());
  EXPECT_THAT(*subjects,
              UnorderedElementsAre(Named<PersonId>("anna").uuid(), Named<PersonId>("bert").uuid()));
  ExpectReplayEquality<Erasures>(scenario);
}

}  // namespace
}  // namespace crm::projections::testing
