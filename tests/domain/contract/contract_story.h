// A contract for the upkeep of chairs, as its tests tell it. Include from tests only.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/hash.h"
#include "domain/contract/contract.h"
#include "domain/contract/contract_link.h"
#include "tests/support/document_examples.h"
#include "tests/support/scenario.h"

namespace crm::domain {

using testing::ExampleId;
using testing::ExampleName;
using testing::From;
using testing::IsOk;
using testing::kExampleNow;
using testing::Naming;
using testing::Scenario;

inline absl::Time InBerlin(int month, int day, int hour = 0, int minute = 0) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Berlin", &zone));
  return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), zone);
}
inline std::string Date(absl::string_view field, int year, int month, int day) {
  return absl::StrCat(field, " { year: ", year, " month: ", month, " day: ", day, " } ");
}
inline std::string Worth(int units) {
  return absl::StrCat("value { currency_code: 'EUR' units: ", units, " } ");
}

class ContractStory : public ::testing::Test {
 protected:
  ContractStory() { testing::GiveOffice(scenario_.world()); }

  template <class Command>
  void Run(const Command& command) {
    scenario_.When(command);
    EXPECT_THAT(scenario_.outcome(), IsOk()) << command.ShortDebugString();
    scenario_.Settled();
  }
  template <class Command>
  void Rejects(const Command& command, absl::string_view reason) {
    scenario_.When(command).ThenRejected(reason);
  }
  // The command of a member, about the contract.
  template <class Command>
  Command Of(absl::string_view more = "") const {
    return From<Command>(absl::StrCat("name: '", NameOf(contract_), "' ", more));
  }
  template <class Command>
  void Member(absl::string_view more = "") {
    scenario_.By(ExampleId<MemberId>());
    Run(Of<Command>(more));
  }
  v1::CreateContractRequest Create(absl::string_view more) const {
    return From<v1::CreateContractRequest>(absl::StrCat("contract { ", more, " }"));
  }
  // For a year, of 1,200.00 EUR, with the customer of the first opportunity; `more` goes before.
  void Draft(absl::string_view more = "") {
    scenario_.By(ExampleId<MemberId>());
    v1::CreateContractRequest request = Create(
        absl::StrCat("contract_type: 'upkeep' text: 'We keep chairs.' tags: 'oak' notice_days: 30 ",
                     Worth(1'200), Date("start_date", 2026, 1, 1), Date("end_date", 2026, 12, 31),
                     Naming<OpportunityId>("opportunity")));
    request.MergeFrom(Create(more));
    Run(request);
    contract_ = scenario_.Current().id;
  }
  v1::UpdateContractRequest Update(absl::string_view fields, absl::string_view paths) const {
    std::string mask;
    for (const absl::string_view path : absl::StrSplit(paths, ' ', absl::SkipEmpty())) {
      absl::StrAppend(&mask, "paths: '", path, "' ");
    }
    return From<v1::UpdateContractRequest>(absl::StrCat(
        "contract { name: '", NameOf(contract_), "' ", fields, " } update_mask { ", mask, " }"));
  }
  void Approved(absl::string_view more = "") {
    Draft(more);
    Member<v1::ApproveContractRequest>();
  }
  void Sent(absl::string_view more = "") {
    Approved(more);
    Member<v1::SendContractRequest>("channel: 'link'");
  }
  void Signed(absl::string_view more = "") {
    Sent(more);
    Member<v1::SignContractRequest>();
  }
  v1::CreateContractLinkRequest NewLink(absl::string_view more = "") const {
    auto request = Of<v1::CreateContractLinkRequest>(more);
    request.set_secret_hash(std::string(AsView(Sha256(secret_))));
    return request;
  }
  // Sent, with a link; whoever acts next is nobody.
  void Linked(absl::string_view more = "", absl::string_view link = "") {
    Sent(more);
    Run(NewLink(link));
    scenario_.By(MemberId());
  }
  std::string Link() const {
    return FormatPublicLink(ExampleId<OrganizationId>(), kContractLink, contract_.uuid(), secret_);
  }
  template <class Command>
  Command Through(const std::string& link, absl::string_view more = "") const {
    return From<Command>(absl::StrCat("link: '", link, "' ", more));
  }
  v1::ViewPublicDocumentRequest View() const {
    return Through<v1::ViewPublicDocumentRequest>(Link());
  }
  v1::SignPublicDocumentRequest Sign(absl::string_view more = "") const {
    return Through<v1::SignPublicDocumentRequest>(Link(),
                                                  absl::StrCat("person_name: ' Ann Lee ' ", more));
  }
  v1::Contract Shown() { return scenario_.Shown(); }
  v1::PublicDocument Document() {
    const auto shown = PublicDocumentOf(scenario_.CurrentOf<Contract>(contract_),
                                        Lookup(scenario_.world().streams));
    EXPECT_THAT(shown, IsOk());
    return shown.value_or(v1::PublicDocument());
  }
  template <class E>
  const E& Decided() const {
    return dynamic_cast<const E&>(*scenario_.decided().back());
  }

  Scenario<Contract> scenario_;
  ContractId contract_;
  std::string secret_ = std::string(kLinkSecretSize, 's');
};

}  // namespace crm::domain
