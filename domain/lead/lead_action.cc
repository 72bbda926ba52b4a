#include "domain/lead/lead_action.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/rejection.h"

namespace crm::domain {
namespace {

constexpr int kMaxTags = 50;

using Batch = v1::ApplyLeadActionRequest;
using Tags = google::protobuf::RepeatedPtrField<std::string>;

bool Contains(const Tags& tags, const std::string& tag) {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

// The tags the lead has, without those removed, then those added that it has not. A label both
// added and removed is added.
Tags TagsAfter(const Tags& before, const Batch::Tag& action) {
  Tags after;
  for (const std::string& tag : before) {
    if (!Contains(action.remove(), tag)) *after.Add() = tag;
  }
  for (const std::string& tag : action.add()) {
    if (!Contains(after, tag)) *after.Add() = tag;
  }
  return after;
}

absl::StatusOr<LeadItemCommand> Tag(const Batch::Tag& action, const Ref<Lead>& lead) {
  v1::UpdateLeadRequest command;
  command.mutable_lead()->set_name(NameOf(lead.id));
  *command.mutable_lead()->mutable_tags() = TagsAfter(lead->details.tags(), action);
  command.mutable_update_mask()->add_paths("tags");
  if (command.lead().tags_size() > kMaxTags) {
    return Invalid("TAGS_TOO_MANY", absl::StrCat("a record has at most ", kMaxTags, " labels"),
                   {{"lead", NameOf(lead.id)}, {"maximum", absl::StrCat(kMaxTags)}});
  }
  return command;
}

v1::AssignLeadRequest Assign(const Batch::Assign& action, const Ref<Lead>& lead,
                             const OrganizationState& settings) {
  v1::AssignLeadRequest command;
  command.set_name(NameOf(lead.id));
  const bool keeps_team = action.owner().empty() || !settings.OwnerBringsTeam();
  command.set_team(action.team().empty() && keeps_team ? NameOf(lead->ownership.team)
                                                       : action.team());
  command.set_owner(action.owner());
  return command;
}

}  // namespace

absl::StatusOr<LeadItemCommand> ItemCommand(const Batch& batch, const Ref<Lead>& lead,
                                            const OrganizationState& settings) {
  const auto named = [&](auto command) {
    command.set_name(NameOf(lead.id));
    return command;
  };
  switch (batch.action_case()) {
    case Batch::kAssign:
      return Assign(batch.assign(), lead, settings);
    case Batch::kMove: {
      auto command = named(v1::MoveLeadStageRequest());
      command.set_stage(batch.move().stage());
      return command;
    }
    case Batch::kTag:
      return Tag(batch.tag(), lead);
    case Batch::kLose: {
      auto command = named(v1::LoseLeadRequest());
      command.set_loss_reason_id(batch.lose().loss_reason_id());
      command.set_text(batch.lose().text());
      return command;
    }
    case Batch::kJunk: {
      auto command = named(v1::JunkLeadRequest());
      command.set_reason(batch.junk().reason());
      return command;
    }
    case Batch::kRoute:
      return named(v1::RouteLeadRequest());
    case Batch::ACTION_NOT_SET:
      break;
  }
  return Invalid("ACTION_REQUIRED", "the batch names no action");
}

}  // namespace crm::domain
