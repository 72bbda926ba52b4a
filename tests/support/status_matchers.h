// Matchers for absl::Status and absl::StatusOr, named after the upstream ones that this Abseil
// lacks, so that they can be dropped later:
//
//   EXPECT_THAT(status, IsOk());
//   EXPECT_THAT(Parse("7"), IsOkAndHolds(7));
//   EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, HasSubstr("opportunity")));
//   EXPECT_THAT(status, HasReason("STAGE_NOT_IN_PIPELINE"));
//
// Include from tests only.
#pragma once

#include <ostream>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/reason.h"
#include "gmock/gmock.h"

namespace crm::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <class T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// Any Status or StatusOr that is OK.
MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << "which is " << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

// A status with this code.
MATCHER_P(StatusIs, code,
          (negation ? "does not have the code " : "has the code ") +
              absl::StatusCodeToString(code)) {
  *result_listener << "which is " << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

// A status with this code whose message matches.
MATCHER_P2(StatusIs, code, message_matcher,
           "has the code " + absl::StatusCodeToString(code) + " and a message that " +
               ::testing::DescribeMatcher<std::string>(message_matcher, negation)) {
  *result_listener << "which is " << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code &&
         ::testing::Matches(message_matcher)(std::string(StatusOf(arg).message()));
}

// A refusal with this machine-readable reason (base/reason.h).
MATCHER_P(HasReason, reason,
          (negation ? "does not have the reason " : "has the reason ") +
              ::testing::PrintToString(reason)) {
  *result_listener << "which is " << StatusOf(arg).ToString() << " with reason '"
                   << ReasonOf(StatusOf(arg)) << "'";
  return ReasonOf(StatusOf(arg)) == reason;
}

// An OK StatusOr whose value matches (a value or a matcher).
template <class InnerMatcher>
class IsOkAndHoldsMatcher {
 public:
  explicit IsOkAndHoldsMatcher(InnerMatcher inner) : inner_(std::move(inner)) {}

  template <class StatusOrType>
  operator ::testing::Matcher<StatusOrType>() const {  // NOLINT: gmock wants it implicit
    return ::testing::Matcher<StatusOrType>(new Typed<StatusOrType>(inner_));
  }

 private:
  template <class StatusOrType>
  class Typed : public ::testing::MatcherInterface<StatusOrType> {
   public:
    using Value = typename std::decay_t<StatusOrType>::value_type;

    explicit Typed(const InnerMatcher& inner)
        : inner_(::testing::SafeMatcherCast<const Value&>(inner)) {}

    void DescribeTo(std::ostream* os) const override {
      *os << "is OK and holds a value that ";
      inner_.DescribeTo(os);
    }
    void DescribeNegationTo(std::ostream* os) const override {
      *os << "is not OK or holds a value that ";
      inner_.DescribeNegationTo(os);
    }
    bool MatchAndExplain(StatusOrType result,
                         ::testing::MatchResultListener* listener) const override {
      if (!result.ok()) {
        *listener << "which is " << result.status().ToString();
        return false;
      }
      return inner_.MatchAndExplain(*result, listener);
    }

   private:
    const ::testing::Matcher<const Value&> inner_;
  };

  InnerMatcher inner_;
};

template <class InnerMatcher>
IsOkAndHoldsMatcher<std::decay_t<InnerMatcher>> IsOkAndHolds(InnerMatcher&& inner) {
  return IsOkAndHoldsMatcher<std::decay_t<InnerMatcher>>(std::forward<InnerMatcher>(inner));
}

}  // namespace crm::testing
