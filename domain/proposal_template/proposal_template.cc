#include "domain/proposal_template/proposal_template.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/document/content.h"
#include "domain/field_mask.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"
#include "domain/types/calendar.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using State = ProposalTemplateState;
using Result = ProposalTemplate::Result;

void On(State& state, const events::v1::ProposalTemplateCreated& event, const EventMetadata&) {
  state.display_name = event.display_name();
  state.content = event.content();
  state.open_days = event.open_days();
}

void On(State& state, const events::v1::ProposalTemplateRevised& event, const EventMetadata&) {
  if (event.has_display_name()) state.display_name = event.display_name();
  if (event.has_content()) state.content = event.content();
  if (event.has_open_days()) state.open_days = event.open_days();
}

void On(State& state, const events::v1::ProposalTemplateArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
}

void On(State& state, const events::v1::ProposalTemplateRestored&, const EventMetadata&) {
  state.archive_time.reset();
}

// I2.
absl::Status RequireOffered(const State& state, const ProposalTemplateId& id) {
  if (!state.archived()) return absl::OkStatus();
  return Refuse("PROPOSAL_TEMPLATE_ARCHIVED", absl::StrCat(NameOf(id), " is archived"),
                {{"proposal_template", NameOf(id)}});
}

v1::ProposalTemplate Shown(const State& state) {
  v1::ProposalTemplate shown;
  shown.set_display_name(state.display_name);
  *shown.mutable_content() = ShownContent(state.content);
  shown.set_open_days(state.open_days);
  return shown;
}

// As a client would enter it: new lines, with what they say of price and text.
v1::DocumentContent Copied(const events::v1::DocumentContent& content) {
  v1::DocumentContent copy = ShownContent(content);
  for (v1::DocumentLine& line : *copy.mutable_lines()) line.clear_line_key();
  return copy;
}

}  // namespace

State ProposalTemplate::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

absl::StatusOr<v1::ProposalTemplate> ProposalTemplate::Render(const Ref<ProposalTemplate>& self,
                                                              const Lookup&) {
  v1::ProposalTemplate shown = Shown(self.state());
  shown.set_name(NameOf(self.id));
  if (self->archived()) *shown.mutable_archive_time() = TimestampOf(*self->archive_time);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<ProposalTemplateId> ProposalTemplate::TargetOf(
    const v1::UpdateProposalTemplateRequest& command, const Caller&) {
  return ParseName<ProposalTemplateId>(command.proposal_template().name());
}

Result ProposalTemplate::Decide(const State&, const v1::CreateProposalTemplateRequest& command,
                                const DecideContext& context) {
  const v1::ProposalTemplate& entered = command.proposal_template();
  RETURN_IF_ERROR(RequireDisplayName(entered.display_name()));
  events::v1::ProposalTemplateCreated created;
  created.set_display_name(std::string(absl::StripAsciiWhitespace(entered.display_name())));
  ASSIGN_OR_RETURN(*created.mutable_content(), ContentFrom(entered.content(), {}, context));
  created.set_open_days(entered.open_days());
  return created;
}

Result ProposalTemplate::Decide(const State& state,
                                const v1::UpdateProposalTemplateRequest& command,
                                const DecideContext& context) {
  const v1::ProposalTemplate& entered = command.proposal_template();
  ASSIGN_OR_RETURN(const ProposalTemplateId id, TargetOf(command, context.caller()));
  RETURN_IF_ERROR(RequireOffered(state, id));
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(entered, command.update_mask(),
                                         {"display_name", "content", "open_days"}));
  const v1::ProposalTemplate wanted = changes.Merged(Shown(state), entered);
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  events::v1::ProposalTemplateRevised revised;
  const absl::string_view name = absl::StripAsciiWhitespace(wanted.display_name());
  if (name != state.display_name) revised.set_display_name(std::string(name));
  if (wanted.open_days() != state.open_days) revised.set_open_days(wanted.open_days());
  if (changes.Has("content")) {
    ASSIGN_OR_RETURN(events::v1::DocumentContent content,
                     ContentFrom(wanted.content(), state.content, context));
    if (!MessageDifferencer::Equals(content, state.content)) {
      *revised.mutable_content() = std::move(content);
    }
  }
  if (revised.ByteSizeLong() == 0) return Decision<Event>();
  return revised;
}

Result ProposalTemplate::Decide(const State& state, const v1::ArchiveProposalTemplateRequest&,
                                const DecideContext&) {
  if (state.archived()) return Decision<Event>();
  return events::v1::ProposalTemplateArchived();
}

Result ProposalTemplate::Decide(const State& state, const v1::RestoreProposalTemplateRequest&,
                                const DecideContext&) {
  if (!state.archived()) return Decision<Event>();
  return events::v1::ProposalTemplateRestored();
}

absl::Status FillFromTemplate(const ProposalTemplateId& id, absl::CivilDay today,
                              const DecideContext& context, v1::Proposal& proposal) {
  if (!proposal.revises().empty()) {
    return Invalid("SOURCE_AMBIGUOUS", "a revision is made of what it revises");
  }
  ASSIGN_OR_RETURN(const Ref<ProposalTemplate> made_of, context.Require<ProposalTemplate>(id));
  RETURN_IF_ERROR(RequireOffered(made_of.state(), id));
  if (proposal.content().lines().empty()) *proposal.mutable_content() = Copied(made_of->content);
  if (!proposal.has_open_till_date() && made_of->open_days > 0) {
    *proposal.mutable_open_till_date() = DayToProto(today + made_of->open_days);
  }
  const bool named_by_source = !proposal.opportunity().empty() || !proposal.lead().empty();
  if (proposal.display_name().empty() && !named_by_source) {
    proposal.set_display_name(made_of->display_name);
  }
  return absl::OkStatus();
}

}  // namespace crm::domain
