#include "domain/record_filter.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/rejection.h"

namespace crm::domain {
namespace {

constexpr absl::string_view kTagField = "tag";

// The record's text of a stored field name; nullopt for "tag", which is many.
std::optional<absl::string_view> TextOf(const RecordTraits& record, absl::string_view field) {
  if (field == "region_code") return record.region_code;
  if (field == "language_code") return record.language_code;
  if (field == "source") return record.source;
  if (field == "campaign") return record.campaign;
  return std::nullopt;
}

absl::Status CheckField(const std::string& field) {
  if (field == kTagField || TextOf(RecordTraits{}, field).has_value()) return absl::OkStatus();
  return Invalid("FILTER_FIELD_UNKNOWN", absl::StrCat("filters cannot look at '", field, "'"),
                 {{"field", field}});
}

absl::Status Empty(absl::string_view what) {
  return Invalid("FILTER_EMPTY", absl::StrCat("a filter's ", what, " has no content"));
}

absl::StatusOr<std::optional<Money>> BoundFrom(const google::type::Money& bound, bool present) {
  if (!present) return std::optional<Money>();
  ASSIGN_OR_RETURN(const Money money, Money::FromProto(bound));
  return std::optional<Money>(money);
}

void Store(const Money& money, events::v1::Amount& amount) {
  amount.set_currency_code(std::string(money.currency().code()));
  amount.set_minor(money.minor());
}

absl::StatusOr<events::v1::Condition> RangeFrom(const v1::RecordFilter::RevenueRange& range) {
  ASSIGN_OR_RETURN(const auto minimum, BoundFrom(range.minimum(), range.has_minimum()));
  ASSIGN_OR_RETURN(const auto maximum, BoundFrom(range.maximum(), range.has_maximum()));
  if (!minimum.has_value() && !maximum.has_value()) return Empty("revenue range");
  if (minimum.has_value() && maximum.has_value()) {
    if (minimum->currency() != maximum->currency()) {
      return Invalid("FILTER_CURRENCY_MIXED", "both bounds of a revenue range have one currency");
    }
    if (*minimum > *maximum) {
      return Invalid("FILTER_RANGE_REVERSED", "a revenue range's minimum exceeds its maximum");
    }
  }
  events::v1::Condition condition;
  if (minimum.has_value()) Store(*minimum, *condition.mutable_revenue()->mutable_minimum());
  if (maximum.has_value()) Store(*maximum, *condition.mutable_revenue()->mutable_maximum());
  return condition;
}

absl::StatusOr<events::v1::Condition> FieldFrom(const v1::RecordFilter::FieldIn& field_in) {
  RETURN_IF_ERROR(CheckField(field_in.field()));
  if (field_in.values().empty()) return Empty("field");
  events::v1::Condition condition;
  condition.mutable_field_in()->set_field(field_in.field());
  *condition.mutable_field_in()->mutable_values() = field_in.values();
  return condition;
}

absl::StatusOr<events::v1::Condition> From(const v1::RecordFilter& filter, int depth);

absl::Status ListFrom(const v1::RecordFilter::List& list, int depth,
                      events::v1::ConditionList& conditions) {
  if (list.filters().empty()) return Empty("list");
  for (const v1::RecordFilter& filter : list.filters()) {
    ASSIGN_OR_RETURN(*conditions.add_conditions(), From(filter, depth + 1));
  }
  return absl::OkStatus();
}

absl::StatusOr<events::v1::Condition> From(const v1::RecordFilter& filter, int depth) {
  if (depth > kMaxConditionDepth) {
    return Invalid("FILTER_TOO_DEEP",
                   absl::StrCat("filters nest at most ", kMaxConditionDepth, " deep"),
                   {{"maximum_depth", absl::StrCat(kMaxConditionDepth)}});
  }
  events::v1::Condition condition;
  switch (filter.kind_case()) {
    case v1::RecordFilter::kAll:
      RETURN_IF_ERROR(ListFrom(filter.all(), depth, *condition.mutable_all()));
      return condition;
    case v1::RecordFilter::kAny:
      RETURN_IF_ERROR(ListFrom(filter.any(), depth, *condition.mutable_any()));
      return condition;
    case v1::RecordFilter::kNegated: {
      ASSIGN_OR_RETURN(*condition.mutable_negated(), From(filter.negated(), depth + 1));
      return condition;
    }
    case v1::RecordFilter::kFieldIn:
      return FieldFrom(filter.field_in());
    case v1::RecordFilter::kExpectedRevenue:
      return RangeFrom(filter.expected_revenue());
    case v1::RecordFilter::KIND_NOT_SET:
      break;
  }
  return Empty("condition");
}

google::type::Money Shown(const events::v1::Amount& amount) {
  const std::optional<Currency> currency = Currency::Parse(amount.currency_code());
  return currency.has_value() ? Money(*currency, amount.minor()).ToProto() : google::type::Money();
}

bool IsOneOf(absl::string_view text, const events::v1::FieldIn& field_in) {
  return std::any_of(field_in.values().begin(), field_in.values().end(),
                     [&](const std::string& value) { return absl::EqualsIgnoreCase(text, value); });
}

bool HasField(const events::v1::FieldIn& field_in, const RecordTraits& record) {
  if (field_in.field() == kTagField) {
    return std::any_of(record.tags.begin(), record.tags.end(),
                       [&](absl::string_view tag) { return IsOneOf(tag, field_in); });
  }
  const std::optional<absl::string_view> text = TextOf(record, field_in.field());
  return text.has_value() && IsOneOf(*text, field_in);
}

bool InRange(const events::v1::RevenueRange& range, const std::optional<Money>& revenue) {
  if (!revenue.has_value()) return false;
  const absl::string_view currency = revenue->currency().code();
  const auto& minimum = range.minimum();
  const auto& maximum = range.maximum();
  if (range.has_minimum() &&
      (minimum.currency_code() != currency || revenue->minor() < minimum.minor())) {
    return false;
  }
  return !range.has_maximum() ||
         (maximum.currency_code() == currency && revenue->minor() <= maximum.minor());
}

}  // namespace

absl::StatusOr<events::v1::Condition> ConditionFrom(const v1::RecordFilter& filter) {
  return From(filter, 1);
}

v1::RecordFilter FilterOf(const events::v1::Condition& condition) {
  v1::RecordFilter filter;
  switch (condition.kind_case()) {
    case events::v1::Condition::kAll:
      filter.mutable_all();
      for (const auto& each : condition.all().conditions()) {
        *filter.mutable_all()->add_filters() = FilterOf(each);
      }
      break;
    case events::v1::Condition::kAny:
      filter.mutable_any();
      for (const auto& each : condition.any().conditions()) {
        *filter.mutable_any()->add_filters() = FilterOf(each);
      }
      break;
    case events::v1::Condition::kNegated:
      *filter.mutable_negated() = FilterOf(condition.negated());
      break;
    case events::v1::Condition::kFieldIn:
      filter.mutable_field_in()->set_field(condition.field_in().field());
      *filter.mutable_field_in()->mutable_values() = condition.field_in().values();
      break;
    case events::v1::Condition::kRevenue: {
      v1::RecordFilter::RevenueRange& range = *filter.mutable_expected_revenue();
      const events::v1::RevenueRange& stored = condition.revenue();
      if (stored.has_minimum()) *range.mutable_minimum() = Shown(stored.minimum());
      if (stored.has_maximum()) *range.mutable_maximum() = Shown(stored.maximum());
      break;
    }
    case events::v1::Condition::KIND_NOT_SET:
      break;
  }
  return filter;
}

bool Matches(const events::v1::Condition& condition, const RecordTraits& record) {
  const auto holds = [&](const events::v1::Condition& each) { return Matches(each, record); };
  switch (condition.kind_case()) {
    case events::v1::Condition::kAll: {
      const auto& all = condition.all().conditions();
      return std::all_of(all.begin(), all.end(), holds);
    }
    case events::v1::Condition::kAny: {
      const auto& any = condition.any().conditions();
      return std::any_of(any.begin(), any.end(), holds);
    }
    case events::v1::Condition::kNegated:
      return !Matches(condition.negated(), record);
    case events::v1::Condition::kFieldIn:
      return HasField(condition.field_in(), record);
    case events::v1::Condition::kRevenue:
      return InRange(condition.revenue(), record.expected_revenue);
    case events::v1::Condition::KIND_NOT_SET:
      break;
  }
  return true;
}

}  // namespace crm::domain
