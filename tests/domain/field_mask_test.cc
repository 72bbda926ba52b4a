#include "domain/field_mask.h"

#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "tests/support/prototext.h"
#include "tests/support/status_matchers.h"

namespace crm::domain {
namespace {

using testing::From;
using testing::HasReason;
using testing::IsOk;

absl::StatusOr<FieldChanges> Resolve(const v1::Team& team, std::vector<std::string> paths) {
  google::protobuf::FieldMask mask;
  for (std::string& path : paths) mask.add_paths(std::move(path));
  return FieldChanges::Resolve(team, mask, {"display_name", "color_index", "monthly_target"});
}

TEST(FieldMaskTest, AnEmptyMaskMeansWhatIsSetAndMayChange) {
  const auto changes = Resolve(From<v1::Team>("display_name: 'A' privacy: 1 name: 'x'"), {});
  ASSERT_THAT(changes, IsOk());
  EXPECT_TRUE(changes->Has("display_name"));
  EXPECT_FALSE(changes->Has("color_index"));
  EXPECT_FALSE(changes->Has("privacy")) << "not updatable here, so not meant";
  EXPECT_FALSE(changes->Has("name"));
}

TEST(FieldMaskTest, AMaskNamesFieldsToClearToo) {
  const auto changes = Resolve({}, {"color_index"});
  ASSERT_THAT(changes, IsOk());
  EXPECT_TRUE(changes->Has("color_index"));
  EXPECT_FALSE(changes->Has("display_name"));
  const auto merged =
      changes->Merged(From<v1::Team>("display_name: 'A' color_index: 3"), v1::Team());
  EXPECT_EQ(merged.color_index(), 0);
  EXPECT_EQ(merged.display_name(), "A");
}

TEST(FieldMaskTest, AStarMeansEveryUpdatableField) {
  const auto changes = Resolve({}, {"*"});
  ASSERT_THAT(changes, IsOk());
  EXPECT_TRUE(changes->Has("display_name"));
  EXPECT_TRUE(changes->Has("monthly_target"));
  EXPECT_FALSE(changes->Has("privacy"));
}

TEST(FieldMaskTest, AnUnknownPathIsRefused) {
  for (const char* path : {"displayname", "", "monthly_target.cents", "display_name.x",
                           "memberships.member.x", "*.display_name"}) {
    const auto changes = Resolve({}, {path});
    if (std::string(path) == "memberships.member.x") {
      EXPECT_THAT(changes, IsOk()) << "below an output-only field nothing is read";
      continue;
    }
    EXPECT_THAT(changes, HasReason("FIELD_UNKNOWN")) << path;
    EXPECT_EQ(ReasonMetadataValue(changes.status(), "field"), path);
  }
}

TEST(FieldMaskTest, OutputOnlyPathsAreIgnored) {
  const auto changes = Resolve(From<v1::Team>("display_name: 'A'"), {"etag", "create_time"});
  ASSERT_THAT(changes, IsOk());
  EXPECT_FALSE(changes->Has("etag"));
  EXPECT_FALSE(changes->Has("display_name")) << "the mask is not empty";
}

TEST(FieldMaskTest, AFieldOfAnotherCommandIsRefusedWhenNamed) {
  EXPECT_THAT(Resolve({}, {"privacy"}), HasReason("FIELD_NOT_UPDATABLE"));
}

TEST(FieldMaskTest, APathIntoAMessageChangesOnlyThatPart) {
  const auto changes = Resolve({}, {"monthly_target.units"});
  ASSERT_THAT(changes, IsOk());
  EXPECT_TRUE(changes->Has("monthly_target"));
  const auto current = From<v1::Team>("monthly_target { currency_code: 'EUR' units: 5 nanos: 7 }");
  const auto merged =
      changes->Merged(current, From<v1::Team>("monthly_target { currency_code: 'USD' units: 9 }"));
  EXPECT_EQ(merged.monthly_target().currency_code(), "EUR");
  EXPECT_EQ(merged.monthly_target().units(), 9);
  EXPECT_EQ(merged.monthly_target().nanos(), 7);
}

TEST(FieldMaskTest, MessagesAndListsAreReplacedWhole) {
  google::protobuf::FieldMask mask;
  const auto current = From<v1::Opportunity>(
      "tags: 'a' tags: 'b' expected_revenue { currency_code: 'EUR' nanos: 5 }");
  const auto input =
      From<v1::Opportunity>("tags: 'c' expected_revenue { currency_code: 'EUR' units: 1 }");
  const auto changes = FieldChanges::Resolve(input, mask, {"tags", "expected_revenue"});
  ASSERT_THAT(changes, IsOk());
  const auto merged = changes->Merged(current, input);
  ASSERT_EQ(merged.tags_size(), 1);
  EXPECT_EQ(merged.tags(0), "c");
  EXPECT_EQ(merged.expected_revenue().nanos(), 0);
}

}  // namespace
}  // namespace crm::domain
