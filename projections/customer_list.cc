#include "projections/customer_list.h"

#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "projections/sort_key.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using domain::ContactId;
using domain::CustomerId;
using domain::LeadId;
using domain::MemberId;
using domain::TeamId;
using views::v1::ContactCard;
using views::v1::CustomerCard;
using views::v1::LeadCard;
using views::v1::PersonalDetails;
using RowId = CustomerList::RowId;

bool IsOrEmpty(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

// What customers and grey rows are asked alike.
class CustomerFilter {
 public:
  static absl::StatusOr<CustomerFilter> Create(const v1::ListCustomersRequest& request) {
    CustomerFilter filter(request);
    ASSIGN_OR_RETURN(const auto owner,
                     domain::ParseOptionalName<MemberId>(request.account_manager()));
    ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(request.team()));
    filter.owner_id_ = domain::ToBytes(owner);
    filter.team_id_ = domain::ToBytes(team);
    filter.text_ = FoldText(request.text());
    return filter;
  }

  template <class Card>
  bool Matches(const Card& card) const {
    return IsOrEmpty(owner_id_, card.owner_id()) && IsOrEmpty(team_id_, card.team_id()) &&
           IsOrEmpty(request_.region_code(), card.region_code()) &&
           (request_.tag().empty() || absl::c_linear_search(card.tags(), request_.tag()));
  }
  bool MatchesName(const std::string& name) const {
    return text_.empty() || absl::StrContains(FoldText(name), text_);
  }

 private:
  explicit CustomerFilter(const v1::ListCustomersRequest& request) : request_(request) {}

  const v1::ListCustomersRequest& request_;
  std::string owner_id_, team_id_, text_;
};

// Known from a lead alone: worked on, and not yet anybody's.
bool IsGrey(const LeadCard& card) { return IsWorked(card) && card.customer_id().empty(); }

// Rows without a name last. A customer and a lead never share an id.
std::string ByName(const std::string& name, const Uuid& id) {
  return SortKey(name.empty(), SortedName(name), id);
}

absl::Status AddCustomers(const v1::ListCustomersRequest& request, const CustomerFilter& filter,
                          const ViewReader& rows, const QueryContext& context,
                          TopRows<RowId>& page) {
  return CustomerList::kCustomers.Scan(
      rows, CustomerList::kCustomers.All(),
      [&](const auto& key, const CustomerCard& card) -> absl::StatusOr<bool> {
        if (card.archived() && !request.show_archived()) return true;
        if (!filter.Matches(card) || !context.Sees(ScopeOf(card))) return true;
        ASSIGN_OR_RETURN(
            const PersonalDetails person,
            DetailsOf(CustomerList::kPersons, rows, card.subject_id(), card.customer_id()));
        const CustomerId id = std::get<0>(key);
        const std::string name = NameOf(person);
        if (filter.MatchesName(name)) page.Add(ByName(name, id.uuid()), id);
        return true;
      });
}

absl::Status AddGreyRows(const CustomerFilter& filter, const ViewReader& rows,
                         const QueryContext& context, TopRows<RowId>& page) {
  return CustomerList::kLeads.Scan(
      rows, CustomerList::kLeads.All(),
      [&](const auto& key, const LeadCard& card) -> absl::StatusOr<bool> {
        if (!IsGrey(card) || !filter.Matches(card) || !context.SeesLead(ScopeOf(card))) return true;
        ASSIGN_OR_RETURN(
            const PersonalDetails person,
            DetailsOf(CustomerList::kPersons, rows, card.subject_id(), card.lead_id()));
        const LeadId id = std::get<0>(key);
        const std::string name = PartyOf(card, person);
        if (filter.MatchesName(name)) page.Add(ByName(name, id.uuid()), id);
        return true;
      });
}

}  // namespace

absl::StatusOr<std::vector<RowId>> CustomerList::Select(const v1::ListCustomersRequest& request,
                                                        const ViewReader& rows,
                                                        QueryContext& context) {
  ASSIGN_OR_RETURN(const CustomerFilter filter, CustomerFilter::Create(request));
  TopRows<RowId> page(static_cast<size_t>(context.page_size()), context.after());
  RETURN_IF_ERROR(AddCustomers(request, filter, rows, context, page));
  if (request.show_grey()) RETURN_IF_ERROR(AddGreyRows(filter, rows, context, page));
  std::string more;
  std::vector<RowId> ids = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return ids;
}

absl::StatusOr<std::vector<ContactId>> CustomerList::Select(const v1::ListContactsRequest& request,
                                                            const ViewReader& rows,
                                                            QueryContext& context) {
  ASSIGN_OR_RETURN(const auto customer, domain::ParseOptionalName<CustomerId>(request.customer()));
  ASSIGN_OR_RETURN(const auto owner, domain::ParseOptionalName<MemberId>(request.owner()));
  const std::string owner_id = domain::ToBytes(owner);
  const std::string text = FoldText(request.text());
  TopRows<ContactId> page(static_cast<size_t>(context.page_size()), context.after());
  const auto consider = [&](const ContactCard& card) -> absl::StatusOr<bool> {
    if (card.archived() && !request.show_archived()) return true;
    if (!IsOrEmpty(owner_id, card.owner_id()) || !context.Sees(ScopeOf(card))) return true;
    ASSIGN_OR_RETURN(const PersonalDetails person,
                     DetailsOf(kPersons, rows, card.subject_id(), card.contact_id()));
    if (!absl::StrContains(FoldText(NameOf(person)), text)) return true;
    const auto id = domain::FromBytes<ContactId>(card.contact_id());
    page.Add(SortKey(NameOf(person).empty(), SortedName(person.family_name()),
                     SortedName(person.given_name()), id),
             id);
    return true;
  };
  if (customer.IsNil()) {
    RETURN_IF_ERROR(
        kContacts.Scan(rows, kContacts.All(),
                       [&](const auto&, const ContactCard& card) { return consider(card); }));
  } else {
    RETURN_IF_ERROR(kLinks.Scan(
        rows, kLinks.Prefix(customer), [&](const auto& key, const auto&) -> absl::StatusOr<bool> {
          ASSIGN_OR_RETURN(const auto card, kContacts.Get(rows, {std::get<1>(key)}));
          return card.has_value() ? consider(*card) : true;
        }));
  }
  std::string more;
  std::vector<ContactId> ids = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return ids;
}

}  // namespace crm::projections
