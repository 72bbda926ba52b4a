#include "projections/product_catalogue.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "projections/sort_key.h"
#include "projections/text_folding.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using domain::EventMetadata;
using domain::ProductId;
using views::v1::CatalogueEntry;

absl::Status SetArchived(const EventMetadata& metadata, ViewTransaction& rows, bool archived) {
  ASSIGN_OR_RETURN(CatalogueEntry * entry,
                   ProductCatalogue::kProducts.Edit(rows, {ProductId(metadata.stream.id)}));
  entry->set_archived(archived);
  return absl::OkStatus();
}

bool Contains(const CatalogueEntry& entry, const std::string& folded_text) {
  return absl::StrContains(FoldText(entry.display_name()), folded_text) ||
         absl::StrContains(FoldText(entry.sku()), folded_text);
}

}  // namespace

absl::Status ProductCatalogue::Apply(const events::v1::ProductCreated& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  CatalogueEntry entry;
  entry.set_display_name(event.details().display_name());
  entry.set_sku(event.details().sku());
  kProducts.Put(rows, {ProductId(metadata.stream.id)}, std::move(entry));
  return absl::OkStatus();
}

absl::Status ProductCatalogue::Apply(const events::v1::ProductDetailsRevised& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(CatalogueEntry * entry, kProducts.Edit(rows, {ProductId(metadata.stream.id)}));
  for (const std::string& field : event.fields()) {
    if (field == "display_name") entry->set_display_name(event.details().display_name());
    if (field == "sku") entry->set_sku(event.details().sku());
  }
  return absl::OkStatus();
}

absl::Status ProductCatalogue::Apply(const events::v1::ProductArchived&,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  return SetArchived(metadata, rows, true);
}

absl::Status ProductCatalogue::Apply(const events::v1::ProductRestored&,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  return SetArchived(metadata, rows, false);
}

// An organization sells some thousand products at most, so a page is cut out of a scan of all.
absl::StatusOr<std::vector<ProductId>> ProductCatalogue::Select(
    const v1::ListProductsRequest& request, const ViewReader& rows, QueryContext& context) {
  const std::string text = FoldText(request.text());
  TopRows<ProductId> page(static_cast<size_t>(context.page_size()), context.after());
  RETURN_IF_ERROR(
      kProducts.Scan(rows, kProducts.All(), [&](const auto& key, const CatalogueEntry& entry) {
        const ProductId id = std::get<0>(key);
        if (entry.archived() && !request.show_archived()) return true;
        if (Contains(entry, text)) page.Add(SortKey(SortedName(entry.display_name()), id), id);
        return true;
      }));
  std::string more;
  std::vector<ProductId> ids = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return ids;
}

}  // namespace crm::projections
