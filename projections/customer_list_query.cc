// The queries of CustomerList: pages of customers, with grey rows among them, and of contacts.
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "projections/customer_list.h"
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
using views::v1::ListedRecord;
using RowId = CustomerList::RowId;
using ListKey = CustomerList::ListKey;

// Without a name, name, second name, record: where a page goes on.
using Place = std::tuple<bool, std::string, std::string, Uuid>;

bool IsOrEmpty(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

domain::Scope ScopeOf(const ListedRecord& row) {
  domain::Scope scope;
  scope.team = domain::FromBytes<TeamId>(row.team_id());
  scope.owner = domain::FromBytes<MemberId>(row.owner_id());
  return scope;
}

// Grey rows are leads, and seen as such.
bool IsShown(CustomerList::List list, const ListedRecord& row, const QueryContext& context) {
  const domain::Scope scope = ScopeOf(row);
  return list == CustomerList::kGreyRows ? context.SeesLead(scope) : context.Sees(scope);
}

// What customers, grey rows and contacts are asked alike.
struct ListFilter {
  std::string owner_id, team_id, region_code, tag;
  std::string text;  // folded

  bool Matches(const ListedRecord& row) const {
    return IsOrEmpty(owner_id, row.owner_id()) && IsOrEmpty(team_id, row.team_id()) &&
           IsOrEmpty(region_code, row.region_code()) &&
           (tag.empty() || absl::c_linear_search(row.tags(), tag)) &&
           absl::StrContains(row.folded_name(), text);
  }
};

absl::StatusOr<ListFilter> FilterOf(const v1::ListCustomersRequest& request) {
  ASSIGN_OR_RETURN(const auto owner,
                   domain::ParseOptionalName<MemberId>(request.account_manager()));
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(request.team()));
  return ListFilter{domain::ToBytes(owner), domain::ToBytes(team), request.region_code(),
                    request.tag(), FoldText(request.text())};
}

absl::StatusOr<ListFilter> FilterOf(const v1::ListContactsRequest& request) {
  ASSIGN_OR_RETURN(const auto owner, domain::ParseOptionalName<MemberId>(request.owner()));
  return ListFilter{domain::ToBytes(owner), "", "", "", FoldText(request.text())};
}

std::string PlaceOf(const ListKey& key) {
  const auto& [list, archived, nameless, first, second, id] = key;
  return SortKey(nameless, first, second, id);
}

// The rows of a list from where an earlier page ended.
KeyRange<ListKey> RangeAfter(CustomerList::List list, bool archived, const std::string& after) {
  auto range = CustomerList::kListed.Prefix(list, archived);
  Place place;
  if (!ParseKey(after, place)) return range;
  const auto& [nameless, first, second, id] = place;
  return std::move(range).After({list, archived, nameless, first, second, id});
}

// Adds the rows of a list that match, in its order, as far as the page goes. `row_id(id)` is what
// the page holds.
template <class Row, class RowIdOf>
absl::Status AddRows(CustomerList::List list, bool archived, const ListFilter& filter,
                     const ViewReader& rows, const QueryContext& context, TopRows<Row>& page,
                     RowIdOf row_id) {
  return CustomerList::kListed.Scan(rows, RangeAfter(list, archived, context.after()),
                                    [&](const ListKey& key, const ListedRecord& row) {
                                      std::string place = PlaceOf(key);
                                      if (page.Excludes(place)) return false;
                                      if (filter.Matches(row) && IsShown(list, row, context)) {
                                        page.Add(std::move(place), row_id(std::get<5>(key)));
                                      }
                                      return true;
                                    });
}

template <class Row>
std::vector<Row> TakePage(TopRows<Row> page, QueryContext& context) {
  std::string more;
  std::vector<Row> ids = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return ids;
}

// The contacts of one customer are few: they are read by their links.
absl::Status AddContactsOf(const CustomerId& customer, bool show_archived, const ListFilter& filter,
                           const ViewReader& rows, const QueryContext& context,
                           TopRows<ContactId>& page) {
  return CustomerList::kLinks.Scan(
      rows, CustomerList::kLinks.Prefix(customer),
      [&](const auto& link, const auto&) -> absl::StatusOr<bool> {
        const ContactId id = std::get<1>(link);
        ASSIGN_OR_RETURN(const auto card, CustomerList::kContacts.Get(rows, {id.uuid()}));
        if (!card.has_value() || (card->archived() && !show_archived)) return true;
        ASSIGN_OR_RETURN(const auto person, DetailsOf(CustomerList::kPersons, rows,
                                                      card->subject_id(), card->contact_id()));
        const auto listing = CustomerList::ListingOf(*card, person);
        if (filter.Matches(listing->row) && context.Sees(ScopeOf(listing->row))) {
          page.Add(PlaceOf(listing->key), id);
        }
        return true;
      });
}

}  // namespace

absl::StatusOr<std::vector<RowId>> CustomerList::Select(const v1::ListCustomersRequest& request,
                                                        const ViewReader& rows,
                                                        QueryContext& context) {
  ASSIGN_OR_RETURN(const ListFilter filter, FilterOf(request));
  TopRows<RowId> page(static_cast<size_t>(context.page_size()), context.after());
  const auto customer = [](const Uuid& id) -> RowId { return CustomerId(id); };
  const auto lead = [](const Uuid& id) -> RowId { return LeadId(id); };
  RETURN_IF_ERROR(AddRows(kCustomerRows, false, filter, rows, context, page, customer));
  if (request.show_archived()) {
    RETURN_IF_ERROR(AddRows(kCustomerRows, true, filter, rows, context, page, customer));
  }
  if (request.show_grey()) {
    RETURN_IF_ERROR(AddRows(kGreyRows, false, filter, rows, context, page, lead));
  }
  return TakePage(std::move(page), context);
}

absl::StatusOr<std::vector<ContactId>> CustomerList::Select(const v1::ListContactsRequest& request,
                                                            const ViewReader& rows,
                                                            QueryContext& context) {
  ASSIGN_OR_RETURN(const auto customer, domain::ParseOptionalName<CustomerId>(request.customer()));
  ASSIGN_OR_RETURN(const ListFilter filter, FilterOf(request));
  TopRows<ContactId> page(static_cast<size_t>(context.page_size()), context.after());
  if (!customer.IsNil()) {
    RETURN_IF_ERROR(AddContactsOf(customer, request.show_archived(), filter, rows, context, page));
    return TakePage(std::move(page), context);
  }
  const auto contact = [](const Uuid& id) { return ContactId(id); };
  RETURN_IF_ERROR(AddRows(kContactRows, false, filter, rows, context, page, contact));
  if (request.show_archived()) {
    RETURN_IF_ERROR(AddRows(kContactRows, true, filter, rows, context, page, contact));
  }
  return TakePage(std::move(page), context);
}

}  // namespace crm::projections
