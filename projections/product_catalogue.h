// ProductCatalogue: what an organization sells, by name. Answers the list of products. Products
// belong to the organization, so rows are not filtered by audience; none of them is personal.
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/product_events.pb.h"
#include "crm/v1/product_service.pb.h"
#include "crm/views/v1/product_catalogue.pb.h"
#include "domain/event_codec.h"
#include "domain/types/ids.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct ProductCatalogue {
  static constexpr absl::string_view kName = "product_catalogue";
  static constexpr int kVersion = 1;
  using Events = std::variant<events::v1::ProductCreated, events::v1::ProductDetailsRevised,
                              events::v1::ProductArchived, events::v1::ProductRestored>;

  static constexpr Table<std::tuple<domain::ProductId>, views::v1::CatalogueEntry> kProducts{1};
  static constexpr auto kTables = std::tuple(kProducts);

  static absl::Status Apply(const events::v1::ProductCreated& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ProductDetailsRevised& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ProductArchived& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);
  static absl::Status Apply(const events::v1::ProductRestored& event,
                            const domain::EventMetadata& metadata, ViewTransaction& rows);

  // By display name; a text is looked for in name and code.
  static absl::StatusOr<std::vector<domain::ProductId>> Select(
      const v1::ListProductsRequest& request, const ViewReader& rows, QueryContext& context);
};

}  // namespace crm::projections
