// CommissionLedger: what was earned, and why. Entries by date, each with the payment or credit note
// that caused it, the step of the base and the slices of it that earned, and the policy version;
// and what each agent earned, was paid for and may be paid, summed up by day.
//
// An entry is dated as its cause, also one that corrects it long after, so that the entries dated
// up to any day sum to the commission of what was paid by then. Of an agent and the team of the
// invoice: whoever may not see an entry sees no figure of it.
#pragma once

#include <cstdint>
#include <tuple>
#include <variant>

#include "crm/events/v1/commission_events.pb.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/commission_service.pb.h"
#include "crm/views/v1/commission_ledger.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/invoice_money.pb.h"
#include "crm/views/v1/sales_statistics.pb.h"
#include "domain/types/ids.h"
#include "projections/invoice_money.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct CommissionLedger {
  static constexpr absl::string_view kName = "commission_ledger";
  static constexpr int kVersion = 1;
  using Events = JoinEvents<
      OrganizationEvents, InvoiceMoneyEvents,
      std::variant<events::v1::CommissionRecognized, events::v1::CommissionPolicyVersionPublished,
                   events::v1::MemberCreated, events::v1::MemberDetailsRevised,
                   events::v1::SubjectErased>>;

  // Day, position.
  using EntryKey = std::tuple<absl::CivilDay, int64_t>;
  static constexpr Table<EntryKey, views::v1::LedgerEntry> kEntries{1};
  // Agent, day, position.
  static constexpr Table<std::tuple<domain::MemberId, absl::CivilDay, int64_t>, views::v1::Mark>
      kEntriesOf{2};
  // Agent, value of crm.v1.CommissionRole, team, day.
  using FiguresKey = std::tuple<domain::MemberId, uint8_t, domain::TeamId, absl::CivilDay>;
  static constexpr Table<FiguresKey, views::v1::LedgerFigures> kFigures{3};
  static constexpr Table<std::tuple<Uuid>, views::v1::InvoiceMoney> kInvoices{4};
  // Products and categories that policies name.
  static constexpr Table<std::tuple<Uuid>, views::v1::LedgerGroup> kGroups{5};
  // Member, as the subject of their name.
  static constexpr Table<std::tuple<Uuid>, views::v1::SortName> kNames{6};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{7};
  static constexpr auto kTables =
      std::tuple(kEntries, kEntriesOf, kFigures, kInvoices, kGroups, kNames, kOrganization);

  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }
  template <InvoiceMoneyEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata& metadata,
                            ViewTransaction& rows) {
    ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
    return FoldInvoices(kInvoices, event, metadata, zone, rows,
                        [&](const Uuid&, const auto& before, const auto& after) -> absl::Status {
                          RETURN_IF_ERROR(CountReceived(before, -1, rows));
                          return CountReceived(after, 1, rows);
                        });
  }
  static absl::Status Apply(const events::v1::CommissionRecognized& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::CommissionPolicyVersionPublished& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::MemberCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::MemberDetailsRevised& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::SubjectErased& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // By date, then position. INVALID_ARGUMENT INVALID_NAME or DATE_INVALID for what the request
  // names, PAGE_TOKEN_INVALID for a place that is none.
  static absl::StatusOr<v1::ListCommissionsResponse> Answer(
      const v1::ListCommissionsRequest& request, const ViewReader& rows, QueryContext& context);
  // What was received and earned on the days asked for; what waits and what is payable as of today.
  // By agent's name. INVALID_ARGUMENT as above, and RANGE_INVALID when the days end before they
  // begin; OUT_OF_RANGE SUM_OVERFLOW when a sum cannot be shown.
  static absl::StatusOr<v1::CommissionSummary> Answer(
      const v1::GetCommissionSummaryRequest& request, const ViewReader& rows,
      QueryContext& context);

 private:
  // Counts what was paid for everybody whom it pays (`times` 1), or takes it out (-1).
  static absl::Status CountReceived(const views::v1::InvoiceMoney& money, int times,
                                    ViewTransaction& rows);
};

}  // namespace crm::projections
