// CommissionWhatIf: what a past period would have earned under other terms, beside what was
// recognised. Keeps invoices as they were frozen and the causes that bear on them, and reckons at
// query time by the rules of recognition (domain/commission_book/what_if.h); it touches nothing.
//
// Of an agent and the team of the invoice, like the ledger: whoever may not see an entry sees
// neither side of it. Holds ids and figures and nothing personal.
#pragma once

#include <cstdint>
#include <tuple>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/commission_events.pb.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/events/v1/payment_events.pb.h"
#include "crm/v1/commission_service.pb.h"
#include "crm/views/v1/commission_what_if.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "domain/types/ids.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct CommissionWhatIf {
  static constexpr absl::string_view kName = "commission_what_if";
  static constexpr int kVersion = 1;
  using Events =
      JoinEvents<OrganizationEvents,
                 std::variant<events::v1::InvoiceIssued, events::v1::PaymentRecorded,
                              events::v1::CreditApplied, events::v1::PaymentReversed,
                              events::v1::CreditNoteIssued, events::v1::CommissionRecognized,
                              events::v1::CommissionPolicyVersionPublished>>;

  static constexpr Table<std::tuple<Uuid>, views::v1::WhatIfInvoice> kInvoices{1};
  // Invoices by the day of each cause, and by the day of the payment that a cause is about.
  static constexpr Table<std::tuple<absl::CivilDay, Uuid>, views::v1::Mark> kByDay{2};
  // Day, position.
  static constexpr Table<std::tuple<absl::CivilDay, int64_t>, views::v1::RecognisedEntry>
      kRecognised{3};
  // Policy, version.
  static constexpr Table<std::tuple<domain::CommissionPolicyId, uint32_t>, views::v1::WhatIfTerms>
      kTerms{4};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{5};
  static constexpr auto kTables = std::tuple(kInvoices, kByDay, kRecognised, kTerms, kOrganization);

  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }
  static absl::Status Apply(const events::v1::InvoiceIssued& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::PaymentRecorded& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::CreditApplied& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::PaymentReversed& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::CreditNoteIssued& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::CommissionRecognized& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::CommissionPolicyVersionPublished& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // INVALID_ARGUMENT WHAT_IF_TERMS_REQUIRED unless either terms or a policy are given, what
  // TermsAsStated (domain/commission_policy/policy_terms.h) refuses, RANGE_INVALID, RANGE_TOO_LONG,
  // DATE_INVALID, INVALID_NAME; NOT_FOUND REFERENCE_NOT_FOUND of a policy without such a version;
  // OUT_OF_RANGE SUM_OVERFLOW when a sum cannot be shown.
  static absl::StatusOr<v1::CommissionWhatIf> Answer(const v1::GetCommissionWhatIfRequest& request,
                                                     const ViewReader& rows, QueryContext& context);
};

}  // namespace crm::projections
