#include "services/answer_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "crm/v1/board.pb.h"
#include "services/limits.h"

namespace crm::services {
namespace {

class AnswerCacheTest : public ::testing::Test {
 protected:
  AnswerCacheTest() { answer_.set_pipeline("pipelines/a"); }

  bool Knows(const AnswerCache::Question& question) { return Knows(question, basis_); }
  bool Knows(const AnswerCache::Question& question, const AnswerCache::Basis& basis) {
    v1::Board answer;
    return cache_.Recall(question, basis, answer) && answer.pipeline() == "pipelines/a";
  }
  std::optional<Position> Recent(Position min_position, absl::Duration later) {
    v1::Board answer;
    return cache_.RecallRecent(question_, min_position, made_ + later, answer);
  }

  const Method method_{"crm.v1.OpportunityService", "GetPipelineBoard"};
  const Method other_method_{"crm.v1.LeadService", "GetLeadBoard"};
  const AnswerCache::Question question_{&method_, "request", std::make_shared<const Actor>()};
  const AnswerCache::Basis basis_{7, absl::FromUnixSeconds(100)};
  const absl::Time made_ = absl::FromUnixSeconds(100) + absl::Milliseconds(400);
  v1::Board answer_;
  AnswerCache cache_;
};

TEST_F(AnswerCacheTest, TheSameQuestionHasTheSameAnswer) {
  EXPECT_FALSE(Knows(question_));
  cache_.Remember(question_, basis_, made_, answer_);
  EXPECT_TRUE(Knows(question_));
}

// Mutations: each field left out of the comparison.
TEST_F(AnswerCacheTest, AnythingElseMakesItAnotherQuestion) {
  cache_.Remember(question_, basis_, made_, answer_);
  AnswerCache::Question other = question_;
  other.method = &other_method_;
  EXPECT_FALSE(Knows(other)) << "another method";
  other = question_;
  other.request = "other";
  EXPECT_FALSE(Knows(other)) << "another request";
  other = question_;
  other.actor = std::make_shared<const Actor>();
  EXPECT_FALSE(Knows(other)) << "another member, or the same with other rights";
  EXPECT_FALSE(Knows(question_, {8, basis_.at})) << "another position";
  EXPECT_FALSE(Knows(question_, {7, basis_.at + absl::Seconds(1)})) << "another second";
}

// Mutations: the age not looked at, the caller's position not looked at.
TEST_F(AnswerCacheTest, TheLastAnswerIsToldForAMomentToWhoHasSeenNoLaterOne) {
  EXPECT_FALSE(Recent(0, absl::ZeroDuration()).has_value());
  cache_.Remember(question_, basis_, made_, answer_);
  EXPECT_EQ(Recent(0, kReportAge), 7) << "and says of which position it is";
  EXPECT_EQ(Recent(7, kReportAge), 7);
  EXPECT_FALSE(Recent(8, absl::ZeroDuration()).has_value()) << "the caller has seen a later one";
  EXPECT_FALSE(Recent(0, kReportAge + absl::Milliseconds(1)).has_value()) << "too long ago";
}

// Mutation: the one that comes last kept.
TEST_F(AnswerCacheTest, AnAnswerOfLaterRowsStays) {
  cache_.Remember(question_, {9, basis_.at}, made_, answer_);
  cache_.Remember(question_, basis_, made_, answer_);
  EXPECT_EQ(Recent(0, absl::ZeroDuration()), 9);
}

TEST_F(AnswerCacheTest, LargeAnswersAreNotKept) {
  answer_.set_display_name(std::string(kCachedAnswerBytes + 1, 'x'));
  cache_.Remember(question_, basis_, made_, answer_);
  EXPECT_FALSE(Knows(question_));
}

}  // namespace
}  // namespace crm::services
