#include "domain/opportunity/opportunity_action.h"

#include <string>

#include "absl/algorithm/container.h"
#include "domain/rejection.h"

namespace crm::domain {
namespace {

using Action = v1::ApplyOpportunityActionRequest;

constexpr int kMaxTags = 50;

// A command with what all commands have, from the action.
template <class Command>
Command Begin(const Action& action) {
  Command command;
  command.set_request_id(action.request_id());
  command.set_validate_only(action.validate_only());
  if (action.has_effective_time()) *command.mutable_effective_time() = action.effective_time();
  return command;
}

OpportunityItemCommand Transfer(const Action& action, const Ref<Opportunity>& opportunity,
                                const OrganizationState& settings) {
  auto command = Begin<v1::AssignOpportunityRequest>(action);
  const Action::Transfer& transfer = action.transfer();
  command.set_name(NameOf(opportunity.id));
  const bool keeps_team = transfer.owner().empty() || !settings.OwnerBringsTeam();
  command.set_team(transfer.team().empty() && keeps_team ? NameOf(opportunity->team)
                                                         : transfer.team());
  command.set_owner(transfer.owner().empty() ? NameOf(opportunity->owner) : transfer.owner());
  return command;
}

OpportunityItemCommand Move(const Action& action, const Ref<Opportunity>& opportunity) {
  auto command = Begin<v1::MoveStageRequest>(action);
  command.set_name(NameOf(opportunity.id));
  command.set_stage(action.move().stage());
  command.set_clear_probability(action.move().clear_probability());
  return command;
}

absl::StatusOr<OpportunityItemCommand> Tag(const Action& action,
                                           const Ref<Opportunity>& opportunity) {
  auto command = Begin<v1::UpdateOpportunityRequest>(action);
  v1::Opportunity& changed = *command.mutable_opportunity();
  changed.set_name(NameOf(opportunity.id));
  command.mutable_update_mask()->add_paths("tags");
  for (const auto* labels : {&opportunity->details.tags(), &action.tag().add()}) {
    for (const std::string& label : *labels) {
      const bool wanted = !absl::c_linear_search(action.tag().remove(), label) &&
                          !absl::c_linear_search(changed.tags(), label);
      if (wanted) changed.add_tags(label);
    }
  }
  if (changed.tags_size() > kMaxTags) {
    return Invalid("TAGS_TOO_MANY", "a record has at most 50 labels",
                   {{"opportunity", NameOf(opportunity.id)}});
  }
  return command;
}

OpportunityItemCommand Lose(const Action& action, const Ref<Opportunity>& opportunity) {
  auto command = Begin<v1::LoseOpportunityRequest>(action);
  command.set_name(NameOf(opportunity.id));
  command.set_loss_reason_id(action.lose().loss_reason_id());
  command.set_text(action.lose().text());
  return command;
}

}  // namespace

absl::StatusOr<OpportunityItemCommand> ItemCommand(const Action& command,
                                                   const Ref<Opportunity>& opportunity,
                                                   const OrganizationState& settings) {
  switch (command.action_case()) {
    case Action::kTransfer:
      return Transfer(command, opportunity, settings);
    case Action::kMove:
      return Move(command, opportunity);
    case Action::kTag:
      return Tag(command, opportunity);
    case Action::kLose:
      return Lose(command, opportunity);
    case Action::ACTION_NOT_SET:
      break;
  }
  return Invalid("ACTION_REQUIRED", "say what to do with the opportunities");
}

}  // namespace crm::domain
