// Product: what is sold, for how much, at what cost. Documents freeze what they took of it, so
// nothing that changes here changes them.
//
//   created -> archived <-> restored
//
// Invariants, cited by tests:
//   I1  a product has a name (DISPLAY_NAME_REQUIRED)
//   I2  its code is unique without case: the claim is held from the day it is given until the
//       product has another, also while it is archived (SKU_TAKEN)
//   I3  price and cost are not negative (AMOUNT_NEGATIVE), and in one currency (CURRENCY_MISMATCH)
//   I4  nothing changes while archived, except by RestoreProduct (PRODUCT_ARCHIVED)
//   I5  the tax of its new lines exists, and is offered when it is chosen (TAX_ARCHIVED)
//   I6  a revision names exactly the fields whose values changed; no change, no event
//
// Products belong to the organization. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/product_events.pb.h"
#include "crm/v1/product_service.pb.h"
#include "domain/decide_context.h"
#include "domain/types/money.h"

namespace crm::domain {

struct ProductState {
  ProductId id;
  events::v1::ProductDetails details;      // descriptive fields as stored
  std::optional<Money> price;              // list price of one; nullopt: none
  std::optional<Money> cost;               // of one; nullopt: not known
  std::optional<absl::Time> archive_time;  // effective; nullopt: offered

  bool archived() const { return archive_time.has_value(); }
};

struct Product {
  using Id = ProductId;
  using State = ProductState;
  using Event = std::variant<events::v1::ProductCreated, events::v1::ProductDetailsRevised,
                             events::v1::ProductRepriced, events::v1::ProductCostRevised,
                             events::v1::ProductArchived, events::v1::ProductRestored>;
  using Resource = v1::Product;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<Product>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<ProductId> TargetOf(const v1::UpdateProductRequest&, const Caller&);

  // Refuses by I1, I2, I3, I5.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateProductRequest&,
                                                const DecideContext&);
  // Refuses by I1, I2, I4, I5. Price and cost are not paths of an update.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateProductRequest&,
                                                const DecideContext&);
  // Both refuse by I3, I4.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RepriceProductRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ReviseProductCostRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::ArchiveProductRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::RestoreProductRequest&,
                                                const DecideContext&);
};

// FAILED_PRECONDITION PRODUCT_ARCHIVED unless the product is offered: for lines that name one.
absl::Status RequireOffered(const Ref<Product>& product);

}  // namespace crm::domain
