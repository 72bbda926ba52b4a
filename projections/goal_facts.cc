#include "projections/goal_facts.h"

#include <string>
#include <utility>

#include "base/status_macros.h"
#include "projections/invoice_money.h"
#include "projections/stored_day.h"
#include "projections/table.h"

namespace crm::projections {
namespace {

using views::v1::GoalFact;
using views::v1::InvoiceMoney;
using views::v1::InvoiceMovement;

GoalFact RecordFact(absl::string_view category, const std::string& record_id) {
  GoalFact fact;
  fact.set_category(std::string(category));
  fact.set_record_id(record_id);
  return fact;
}

// Amounts of one kind, step by step.
class AmountFacts {
 public:
  AmountFacts(v1::GoalKind kind, const InvoiceMoney& money, std::vector<PlacedFact>& facts)
      : kind_(kind), money_(money), split_(money), facts_(facts) {}

  // The whole for team and everybody, the parts for the members.
  absl::Status Add(int32_t day, uint32_t index, int64_t minor, GoalFact fact) {
    if (minor == 0) return absl::OkStatus();
    *fact.mutable_amount() = AmountOf(money_, minor);
    Place(Uuid(), day, index, fact);
    const Uuid team = UuidOf(money_.holder().team_id());
    if (team != Uuid()) Place(team, day, index, fact);
    ASSIGN_OR_RETURN(const std::vector<MemberPart> parts, split_.Add(minor));
    for (const MemberPart& part : parts) {
      *fact.mutable_amount() = AmountOf(money_, part.minor);
      fact.set_member_id(part.member_id);
      Place(UuidOf(part.member_id), day, index, fact);
    }
    return absl::OkStatus();
  }

 private:
  void Place(const Uuid& subject, int32_t day, uint32_t index, const GoalFact& fact) {
    facts_.push_back({subject, kind_, NumberedDay(day), index, fact});
  }

  const v1::GoalKind kind_;
  const InvoiceMoney& money_;
  CreditSplit split_;
  std::vector<PlacedFact>& facts_;
};

}  // namespace

std::vector<PlacedFact> WholeFact(v1::GoalKind kind, absl::CivilDay day,
                                  const views::v1::Holder& holder, const GoalFact& fact) {
  std::vector<PlacedFact> facts;
  facts.push_back({Uuid(), kind, day, 0, fact});
  for (const std::string* subject : {&holder.team_id(), &holder.owner_id()}) {
    if (!subject->empty()) facts.push_back({UuidOf(*subject), kind, day, 0, fact});
  }
  return facts;
}

absl::StatusOr<std::vector<PlacedFact>> FactsOf(const Uuid& invoice, const InvoiceMoney& money) {
  std::vector<PlacedFact> facts;
  if (!IsAsked(money)) return facts;
  AmountFacts income(v1::GOAL_KIND_INCOME, money, facts);
  AmountFacts issued(v1::GOAL_KIND_INVOICES_ISSUED, money, facts);
  AmountFacts margin(v1::GOAL_KIND_MARGIN, money, facts);
  const GoalFact itself = RecordFact(domain::InvoiceTag::kCategory, invoice.ToBytes());
  RETURN_IF_ERROR(issued.Add(money.issue_day(), 0, money.base_minor(), itself));
  RETURN_IF_ERROR(
      margin.Add(money.issue_day(), 0, money.base_minor() - money.cost_minor(), itself));
  uint32_t index = 0;
  for (const InvoiceMovement& movement : money.movements()) {
    ++index;
    const GoalFact cause = RecordFact(
        movement.credit_note() ? domain::CreditNoteTag::kCategory : domain::PaymentTag::kCategory,
        movement.cause_id());
    RETURN_IF_ERROR(income.Add(movement.day(), index, movement.paid_minor(), cause));
    RETURN_IF_ERROR(issued.Add(movement.day(), index, -movement.credited_base_minor(), cause));
    RETURN_IF_ERROR(margin.Add(movement.day(), index,
                               movement.credited_cost_minor() - movement.credited_base_minor(),
                               cause));
  }
  if (money.proposal_id().empty()) return facts;
  GoalFact proposal = RecordFact(domain::ProposalTag::kCategory, money.proposal_id());
  proposal.set_count(1);
  for (PlacedFact& fact : WholeFact(v1::GOAL_KIND_ACCEPTED_PROPOSALS,
                                    NumberedDay(money.issue_day()), money.holder(), proposal)) {
    facts.push_back(std::move(fact));
  }
  return facts;
}

}  // namespace crm::projections
