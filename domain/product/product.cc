#include "domain/product/product.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/claim/claim.h"
#include "domain/details_revision.h"
#include "domain/field_mask.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/tax/tax.h"
#include "domain/text.h"

namespace crm::domain {
namespace {

using events::v1::ProductArchived;
using events::v1::ProductCostRevised;
using events::v1::ProductCreated;
using events::v1::ProductDetails;
using events::v1::ProductDetailsRevised;
using events::v1::ProductRepriced;
using events::v1::ProductRestored;
using ProductDecision = absl::StatusOr<Decision<Product::Event>>;

void On(ProductState& state, const ProductCreated& event, const EventMetadata& metadata) {
  state.id = ProductId(metadata.stream.id);
  state.details = event.details();
  state.price = AmountFromStored(event.price());
  state.cost = AmountFromStored(event.cost());
}

void On(ProductState& state, const ProductDetailsRevised& event, const EventMetadata&) {
  CopyFields(event.details(), event.fields(), state.details);
}

void On(ProductState& state, const ProductRepriced& event, const EventMetadata&) {
  state.price = AmountFromStored(event.to());
}

void On(ProductState& state, const ProductCostRevised& event, const EventMetadata&) {
  state.cost = AmountFromStored(event.to());
}

void On(ProductState& state, const ProductArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
}

void On(ProductState& state, const ProductRestored&, const EventMetadata&) {
  state.archive_time.reset();
}

absl::Status ProductIsArchived(const ProductId& id) {
  return Refuse("PRODUCT_ARCHIVED", absl::StrCat(NameOf(id), " is archived"),
                {{"product", NameOf(id)}});
}

// I4
absl::Status RequireOffered(const ProductState& state) {
  return state.archived() ? ProductIsArchived(state.id) : absl::OkStatus();
}

// The stored form: a field is present exactly when it says something, so that details compare.
absl::StatusOr<ProductDetails> DetailsFrom(const v1::Product& product) {
  ProductDetails details;
  const absl::string_view name = absl::StripAsciiWhitespace(product.display_name());
  if (!name.empty()) details.set_display_name(std::string(name));
  if (!product.sku().empty()) details.set_sku(product.sku());
  if (!product.description().empty()) details.set_description(product.description());
  ASSIGN_OR_RETURN(const TaxId tax, ParseOptionalName<TaxId>(product.tax()));
  if (!tax.IsNil()) details.set_tax_id(ToBytes(tax));
  if (product.non_commissionable()) details.set_non_commissionable(true);
  if (product.stocked()) details.set_stocked(true);
  if (!product.unit().empty()) details.set_unit(product.unit());
  return details;
}

void Show(const ProductDetails& details, v1::Product& product) {
  product.set_display_name(details.display_name());
  product.set_sku(details.sku());
  product.set_description(details.description());
  product.set_tax(NameOf(FromBytes<TaxId>(details.tax_id())));
  product.set_non_commissionable(details.non_commissionable());
  product.set_stocked(details.stocked());
  product.set_unit(details.unit());
}

// What a command says of one product: nullopt for nothing, else not negative (I3).
absl::StatusOr<std::optional<Money>> AmountIn(bool present, const google::type::Money& amount) {
  if (!present) return std::nullopt;
  ASSIGN_OR_RETURN(const Money money, Money::FromProto(amount));
  if (money.IsNegative()) return Invalid("AMOUNT_NEGATIVE", "an amount must not be negative");
  return money;
}

// I3
absl::Status CheckCurrencies(const std::optional<Money>& price, const std::optional<Money>& cost) {
  if (!price.has_value() || !cost.has_value()) return absl::OkStatus();
  return (*price - *cost).status();
}

// I5
absl::Status CheckTax(const ProductDetails& before, const ProductDetails& after,
                      const DecideContext& context) {
  if (after.tax_id().empty() || after.tax_id() == before.tax_id()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Ref<Tax> tax, context.Require<Tax>(FromBytes<TaxId>(after.tax_id())));
  return RequireOffered(tax);
}

std::string SkuKey(const ProductDetails& details) { return absl::AsciiStrToLower(details.sku()); }

// I2: gives up the claim of the one code and takes that of the other.
absl::Status ClaimSku(const ProductId& id, const ProductDetails& before,
                      const ProductDetails& after, const DecideContext& context,
                      Decision<Product::Event>& decision) {
  if (SkuKey(before) == SkuKey(after)) return absl::OkStatus();
  const auto claim_of = [&](const ProductDetails& details) {
    return context.Find<Claim>(
        ClaimOf(context.caller().organization, kProductSkuClaim, SkuKey(details)));
  };
  if (!before.sku().empty()) {
    ASSIGN_OR_RETURN(const Ref<Claim> released, claim_of(before));
    decision.Affect(released, events::v1::ValueReleased());
  }
  if (after.sku().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Ref<Claim> claim, claim_of(after));
  if (claim->held) {
    return Taken("SKU_TAKEN", "another product has this code",
                 {{"product", NameOf(ProductId(claim->holder.id))}});
  }
  decision.Affect(claim, ClaimedBy(kProductSkuClaim, StreamOf(id)));
  return absl::OkStatus();
}

// The event that says an amount changed; an absent side is none.
template <class Event>
Event Changed(const std::optional<Money>& from, const std::optional<Money>& to) {
  Event event;
  if (from.has_value()) *event.mutable_from() = StoredAmount(*from);
  if (to.has_value()) *event.mutable_to() = StoredAmount(*to);
  return event;
}

}  // namespace

ProductState Product::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

absl::StatusOr<v1::Product> Product::Render(const Ref<Product>& self, const Lookup&) {
  v1::Product shown;
  shown.set_name(NameOf(self.id));
  Show(self->details, shown);
  if (self->price.has_value()) *shown.mutable_price() = self->price->ToProto();
  if (self->cost.has_value()) *shown.mutable_cost() = self->cost->ToProto();
  if (self->archived()) *shown.mutable_archive_time() = TimestampOf(*self->archive_time);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<ProductId> Product::TargetOf(const v1::UpdateProductRequest& command,
                                            const Caller&) {
  return ParseName<ProductId>(command.product().name());
}

ProductDecision Product::Decide(const State&, const v1::CreateProductRequest& command,
                                const DecideContext& context) {
  const v1::Product& product = command.product();
  RETURN_IF_ERROR(RequireDisplayName(product.display_name()));
  ASSIGN_OR_RETURN(const auto price, AmountIn(product.has_price(), product.price()));
  ASSIGN_OR_RETURN(const auto cost, AmountIn(product.has_cost(), product.cost()));
  RETURN_IF_ERROR(CheckCurrencies(price, cost));
  ProductCreated created;
  ASSIGN_OR_RETURN(*created.mutable_details(), DetailsFrom(product));
  RETURN_IF_ERROR(CheckTax({}, created.details(), context));
  if (price.has_value()) *created.mutable_price() = StoredAmount(*price);
  if (cost.has_value()) *created.mutable_cost() = StoredAmount(*cost);
  Decision<Event> decision(created);
  RETURN_IF_ERROR(ClaimSku(context.NewId<ProductId>(0), {}, created.details(), context, decision));
  return decision;
}

ProductDecision Product::Decide(const State& state, const v1::UpdateProductRequest& command,
                                const DecideContext& context) {
  RETURN_IF_ERROR(RequireOffered(state));
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(command.product(), command.update_mask(),
                                         {"display_name", "sku", "description", "tax",
                                          "non_commissionable", "stocked", "unit"}));
  v1::Product current;
  Show(state.details, current);
  const v1::Product wanted = changes.Merged(current, command.product());
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  ASSIGN_OR_RETURN(const ProductDetails details, DetailsFrom(wanted));
  RETURN_IF_ERROR(CheckTax(state.details, details, context));
  auto revised = RevisionOf<ProductDetailsRevised>(state.details, details);
  if (revised.fields().empty()) return Decision<Event>();
  Decision<Event> decision(std::move(revised));
  RETURN_IF_ERROR(ClaimSku(state.id, state.details, details, context, decision));
  return decision;
}

ProductDecision Product::Decide(const State& state, const v1::RepriceProductRequest& command,
                                const DecideContext&) {
  RETURN_IF_ERROR(RequireOffered(state));
  ASSIGN_OR_RETURN(const auto price, AmountIn(command.has_price(), command.price()));
  RETURN_IF_ERROR(CheckCurrencies(price, state.cost));
  if (price == state.price) return Decision<Event>();
  return Decision<Event>(Changed<ProductRepriced>(state.price, price));
}

ProductDecision Product::Decide(const State& state, const v1::ReviseProductCostRequest& command,
                                const DecideContext&) {
  RETURN_IF_ERROR(RequireOffered(state));
  ASSIGN_OR_RETURN(const auto cost, AmountIn(command.has_cost(), command.cost()));
  RETURN_IF_ERROR(CheckCurrencies(state.price, cost));
  if (cost == state.cost) return Decision<Event>();
  return Decision<Event>(Changed<ProductCostRevised>(state.cost, cost));
}

ProductDecision Product::Decide(const State& state, const v1::ArchiveProductRequest&,
                                const DecideContext&) {
  if (state.archived()) return Decision<Event>();
  return Decision<Event>(ProductArchived());
}

ProductDecision Product::Decide(const State& state, const v1::RestoreProductRequest&,
                                const DecideContext&) {
  if (!state.archived()) return Decision<Event>();
  return Decision<Event>(ProductRestored());
}

absl::Status RequireOffered(const Ref<Product>& product) { return RequireOffered(product.state()); }

}  // namespace crm::domain
