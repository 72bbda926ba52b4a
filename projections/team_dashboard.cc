#include "projections/team_dashboard.h"

#include "base/status_macros.h"
#include "projections/stored_day.h"

namespace crm::projections {

using views::v1::OpportunityCard;
using views::v1::OrganizationShape;
using views::v1::TileCard;
using views::v1::TileClosing;
using views::v1::TileClosings;
using views::v1::TileLead;
using views::v1::TileMoney;

namespace {

absl::Status CountClosing(ViewTransaction& rows, const TileClosing& closing, int times) {
  const views::v1::Holder& holder = closing.holder();
  return EditCounter(
      TeamDashboard::kClosings, rows,
      {UuidOf(holder.team_id()), UuidOf(holder.owner_id()), holder.contributor_ids()},
      [&](TileClosings& counter) {
        if (closing.won()) {
          counter.set_won_count(counter.won_count() + times);
          AddAmount(*counter.mutable_won(), closing.amount(), times);
        } else {
          counter.set_lost_count(counter.lost_count() + times);
          AddAmount(*counter.mutable_lost(), closing.amount(), times);
        }
      });
}

}  // namespace

void TeamDashboard::Unlist(ViewTransaction& rows, const OpportunityCard& card) {
  if (IsOpen(card)) kOpen.Erase(rows, {UuidOf(card.team_id()), UuidOf(card.opportunity_id())});
}

void TeamDashboard::List(ViewTransaction& rows, const OpportunityCard& card) {
  if (IsOpen(card)) kOpen.Put(rows, {UuidOf(card.team_id()), UuidOf(card.opportunity_id())}, {});
}

absl::Status TeamDashboard::CountOpened(ViewTransaction& rows,
                                        const events::v1::Ownership& ownership, absl::Time time) {
  ASSIGN_OR_RETURN(const OrganizationShape* organization, kOrganization.Find(rows, {}));
  const absl::CivilDay day =
      ZoneOf(organization == nullptr ? OrganizationShape() : *organization).DayOf(time);
  const views::v1::Holder holder = HolderOf(ownership);
  return EditCounter(
      kOpened, rows,
      {UuidOf(holder.team_id()), day, UuidOf(holder.owner_id()), holder.contributor_ids()},
      [](views::v1::Tally& tally) { tally.set_count(tally.count() + 1); });
}

absl::Status TeamDashboard::Close(ViewTransaction& rows, TileCard& tile, bool won,
                                  const events::v1::OpportunitySnapshot& at) {
  TileClosing& closing = *tile.mutable_closing();
  closing.set_won(won);
  *closing.mutable_holder() = HolderOf(at.ownership());
  if (at.has_expected_revenue()) *closing.mutable_amount() = at.expected_revenue();
  return CountClosing(rows, closing, 1);
}

absl::Status TeamDashboard::TakeBackClosing(ViewTransaction& rows, TileCard& tile) {
  if (!tile.has_closing()) return absl::OkStatus();  // it was superseded
  RETURN_IF_ERROR(CountClosing(rows, tile.closing(), -1));
  tile.clear_closing();
  return absl::OkStatus();
}

absl::Status TeamDashboard::CountLead(ViewTransaction& rows, const Uuid& id, const TileLead& lead,
                                      int times) {
  const Uuid team = UuidOf(lead.team_id());
  if (lead.take_time_us() != 0) {
    const auto key = std::make_tuple(team, UuidOf(lead.owner_id()),
                                     absl::FromUnixMicros(lead.take_time_us()), id);
    if (times > 0) {
      kTakes.Put(rows, key, {});
    } else {
      kTakes.Erase(rows, key);
    }
  }
  if (!lead.open() || !lead.owner_id().empty()) return absl::OkStatus();
  return EditCounter(kUnassigned, rows, {team},
                     [times](views::v1::Tally& tally) { tally.set_count(tally.count() + times); });
}

absl::Status TeamDashboard::CountMoney(ViewTransaction& rows, const views::v1::InvoiceMoney& money,
                                       int times) {
  if (!IsAsked(money)) return absl::OkStatus();
  const views::v1::Holder& holder = money.holder();
  const auto count = [&](int32_t day, auto change) {
    return EditCounter(kMoney, rows,
                       {UuidOf(holder.team_id()), NumberedDay(day), UuidOf(holder.owner_id()),
                        holder.contributor_ids(), money.channel()},
                       change);
  };
  const bool settled = StandingOf(money).settled();
  const auto add_net = [&](TileMoney& figures, int64_t base_minor) {
    AddAmount(*figures.mutable_issued_net(), AmountOf(money, base_minor), times);
    if (settled) AddAmount(*figures.mutable_settled_net(), AmountOf(money, base_minor), times);
  };
  RETURN_IF_ERROR(
      count(money.issue_day(), [&](TileMoney& figures) { add_net(figures, money.base_minor()); }));
  for (const views::v1::InvoiceMovement& movement : money.movements()) {
    RETURN_IF_ERROR(count(movement.day(), [&](TileMoney& figures) {
      if (movement.paid_minor() != 0) {
        AddAmount(*figures.mutable_received(), AmountOf(money, movement.paid_minor()), times);
      }
      if (movement.credited_base_minor() != 0) add_net(figures, -movement.credited_base_minor());
    }));
  }
  return absl::OkStatus();
}

absl::Status TeamDashboard::Note(const events::v1::MembershipBegan& event, const Uuid& stream,
                                 ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::TileMembership * membership,
                   kMemberships.Edit(rows, {stream, UuidOf(event.member_id())}));
  membership->set_maximum_leads(event.terms().maximum_leads());
  return absl::OkStatus();
}

absl::Status TeamDashboard::Note(const events::v1::MembershipTermsRevised& event,
                                 const Uuid& stream, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::TileMembership * membership,
                   kMemberships.Edit(rows, {stream, UuidOf(event.member_id())}));
  membership->set_maximum_leads(event.terms().maximum_leads());
  return absl::OkStatus();
}

absl::Status TeamDashboard::Note(const events::v1::MembershipEnded& event, const Uuid& stream,
                                 ViewTransaction& rows) {
  kMemberships.Erase(rows, {stream, UuidOf(event.member_id())});
  return absl::OkStatus();
}

absl::Status TeamDashboard::Note(const events::v1::MemberCreated& event, const Uuid& stream,
                                 ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::TileMemberName * name, kNames.Edit(rows, {stream}));
  name->set_display_name(event.display_name());
  return absl::OkStatus();
}

absl::Status TeamDashboard::Note(const events::v1::MemberDetailsRevised& event, const Uuid& stream,
                                 ViewTransaction& rows) {
  if (!event.has_display_name()) return absl::OkStatus();
  ASSIGN_OR_RETURN(views::v1::TileMemberName * name, kNames.Edit(rows, {stream}));
  name->set_display_name(event.display_name());
  return absl::OkStatus();
}

absl::Status TeamDashboard::Note(const events::v1::TeamFavored& event, const Uuid& stream,
                                 ViewTransaction& rows) {
  kFavorites.Put(rows, {stream, UuidOf(event.team_id())}, {});
  return absl::OkStatus();
}

absl::Status TeamDashboard::Note(const events::v1::TeamUnfavored& event, const Uuid& stream,
                                 ViewTransaction& rows) {
  kFavorites.Erase(rows, {stream, UuidOf(event.team_id())});
  return absl::OkStatus();
}

absl::Status TeamDashboard::Note(const events::v1::SubjectErased& event, const Uuid&,
                                 ViewTransaction& rows) {
  return kNames.PurgePrefix(rows, UuidOf(event.subject_id()));
}

}  // namespace crm::projections
