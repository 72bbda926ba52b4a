#include "domain/commission_policy/policy_terms.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "domain/commission/policy_rules.h"
#include "domain/member/member.h"
#include "domain/product/product.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/team/team.h"
#include "domain/types/calendar.h"

namespace crm::domain {
namespace {

constexpr int64_t kMillion = 1'000'000;

absl::Status Contradictory(absl::string_view field, absl::string_view message) {
  return Invalid("POLICY_TERMS_CONTRADICTORY", absl::StrCat(field, " ", message),
                 {{"field", std::string(field)}});
}

absl::Status SaysNothing(absl::string_view field) {
  return Contradictory(field, "says nothing in a policy of this kind");
}

absl::Status CheckRate(int64_t rate_ppm) {
  if (rate_ppm >= 0 && rate_ppm <= kMillion) return absl::OkStatus();
  return Invalid("RATE_INVALID", "a rate is 0 to 100 %", {{"field", "rate_ppm"}});
}

// Which parts of the terms a kind of policy reads.
struct Reads {
  bool rate = false;
  bool ladder = false;
  bool products = false;
  bool margin_floor = false;
};

Reads ReadsOf(v1::CommissionKind kind) {
  switch (kind) {
    case v1::COMMISSION_KIND_LADDER:
      return {.ladder = true};
    case v1::COMMISSION_KIND_PRODUCT:
      return {.rate = true, .products = true};
    case v1::COMMISSION_KIND_PRODUCT_LADDER:
      return {.ladder = true, .products = true};
    case v1::COMMISSION_KIND_MARGIN:
      return {.rate = true, .margin_floor = true};
    default:
      return {.rate = true};
  }
}

absl::Status CheckKind(const v1::PolicyTerms& wanted) {
  if (wanted.kind() == v1::COMMISSION_KIND_UNSPECIFIED) {
    return Invalid("COMMISSION_KIND_REQUIRED", "say what the policy reckons by",
                   {{"field", "kind"}});
  }
  const Reads reads = ReadsOf(wanted.kind());
  if (!reads.rate && wanted.rate_ppm() != 0) return SaysNothing("rate_ppm");
  if (!reads.ladder && wanted.has_ladder()) return SaysNothing("ladder");
  if (!reads.products && !wanted.product_terms().empty()) return SaysNothing("product_terms");
  if (!reads.margin_floor && wanted.margin_floor() != v1::MARGIN_FLOOR_UNSPECIFIED) {
    return SaysNothing("margin_floor");
  }
  if (wanted.accumulation() != v1::ACCUMULATION_PER_PERIOD &&
      wanted.period() != v1::COMMISSION_PERIOD_UNSPECIFIED) {
    return Contradictory("period", "says nothing unless the policy accumulates per period");
  }
  return absl::OkStatus();
}

// An amount in the policy's currency; nullopt when absent.
absl::StatusOr<std::optional<int64_t>> MinorFrom(bool present, const google::type::Money& amount,
                                                 const std::string& currency_code) {
  if (!present) return std::nullopt;
  if (currency_code.empty()) {
    return Invalid("POLICY_CURRENCY_REQUIRED", "a policy that names amounts names its currency",
                   {{"field", "currency_code"}});
  }
  ASSIGN_OR_RETURN(const Money money, Money::FromProto(amount));
  if (money.currency().code() != currency_code) {
    return Invalid("CURRENCY_MISMATCH", "amounts of a policy are in its currency",
                   {{"currency_code", currency_code}});
  }
  return money.minor();
}

absl::StatusOr<events::v1::LadderStep> StepFrom(const v1::LadderStep& wanted, v1::LadderMode mode,
                                                const std::string& currency_code) {
  if (mode == v1::LADDER_MODE_STEP_FIXED ? wanted.rate_ppm() != 0 : wanted.has_amount()) {
    return SaysNothing(mode == v1::LADDER_MODE_STEP_FIXED ? "rate_ppm" : "amount");
  }
  ASSIGN_OR_RETURN(const std::optional<int64_t> lower,
                   MinorFrom(wanted.has_lower(), wanted.lower(), currency_code));
  ASSIGN_OR_RETURN(const std::optional<int64_t> upper,
                   MinorFrom(wanted.has_upper(), wanted.upper(), currency_code));
  ASSIGN_OR_RETURN(const std::optional<int64_t> amount,
                   MinorFrom(wanted.has_amount(), wanted.amount(), currency_code));
  if (upper.has_value() && *upper <= 0) {
    return Invalid("LADDER_OVERLAP", "a step ends where it begins, or before");
  }
  events::v1::LadderStep step;
  step.set_lower_minor(lower.value_or(0));
  step.set_upper_minor(upper.value_or(0));
  step.set_rate_ppm(wanted.rate_ppm());
  step.set_amount_minor(amount.value_or(0));
  return step;
}

absl::StatusOr<events::v1::Ladder> StoredLadder(const v1::Ladder& wanted,
                                                const std::string& currency_code) {
  events::v1::Ladder ladder;
  ladder.set_mode(wanted.mode() == v1::LADDER_MODE_UNSPECIFIED ? v1::LADDER_MODE_MARGINAL
                                                               : wanted.mode());
  ladder.set_capped(wanted.capped());
  for (const v1::LadderStep& step : wanted.steps()) {
    ASSIGN_OR_RETURN(*ladder.add_steps(),
                     StepFrom(step, static_cast<v1::LadderMode>(ladder.mode()), currency_code));
  }
  RETURN_IF_ERROR(LadderFrom(ladder).status());
  return ladder;
}

absl::StatusOr<events::v1::ProductTerms> EntryFrom(const v1::ProductTerms& wanted, bool by_ladder,
                                                   const std::string& currency_code) {
  if (wanted.product().empty() == wanted.category().empty()) {
    return Contradictory("product_terms", "names a product or a category");
  }
  if (by_ladder && wanted.rate_ppm() != 0) return SaysNothing("product_terms.rate_ppm");
  if (!by_ladder && wanted.has_ladder()) return SaysNothing("product_terms.ladder");
  RETURN_IF_ERROR(CheckRate(wanted.rate_ppm()));
  ASSIGN_OR_RETURN(const ProductId product, ParseOptionalName<ProductId>(wanted.product()));
  ASSIGN_OR_RETURN(const ProductCategoryId category,
                   ParseOptionalName<ProductCategoryId>(wanted.category()));
  events::v1::ProductTerms entry;
  entry.set_product_id(ToBytes(product));
  entry.set_category_id(ToBytes(category));
  entry.set_rate_ppm(wanted.rate_ppm());
  if (by_ladder) {
    ASSIGN_OR_RETURN(*entry.mutable_ladder(), StoredLadder(wanted.ladder(), currency_code));
  }
  return entry;
}

absl::Status StoreEarnings(const v1::PolicyTerms& wanted, events::v1::PolicyTerms& terms) {
  RETURN_IF_ERROR(CheckRate(wanted.rate_ppm()));
  terms.set_rate_ppm(wanted.rate_ppm());
  // Of a product ladder it may be left out: other products earn nothing.
  if (wanted.kind() == v1::COMMISSION_KIND_LADDER || wanted.has_ladder()) {
    ASSIGN_OR_RETURN(*terms.mutable_ladder(),
                     StoredLadder(wanted.ladder(), wanted.currency_code()));
  }
  absl::btree_set<std::string> named;
  for (const v1::ProductTerms& entry : wanted.product_terms()) {
    if (!named.insert(entry.product() + entry.category()).second) {
      return Contradictory("product_terms", "names a product or category twice");
    }
    ASSIGN_OR_RETURN(*terms.add_products(),
                     EntryFrom(entry, wanted.kind() == v1::COMMISSION_KIND_PRODUCT_LADDER,
                               wanted.currency_code()));
  }
  if (wanted.kind() == v1::COMMISSION_KIND_MARGIN) {
    terms.set_margin_floor(wanted.margin_floor() == v1::MARGIN_FLOOR_UNSPECIFIED
                               ? v1::MARGIN_FLOOR_DOCUMENT
                               : wanted.margin_floor());
  }
  if (wanted.has_override_terms()) {
    RETURN_IF_ERROR(CheckRate(wanted.override_terms().rate_ppm()));
    terms.mutable_override()->set_rate_ppm(wanted.override_terms().rate_ppm());
    terms.mutable_override()->set_agent_commission_subtracted(
        wanted.override_terms().agent_commission_subtracted());
  }
  return absl::OkStatus();
}

void StoreAccumulation(const v1::PolicyTerms& wanted, events::v1::PolicyTerms& terms) {
  terms.set_accumulation(v1::ACCUMULATION_PER_INVOICE);
  if (wanted.accumulation() != v1::ACCUMULATION_PER_PERIOD) return;
  terms.set_accumulation(v1::ACCUMULATION_PER_PERIOD);
  terms.set_period(wanted.period() == v1::COMMISSION_PERIOD_UNSPECIFIED
                       ? v1::COMMISSION_PERIOD_MONTH
                       : wanted.period());
}

absl::Status StoreValidity(const v1::PolicyTerms& wanted, events::v1::PolicyTerms& terms) {
  if (wanted.has_valid_from_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay from, DayFromProto(wanted.valid_from_date()));
    *terms.mutable_valid_from() = StoredDay(from);
  }
  if (wanted.has_valid_until_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay until, DayFromProto(wanted.valid_until_date()));
    *terms.mutable_valid_until() = StoredDay(until);
    if (terms.has_valid_from() && until < DayFromStored(terms.valid_from())) {
      return Invalid("POLICY_VALIDITY_INVALID", "the last day comes before the first",
                     {{"field", "valid_until_date"}});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckProducts(const events::v1::PolicyTerms& terms, const DecideContext& context) {
  for (const events::v1::ProductTerms& entry : terms.products()) {
    if (entry.product_id().empty()) continue;
    RETURN_IF_ERROR(context.Get<Product>(FromBytes<ProductId>(entry.product_id())).status());
  }
  return absl::OkStatus();
}

absl::Status StorePaid(const v1::PolicyTerms& wanted, events::v1::PolicyTerms& terms) {
  for (const std::string& name : wanted.members()) {
    ASSIGN_OR_RETURN(const MemberId member, ParseName<MemberId>(name));
    terms.add_member_ids(ToBytes(member));
  }
  for (const std::string& name : wanted.teams()) {
    ASSIGN_OR_RETURN(const TeamId team, ParseName<TeamId>(name));
    terms.add_team_ids(ToBytes(team));
  }
  return absl::OkStatus();
}

absl::Status CheckPaid(const events::v1::PolicyTerms& terms, const DecideContext& context) {
  for (const std::string& id : terms.member_ids()) {
    RETURN_IF_ERROR(context.Get<Member>(FromBytes<MemberId>(id)).status());
  }
  for (const std::string& id : terms.team_ids()) {
    RETURN_IF_ERROR(context.Get<Team>(FromBytes<TeamId>(id)).status());
  }
  return absl::OkStatus();
}

google::type::Money ShownAmount(const std::string& currency_code, int64_t minor) {
  const std::optional<Currency> currency = Currency::Parse(currency_code);
  return currency.has_value() ? Money(*currency, minor).ToProto() : google::type::Money();
}

v1::Ladder ShownLadder(const events::v1::Ladder& stored, const std::string& currency_code) {
  v1::Ladder ladder;
  ladder.set_mode(static_cast<v1::LadderMode>(stored.mode()));
  ladder.set_capped(stored.capped());
  for (const events::v1::LadderStep& step : stored.steps()) {
    v1::LadderStep& shown = *ladder.add_steps();
    if (step.lower_minor() != 0) {
      *shown.mutable_lower() = ShownAmount(currency_code, step.lower_minor());
    }
    if (step.upper_minor() != 0) {
      *shown.mutable_upper() = ShownAmount(currency_code, step.upper_minor());
    }
    shown.set_rate_ppm(step.rate_ppm());
    if (step.amount_minor() != 0) {
      *shown.mutable_amount() = ShownAmount(currency_code, step.amount_minor());
    }
  }
  return ladder;
}

v1::ProductTerms ShownEntry(const events::v1::ProductTerms& stored,
                            const std::string& currency_code) {
  v1::ProductTerms entry;
  entry.set_product(NameOf(FromBytes<ProductId>(stored.product_id())));
  entry.set_category(NameOf(FromBytes<ProductCategoryId>(stored.category_id())));
  entry.set_rate_ppm(stored.rate_ppm());
  if (stored.has_ladder()) *entry.mutable_ladder() = ShownLadder(stored.ladder(), currency_code);
  return entry;
}

}  // namespace

absl::StatusOr<events::v1::PolicyTerms> TermsAsStated(const v1::PolicyTerms& wanted) {
  RETURN_IF_ERROR(CheckKind(wanted));
  if (!wanted.currency_code().empty() && !Currency::Parse(wanted.currency_code()).has_value()) {
    return Invalid("CURRENCY_UNKNOWN", "not a currency",
                   {{"currency_code", wanted.currency_code()}});
  }
  events::v1::PolicyTerms terms;
  terms.set_kind(wanted.kind());
  terms.set_currency_code(wanted.currency_code());
  RETURN_IF_ERROR(StoreEarnings(wanted, terms));
  StoreAccumulation(wanted, terms);
  RETURN_IF_ERROR(StoreValidity(wanted, terms));
  RETURN_IF_ERROR(StorePaid(wanted, terms));
  terms.set_recurring_cycles(wanted.recurring_cycles());
  terms.set_priority(wanted.priority());
  return terms;
}

absl::StatusOr<events::v1::PolicyTerms> TermsFrom(const v1::PolicyTerms& wanted,
                                                  const DecideContext& context) {
  ASSIGN_OR_RETURN(events::v1::PolicyTerms terms, TermsAsStated(wanted));
  RETURN_IF_ERROR(CheckProducts(terms, context));
  RETURN_IF_ERROR(CheckPaid(terms, context));
  return terms;
}

v1::PolicyTerms ShownTerms(const events::v1::PolicyTerms& stored) {
  v1::PolicyTerms terms;
  terms.set_kind(static_cast<v1::CommissionKind>(stored.kind()));
  terms.set_currency_code(stored.currency_code());
  terms.set_rate_ppm(stored.rate_ppm());
  if (stored.has_ladder()) {
    *terms.mutable_ladder() = ShownLadder(stored.ladder(), stored.currency_code());
  }
  for (const events::v1::ProductTerms& entry : stored.products()) {
    *terms.add_product_terms() = ShownEntry(entry, stored.currency_code());
  }
  terms.set_margin_floor(static_cast<v1::MarginFloor>(stored.margin_floor()));
  terms.set_accumulation(static_cast<v1::Accumulation>(stored.accumulation()));
  terms.set_period(static_cast<v1::CommissionPeriod>(stored.period()));
  if (stored.has_override()) {
    terms.mutable_override_terms()->set_rate_ppm(stored.override().rate_ppm());
    terms.mutable_override_terms()->set_agent_commission_subtracted(
        stored.override().agent_commission_subtracted());
  }
  terms.set_recurring_cycles(stored.recurring_cycles());
  terms.set_priority(stored.priority());
  if (stored.has_valid_from()) {
    *terms.mutable_valid_from_date() = DayToProto(DayFromStored(stored.valid_from()));
  }
  if (stored.has_valid_until()) {
    *terms.mutable_valid_until_date() = DayToProto(DayFromStored(stored.valid_until()));
  }
  for (const std::string& id : stored.member_ids())
    terms.add_members(NameOf(FromBytes<MemberId>(id)));
  for (const std::string& id : stored.team_ids()) terms.add_teams(NameOf(FromBytes<TeamId>(id)));
  return terms;
}

}  // namespace crm::domain
