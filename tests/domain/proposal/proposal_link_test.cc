// Invariants I8..I10 of domain/proposal/proposal.h; worked cases T43 and T68 through a link.
#include "domain/proposal/proposal_link.h"

#include "domain/invoice/invoice.h"
#include "tests/support/document_examples.h"
#include "tests/support/scenario.h"

namespace crm::domain {
namespace {

using testing::Chairs;
using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::kExampleNow;
using testing::Naming;
using ::testing::Not;
using testing::Scenario;

class ProposalLinkTest : public ::testing::Test {
 protected:
  ProposalLinkTest() { testing::GiveOffice(scenario_.world()); }

  template <class Command>
  void Run(const Command& command) {
    scenario_.When(command);
    EXPECT_THAT(scenario_.outcome(), IsOk()) << command.ShortDebugString();
    effects_ = scenario_.effects().size();
    scenario_.Settled();
  }
  template <class Command>
  void Rejects(const Command& command, absl::string_view reason) {
    scenario_.When(command).ThenRejected(reason);
  }
  // The command of a member, about the proposal.
  template <class Command>
  Command Of(absl::string_view more = "") const {
    return From<Command>(absl::StrCat("name: '", NameOf(proposal_), "' ", more));
  }
  template <class Command>
  void Member(absl::string_view more = "") {
    scenario_.By(ExampleId<MemberId>());
    Run(Of<Command>(more));
  }
  void Draft(absl::string_view more = "") {
    scenario_.By(ExampleId<MemberId>());
    Run(From<v1::CreateProposalRequest>(absl::StrCat("proposal { tags: 'oak' content { ", Chairs(2),
                                                     " } ", Naming<OpportunityId>("opportunity"),
                                                     more, " }")));
    proposal_ = scenario_.Current().id;
  }
  v1::CreateProposalLinkRequest NewLink(absl::string_view more = "") const {
    auto request = Of<v1::CreateProposalLinkRequest>(more);
    request.set_secret_hash(std::string(AsView(Sha256(secret_))));
    return request;
  }
  // Sent, with a link; whoever acts next is nobody.
  void Linked(absl::string_view more = "", absl::string_view link = "") {
    Draft(more);
    Member<v1::SendProposalRequest>("channel: 'link'");
    Run(NewLink(link));
    scenario_.By(MemberId());
  }
  std::string Link() const {
    return FormatPublicLink(ExampleId<OrganizationId>(), kProposalLink, proposal_.uuid(), secret_);
  }
  template <class Command>
  Command Through(const std::string& link, absl::string_view more = "") const {
    return From<Command>(absl::StrCat("link: '", link, "' ", more));
  }
  template <class Command>
  Command ByLink(absl::string_view more = "") const {
    return Through<Command>(Link(), more);
  }
  v1::ViewPublicDocumentRequest View() const { return ByLink<v1::ViewPublicDocumentRequest>(); }
  v1::AcceptPublicDocumentRequest Accept() const {
    return ByLink<v1::AcceptPublicDocumentRequest>("person_name: ' Ann Lee '");
  }
  v1::CommentPublicDocumentRequest Comment(absl::string_view text = "When?") const {
    return ByLink<v1::CommentPublicDocumentRequest>(
        absl::StrCat("person_name: 'Ann Lee' text: '", text, "'"));
  }
  v1::Proposal Shown() { return scenario_.Shown(); }
  v1::PublicDocument Document() {
    const auto shown = PublicDocumentOf(scenario_.CurrentOf<Proposal>(proposal_),
                                        Lookup(scenario_.world().streams));
    EXPECT_THAT(shown, IsOk());
    return shown.value_or(v1::PublicDocument());
  }
  template <class E>
  const E& Decided() const {
    return dynamic_cast<const E&>(*scenario_.decided().back());
  }

  Scenario<Proposal> scenario_;
  ProposalId proposal_;
  std::string secret_ = std::string(kLinkSecretSize, 's');
  size_t effects_ = 0;
};

TEST_F(ProposalLinkTest, I8IsOpenedOnceItWasSent) {
  Draft();
  Rejects(NewLink(), "PROPOSAL_NOT_SENT");
  Member<v1::SendProposalRequest>();
  EXPECT_FALSE(Shown().linked());
  Run(NewLink("expire_date { year: 2026 month: 3 day: 20 }"));
  EXPECT_TRUE(Shown().linked());
  EXPECT_EQ(Shown().link_expire_date().day(), 20);
  scenario_.When(NewLink("expire_date { year: 2026 month: 3 day: 20 }")).ThenNothing();
  Rejects(NewLink("expire_date { year: 2026 month: 3 day: 15 }"), "LINK_EXPIRY_PASSED");
  Member<v1::RevokeProposalLinkRequest>();
  EXPECT_FALSE(Shown().linked());
  scenario_.When(Of<v1::RevokeProposalLinkRequest>()).ThenNothing();
  Member<v1::AcceptProposalRequest>();
  Rejects(NewLink(), "PROPOSAL_CLOSED");
}

TEST_F(ProposalLinkTest, I8ALinkThatOpensNothingDoesNotSayWhy) {
  Linked("", "expire_date { year: 2026 month: 3 day: 16 }");
  const std::string ours = Link();
  const OrganizationId other_office = ExampleId<OrganizationId>(2);
  const std::string of_another = FormatPublicLink(other_office, 'p', proposal_.uuid(), secret_);
  const std::string invoice =
      FormatPublicLink(ExampleId<OrganizationId>(), 'i', proposal_.uuid(), secret_);
  const std::string guessed = FormatPublicLink(ExampleId<OrganizationId>(), 'p', proposal_.uuid(),
                                               std::string(kLinkSecretSize, 'g'));
  const absl::Status same = LinkInvalid();
  const auto refused = [&](const std::string& link) {
    scenario_.When(Through<v1::ViewPublicDocumentRequest>(link));
    EXPECT_EQ(scenario_.outcome().ToString(), same.ToString()) << link;
  };
  for (const std::string& link :
       {std::string(), std::string("crmp_"), of_another, invoice, guessed})
    refused(link);
  Run(View());
  scenario_.At(kExampleNow + absl::Hours(24));
  refused(ours);  // past its last day
  scenario_.At(kExampleNow);
  Member<v1::ArchiveProposalRequest>();
  scenario_.By(MemberId());
  refused(ours);
  Member<v1::RestoreProposalRequest>();
  const std::string replaced = std::exchange(secret_, std::string(kLinkSecretSize, 't'));
  Run(NewLink());
  scenario_.By(MemberId());
  refused(ours);
  Run(View());
  Member<v1::RevokeProposalLinkRequest>();
  scenario_.By(MemberId());
  refused(Link());
  EXPECT_NE(replaced, secret_);
}

// What CheckProposalLink lets through is decided on again: it may be revoked meanwhile.
TEST_F(ProposalLinkTest, I8ARevokedLinkDecidesNothing) {
  Linked();
  const auto text = ParsePublicLink(Link());
  ASSERT_TRUE(text.has_value());
  EXPECT_THAT(CheckProposalLink(*text, Lookup(scenario_.world().streams)), IsOk());
  const auto accept = Accept();
  const auto decline = ByLink<v1::DeclinePublicDocumentRequest>("person_name: 'Ann Lee'");
  const auto comment = Comment();
  Member<v1::RevokeProposalLinkRequest>();
  scenario_.By(MemberId());
  EXPECT_THAT(CheckProposalLink(*text, Lookup(scenario_.world().streams)),
              testing::HasReason("LINK_INVALID"));
  Rejects(accept, "LINK_INVALID");
  Rejects(decline, "LINK_INVALID");
  Rejects(comment, "LINK_INVALID");
}

TEST_F(ProposalLinkTest, I9IsViewedOnceALinkAndDay) {
  Linked();
  EXPECT_EQ(Shown().legacy_status(), 4);
  Run(View());
  EXPECT_EQ(Decided<events::v1::ProposalViewed>().ordinal(), 1);
  EXPECT_EQ(Shown().legacy_status(), 1);
  EXPECT_EQ(Shown().view_count(), 1);
  scenario_.When(View()).ThenNothing();
  scenario_.At(kExampleNow + absl::Hours(24));
  Run(View());
  EXPECT_EQ(Shown().view_count(), 2);
  EXPECT_LT(Shown().first_view_time().seconds(), Shown().last_view_time().seconds());
  secret_ = std::string(kLinkSecretSize, 't');
  scenario_.By(ExampleId<MemberId>());
  Run(NewLink());
  scenario_.By(MemberId());
  Run(View());
  EXPECT_EQ(Shown().view_count(), 3) << "another link, the same day";
}

TEST_F(ProposalLinkTest, I9BothSidesSpeakAndAreSeenByBoth) {
  Linked();
  Run(Comment("When is it \\'delivered\\'?"));
  const auto& commented = Decided<events::v1::ProposalCommented>();
  EXPECT_EQ(commented.caller().display_name(), "Ann Lee");
  EXPECT_EQ(commented.caller().link_hash(), std::string(AsView(Sha256(secret_))));
  EXPECT_FALSE(commented.subject_id().empty());
  Member<v1::ReplyProposalCommentRequest>("text: 'In May.'");
  ASSERT_EQ(Shown().comments_size(), 2);
  EXPECT_EQ(Shown().comments(0).author(), "");
  EXPECT_EQ(Shown().comments(0).person_name(), "Ann Lee");
  EXPECT_EQ(Shown().comments(1).author(), ExampleName<MemberId>());
  const v1::PublicDocument document = Document();
  ASSERT_EQ(document.comments_size(), 2);
  EXPECT_TRUE(document.comments(0).received());
  EXPECT_FALSE(document.comments(1).received());
  EXPECT_EQ(document.comments(1).text(), "In May.");
}

TEST_F(ProposalLinkTest, I9NeitherSideSpeaksWithoutEnd) {
  Linked();
  for (int i = 0; i < kMostCommentsEach; ++i) Run(Comment());
  EXPECT_FALSE(Document().commentable());
  Rejects(Comment(), "COMMENT_LIMIT_REACHED");
  Member<v1::ReplyProposalCommentRequest>("text: 'Enough.'");
}

TEST_F(ProposalLinkTest, I9CommentsCanBeDisallowed) {
  Linked("comments_disallowed: true");
  EXPECT_FALSE(Document().commentable());
  Rejects(Comment(), "COMMENTS_DISALLOWED");
  scenario_.By(ExampleId<MemberId>());
  Run(From<v1::UpdateProposalRequest>(
      absl::StrCat("proposal { name: '", NameOf(proposal_),
                   "' } update_mask { paths: 'comments_disallowed' }")));
  EXPECT_FALSE(Shown().comments_disallowed());
  scenario_.By(MemberId());
  Run(Comment());
}

TEST_F(ProposalLinkTest, ADraftIsNotAnswered) {
  Draft();
  Rejects(Of<v1::ReplyProposalCommentRequest>("text: 'x'"), "PROPOSAL_NOT_SENT");
}

TEST_F(ProposalLinkTest, I10OnlyThePaperIsSeen) {
  Linked();
  const v1::PublicDocument document = Document();
  EXPECT_EQ(document.state(), v1::PUBLIC_DOCUMENT_STATE_OPEN);
  EXPECT_EQ(document.display_name(), "Fifty desks");
  EXPECT_EQ(document.recipient_company_name(), "Customer 1");
  EXPECT_FALSE(document.organization_display_name().empty());
  ASSERT_EQ(document.lines_size(), 1);
  EXPECT_EQ(document.lines(0).description(), "Chair");
  EXPECT_EQ(document.lines(0).unit_price().units(), 99);
  EXPECT_EQ(document.total().units(), 237);
  const std::string text = document.ShortDebugString();
  for (const char* inside :
       {"products/", "taxes/", "members/", "customers/", "contacts/", "oak", "units: 55"}) {
    EXPECT_THAT(text, Not(HasSubstr(inside)));
  }
}

TEST_F(ProposalLinkTest, T43IsAcceptedThroughTheLinkUntilTheEndOfItsLastDay) {
  const auto in_berlin = [](int month, int day, int hour, int minute) {
    absl::TimeZone zone;
    EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
    return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), zone);
  };
  for (const bool in_time : {false, true}) {
    scenario_.At(kExampleNow);
    Linked("open_till_date { year: 2026 month: 3 day: 31 }");
    const absl::Time when = in_time ? in_berlin(3, 31, 23, 59) : in_berlin(4, 1, 0, 0);
    scenario_.At(when);
    scenario_.world().streams.AskAbout(when);
    EXPECT_EQ(Document().state(),
              in_time ? v1::PUBLIC_DOCUMENT_STATE_OPEN : v1::PUBLIC_DOCUMENT_STATE_EXPIRED);
    if (!in_time) {
      Rejects(Accept(), "PROPOSAL_EXPIRED");
      continue;
    }
    Run(Accept());
    EXPECT_EQ(Shown().closed_person_name(), "Ann Lee");
    EXPECT_EQ(Document().state(), v1::PUBLIC_DOCUMENT_STATE_ACCEPTED);
  }
}

TEST_F(ProposalLinkTest, T68AcceptedTwiceIsInvoicedOnce) {
  scenario_.world().Append(StreamOf(ExampleId<OrganizationId>()),
                           testing::SettingsRevised("auto_invoice_on_acceptance: true"),
                           kExampleNow);
  Linked();
  scenario_.Denying("invoice.create");
  Run(Accept());
  EXPECT_EQ(effects_, 1u);
  const InvoiceId made = scenario_.Current()->invoice;
  EXPECT_TRUE(scenario_.CurrentOf<Invoice>(made).head.exists());
  Rejects(Accept(), "PROPOSAL_CLOSED");
  EXPECT_EQ(scenario_.CurrentOf<Proposal>(proposal_)->conversions, 1);
}

TEST_F(ProposalLinkTest, IsDeclinedByName) {
  Linked();
  Run(ByLink<v1::DeclinePublicDocumentRequest>("person_name: 'Ann Lee' reason: 'Too dear'"));
  const auto& declined = Decided<events::v1::ProposalDeclined>();
  EXPECT_EQ(declined.caller().display_name(), "Ann Lee");
  EXPECT_EQ(declined.reason(), "Too dear");
  EXPECT_EQ(Shown().decline_reason(), "Too dear");
  EXPECT_EQ(Shown().closed_person_name(), "Ann Lee");
  EXPECT_EQ(Document().state(), v1::PUBLIC_DOCUMENT_STATE_DECLINED);
  Rejects(Accept(), "PROPOSAL_CLOSED");
}

// The receiver finds under the old link that there is another one.
TEST_F(ProposalLinkTest, ARevisionCannotBeAcceptedUnderTheLinkOfWhatItRevises) {
  Linked();
  const ProposalId first = proposal_;
  const std::string link = Link();
  scenario_.By(ExampleId<MemberId>());
  Run(From<v1::CreateProposalRequest>(absl::StrCat("proposal { revises: '", NameOf(first), "' }")));
  scenario_.By(MemberId());
  Rejects(Through<v1::AcceptPublicDocumentRequest>(link, "person_name: 'Ann Lee'"),
          "PROPOSAL_CLOSED");
  EXPECT_EQ(Document().state(), v1::PUBLIC_DOCUMENT_STATE_REVISED);
}

}  // namespace
}  // namespace crm::domain
