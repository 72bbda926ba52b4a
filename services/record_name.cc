#include "services/record_name.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace crm::services {

absl::StatusOr<StreamId> StreamOfRecord(absl::string_view name) {
  StreamId stream;
  RETURN_IF_ERROR(WithRecord(name, [&](auto, const auto& id) {
    stream = domain::StreamOf(id);
    return absl::OkStatus();
  }));
  return stream;
}

std::string ViewPermissionOf(absl::string_view category) {
  if (category == domain::OrganizationTag::kCategory) return "settings.view";
  if (category == domain::InvoiceSeriesTag::kCategory) return "settings.view";
  if (category == domain::TaxTag::kCategory) return "product.view";
  if (category == domain::RoleTag::kCategory) return "member.view";
  if (category == domain::OpportunityGroupTag::kCategory) return "opportunity.view";
  if (category == domain::WarehouseTag::kCategory) return "stock.view";
  if (category == domain::StockReceiptTag::kCategory) return "stock.view";
  if (category == domain::PurchaseTag::kCategory) return "stock.view";
  if (category == domain::TokenTag::kCategory) return "";
  return absl::StrCat(category, ".view");
}

absl::Status CheckRecordVisible(const QueryGate& queries, const Call& call,
                                absl::string_view name) {
  return WithRecord(
      name, [&]<class A>(std::type_identity<A>, const typename A::Id& id) -> absl::Status {
        LogStreams today = queries.StreamsAt(call, std::nullopt);
        absl::StatusOr<domain::Ref<A>> self = domain::Lookup(today).template Find<A>(id);
        if (!self.ok()) return self.status();
        return queries.CheckMayView(call, ViewPermissionOf(domain::StreamOf(id).category),
                                    A::ScopeOf(self->state()));
      });
}

}  // namespace crm::services
