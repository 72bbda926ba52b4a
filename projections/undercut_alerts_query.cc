// The list of UndercutAlerts.
#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "base/status_macros.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "projections/undercut_alerts.h"

namespace crm::projections {
namespace {

using views::v1::Offer;
using views::v1::OpportunityCard;
using views::v1::Undercut;

absl::StatusOr<OpportunityCard> CardOf(const std::string& id, const ViewReader& rows) {
  ASSIGN_OR_RETURN(const std::optional<Offer> offer,
                   UndercutAlerts::kOffers.Get(rows, {UuidOf(id)}));
  if (!offer.has_value()) return absl::InternalError("an undercut alert without its offer");
  return offer->card();
}

absl::Status AddLeaders(const OpportunityCard& card, const ViewReader& rows,
                        v1::UndercutAlert& shown) {
  ASSIGN_OR_RETURN(const auto leaders,
                   UndercutAlerts::kLeaders.Get(rows, {UuidOf(card.team_id())}));
  if (!leaders.has_value()) return absl::OkStatus();
  for (const std::string& id : leaders->member_ids()) {
    const std::string name = domain::NameOf(domain::FromBytes<domain::MemberId>(id));
    if (!absl::c_linear_search(shown.leaders(), name)) shown.add_leaders(name);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::UndercutAlert> Render(const Undercut& alert, const OpportunityCard& earlier,
                                         const OpportunityCard& later, const ViewReader& rows) {
  v1::UndercutAlert shown;
  const auto name = [](const OpportunityCard& card) {
    return domain::NameOf(domain::FromBytes<domain::OpportunityId>(card.opportunity_id()));
  };
  shown.set_earlier_opportunity(name(earlier));
  shown.set_later_opportunity(name(later));
  shown.set_customer(domain::NameOf(domain::FromBytes<domain::CustomerId>(alert.customer_id())));
  shown.set_group(domain::NameOf(domain::FromBytes<domain::OpportunityGroupId>(alert.group_id())));
  if (const auto revenue = ExpectedRevenueOf(earlier)) {
    *shown.mutable_earlier_revenue() = revenue->ToProto();
  }
  if (const auto revenue = ExpectedRevenueOf(later)) {
    *shown.mutable_later_revenue() = revenue->ToProto();
  }
  *shown.mutable_raise_time() = domain::TimestampOf(absl::FromUnixMicros(alert.raise_time_us()));
  if (alert.close_time_us() != 0) {
    *shown.mutable_close_time() = domain::TimestampOf(absl::FromUnixMicros(alert.close_time_us()));
  }
  RETURN_IF_ERROR(AddLeaders(earlier, rows, shown));
  RETURN_IF_ERROR(AddLeaders(later, rows, shown));
  return shown;
}

// An alert tells what both sides ask: it is for whoever sees both, and for a leader of either team
// who sees one.
bool IsFor(const v1::UndercutAlert& alert, bool sees_earlier, bool sees_later,
           const QueryContext& context) {
  if (sees_earlier && sees_later) return true;
  return (sees_earlier || sees_later) &&
         absl::c_linear_search(alert.leaders(), domain::NameOf(context.member()));
}

absl::StatusOr<KeyRange<UndercutAlerts::AlertKey>> PageAfter(const std::string& place) {
  if (place.empty()) return UndercutAlerts::kAlerts.All();
  UndercutAlerts::AlertKey last;
  if (!ParseKey(place, last)) {
    return domain::Invalid("PAGE_TOKEN_INVALID", "the page token is not one of this list");
  }
  return UndercutAlerts::kAlerts.All().After(last);
}

}  // namespace

absl::StatusOr<v1::ListUndercutAlertsResponse> UndercutAlerts::Answer(
    const v1::ListUndercutAlertsRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto range, PageAfter(context.after()));
  v1::ListUndercutAlertsResponse response;
  std::string place;
  RETURN_IF_ERROR(kAlerts.Scan(
      rows, range, [&](const AlertKey& key, const Undercut& alert) -> absl::StatusOr<bool> {
        if (alert.close_time_us() != 0 && !request.show_closed()) return true;
        ASSIGN_OR_RETURN(const OpportunityCard earlier, CardOf(alert.earlier_id(), rows));
        ASSIGN_OR_RETURN(const OpportunityCard later, CardOf(alert.later_id(), rows));
        ASSIGN_OR_RETURN(v1::UndercutAlert shown, Render(alert, earlier, later, rows));
        if (!IsFor(shown, context.Sees(ScopeOf(earlier)), context.Sees(ScopeOf(later)), context)) {
          return true;
        }
        if (response.undercut_alerts_size() == context.page_size()) {
          context.ContinueAfter(place);
          return false;
        }
        *response.add_undercut_alerts() = std::move(shown);
        place.clear();
        AppendKey(place, key);
        return true;
      }));
  return response;
}

}  // namespace crm::projections
