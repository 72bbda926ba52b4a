#include "projections/commission_ledger.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "domain/render.h"
#include "projections/counters.h"
#include "projections/stored_day.h"

namespace crm::projections {

using domain::EventMetadata;
using domain::MemberId;
using domain::TeamId;
using events::v1::CommissionRecognized;
using views::v1::InvoiceMoney;
using views::v1::LedgerFigures;

namespace {

template <class Change>
absl::Status EditFigures(const std::string& agent_id, v1::CommissionRole role,
                         const std::string& team_id, absl::CivilDay day, ViewTransaction& rows,
                         Change change) {
  return EditCounter(CommissionLedger::kFigures, rows,
                     {domain::FromBytes<MemberId>(agent_id), static_cast<uint8_t>(role),
                      domain::FromBytes<TeamId>(team_id), day},
                     change);
}

absl::Status SetName(const Uuid& member, const std::string& name, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::SortName * row, CommissionLedger::kNames.Edit(rows, {member}));
  row->set_display_name(name);
  return absl::OkStatus();
}

}  // namespace

absl::Status CommissionLedger::CountReceived(const InvoiceMoney& money, int times,
                                             ViewTransaction& rows) {
  CreditSplit split(money);
  for (const views::v1::InvoiceMovement& movement : money.movements()) {
    if (movement.paid_minor() == 0) continue;
    const auto count = [&](const std::string& member_id, v1::CommissionRole role, int64_t minor) {
      return EditFigures(member_id, role, money.holder().team_id(), NumberedDay(movement.day()),
                         rows, [&](LedgerFigures& figures) {
                           AddAmount(*figures.mutable_received(), AmountOf(money, minor), times);
                         });
    };
    ASSIGN_OR_RETURN(const std::vector<MemberPart> parts, split.Add(movement.paid_minor()));
    for (const MemberPart& part : parts) {
      RETURN_IF_ERROR(count(part.member_id, v1::COMMISSION_ROLE_AGENT, part.minor));
    }
    if (money.override_leader_id().empty()) continue;
    RETURN_IF_ERROR(
        count(money.override_leader_id(), v1::COMMISSION_ROLE_OVERRIDE, movement.paid_minor()));
  }
  return absl::OkStatus();
}

absl::Status CommissionLedger::Apply(const CommissionRecognized& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(const domain::Zone zone, FoldedZone(kOrganization, rows));
  const absl::CivilDay day = zone.DayOf(metadata.effective_time);
  views::v1::LedgerEntry entry;
  entry.set_commission_id(metadata.stream.id.ToBytes());
  entry.set_record_time_us(absl::ToUnixMicros(metadata.record_time));
  *entry.mutable_recognized() = event;
  kEntries.Put(rows, {day, metadata.position}, std::move(entry));
  kEntriesOf.Put(rows, {domain::FromBytes<MemberId>(event.agent_id()), day, metadata.position}, {});

  events::v1::Amount amount;
  amount.set_currency_code(event.currency_code());
  amount.set_minor(event.amount_minor());
  const auto role = static_cast<v1::CommissionRole>(event.role());
  const std::string& team_id = event.ownership().team_id();
  RETURN_IF_ERROR(EditFigures(
      event.agent_id(), role, team_id, day, rows,
      [&](LedgerFigures& figures) { AddAmount(*figures.mutable_earned(), amount, 1); }));
  return EditFigures(event.agent_id(), role, team_id, domain::DayFromStored(event.due()), rows,
                     [&](LedgerFigures& figures) { AddAmount(*figures.mutable_due(), amount, 1); });
}

absl::Status CommissionLedger::Apply(const events::v1::CommissionPolicyVersionPublished& event,
                                     const EventMetadata&, ViewTransaction& rows) {
  for (const events::v1::ProductTerms& terms : event.terms().products()) {
    views::v1::LedgerGroup group;
    group.set_category(!terms.category_id().empty());
    kGroups.Put(rows, {UuidOf(group.category() ? terms.category_id() : terms.product_id())}, group);
  }
  return absl::OkStatus();
}

absl::Status CommissionLedger::Apply(const events::v1::MemberCreated& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  return SetName(metadata.stream.id, event.display_name(), rows);
}

absl::Status CommissionLedger::Apply(const events::v1::MemberDetailsRevised& event,
                                     const EventMetadata& metadata, ViewTransaction& rows) {
  if (!event.has_display_name()) return absl::OkStatus();
  return SetName(metadata.stream.id, event.display_name(), rows);
}

absl::Status CommissionLedger::Apply(const events::v1::SubjectErased& event, const EventMetadata&,
                                     ViewTransaction& rows) {
  return kNames.PurgePrefix(rows, UuidOf(event.subject_id()));
}

}  // namespace crm::projections
