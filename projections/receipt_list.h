// ReceiptList: commission receipts by day of issue, the newest first. Of an agent, in the agent's
// team: whoever may not see what a member earns sees no receipt of it. Holds ids and days and
// nothing personal.
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/commission_events.pb.h"
#include "crm/v1/commission_receipt_service.pb.h"
#include "crm/views/v1/figures.pb.h"
#include "crm/views/v1/receipt_list.pb.h"
#include "domain/types/ids.h"
#include "projections/newest_first.h"
#include "projections/pipeline_shape.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct ReceiptList {
  static constexpr absl::string_view kName = "receipt_list";
  static constexpr int kVersion = 1;
  using Events = JoinEvents<OrganizationEvents, std::variant<events::v1::CommissionReceiptIssued,
                                                             events::v1::CommissionReceiptPaid>>;

  static constexpr Table<std::tuple<Uuid>, views::v1::ReceiptCard> kCards{1};
  static constexpr Table<DayPlace, views::v1::Mark> kByDay{2};
  static constexpr Table<std::tuple<domain::MemberId, NewestDay, Uuid>, views::v1::Mark> kOfAgent{
      3};
  static constexpr Table<std::tuple<>, views::v1::OrganizationShape> kOrganization{4};
  static constexpr auto kTables = std::tuple(kCards, kByDay, kOfAgent, kOrganization);

  template <OrganizationEvent E>
  static absl::Status Apply(const E& event, const domain::EventMetadata&, ViewTransaction& rows) {
    return FoldShape(kOrganization.Edit(rows, {}), event);
  }
  static absl::Status Apply(const events::v1::CommissionReceiptIssued& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::CommissionReceiptPaid& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // The newest day first; of one day by id. INVALID_ARGUMENT INVALID_NAME or DATE_INVALID for what
  // the request names, PAGE_TOKEN_INVALID for a place that is none.
  static absl::StatusOr<std::vector<domain::CommissionReceiptId>> Select(
      const v1::ListCommissionReceiptsRequest& request, const ViewReader& rows,
      QueryContext& context);
};

}  // namespace crm::projections
