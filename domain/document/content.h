// Content: what a document says about money, between what a client enters and what is stored. What
// the lines take of products and taxes is frozen when they are entered, and every total is the
// server's (totals.h), so nothing that changes later changes a document.
//   C1  A line's product and tax exist and are offered when they are chosen. A line with the key of
//       one that is there, and no other product, keeps what it does not say - product, description,
//       price with discount, tax - and what was frozen of product and tax, archived or not.
//   C2  Every amount is in the currency of the document; prices and costs of a product that are in
//       another one are not taken.
//   C3  A line says what it is: by a description, or its product's name.
//   C4  The calculation profile is the organization's when the document is drafted, and stays.
// Pure over what the lookup reads; thread-safe.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/document_types.pb.h"
#include "crm/v1/document.pb.h"
#include "domain/contribution.h"
#include "domain/decide_context.h"
#include "google/protobuf/repeated_field.h"

namespace crm::domain {

// The content a client entered, in place of `before` (empty for a new document). Refuses what
// ComputeTotals refuses; CURRENCY_UNKNOWN, CURRENCY_MISMATCH (C2); LINE_KEY_INVALID, LINE_REPEATED;
// LINE_DESCRIPTION_REQUIRED (C3); PRICE_REQUIRED when neither line nor product has one;
// PRODUCT_ARCHIVED, TAX_ARCHIVED (C1); and what ContributorsFrom refuses.
absl::StatusOr<events::v1::DocumentContent> ContentFrom(const v1::DocumentContent& entered,
                                                        const events::v1::DocumentContent& before,
                                                        const DecideContext& context);

// Computes everything that follows from lines, discount, adjustment and profile. Refuses what
// ComputeTotals refuses.
absl::Status Reckon(events::v1::DocumentContent& content);

// As the API shows it.
v1::DocumentContent ShownContent(const events::v1::DocumentContent& content);

// Credited members, as stored and as the API shows them.
using CreditedMembers = google::protobuf::RepeatedPtrField<events::v1::CreditedMember>;
CreditedMembers StoredCredit(const std::vector<Contribution>& contributions);
google::protobuf::RepeatedPtrField<v1::Contributor> ShownCredit(const CreditedMembers& credited);

}  // namespace crm::domain
