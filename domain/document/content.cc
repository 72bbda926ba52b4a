#include "domain/document/content.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/document/totals.h"
#include "domain/organization/organization.h"
#include "domain/product/product.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/tax/tax.h"

namespace crm::domain {
namespace {

using events::v1::Amount;
using events::v1::CalculationProfile;
using events::v1::DocumentLine;
using StoredContent = events::v1::DocumentContent;

constexpr int32_t kArithmeticVersion = 1;  // of ComputeTotals

absl::Status RefuseLine(absl::string_view reason, absl::string_view message, int index) {
  return WithReason(absl::StatusCode::kInvalidArgument, reason,
                    absl::StrCat("line ", index + 1, ": ", message),
                    {{"line_index", absl::StrCat(index)}});
}

// C4.
CalculationProfile ProfileOf(const OrganizationState& settings) {
  CalculationProfile profile;
  profile.set_rounding(settings.rounding);
  profile.set_tax_level(settings.tax_level);
  profile.set_arithmetic_version(kArithmeticVersion);
  return profile;
}

Discount DiscountFrom(int64_t ppm, bool has_amount, const Amount& amount) {
  return {.rate_ppm = ppm,
          .minor = has_amount ? std::optional<int64_t>(amount.minor()) : std::nullopt};
}

DocumentTerms TermsOf(const StoredContent& content) {
  DocumentTerms terms;
  for (const DocumentLine& line : content.lines()) {
    terms.lines.push_back(
        {.quantity_e6 = line.quantity_e6(),
         .unit_price_minor = line.unit_price().minor(),
         .discount = DiscountFrom(line.discount_ppm(), line.has_discount(), line.discount()),
         .tax_rate_ppm = line.tax_rate_ppm()});
  }
  const bool after_tax = content.discount_timing() == v1::DISCOUNT_TIMING_AFTER_TAX;
  terms.discount_timing = after_tax ? DiscountTiming::kAfterTax : DiscountTiming::kBeforeTax;
  terms.discount = DiscountFrom(content.discount_ppm(), content.has_discount(), content.discount());
  terms.adjustment_minor = content.adjustment().minor();
  terms.tax_level = content.profile().tax_level() == v1::TAX_LEVEL_DOCUMENT ? TaxLevel::kDocument
                                                                            : TaxLevel::kLine;
  terms.rounding = RoundingFromStored(content.profile().rounding());
  return terms;
}

// What a client entered, becoming content line by line.
class Entering {
 public:
  Entering(const StoredContent& before, const OrganizationState& settings,
           const DecideContext& context)
      : before_(before), settings_(settings), context_(context) {}

  absl::Status Begin(const v1::DocumentContent& entered);
  absl::Status Add(const v1::DocumentLine& entered);
  absl::StatusOr<StoredContent> Conclude();

 private:
  absl::StatusOr<std::string> KeyOf(const v1::DocumentLine& entered);
  const DocumentLine* Kept(const std::string& line_id, const ProductId& product) const;
  absl::StatusOr<DocumentLine> Taken(const ProductId& id) const;
  absl::Status TakeTax(const TaxId& id, DocumentLine& line) const;
  absl::Status EnterPrice(const v1::DocumentLine& entered, DocumentLine& line) const;
  absl::StatusOr<Amount> AmountIn(const google::type::Money& entered) const;
  bool IsOurs(const std::optional<Money>& money) const {
    return money.has_value() && money->currency().code() == content_.currency_code();
  }
  int index() const { return content_.lines_size(); }  // of the line at hand

  const StoredContent& before_;
  const OrganizationState& settings_;
  const DecideContext& context_;
  StoredContent content_;
  absl::btree_set<std::string> line_ids_;
};

// C2.
absl::StatusOr<Amount> Entering::AmountIn(const google::type::Money& entered) const {
  ASSIGN_OR_RETURN(const Money money, Money::FromProto(entered));
  if (IsOurs(money)) return StoredAmount(money);
  return Invalid("CURRENCY_MISMATCH", "the amounts of a document are in its currency",
                 {{"currency_code", content_.currency_code()},
                  {"other_currency_code", std::string(money.currency().code())}});
}

absl::Status Entering::Begin(const v1::DocumentContent& entered) {
  const std::string own(settings_.currency->code());
  const std::string& usual = before_.currency_code().empty() ? own : before_.currency_code();
  content_.set_currency_code(entered.currency_code().empty() ? usual : entered.currency_code());
  if (!Currency::Parse(content_.currency_code()).has_value()) {
    return Invalid("CURRENCY_UNKNOWN", "not a currency of ISO 4217",
                   {{"currency_code", content_.currency_code()}});
  }
  *content_.mutable_profile() = before_.has_profile() ? before_.profile() : ProfileOf(settings_);
  const bool given = entered.discount_timing() != v1::DISCOUNT_TIMING_UNSPECIFIED;
  content_.set_discount_timing(given ? entered.discount_timing() : v1::DISCOUNT_TIMING_BEFORE_TAX);
  content_.set_discount_ppm(entered.discount_ppm());
  if (entered.has_discount()) {
    ASSIGN_OR_RETURN(*content_.mutable_discount(), AmountIn(entered.discount()));
  }
  if (entered.has_adjustment()) {
    ASSIGN_OR_RETURN(*content_.mutable_adjustment(), AmountIn(entered.adjustment()));
  }
  content_.set_note(entered.note());
  return absl::OkStatus();
}

absl::StatusOr<std::string> Entering::KeyOf(const v1::DocumentLine& entered) {
  Uuid key = Uuid::FromName(DerivedId(context_.caller(), 0), absl::StrCat("line/", index()));
  if (!entered.line_key().empty()) {
    const std::optional<Uuid> given = Uuid::Parse(entered.line_key());
    if (!given.has_value() || given->IsNil()) {
      return RefuseLine("LINE_KEY_INVALID", "the key of a line is a UUID", index());
    }
    key = *given;
  }
  if (!line_ids_.insert(key.ToBytes()).second) {
    return RefuseLine("LINE_REPEATED", "another line has this key", index());
  }
  return key.ToBytes();
}

// C1: the line as it was, when what it took still holds.
const DocumentLine* Entering::Kept(const std::string& line_id, const ProductId& product) const {
  if (before_.currency_code() != content_.currency_code()) return nullptr;
  const auto found =
      std::find_if(before_.lines().begin(), before_.lines().end(), [&](const DocumentLine& line) {
        return line.line_id() == line_id &&
               (product.IsNil() || line.product_id() == ToBytes(product));
      });
  return found == before_.lines().end() ? nullptr : &*found;
}

// C1, C2: a line of the product as it is offered now.
absl::StatusOr<DocumentLine> Entering::Taken(const ProductId& id) const {
  DocumentLine line;
  if (id.IsNil()) return line;
  ASSIGN_OR_RETURN(const Ref<Product> product, context_.Require<Product>(id));
  RETURN_IF_ERROR(RequireOffered(product));
  line.set_product_id(ToBytes(id));
  line.set_description(product->details.display_name());
  line.set_non_commissionable(product->details.non_commissionable());
  if (IsOurs(product->price)) {
    *line.mutable_list_price() = StoredAmount(*product->price);
    *line.mutable_unit_price() = line.list_price();
  }
  if (IsOurs(product->cost)) *line.mutable_unit_cost() = StoredAmount(*product->cost);
  RETURN_IF_ERROR(TakeTax(FromBytes<TaxId>(product->details.tax_id()), line));
  return line;
}

// C1.
absl::Status Entering::TakeTax(const TaxId& id, DocumentLine& line) const {
  if (ToBytes(id) == line.tax_id()) return absl::OkStatus();  // at the rate it was entered with
  ASSIGN_OR_RETURN(const Ref<Tax> tax, context_.Require<Tax>(id));
  RETURN_IF_ERROR(RequireOffered(tax));
  line.set_tax_id(ToBytes(id));
  line.set_tax_rate_ppm(tax->rate_ppm);
  return absl::OkStatus();
}

absl::Status Entering::EnterPrice(const v1::DocumentLine& entered, DocumentLine& line) const {
  if (entered.has_unit_price()) {
    ASSIGN_OR_RETURN(*line.mutable_unit_price(), AmountIn(entered.unit_price()));
  } else if (!line.has_unit_price()) {
    return RefuseLine("PRICE_REQUIRED", "there is no price for it in this currency", index());
  }
  if (entered.has_unit_price() || entered.has_discount() || entered.discount_ppm() != 0) {
    line.set_discount_ppm(entered.discount_ppm());
    line.clear_discount();
  }
  if (entered.has_discount()) {
    ASSIGN_OR_RETURN(*line.mutable_discount(), AmountIn(entered.discount()));
  }
  return absl::OkStatus();
}

absl::Status Entering::Add(const v1::DocumentLine& entered) {
  ASSIGN_OR_RETURN(const std::string key, KeyOf(entered));
  ASSIGN_OR_RETURN(const auto product, ParseOptionalName<ProductId>(entered.product()));
  DocumentLine line;
  if (const DocumentLine* kept = Kept(key, product); kept != nullptr) {
    line = *kept;
  } else {
    ASSIGN_OR_RETURN(line, Taken(product));
    line.set_line_id(key);
  }
  const absl::string_view description = absl::StripAsciiWhitespace(entered.description());
  if (!description.empty()) line.set_description(std::string(description));
  if (line.description().empty()) {
    return RefuseLine("LINE_DESCRIPTION_REQUIRED", "say what it is, or name a product", index());
  }
  line.set_quantity_e6(entered.quantity_e6());
  RETURN_IF_ERROR(EnterPrice(entered, line));
  ASSIGN_OR_RETURN(const auto tax, ParseOptionalName<TaxId>(entered.tax()));
  if (!tax.IsNil()) RETURN_IF_ERROR(TakeTax(tax, line));
  ASSIGN_OR_RETURN(const auto contributions, ContributorsFrom(entered.contributors(), context_));
  *line.mutable_credited() = StoredCredit(contributions);
  *content_.add_lines() = std::move(line);
  return absl::OkStatus();
}

absl::StatusOr<StoredContent> Entering::Conclude() {
  RETURN_IF_ERROR(Reckon(content_));
  return std::move(content_);
}

// Amounts of one currency, for the API.
class Showing {
 public:
  explicit Showing(const std::string& currency_code) : currency_(Currency::Parse(currency_code)) {}

  google::type::Money Of(int64_t minor) const {
    return currency_.has_value() ? Money(*currency_, minor).ToProto() : google::type::Money();
  }
  v1::DocumentLine Line(const DocumentLine& line) const;

 private:
  std::optional<Currency> currency_;
};

v1::DocumentLine Showing::Line(const DocumentLine& line) const {
  v1::DocumentLine shown;
  shown.set_line_key(Uuid::FromBytes(line.line_id()).value_or(Uuid{}).ToString());
  shown.set_product(NameOf(FromBytes<ProductId>(line.product_id())));
  shown.set_description(line.description());
  shown.set_quantity_e6(line.quantity_e6());
  *shown.mutable_unit_price() = Of(line.unit_price().minor());
  if (line.has_list_price()) *shown.mutable_list_price() = Of(line.list_price().minor());
  shown.set_discount_ppm(line.discount_ppm());
  if (line.has_discount()) *shown.mutable_discount() = Of(line.discount().minor());
  shown.set_tax(NameOf(FromBytes<TaxId>(line.tax_id())));
  shown.set_tax_rate_ppm(line.tax_rate_ppm());
  *shown.mutable_contributors() = ShownCredit(line.credited());
  *shown.mutable_amount() = Of(line.amount_minor());
  *shown.mutable_net() = Of(line.net_minor());
  *shown.mutable_base() = Of(line.base_minor());
  *shown.mutable_tax_amount() = Of(line.tax_minor());
  if (line.has_unit_cost()) *shown.mutable_unit_cost() = Of(line.unit_cost().minor());
  return shown;
}

}  // namespace

absl::StatusOr<StoredContent> ContentFrom(const v1::DocumentContent& entered,
                                          const StoredContent& before,
                                          const DecideContext& context) {
  ASSIGN_OR_RETURN(const Ref<Organization> settings,
                   context.Require<Organization>(context.caller().organization));
  Entering entering(before, settings.state(), context);
  RETURN_IF_ERROR(entering.Begin(entered));
  for (const v1::DocumentLine& line : entered.lines()) RETURN_IF_ERROR(entering.Add(line));
  return entering.Conclude();
}

absl::Status Reckon(StoredContent& content) {
  ASSIGN_OR_RETURN(const DocumentTotals totals, ComputeTotals(TermsOf(content)));
  for (int i = 0; i < content.lines_size(); ++i) {
    const LineTotals& of_line = totals.lines[static_cast<size_t>(i)];
    DocumentLine& line = *content.mutable_lines(i);
    line.set_amount_minor(of_line.amount_minor);
    line.set_net_minor(of_line.net_minor);
    line.set_document_discount_minor(of_line.document_discount_minor);
    line.set_adjustment_minor(of_line.adjustment_minor);
    line.set_base_minor(of_line.base_minor());
    line.set_tax_minor(of_line.tax_minor);
  }
  content.set_subtotal_minor(totals.subtotal_minor);
  content.set_discount_minor(totals.discount_minor);
  content.set_base_minor(totals.base_minor);
  content.set_tax_minor(totals.tax_minor);
  content.set_total_minor(totals.total_minor);
  content.clear_tax_totals();
  for (const TaxTotal& of_rate : totals.tax_totals) {
    events::v1::TaxTotal& stored = *content.add_tax_totals();
    stored.set_tax_rate_ppm(of_rate.rate_ppm);
    stored.set_taxed_minor(of_rate.taxed_minor);
    stored.set_tax_minor(of_rate.tax_minor);
  }
  return absl::OkStatus();
}

v1::DocumentContent ShownContent(const StoredContent& content) {
  const Showing showing(content.currency_code());
  v1::DocumentContent shown;
  shown.set_currency_code(content.currency_code());
  for (const DocumentLine& line : content.lines()) *shown.add_lines() = showing.Line(line);
  shown.set_discount_timing(static_cast<v1::DiscountTiming>(content.discount_timing()));
  shown.set_discount_ppm(content.discount_ppm());
  if (content.has_discount()) *shown.mutable_discount() = showing.Of(content.discount().minor());
  if (content.has_adjustment()) {
    *shown.mutable_adjustment() = showing.Of(content.adjustment().minor());
  }
  shown.set_note(content.note());
  v1::CalculationProfile& profile = *shown.mutable_profile();
  profile.set_rounding(static_cast<v1::Rounding>(content.profile().rounding()));
  profile.set_tax_level(static_cast<v1::TaxLevel>(content.profile().tax_level()));
  profile.set_arithmetic_version(content.profile().arithmetic_version());
  *shown.mutable_subtotal() = showing.Of(content.subtotal_minor());
  *shown.mutable_discount_total() = showing.Of(content.discount_minor());
  *shown.mutable_base() = showing.Of(content.base_minor());
  *shown.mutable_tax() = showing.Of(content.tax_minor());
  *shown.mutable_total() = showing.Of(content.total_minor());
  for (const events::v1::TaxTotal& of_rate : content.tax_totals()) {
    v1::TaxTotal& total = *shown.add_tax_totals();
    total.set_tax_rate_ppm(of_rate.tax_rate_ppm());
    *total.mutable_taxed() = showing.Of(of_rate.taxed_minor());
    *total.mutable_tax() = showing.Of(of_rate.tax_minor());
  }
  return shown;
}

CreditedMembers StoredCredit(const std::vector<Contribution>& contributions) {
  CreditedMembers credited;
  for (const Contribution& contribution : contributions) {
    events::v1::CreditedMember& member = *credited.Add();
    member.set_member_id(ToBytes(contribution.member));
    member.set_weight(contribution.weight);
  }
  return credited;
}

google::protobuf::RepeatedPtrField<v1::Contributor> ShownCredit(const CreditedMembers& credited) {
  google::protobuf::RepeatedPtrField<v1::Contributor> shown;
  for (const events::v1::CreditedMember& member : credited) {
    v1::Contributor& contributor = *shown.Add();
    contributor.set_member(NameOf(FromBytes<MemberId>(member.member_id())));
    contributor.set_weight(member.weight());
  }
  return shown;
}

}  // namespace crm::domain
