#include "services/page_token.h"

#include <random>
#include <string>

#include "crm/v1/operator_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace crm::services {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::ListTeamsRequest;

constexpr int32_t kViewVersion = 3;
const PageCursor kCursor{"\x01key\xFF", kViewVersion, 4711};

// A request that differs from the default one in a field of the question.
ListTeamsRequest OtherQuestion() {
  ListTeamsRequest request;
  request.set_show_archived(true);
  return request;
}

TEST(PageTokenTest, ContinuesWhereThePageEnded) {
  ListTeamsRequest request = OtherQuestion();
  request.set_page_size(10);
  request.set_page_token(NextPageToken(request, kCursor));
  request.set_page_size(20);  // the size of a page is not part of the question
  const auto cursor = PageCursorOf(request, kViewVersion);
  ASSERT_THAT(cursor, IsOk());
  EXPECT_EQ(*cursor, kCursor);
  // ...and the token of the third page is made from a request that holds the second one's.
  request.set_page_token(NextPageToken(request, {"next", kViewVersion, 1}));
  ASSERT_THAT(PageCursorOf(request, kViewVersion), IsOk());
  EXPECT_EQ((*PageCursorOf(request, kViewVersion))->last_key, "next");
}

TEST(PageTokenTest, FirstPageHasNone) {
  EXPECT_THAT(PageCursorOf(ListTeamsRequest(), kViewVersion), IsOk());
  EXPECT_EQ(*PageCursorOf(ListTeamsRequest(), kViewVersion), std::nullopt);
}

TEST(PageTokenTest, BelongsToOneQuestion) {
  ListTeamsRequest request;
  request.set_page_token(NextPageToken(OtherQuestion(), kCursor));
  EXPECT_THAT(PageCursorOf(request, kViewVersion), HasReason("PAGE_TOKEN_MISMATCH"));
  // The same fields of another method are another question.
  v1::ListOrganizationsRequest other;
  other.set_page_token(NextPageToken(ListTeamsRequest(), kCursor));
  EXPECT_THAT(PageCursorOf(other, kViewVersion), HasReason("PAGE_TOKEN_MISMATCH"));
}

TEST(PageTokenTest, BelongsToOneVersionOfItsView) {
  ListTeamsRequest request;
  request.set_page_token(NextPageToken(request, kCursor));
  EXPECT_THAT(PageCursorOf(request, kViewVersion + 1), HasReason("PAGE_TOKEN_INVALID"));
}

TEST(PageTokenTest, PageSizeHasADefaultAndACap) {
  const auto size_of = [](int32_t asked) {
    ListTeamsRequest request;
    request.set_page_size(asked);
    return PageSizeOf(request);
  };
  EXPECT_EQ(size_of(0), 50);
  EXPECT_EQ(size_of(7), 7);
  EXPECT_EQ(size_of(1000), 1000);
  EXPECT_EQ(size_of(1001), 1000);
  EXPECT_EQ(size_of(-1), 50);
}

// Decoders forgive white space and padding; a token has one spelling all the same.
TEST(PageTokenTest, HasOneSpelling) {
  ListTeamsRequest request;
  const std::string good = NextPageToken(request, kCursor);
  for (const std::string& text : {" " + good, good + "\n", good + "=", good + "=="}) {
    request.set_page_token(text);
    EXPECT_THAT(PageCursorOf(request, kViewVersion), HasReason("PAGE_TOKEN_INVALID")) << text;
  }
}

// Whatever bytes arrive, the answer is a named refusal; a changed token never passes.
TEST(PageTokenTest, SurvivesGarbageAndDamage) {
  ListTeamsRequest request;
  const std::string good = NextPageToken(request, kCursor);
  for (uint32_t seed = 0; seed < 2000; ++seed) {
    std::mt19937 random(seed);
    std::string text = good;
    switch (seed % 3) {
      case 0:  // one character changed
        text[random() % text.size()] = static_cast<char>(random() % 127 + 1);
        break;
      case 1:  // cut short or extended
        text = text.substr(0, random() % text.size()) + std::string(random() % 3, 'A');
        break;
      default:  // anything at all
        text.assign(random() % 200 + 1, '\0');
        for (char& c : text) c = static_cast<char>(random() % 127 + 1);
    }
    if (text == good || text.empty()) continue;
    request.set_page_token(text);
    EXPECT_THAT(PageCursorOf(request, kViewVersion), HasReason("PAGE_TOKEN_INVALID"))
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace crm::services
