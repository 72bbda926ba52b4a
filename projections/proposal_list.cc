#include "projections/proposal_list.h"

#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/btree_set.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "crm/v1/proposal.pb.h"
#include "projections/counters.h"

namespace crm::projections {
namespace {

using domain::CustomerId;
using domain::MemberId;
using domain::OpportunityId;
using domain::ProposalId;
using domain::TeamId;
using views::v1::ProposalCard;

bool IsOpen(const ProposalCard& card) {
  return !card.archived() &&
         (card.state() == v1::PROPOSAL_STATE_DRAFT || card.state() == v1::PROPOSAL_STATE_SENT);
}

// Calls `use(table, key)` for every index the proposal is in.
template <class Use>
void ForEachIndex(const Uuid& id, const ProposalCard& card, Use use) {
  if (card.state() == v1::PROPOSAL_STATE_UNSPECIFIED) return;  // not born yet
  const NewestDay day = {NumberedDay(card.drafted_day())};
  use(ProposalList::kByDay, DayPlace(day, id));
  if (IsOpen(card)) use(ProposalList::kOpen, DayPlace(day, id));
  if (!card.customer_id().empty()) {
    use(ProposalList::kOfCustomer,
        std::make_tuple(domain::FromBytes<CustomerId>(card.customer_id()), day, id));
  }
}

// Whoever is credited with a proposal, or with a line of it, sees it.
void SetContributors(ProposalCard& card, const events::v1::DocumentContent& content) {
  absl::btree_set<std::string> ids(card.credited_ids().begin(), card.credited_ids().end());
  for (const events::v1::DocumentLine& line : content.lines()) {
    for (const events::v1::CreditedMember& member : line.credited()) ids.insert(member.member_id());
  }
  card.mutable_holder()->set_contributor_ids(absl::StrJoin(ids, ""));
}

void SetOpenTill(ProposalCard& card, bool has_last_day, const events::v1::Day& last_day) {
  card.clear_open_till_day();
  if (has_last_day) card.set_open_till_day(last_day.days());
}

// What one page is asked for, read once.
struct Filter {
  absl::btree_set<int> states;                    // empty: any
  std::string team_id, owner_id, opportunity_id;  // 16 bytes; empty: any
  CustomerId customer;
  bool pending = false;
  bool expired = false;
  bool show_archived = false;
  ListedDays days;

  bool Matches(const ProposalCard& card, absl::CivilDay today) const {
    const auto is = [](const std::string& wanted, const std::string& value) {
      return wanted.empty() || wanted == value;
    };
    const bool is_expired =
        IsOpen(card) && card.has_open_till_day() && NumberedDay(card.open_till_day()) < today;
    return (states.empty() || states.contains(card.state())) &&
           is(team_id, card.holder().team_id()) && is(owner_id, card.holder().owner_id()) &&
           is(opportunity_id, card.opportunity_id()) && (show_archived || !card.archived()) &&
           (!pending || (IsOpen(card) && card.state() == v1::PROPOSAL_STATE_SENT && !is_expired)) &&
           (!expired || is_expired);
  }
  // All that matches is open.
  bool asks_for_open() const { return pending || expired; }
};

absl::StatusOr<Filter> FilterOf(const v1::ProposalFilter& asked) {
  Filter filter;
  filter.states.insert(asked.states().begin(), asked.states().end());
  filter.pending = asked.pending();
  filter.expired = asked.expired();
  filter.show_archived = asked.show_archived();
  ASSIGN_OR_RETURN(const auto team, domain::ParseOptionalName<TeamId>(asked.team()));
  ASSIGN_OR_RETURN(const auto owner, domain::ParseOptionalName<MemberId>(asked.owner()));
  ASSIGN_OR_RETURN(const auto opportunity,
                   domain::ParseOptionalName<OpportunityId>(asked.opportunity()));
  ASSIGN_OR_RETURN(filter.customer, domain::ParseOptionalName<CustomerId>(asked.customer()));
  filter.team_id = domain::ToBytes(team);
  filter.owner_id = domain::ToBytes(owner);
  filter.opportunity_id = domain::ToBytes(opportunity);
  ASSIGN_OR_RETURN(
      filter.days,
      ReadListedDays(asked.has_create_date_from() ? &asked.create_date_from() : nullptr,
                     asked.has_create_date_to() ? &asked.create_date_to() : nullptr));
  return filter;
}

}  // namespace

void ProposalList::List(const Uuid& id, const Card& card, ViewTransaction& rows) {
  ForEachIndex(id, card, [&](const auto& table, const auto& key) { table.Put(rows, key, {}); });
}

void ProposalList::Unlist(const Uuid& id, const Card& card, ViewTransaction& rows) {
  ForEachIndex(id, card, [&](const auto& table, const auto& key) { table.Erase(rows, key); });
}

void ProposalList::Fold(Card& card, const events::v1::ProposalDrafted& event, absl::CivilDay day) {
  card.set_state(v1::PROPOSAL_STATE_DRAFT);
  card.set_drafted_day(DayNumber(day));
  *card.mutable_holder() = HolderOf(event.at().ownership());
  card.set_customer_id(event.recipient().customer_id());
  card.set_opportunity_id(event.details().opportunity_id());
  SetOpenTill(card, event.details().has_open_till(), event.details().open_till());
  for (const events::v1::CreditedMember& member : event.credited()) {
    card.add_credited_ids(member.member_id());
  }
  SetContributors(card, event.content());
}

void ProposalList::Fold(Card& card, const events::v1::ProposalContentRevised& event,
                        absl::CivilDay) {
  SetContributors(card, event.content());
}

void ProposalList::Fold(Card& card, const events::v1::ProposalDetailsRevised& event,
                        absl::CivilDay) {
  if (!absl::c_linear_search(event.fields(), "opportunity")) return;
  card.set_opportunity_id(event.details().opportunity_id());
}

void ProposalList::Fold(Card& card, const events::v1::ProposalReaddressed& event, absl::CivilDay) {
  card.set_customer_id(event.recipient().customer_id());
}

void ProposalList::Fold(Card& card, const events::v1::ProposalSent&, absl::CivilDay) {
  card.set_state(v1::PROPOSAL_STATE_SENT);
}

void ProposalList::Fold(Card& card, const events::v1::ProposalAccepted&, absl::CivilDay) {
  card.set_state(v1::PROPOSAL_STATE_ACCEPTED);
}

void ProposalList::Fold(Card& card, const events::v1::ProposalDeclined&, absl::CivilDay) {
  card.set_state(v1::PROPOSAL_STATE_DECLINED);
}

void ProposalList::Fold(Card& card, const events::v1::ProposalExtended& event, absl::CivilDay) {
  SetOpenTill(card, event.has_to(), event.to());
}

void ProposalList::Fold(Card& card, const events::v1::ProposalSuperseded&, absl::CivilDay) {
  card.set_state(v1::PROPOSAL_STATE_REVISED);
}

void ProposalList::Fold(Card& card, const events::v1::ProposalAssigned& event, absl::CivilDay) {
  // Contributors stay: `to` names team and owner.
  const std::string contributors = card.holder().contributor_ids();
  *card.mutable_holder() = HolderOf(event.to());
  card.mutable_holder()->set_contributor_ids(contributors);
}

void ProposalList::Fold(Card& card, const events::v1::ProposalArchived&, absl::CivilDay) {
  card.set_archived(true);
}

void ProposalList::Fold(Card& card, const events::v1::ProposalRestored&, absl::CivilDay) {
  card.set_archived(false);
}

absl::StatusOr<std::vector<ProposalId>> ProposalList::Select(
    const v1::ListProposalsRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const Filter filter, FilterOf(request.filter()));
  ASSIGN_OR_RETURN(const auto organization, kOrganization.GetOrEmpty(rows, {}));
  const absl::CivilDay today = ZoneOf(organization).DayOf(context.at());
  NewestPage<ProposalId> page(context);
  const auto add = [&](const NewestDay& day, const Uuid& id) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const Card card, kCards.GetOrEmpty(rows, {id}));
    if (!filter.Matches(card, today) || !context.Sees(ScopeOf(card.holder()))) return true;
    return page.Add({day, id});
  };
  if (!filter.customer.IsNil()) {
    ASSIGN_OR_RETURN(const auto range,
                     NewestRange(kOfCustomer, filter.days, context.after(), filter.customer));
    RETURN_IF_ERROR(kOfCustomer.Scan(rows, range, [&](const auto& key, const views::v1::Mark&) {
      return add(std::get<1>(key), std::get<2>(key));
    }));
  } else {
    const auto& index = filter.asks_for_open() ? kOpen : kByDay;
    ASSIGN_OR_RETURN(const auto range, NewestRange(index, filter.days, context.after()));
    RETURN_IF_ERROR(index.Scan(rows, range, [&](const DayPlace& place, const views::v1::Mark&) {
      return add(std::get<0>(place), std::get<1>(place));
    }));
  }
  return std::move(page).Take();
}

}  // namespace crm::projections
