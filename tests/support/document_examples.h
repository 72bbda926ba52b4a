// What documents are made of, as events: an organization in Berlin with members, a team, a
// customer, a contact, an opportunity, a lead; a chair of 99.00 that cost 55.00, taxed 20 %.
// Include from tests only.
#pragma once

#include "domain/contact/contact.h"
#include "domain/customer/customer.h"
#include "domain/lead/lead.h"
#include "domain/member/member.h"
#include "domain/opportunity/opportunity.h"
#include "domain/organization/organization.h"
#include "domain/pipeline/pipeline.h"
#include "domain/product/product.h"
#include "domain/tax/tax.h"
#include "domain/team/team.h"
#include "tests/support/example_world.h"
#include "tests/support/examples.h"
#include "tests/support/prototext.h"

namespace crm::testing {

inline events::v1::TaxCreated TaxCreatedExample() {
  return From<events::v1::TaxCreated>("display_name: 'VAT' rate_ppm: 200000");
}

inline events::v1::ProductCreated ProductCreatedExample() {
  auto created = From<events::v1::ProductCreated>(
      "details { display_name: 'Chair' } "
      "price { currency_code: 'EUR' minor: 9900 } cost { currency_code: 'EUR' minor: 5500 }");
  created.mutable_details()->set_tax_id(ExampleBytes<domain::TaxId>());
  return created;
}

inline events::v1::LeadCaptured LeadCapturedExample() {
  auto captured = From<events::v1::LeadCaptured>(
      "details { display_name: 'Desks for Mill' given_name: 'Grace' family_name: 'Hopper' "
      "email: 'grace@mill.example' company_name: 'Mill Ltd' }");
  captured.mutable_ownership()->set_owner_id(ExampleBytes<domain::MemberId>());
  captured.set_subject_id(ExampleBytes<domain::LeadId>());
  return captured;
}

inline events::v1::OrganizationSettingsRevised SettingsRevised(absl::string_view settings) {
  return From<events::v1::OrganizationSettingsRevised>(settings);
}

// Everything above, at kExampleBefore; the first three members and the first two customers.
inline void GiveOffice(ExampleWorld& world) {
  using domain::ContactId, domain::CustomerId, domain::LeadId, domain::MemberId,
      domain::OpportunityId, domain::OrganizationId, domain::PipelineId, domain::ProductId,
      domain::TaxId, domain::TeamId;
  const auto give = [&](const auto& id, const google::protobuf::Message& event) {
    world.Append(StreamOf(id), event, kExampleBefore);
  };
  give(ExampleId<OrganizationId>(), OrganizationCreatedExample());
  for (const int n : {1, 2, 3}) give(ExampleId<MemberId>(n), MemberCreatedExample(n));
  give(ExampleId<TeamId>(), TeamCreatedExample());
  for (const int n : {1, 2, 3}) give(ExampleId<TeamId>(), MembershipBeganExample(n));
  for (const int n : {1, 2}) give(ExampleId<CustomerId>(n), CustomerCreatedExample(n));
  give(ExampleId<ContactId>(), ContactCreatedExample());
  give(ExampleId<PipelineId>(), PipelineCreatedExample());
  give(ExampleId<OpportunityId>(), OpportunityOpenedExample());
  give(ExampleId<LeadId>(), LeadCapturedExample());
  give(ExampleId<TaxId>(), TaxCreatedExample());
  give(ExampleId<ProductId>(), ProductCreatedExample());
}

// `field: 'the n-th name' `, for requests written as text.
template <class Id>
std::string Naming(absl::string_view field, int n = 1) {
  return absl::StrCat(field, ": '", ExampleName<Id>(n), "' ");
}

// Fields of a line of so many chairs.
inline std::string Chairs(int count) {
  return absl::StrCat("lines { ", Naming<domain::ProductId>("product"), "quantity_e6: ", count,
                      "000000 } ");
}
// Fields of a line of free text without tax, of so many EUR.
inline std::string Work(int units) {
  return absl::StrCat(
      "lines { description: 'Work' quantity_e6: 1000000 "
      "unit_price { currency_code: 'EUR' units: ",
      units, " } } ");
}

}  // namespace crm::testing
