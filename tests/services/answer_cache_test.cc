#include "services/answer_cache.h"

#include <gtest/gtest.h>

#include "crm/v1/board.pb.h"
#include "services/limits.h"

namespace crm::services {
namespace {

class AnswerCacheTest : public ::testing::Test {
 protected:
  AnswerCacheTest() { answer_.set_pipeline("pipelines/a"); }

  bool Knows(const AnswerCache::Question& question) {
    v1::Board answer;
    return cache_.Recall(question, answer) && answer.pipeline() == "pipelines/a";
  }

  const Method method_{"crm.v1.OpportunityService", "GetPipelineBoard"};
  const Method other_method_{"crm.v1.LeadService", "GetLeadBoard"};
  const AnswerCache::Question question_{&method_, "request", std::make_shared<const Actor>(), 7,
                                        absl::FromUnixSeconds(100)};
  v1::Board answer_;
  AnswerCache cache_;
};

TEST_F(AnswerCacheTest, TheSameQuestionHasTheSameAnswer) {
  EXPECT_FALSE(Knows(question_));
  cache_.Remember(question_, answer_);
  EXPECT_TRUE(Knows(question_));
}

// Mutations: each field left out of the comparison.
TEST_F(AnswerCacheTest, AnythingElseMakesItAnotherQuestion) {
  cache_.Remember(question_, answer_);
  AnswerCache::Question other = question_;
  other.method = &other_method_;
  EXPECT_FALSE(Knows(other)) << "another method";
  other = question_;
  other.request = "other";
  EXPECT_FALSE(Knows(other)) << "another request";
  other = question_;
  other.actor = std::make_shared<const Actor>();
  EXPECT_FALSE(Knows(other)) << "another member, or the same with other rights";
  other = question_;
  other.position = 8;
  EXPECT_FALSE(Knows(other)) << "another position";
  other = question_;
  other.at += absl::Seconds(1);
  EXPECT_FALSE(Knows(other)) << "another second";
}

TEST_F(AnswerCacheTest, LargeAnswersAreNotKept) {
  answer_.set_display_name(std::string(kCachedAnswerBytes + 1, 'x'));
  cache_.Remember(question_, answer_);
  EXPECT_FALSE(Knows(question_));
}

}  // namespace
}  // namespace crm::services
