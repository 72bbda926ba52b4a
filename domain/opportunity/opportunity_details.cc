#include "domain/opportunity/opportunity_details.h"

#include "absl/algorithm/container.h"
#include "base/status_macros.h"
#include "domain/details_revision.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"

namespace crm::domain {
namespace {

using events::v1::OpportunityDetails;
using google::protobuf::FieldDescriptor;

// The one field whose stored name is not that of the resource.
constexpr const char* kStoredCloseDay = "expected_close";
constexpr const char* kCloseDay = "expected_close_date";

bool IsFilledIn(const v1::Opportunity& inputs, const std::string& field_name) {
  const FieldDescriptor* field = v1::Opportunity::descriptor()->FindFieldByName(field_name);
  // Required by a later release: nothing this one could fill in.
  if (field == nullptr) return true;
  const google::protobuf::Reflection* fields = v1::Opportunity::GetReflection();
  return field->is_repeated() ? fields->FieldSize(inputs, field) > 0
                              : fields->HasField(inputs, field);
}

void ShowDetails(const OpportunityDetails& details, v1::Opportunity& shown) {
  shown.set_display_name(details.display_name());
  shown.set_customer(NameOf(FromBytes<CustomerId>(details.customer_id())));
  shown.set_contact(NameOf(FromBytes<ContactId>(details.contact_id())));
  if (details.has_expected_close()) {
    *shown.mutable_expected_close_date() = DayToProto(DayFromStored(details.expected_close()));
  }
  shown.set_forecast_category(static_cast<v1::ForecastCategory>(details.forecast_category()));
  shown.set_source(details.source());
  shown.set_campaign(details.campaign());
  *shown.mutable_tags() = details.tags();
  shown.set_priority(details.priority());
  shown.set_description(details.description());
  const auto monthly = AmountFromStored(details.recurring_revenue().monthly());
  if (monthly.has_value()) {
    *shown.mutable_recurring_revenue()->mutable_monthly() = monthly->ToProto();
    shown.mutable_recurring_revenue()->set_months(details.recurring_revenue().months());
  }
}

}  // namespace

absl::StatusOr<Money> AmountFrom(const google::type::Money& amount) {
  ASSIGN_OR_RETURN(const Money money, Money::FromProto(amount));
  if (money.IsNegative()) return Invalid("AMOUNT_NEGATIVE", "an amount must not be negative");
  return money;
}

absl::StatusOr<OpportunityDetails> DetailsFrom(const v1::Opportunity& opportunity) {
  OpportunityDetails details;
  RETURN_IF_ERROR(RequireDisplayName(opportunity.display_name()));
  details.set_display_name(opportunity.display_name());
  ASSIGN_OR_RETURN(const auto customer, ParseOptionalName<CustomerId>(opportunity.customer()));
  if (!customer.IsNil()) details.set_customer_id(ToBytes(customer));
  ASSIGN_OR_RETURN(const auto contact, ParseOptionalName<ContactId>(opportunity.contact()));
  if (!contact.IsNil()) details.set_contact_id(ToBytes(contact));
  if (opportunity.has_expected_close_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, DayFromProto(opportunity.expected_close_date()));
    *details.mutable_expected_close() = StoredDay(day);
  }
  if (opportunity.has_recurring_revenue()) {
    const v1::RecurringRevenue& recurring = opportunity.recurring_revenue();
    ASSIGN_OR_RETURN(const Money monthly, AmountFrom(recurring.monthly()));
    *details.mutable_recurring_revenue()->mutable_monthly() = StoredAmount(monthly);
    details.mutable_recurring_revenue()->set_months(recurring.months());
  }
  const bool has_category = opportunity.forecast_category() != v1::FORECAST_CATEGORY_UNSPECIFIED;
  details.set_forecast_category(has_category ? opportunity.forecast_category()
                                             : v1::FORECAST_CATEGORY_PIPELINE);
  if (!opportunity.source().empty()) details.set_source(opportunity.source());
  if (!opportunity.campaign().empty()) details.set_campaign(opportunity.campaign());
  *details.mutable_tags() = opportunity.tags();
  if (opportunity.priority() != 0) details.set_priority(opportunity.priority());
  if (!opportunity.description().empty()) details.set_description(opportunity.description());
  return details;
}

std::optional<events::v1::OpportunityDetailsRevised> DetailsRevision(const OpportunityDetails& from,
                                                                     const OpportunityDetails& to) {
  auto revised = RevisionOf<events::v1::OpportunityDetailsRevised>(from, to);
  if (revised.fields().empty()) return std::nullopt;
  absl::c_replace(*revised.mutable_fields(), kStoredCloseDay, kCloseDay);
  return revised;
}

void ApplyRevision(const events::v1::OpportunityDetailsRevised& revision,
                   OpportunityDetails& details) {
  FieldNames fields = revision.fields();
  absl::c_replace(fields, kCloseDay, kStoredCloseDay);
  CopyFields(revision.details(), fields, details);
}

v1::Opportunity InputsOf(const OpportunityState& state) {
  v1::Opportunity inputs;
  ShowDetails(state.details, inputs);
  inputs.set_team(NameOf(state.team));
  inputs.set_owner(NameOf(state.owner));
  inputs.set_stage(NameOf(state.stage));
  if (state.expected_revenue.has_value()) {
    *inputs.mutable_expected_revenue() = state.expected_revenue->ToProto();
  }
  if (state.explicit_probability.has_value()) {
    inputs.set_probability_bp(state.explicit_probability->basis_points());
  }
  for (const Contribution& contribution : state.contributors) {
    v1::Contributor& contributor = *inputs.add_contributors();
    contributor.set_member(NameOf(contribution.member));
    contributor.set_weight(contribution.weight);
  }
  return inputs;
}

std::vector<std::string> MissingFields(const std::vector<std::string>& required,
                                       const v1::Opportunity& inputs) {
  std::vector<std::string> missing;
  for (const std::string& field : required) {
    if (!IsFilledIn(inputs, field)) missing.push_back(field);
  }
  return missing;
}

}  // namespace crm::domain
