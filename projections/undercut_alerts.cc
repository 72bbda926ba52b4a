#include "projections/undercut_alerts.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/btree_set.h"
#include "base/status_macros.h"

namespace crm::projections {

using domain::EventMetadata;
using views::v1::Offer;
using views::v1::OpportunityCard;
using views::v1::Undercut;
using views::v1::UndercutPlace;

namespace {

// Open, with an amount and an owner: only such opportunities are compared.
bool Competes(const OpportunityCard& card) {
  return IsOpen(card) && !card.currency_code().empty() && !card.owner_id().empty();
}

bool SameBid(const OpportunityCard& a, const OpportunityCard& b) {
  return Competes(a) == Competes(b) && a.owner_id() == b.owner_id() &&
         a.customer_id() == b.customer_id() && a.group_id() == b.group_id() &&
         a.currency_code() == b.currency_code() && a.expected_minor() == b.expected_minor();
}

bool IsEarlier(const Offer& a, const Offer& b) {
  return std::make_tuple(a.offer_time_us(), a.card().opportunity_id()) <
         std::make_tuple(b.offer_time_us(), b.card().opportunity_id());
}

template <class T>
void Mark(const T& table, const std::string& of, const OpportunityCard& card, bool present,
          ViewTransaction& rows) {
  if (of.empty()) return;
  const auto key = std::make_tuple(UuidOf(of), UuidOf(card.opportunity_id()));
  if (present) {
    table.Put(rows, key, {});
  } else {
    table.Erase(rows, key);
  }
}

absl::StatusOr<bool> IsAlternatives(const std::string& group_id, ViewTransaction& rows) {
  if (group_id.empty()) return false;
  ASSIGN_OR_RETURN(const auto* mark, UndercutAlerts::kAlternatives.Find(rows, {UuidOf(group_id)}));
  return mark != nullptr;
}

absl::Status Reindex(const OpportunityCard& before, const OpportunityCard& after,
                     ViewTransaction& rows) {
  Mark(UndercutAlerts::kByCustomer, before.customer_id(), before, false, rows);
  Mark(UndercutAlerts::kByGroup, before.group_id(), before, false, rows);
  if (!Competes(after)) return absl::OkStatus();
  Mark(UndercutAlerts::kByCustomer, after.customer_id(), after, true, rows);
  ASSIGN_OR_RETURN(const bool alternatives, IsAlternatives(after.group_id(), rows));
  if (alternatives) Mark(UndercutAlerts::kByGroup, after.group_id(), after, true, rows);
  return absl::OkStatus();
}

// Everyone else who may bid against the opportunity, and those its alerts are about.
absl::StatusOr<absl::btree_set<Uuid>> RivalsOf(const OpportunityCard& card, ViewTransaction& rows) {
  absl::btree_set<Uuid> rivals;
  const Uuid self = UuidOf(card.opportunity_id());
  const auto add = [&](const auto& key, const auto&) {
    rivals.insert(std::get<1>(key));
    return true;
  };
  RETURN_IF_ERROR(UndercutAlerts::kPairs.Scan(rows, UndercutAlerts::kPairs.Prefix(self), add));
  if (Competes(card)) {
    for (const auto& [table, of] : {std::make_pair(UndercutAlerts::kByCustomer, card.customer_id()),
                                    std::make_pair(UndercutAlerts::kByGroup, card.group_id())}) {
      if (!of.empty()) RETURN_IF_ERROR(table.Scan(rows, table.Prefix(UuidOf(of)), add));
    }
  }
  rivals.erase(self);
  return rivals;
}

// The alert the two deserve now, without its times; nullopt when they deserve none.
absl::StatusOr<std::optional<Undercut>> Judge(const Offer& earlier, const Offer& later,
                                              ViewTransaction& rows) {
  const OpportunityCard& first = earlier.card();
  const OpportunityCard& second = later.card();
  if (!Competes(first) || !Competes(second) || first.owner_id() == second.owner_id() ||
      first.currency_code() != second.currency_code() ||
      second.expected_minor() >= first.expected_minor()) {
    return std::nullopt;
  }
  Undercut undercut;
  undercut.set_earlier_id(first.opportunity_id());
  undercut.set_later_id(second.opportunity_id());
  if (first.customer_id() == second.customer_id()) undercut.set_customer_id(first.customer_id());
  if (!first.group_id().empty() && first.group_id() == second.group_id()) {
    ASSIGN_OR_RETURN(const bool alternatives, IsAlternatives(first.group_id(), rows));
    // Parts of one project are no bids against each other.
    if (!alternatives) return std::nullopt;
    undercut.set_group_id(first.group_id());
  }
  if (undercut.customer_id().empty() && undercut.group_id().empty()) return std::nullopt;
  return undercut;
}

void PutAlert(ViewTransaction& rows, Undercut alert) {
  const Uuid earlier = UuidOf(alert.earlier_id());
  const Uuid later = UuidOf(alert.later_id());
  UndercutPlace place;
  place.set_raise_time_us(alert.raise_time_us());
  place.set_open(alert.close_time_us() == 0);
  UndercutAlerts::kPairs.Put(rows, {earlier, later}, place);
  UndercutAlerts::kPairs.Put(rows, {later, earlier}, place);
  const auto key = std::make_tuple(Descending<int64_t>{alert.raise_time_us()}, earlier, later);
  UndercutAlerts::kAlerts.Put(rows, key, std::move(alert));
}

// Brings the alert of a pair to what it deserves.
absl::Status Settle(const Offer& earlier, const Offer& later, absl::Time time,
                    ViewTransaction& rows) {
  const Uuid first = UuidOf(earlier.card().opportunity_id());
  const Uuid second = UuidOf(later.card().opportunity_id());
  ASSIGN_OR_RETURN(const UndercutPlace* place, UndercutAlerts::kPairs.Find(rows, {first, second}));
  ASSIGN_OR_RETURN(std::optional<Undercut> deserved, Judge(earlier, later, rows));
  if (deserved.has_value()) {
    deserved->set_raise_time_us(place == nullptr ? absl::ToUnixMicros(time)
                                                 : place->raise_time_us());
    PutAlert(rows, *std::move(deserved));
    return absl::OkStatus();
  }
  if (place == nullptr || !place->open()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Undercut* alert,
                   UndercutAlerts::kAlerts.Find(
                       rows, {Descending<int64_t>{place->raise_time_us()}, first, second}));
  if (alert == nullptr) return absl::InternalError("an undercut pair without its alert");
  Undercut closed = *alert;
  closed.set_close_time_us(absl::ToUnixMicros(time));
  PutAlert(rows, std::move(closed));
  return absl::OkStatus();
}

}  // namespace

absl::Status UndercutAlerts::Compare(const OpportunityCard& before, Offer& offer, absl::Time time,
                                     ViewTransaction& rows) {
  const OpportunityCard& after = offer.card();
  if (SameBid(before, after)) return absl::OkStatus();
  if (offer.offer_time_us() == 0 && !after.currency_code().empty()) {
    offer.set_offer_time_us(absl::ToUnixMicros(time));
  }
  RETURN_IF_ERROR(Reindex(before, after, rows));
  ASSIGN_OR_RETURN(const absl::btree_set<Uuid> rivals, RivalsOf(after, rows));
  for (const Uuid& id : rivals) {
    ASSIGN_OR_RETURN(const Offer* rival, kOffers.Find(rows, {id}));
    if (rival == nullptr) return absl::InternalError("an undercut rival without its offer");
    RETURN_IF_ERROR(IsEarlier(*rival, offer) ? Settle(*rival, offer, time, rows)
                                             : Settle(offer, *rival, time, rows));
  }
  return absl::OkStatus();
}

absl::Status UndercutAlerts::Apply(const events::v1::OpportunityGroupCreated& event,
                                   const EventMetadata& metadata, ViewTransaction& rows) {
  if (event.kind() == v1::GROUP_KIND_ALTERNATIVES) {
    kAlternatives.Put(rows, {metadata.stream.id}, {});
  }
  return absl::OkStatus();
}

absl::Status UndercutAlerts::Apply(const events::v1::LeaderAppointed& event,
                                   const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::TeamLeaders * leaders, kLeaders.Edit(rows, {metadata.stream.id}));
  if (!absl::c_linear_search(leaders->member_ids(), event.member_id())) {
    leaders->add_member_ids(event.member_id());
  }
  return absl::OkStatus();
}

absl::Status UndercutAlerts::Apply(const events::v1::LeaderDismissed& event,
                                   const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::TeamLeaders * leaders, kLeaders.Edit(rows, {metadata.stream.id}));
  auto& ids = *leaders->mutable_member_ids();
  ids.erase(std::remove(ids.begin(), ids.end(), event.member_id()), ids.end());
  return absl::OkStatus();
}

}  // namespace crm::projections
