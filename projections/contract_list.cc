#include "projections/contract_list.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "domain/rejection.h"
#include "projections/counters.h"
#include "projections/stored_day.h"

namespace crm::projections {

using domain::ContractId;
using domain::CustomerId;
using domain::MemberId;
using domain::TeamId;
using views::v1::ContractCard;

namespace {

absl::CivilDay EndOf(const ContractCard& card) {
  return card.has_end_day() ? NumberedDay(card.end_day()) : kLastDay;
}

// Calls `use(table, key)` for every index the contract is in.
template <class Use>
void ForEachIndex(const ContractId& id, const ContractCard& card, Use use) {
  if (card.state() == v1::CONTRACT_STATE_UNSPECIFIED) return;  // not born yet
  use(ContractList::kByEnd, std::make_tuple(EndOf(card), id));
  if (!card.customer_id().empty()) {
    use(ContractList::kOfCustomer,
        std::make_tuple(domain::FromBytes<CustomerId>(card.customer_id()), EndOf(card), id));
  }
}

// What one page is asked for, read once.
struct Filter {
  absl::btree_set<int> states;                   // empty: any
  std::string contract_type, team_id, owner_id;  // a word, 16 bytes; empty: any
  CustomerId customer;
  absl::CivilDay from = kFirstDay;
  absl::CivilDay to = kLastDay;

  bool Matches(const ContractCard& card) const {
    const auto is = [](const std::string& wanted, const std::string& value) {
      return wanted.empty() || wanted == value;
    };
    return (states.empty() || states.contains(card.state())) &&
           is(contract_type, card.contract_type()) && is(team_id, card.holder().team_id()) &&
           is(owner_id, card.holder().owner_id());
  }
};

absl::StatusOr<Filter> FilterOf(const v1::ListContractsRequest& asked, absl::CivilDay today) {
  Filter filter;
  filter.states.insert(asked.states().begin(), asked.states().end());
  filter.contract_type = asked.contract_type();
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(asked.team()));
  ASSIGN_OR_RETURN(const auto owner, domain::ParseOptionalName<MemberId>(asked.owner()));
  ASSIGN_OR_RETURN(filter.customer, domain::ParseOptionalName<CustomerId>(asked.customer()));
  filter.team_id = domain::ToBytes(team);
  filter.owner_id = domain::ToBytes(owner);
  if (asked.has_end_date_from()) {
    ASSIGN_OR_RETURN(filter.from, domain::DayFromProto(asked.end_date_from()));
  }
  if (asked.has_end_date_to()) {
    ASSIGN_OR_RETURN(filter.to, domain::DayFromProto(asked.end_date_to()));
  }
  if (asked.expiring_days() == 0) return filter;
  const bool any = filter.states.empty() || filter.states.contains(v1::CONTRACT_STATE_SIGNED);
  filter.states = {any ? v1::CONTRACT_STATE_SIGNED : v1::CONTRACT_STATE_UNSPECIFIED};
  filter.from = std::max(filter.from, today);
  filter.to = std::min(filter.to, today + (asked.expiring_days() - 1));
  return filter;
}

// A page of ids while cards are read in order.
class ContractPage {
 public:
  ContractPage(const Filter& filter, const ViewReader& rows, QueryContext& context)
      : filter_(filter), rows_(rows), context_(context) {}

  // Returns whether there may be more on this page; `place` is where the row is.
  absl::StatusOr<bool> Add(const ContractList::Place& place) {
    const ContractId& id = std::get<1>(place);
    ASSIGN_OR_RETURN(const ContractCard card, ContractList::kCards.GetOrEmpty(rows_, {id}));
    if (!filter_.Matches(card) || !context_.Sees(ScopeOf(card.holder()))) return true;
    if (static_cast<int>(ids_.size()) == context_.page_size()) {
      context_.ContinueAfter(last_);
      return false;
    }
    ids_.push_back(id);
    last_.clear();
    AppendKey(last_, place);
    return true;
  }

  std::vector<ContractId> Take() && { return std::move(ids_); }

 private:
  const Filter& filter_;
  const ViewReader& rows_;
  QueryContext& context_;
  std::vector<ContractId> ids_;
  std::string last_;
};

// The range of an index whose keys begin with `leading` and go on as a place does.
template <class T, class... Leading>
absl::StatusOr<KeyRange<typename T::Key>> RangeOf(const T& index, const Filter& filter,
                                                  const std::string& place,
                                                  const Leading&... leading) {
  KeyRange<typename T::Key> range = index.Prefix(leading...)
                                        .From(std::make_tuple(leading..., filter.from))
                                        .Until(std::make_tuple(leading..., filter.to + 1));
  if (place.empty()) return range;
  ContractList::Place last;
  if (!ParseKey(place, last)) {
    return domain::Invalid("PAGE_TOKEN_INVALID", "the page token is not one of this list");
  }
  return std::move(range).After(std::tuple_cat(std::make_tuple(leading...), last));
}

}  // namespace

void ContractList::List(const ContractId& id, const ContractCard& card, ViewTransaction& rows) {
  ForEachIndex(id, card, [&](const auto& table, const auto& key) { table.Put(rows, key, {}); });
}

void ContractList::Unlist(const ContractId& id, const ContractCard& card, ViewTransaction& rows) {
  ForEachIndex(id, card, [&](const auto& table, const auto& key) { table.Erase(rows, key); });
}

void ContractList::Fold(ContractCard& card, const events::v1::ContractDrafted& event) {
  card.set_state(v1::CONTRACT_STATE_DRAFT);
  *card.mutable_holder() = HolderOf(event.at().ownership());
  card.set_customer_id(event.recipient().customer_id());
  card.set_contract_type(event.details().contract_type());
  if (event.details().has_end()) card.set_end_day(event.details().end().days());
}

void ContractList::Fold(ContractCard& card, const events::v1::ContractDetailsRevised& event) {
  const auto names = [&](absl::string_view field) {
    return absl::c_linear_search(event.fields(), field);
  };
  if (names("contract_type")) card.set_contract_type(event.details().contract_type());
  if (names("end")) {
    card.clear_end_day();
    if (event.details().has_end()) card.set_end_day(event.details().end().days());
  }
  // What is signed is what was approved; of a signed one none of these changes.
  if (names("value") || names("start") || names("end") || names("text")) {
    card.set_state(v1::CONTRACT_STATE_DRAFT);
  }
}

void ContractList::Fold(ContractCard& card, const events::v1::ContractApproved&) {
  card.set_state(v1::CONTRACT_STATE_APPROVED);
}

void ContractList::Fold(ContractCard& card, const events::v1::ContractSent&) {
  card.set_state(v1::CONTRACT_STATE_SENT);
}

void ContractList::Fold(ContractCard& card, const events::v1::ContractSigned&) {
  card.set_state(v1::CONTRACT_STATE_SIGNED);
}

void ContractList::Fold(ContractCard& card, const events::v1::ContractRenewed& event) {
  card.clear_end_day();
  if (event.has_to_end()) card.set_end_day(event.to_end().days());
}

void ContractList::Fold(ContractCard& card, const events::v1::ContractTerminated& event) {
  card.set_state(v1::CONTRACT_STATE_TERMINATED);
  card.set_end_day(event.last_day().days());
}

void ContractList::Fold(ContractCard& card, const events::v1::ContractVoided&) {
  card.set_state(v1::CONTRACT_STATE_VOID);
}

void ContractList::Fold(ContractCard& card, const events::v1::ContractAssigned& event) {
  *card.mutable_holder() = HolderOf(event.to());
}

absl::StatusOr<std::vector<ContractId>> ContractList::Select(
    const v1::ListContractsRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto organization, kOrganization.GetOrEmpty(rows, {}));
  ASSIGN_OR_RETURN(const Filter filter,
                   FilterOf(request, ZoneOf(organization).DayOf(context.at())));
  ContractPage page(filter, rows, context);
  if (filter.customer.IsNil()) {
    ASSIGN_OR_RETURN(const auto range, RangeOf(kByEnd, filter, context.after()));
    RETURN_IF_ERROR(kByEnd.Scan(
        rows, range, [&](const auto& key, const views::v1::Mark&) { return page.Add(key); }));
  } else {
    ASSIGN_OR_RETURN(const auto range,
                     RangeOf(kOfCustomer, filter, context.after(), filter.customer));
    RETURN_IF_ERROR(kOfCustomer.Scan(rows, range, [&](const auto& key, const views::v1::Mark&) {
      return page.Add({std::get<1>(key), std::get<2>(key)});
    }));
  }
  return std::move(page).Take();
}

}  // namespace crm::projections
