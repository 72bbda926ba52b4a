// A proposal behind a public link, over the wire and without a credential: what the receiver sees
// and does there, once however often it is sent; and that a guess learns nothing.
#include "crm/events/v1/proposal_events.pb.h"
#include "crm/v1/invoice_service.grpc.pb.h"
#include "crm/v1/proposal_service.grpc.pb.h"
#include "crm/v1/public_document_service.grpc.pb.h"
#include "domain/document/public_link.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Documents = v1::PublicDocumentService::Stub;
using Invoices = v1::InvoiceService::Stub;
using Proposals = v1::ProposalService::Stub;
using domain::FormatPublicLink;
using domain::OrganizationId;
using domain::ProposalId;
using grpc::StatusCode;
using ::testing::HasSubstr;
using ::testing::Not;

class PublicDocumentsTest : public ::testing::Test {
 protected:
  PublicDocumentsTest() {
    customer_ = office_.administrator
                    .Do(&Customers::CreateCustomer,
                        absl::StrCat("customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Mill' ",
                                     With("account_manager", office_.ada_name),
                                     With("team", office_.north), "}"))
                    .name();
  }

  v1::Proposal Sent(absl::string_view more = "") const {
    const v1::Proposal drafted = office_.ada.Do(
        &Proposals::CreateProposal,
        absl::StrCat("proposal { display_name: 'Desks' tags: 'urgent' recipient { ",
                     With("customer", customer_), "} content { currency_code: 'USD' lines { ",
                     "description: 'Desks' quantity_e6: 1000000 ", Usd("unit_price", 5'000), "} } ",
                     office_.OwnedBy(office_.ada_name, office_.north), more, "}"));
    return office_.ada.Do(&Proposals::SendProposal, NameIs(drafted));
  }
  OrganizationId Organization() const {
    return services::ParseToken(office_.administrator.token())->organization;
  }
  std::string Text(const v1::Proposal& proposal, const std::string& secret) const {
    return FormatPublicLink(Organization(), domain::kProposalLink,
                            domain::ParseName<ProposalId>(proposal.name())->uuid(), secret);
  }
  // A new link of the proposal, as request text.
  std::string Link(const v1::Proposal& proposal, absl::string_view more = "") const {
    const std::string secret = RandomBytes(domain::kLinkSecretSize);
    auto request = From<v1::CreateProposalLinkRequest>(absl::StrCat(NameIs(proposal), more));
    request.set_secret_hash(std::string(AsView(Sha256(secret))));
    office_.ada.Do(&Proposals::CreateProposalLink, request);
    return With("link", Text(proposal, secret));
  }
  v1::PublicDocument See(const std::string& link) const {
    return anybody_.Do(&Documents::ViewPublicDocument, link).document();
  }
  v1::Proposal Get(const v1::Proposal& proposal) const {
    return office_.ada.Do(&Proposals::GetProposal, NameIs(proposal));
  }
  int64_t HeadPosition() const { return office_.HeadPosition(); }

  ManualClock clock_{absl::FromCivil(absl::CivilHour(2026, 3, 2, 9), absl::UTCTimeZone())};
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  ApiCaller anybody_ = server_.Anonymous();
  std::string customer_;
};

TEST_F(PublicDocumentsTest, TheReceiverSeesThePaperAndNothingElse) {
  const v1::Proposal proposal = Sent();
  const std::string link = Link(proposal);
  const auto answer = anybody_.Try(&Documents::ViewPublicDocument, link);
  ASSERT_THAT(answer, Succeeded());
  EXPECT_EQ(answer.position, 0) << "how much happens here is nobody's business";
  const v1::PublicDocument& document = answer.response.document();
  EXPECT_EQ(document.display_name(), "Desks");
  EXPECT_EQ(document.recipient_company_name(), "Mill");
  EXPECT_EQ(document.total().units(), 5'000);
  EXPECT_EQ(document.state(), v1::PUBLIC_DOCUMENT_STATE_OPEN);
  for (const char* inside : {"members/", "customers/", "teams/", "urgent"}) {
    EXPECT_THAT(document.ShortDebugString(), Not(HasSubstr(inside)));
  }

  // Once a link and day, whoever looks how often; not at all when nothing is to be recorded.
  const int64_t head = HeadPosition();
  See(link);
  anybody_.Do(&Documents::ViewPublicDocument, link + "validate_only: true");
  EXPECT_EQ(HeadPosition(), head);
  EXPECT_EQ(Get(proposal).view_count(), 1);
  EXPECT_EQ(Get(proposal).legacy_status(), 1);
  clock_.Advance(absl::Hours(24));
  See(link);
  EXPECT_EQ(Get(proposal).view_count(), 2);
  // A credential that is sent along is not looked at.
  const ApiCaller impostor(server_.Channel(), "crm_nonsense",
                           std::make_shared<std::atomic<int64_t>>(0));
  EXPECT_THAT(impostor.Try(&Documents::ViewPublicDocument, link), Succeeded());
}

TEST_F(PublicDocumentsTest, BothSidesSpeak) {
  const v1::Proposal proposal = Sent();
  const std::string link = Link(proposal);
  anybody_.Do(&Documents::CommentPublicDocument,
              link + With("person_name", "Ann Lee") + With("text", "When?"));
  EXPECT_EQ(Get(proposal).comments(0).person_name(), "Ann Lee");
  office_.ada.Do(&Proposals::ReplyProposalComment, NameIs(proposal) + With("text", "In May."));
  const v1::PublicDocument document = See(link);
  ASSERT_EQ(document.comments_size(), 2);
  EXPECT_EQ(document.comments(1).text(), "In May.");
  EXPECT_THAT(anybody_.Try(&Documents::CommentPublicDocument,
                           link + With("person_name", " ") + With("text", "x")),
              Refused(StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST"));
}

// T68. A retry is one acceptance, another request is refused; the draft is there once.
TEST_F(PublicDocumentsTest, AcceptanceIsOneHoweverOftenItIsSent) {
  office_.administrator.Do(&Organizations::UpdateOrganization,
                           "organization { auto_invoice_on_acceptance: true }");
  const v1::Proposal proposal = Sent();
  const std::string link = Link(proposal);
  const std::string accept = link + With("person_name", "Ann Lee");
  const std::string retried = accept + With("request_id", Uuid::Random().ToString());
  const auto first = anybody_.Try(&Documents::AcceptPublicDocument, retried);
  ASSERT_THAT(first, Succeeded());
  EXPECT_FALSE(first.replayed);
  EXPECT_EQ(first.response.document().state(), v1::PUBLIC_DOCUMENT_STATE_ACCEPTED);
  const int64_t head = HeadPosition();
  const auto again = anybody_.Try(&Documents::AcceptPublicDocument, retried);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_THAT(anybody_.Try(&Documents::AcceptPublicDocument, accept),
              Refused(StatusCode::FAILED_PRECONDITION, "PROPOSAL_CLOSED"));
  EXPECT_EQ(HeadPosition(), head);
  const v1::Proposal accepted = Get(proposal);
  EXPECT_EQ(accepted.closed_person_name(), "Ann Lee");
  const v1::Invoice invoice =
      office_.ada.Do(&Invoices::GetInvoice, With("name", accepted.converted_document()));
  EXPECT_EQ(invoice.source(), proposal.name());
  // The event says who, and that no member did it.
  const auto read = office_.administrator.Do(&Events::ReadEvents,
                                             "page_size: 10 filter { types: 'ProposalAccepted' }");
  ASSERT_EQ(read.events_size(), 1);
  EXPECT_EQ(read.events(0).actor(), "");
  EXPECT_THAT(read.events(0).data_json(), HasSubstr("Ann Lee"));
}

// Strangers with the same request id do not meet.
TEST_F(PublicDocumentsTest, RequestIdsAreOfOneLink) {
  const std::string id = With("request_id", Uuid::Random().ToString());
  for (int i = 0; i < 2; ++i) {
    const std::string link = Link(Sent());
    const auto accepted =
        anybody_.Try(&Documents::AcceptPublicDocument, link + id + With("person_name", "Ann Lee"));
    EXPECT_THAT(accepted, Succeeded());
    EXPECT_FALSE(accepted.replayed);
  }
}

// T43: who holds the link may know that it is too late.
TEST_F(PublicDocumentsTest, TooLateIsTooLate) {
  const v1::Proposal proposal = Sent("open_till_date { year: 2026 month: 3 day: 2 }");
  const std::string link = Link(proposal);
  clock_.Advance(absl::Hours(24));
  EXPECT_EQ(See(link).state(), v1::PUBLIC_DOCUMENT_STATE_EXPIRED);
  EXPECT_THAT(anybody_.Try(&Documents::AcceptPublicDocument, link + With("person_name", "Ann Lee")),
              Refused(StatusCode::FAILED_PRECONDITION, "PROPOSAL_EXPIRED"));
  EXPECT_EQ(anybody_
                .Do(&Documents::DeclinePublicDocument,
                    link + With("person_name", "Ann Lee") + With("reason", "Too late"))
                .document()
                .state(),
            v1::PUBLIC_DOCUMENT_STATE_DECLINED);
}

// Whatever is wrong with a link, and whatever is asked through it: the same answer to the byte.
TEST_F(PublicDocumentsTest, AGuessLearnsNothing) {
  const v1::Proposal proposal = Sent();
  const std::string secret = RandomBytes(domain::kLinkSecretSize);
  const auto id = domain::ParseName<ProposalId>(proposal.name())->uuid();
  const std::string before = Link(proposal);
  const std::string link = Link(proposal, "expire_date { year: 2026 month: 3 day: 2 }");
  const v1::Proposal archived = Sent();
  const std::string of_archived = Link(archived);
  office_.ada.Do(&Proposals::ArchiveProposal, NameIs(archived));
  const v1::Proposal revoked = Sent();
  const std::string of_revoked = Link(revoked);
  office_.ada.Do(&Proposals::RevokeProposalLink, NameIs(revoked));
  See(link);
  clock_.Advance(absl::Hours(24));
  const v1::Proposal unlinked = Sent();
  const OrganizationId nowhere(Uuid::Random());
  const std::vector<std::string> links = {
      With("link", ""),
      With("link", "crmp_"),
      With("link", Text(proposal, "short")),
      With("link", Text(proposal, secret)),                                         // guessed
      With("link", Text(unlinked, secret)),                                         // has none
      With("link", FormatPublicLink(Organization(), 'p', Uuid::Random(), secret)),  // no such one
      With("link", FormatPublicLink(Organization(), 'i', id, secret)),              // no such kind
      With("link", FormatPublicLink(nowhere, 'p', id, secret)),  // nor organization
      before,                                                    // replaced
      link,                                                      // past its day
      of_archived,
      of_revoked};
  std::set<std::string> told;
  const auto ask = [&](auto rpc, const std::string& text) {
    const auto answer = anybody_.Try(rpc, text);
    EXPECT_THAT(answer, Refused(StatusCode::NOT_FOUND, "LINK_INVALID")) << text;
    EXPECT_EQ(answer.position, 0) << text;
    told.insert(absl::StrCat(answer.status.error_code(), answer.status.error_message(), "/",
                             answer.status.error_details()));
  };
  const int64_t head = HeadPosition();
  for (const std::string& text : links) {
    ask(&Documents::ViewPublicDocument, text);
    ask(&Documents::CommentPublicDocument, text);
    ask(&Documents::AcceptPublicDocument, text + With("person_name", "Ann Lee"));
    ask(&Documents::DeclinePublicDocument, text);
  }
  EXPECT_EQ(told.size(), 1u) << "one answer for all of them";
  EXPECT_EQ(HeadPosition(), head);
}

// Nothing that a stranger knows leads from the log to the link.
TEST_F(PublicDocumentsTest, OnlyTheHashIsKept) {
  const v1::Proposal proposal = Sent();
  const std::string link = Link(proposal);
  const auto read = office_.administrator.Do(&Events::ReadEvents,
                                             "page_size: 10 filter { types: 'ProposalLinkIssued' } "
                                             "encoding: EVENT_ENCODING_PROTOBUF");
  ASSERT_EQ(read.events_size(), 1);
  events::v1::ProposalLinkIssued issued;
  ASSERT_TRUE(issued.ParseFromString(read.events(0).data()));
  const std::string text = link.substr(7, link.size() - 9);
  EXPECT_EQ(issued.link().secret_hash(),
            std::string(AsView(domain::ParsePublicLink(text)->secret_hash)));
  EXPECT_THAT(office_.cleo.Try(&Proposals::RevokeProposalLink, NameIs(proposal)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
  EXPECT_THAT(office_.avi.Try(&Proposals::RevokeProposalLink, NameIs(proposal)),
              Refused(StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
}

}  // namespace
}  // namespace crm::testing
