#include "domain/team/team_settings.h"

#include <utility>

#include "domain/organization/organization.h"
#include "domain/pipeline/pipeline.h"
#include "domain/record_filter.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"
#include "google/protobuf/util/message_differencer.h"

namespace crm::domain {
namespace {

using google::protobuf::util::MessageDifferencer;

// The stored id of a pipeline that is `current` already, or may be chosen.
absl::StatusOr<std::string> ChosenPipeline(absl::string_view name, absl::string_view current,
                                           v1::PipelineKind kind, const DecideContext& context) {
  ASSIGN_OR_RETURN(const PipelineId id, ParseOptionalName<PipelineId>(name));
  std::string stored = ToBytes(id);
  if (!id.IsNil() && stored != current) {
    RETURN_IF_ERROR(RequireLivePipeline(id, kind, context).status());
  }
  return stored;
}

absl::StatusOr<events::v1::Amount> CheckedTarget(const google::type::Money& wanted,
                                                 const DecideContext& context) {
  ASSIGN_OR_RETURN(const Money target, Money::FromProto(wanted));
  ASSIGN_OR_RETURN(const Ref<Organization> organization,
                   context.Get<Organization>(context.caller().organization));
  if (target.IsNegative() || target.currency() != organization->currency) {
    return Invalid("TARGET_INVALID",
                   "a monthly target is not negative and in the organization's currency");
  }
  return StoredAmount(target);
}

// Fields that an older event did not carry have their default.
template <class Enum>
Enum EnumOr(int stored, Enum fallback) {
  return stored == 0 ? fallback : static_cast<Enum>(stored);
}

}  // namespace

absl::StatusOr<events::v1::TeamCreated> CheckedSettings(const v1::Team& wanted,
                                                        const events::v1::TeamCreated& now,
                                                        const DecideContext& context) {
  const TeamState defaults;
  RETURN_IF_ERROR(RequireDisplayName(wanted.display_name()));
  events::v1::TeamCreated next;
  next.set_display_name(wanted.display_name());
  ASSIGN_OR_RETURN(
      *next.mutable_pipeline_id(),
      ChosenPipeline(wanted.pipeline(), now.pipeline_id(), v1::PIPELINE_KIND_OPPORTUNITY, context));
  ASSIGN_OR_RETURN(*next.mutable_lead_pipeline_id(),
                   ChosenPipeline(wanted.lead_pipeline(), now.lead_pipeline_id(),
                                  v1::PIPELINE_KIND_LEAD, context));
  next.set_color_index(wanted.color_index());
  next.set_privacy(EnumOr(wanted.privacy(), defaults.privacy));
  next.set_assigners(EnumOr(wanted.assigners(), defaults.assigners));
  next.set_target_measure(EnumOr(wanted.target_measure(), defaults.target_measure));
  if (wanted.has_monthly_target()) {
    ASSIGN_OR_RETURN(*next.mutable_monthly_target(),
                     CheckedTarget(wanted.monthly_target(), context));
  }
  if (wanted.has_assignment_filter()) {
    ASSIGN_OR_RETURN(*next.mutable_assignment_filter(), ConditionFrom(wanted.assignment_filter()));
  }
  return next;
}

std::optional<events::v1::TeamSettingsRevised> SettingsRevision(
    const events::v1::TeamCreated& now, const events::v1::TeamCreated& next) {
  events::v1::TeamSettingsRevised revised;
  if (next.display_name() != now.display_name()) revised.set_display_name(next.display_name());
  if (next.pipeline_id() != now.pipeline_id()) revised.set_pipeline_id(next.pipeline_id());
  if (next.lead_pipeline_id() != now.lead_pipeline_id()) {
    revised.set_lead_pipeline_id(next.lead_pipeline_id());
  }
  if (next.color_index() != now.color_index()) revised.set_color_index(next.color_index());
  if (next.privacy() != now.privacy()) revised.set_privacy(next.privacy());
  if (next.assigners() != now.assigners()) revised.set_assigners(next.assigners());
  if (next.target_measure() != now.target_measure()) {
    revised.set_target_measure(next.target_measure());
  }
  if (next.has_monthly_target() != now.has_monthly_target() ||
      !MessageDifferencer::Equals(next.monthly_target(), now.monthly_target())) {
    *revised.mutable_monthly_target() = next.monthly_target();  // without currency: removed
  }
  if (next.has_assignment_filter() != now.has_assignment_filter() ||
      !MessageDifferencer::Equals(next.assignment_filter(), now.assignment_filter())) {
    if (next.has_assignment_filter()) {
      *revised.mutable_assignment_filter() = next.assignment_filter();
    }
    revised.set_assignment_filter_replaced(true);
  }
  if (revised.ByteSizeLong() == 0) return std::nullopt;
  return revised;
}

events::v1::TeamCreated StoredSettings(const TeamState& state) {
  events::v1::TeamCreated stored;
  stored.set_display_name(state.display_name);
  stored.set_pipeline_id(ToBytes(state.pipeline));
  stored.set_lead_pipeline_id(ToBytes(state.lead_pipeline));
  stored.set_color_index(state.color_index);
  stored.set_privacy(state.privacy);
  stored.set_assigners(state.assigners);
  stored.set_target_measure(state.target_measure);
  if (state.monthly_target.has_value()) {
    *stored.mutable_monthly_target() = StoredAmount(*state.monthly_target);
  }
  if (state.assignment_filter.has_value()) {
    *stored.mutable_assignment_filter() = *state.assignment_filter;
  }
  return stored;
}

void Apply(const events::v1::TeamCreated& settings, TeamState& state) {
  const TeamState defaults;
  state.display_name = settings.display_name();
  state.pipeline = FromBytes<PipelineId>(settings.pipeline_id());
  state.lead_pipeline = FromBytes<PipelineId>(settings.lead_pipeline_id());
  state.color_index = settings.color_index();
  state.privacy = EnumOr(settings.privacy(), defaults.privacy);
  state.assigners = EnumOr(settings.assigners(), defaults.assigners);
  state.target_measure = EnumOr(settings.target_measure(), defaults.target_measure);
  state.monthly_target = AmountFromStored(settings.monthly_target());
  state.assignment_filter.reset();
  if (settings.has_assignment_filter()) state.assignment_filter = settings.assignment_filter();
}

void Apply(const events::v1::TeamSettingsRevised& revised, TeamState& state) {
  if (revised.has_display_name()) state.display_name = revised.display_name();
  if (revised.has_pipeline_id()) state.pipeline = FromBytes<PipelineId>(revised.pipeline_id());
  if (revised.has_lead_pipeline_id()) {
    state.lead_pipeline = FromBytes<PipelineId>(revised.lead_pipeline_id());
  }
  if (revised.has_color_index()) state.color_index = revised.color_index();
  if (revised.has_privacy()) state.privacy = EnumOr(revised.privacy(), state.privacy);
  if (revised.has_assigners()) state.assigners = EnumOr(revised.assigners(), state.assigners);
  if (revised.has_target_measure()) {
    state.target_measure = EnumOr(revised.target_measure(), state.target_measure);
  }
  if (revised.has_monthly_target()) {
    state.monthly_target = AmountFromStored(revised.monthly_target());
  }
  if (revised.assignment_filter_replaced()) {
    state.assignment_filter.reset();
    if (revised.has_assignment_filter()) state.assignment_filter = revised.assignment_filter();
  }
}

v1::Team ShownSettings(const TeamState& state) {
  v1::Team shown;
  shown.set_display_name(state.display_name);
  shown.set_pipeline(NameOf(state.pipeline));
  shown.set_lead_pipeline(NameOf(state.lead_pipeline));
  shown.set_color_index(state.color_index);
  shown.set_privacy(state.privacy);
  shown.set_assigners(state.assigners);
  shown.set_target_measure(state.target_measure);
  if (state.monthly_target.has_value()) {
    *shown.mutable_monthly_target() = state.monthly_target->ToProto();
  }
  if (state.assignment_filter.has_value()) {
    *shown.mutable_assignment_filter() = FilterOf(*state.assignment_filter);
  }
  return shown;
}

absl::StatusOr<events::v1::MembershipTerms> StoredTerms(const v1::Membership& wanted) {
  events::v1::MembershipTerms stored;
  stored.set_maximum_leads(wanted.maximum_leads());
  stored.set_daily_leads(wanted.daily_leads());
  if (wanted.has_filter()) {
    ASSIGN_OR_RETURN(*stored.mutable_filter(), ConditionFrom(wanted.filter()));
  }
  if (wanted.has_preferred_filter()) {
    ASSIGN_OR_RETURN(*stored.mutable_preferred_filter(), ConditionFrom(wanted.preferred_filter()));
  }
  if (wanted.has_paused_until_time()) {
    ASSIGN_OR_RETURN(const absl::Time paused_until, TimeFromProto(wanted.paused_until_time()));
    stored.set_paused_until_us(absl::ToUnixMicros(paused_until));
  }
  return stored;
}

events::v1::MembershipTerms StoredTerms(const MembershipTerms& terms) {
  events::v1::MembershipTerms stored;
  stored.set_maximum_leads(terms.maximum_leads);
  stored.set_daily_leads(terms.daily_leads);
  if (terms.filter.has_value()) *stored.mutable_filter() = *terms.filter;
  if (terms.preferred_filter.has_value()) {
    *stored.mutable_preferred_filter() = *terms.preferred_filter;
  }
  if (terms.paused_until != absl::InfinitePast()) {
    stored.set_paused_until_us(absl::ToUnixMicros(terms.paused_until));
  }
  return stored;
}

MembershipTerms TermsFrom(const events::v1::MembershipTerms& stored) {
  MembershipTerms terms;
  terms.maximum_leads = stored.maximum_leads();
  terms.daily_leads = stored.daily_leads();
  if (stored.has_filter()) terms.filter = stored.filter();
  if (stored.has_preferred_filter()) terms.preferred_filter = stored.preferred_filter();
  if (stored.paused_until_us() != 0) {
    terms.paused_until = absl::FromUnixMicros(stored.paused_until_us());
  }
  return terms;
}

v1::Membership ShownMembership(const Membership& membership) {
  const MembershipTerms& terms = membership.terms;
  v1::Membership shown;
  shown.set_member(NameOf(membership.member));
  shown.set_maximum_leads(terms.maximum_leads);
  shown.set_daily_leads(terms.daily_leads);
  if (terms.filter.has_value()) *shown.mutable_filter() = FilterOf(*terms.filter);
  if (terms.preferred_filter.has_value()) {
    *shown.mutable_preferred_filter() = FilterOf(*terms.preferred_filter);
  }
  if (terms.paused_until != absl::InfinitePast()) {
    *shown.mutable_paused_until_time() = TimestampOf(terms.paused_until);
  }
  return shown;
}

}  // namespace crm::domain
