// A team's settings and membership terms in their forms: as a client states them, as events store
// them, as Team keeps them. TeamCreated doubles as "all settings, checked", so that creation and
// revision share their rules. Used by Team only. Pure and thread-safe.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "crm/events/v1/team_events.pb.h"
#include "crm/v1/team_service.pb.h"
#include "domain/decide_context.h"
#include "domain/team/team.h"

namespace crm::domain {

// The settings that `wanted` asks for, with defaults for what it leaves out. `now` are those of
// today (empty for a new team): what stays the same is not checked again. Refuses
// DISPLAY_NAME_REQUIRED, PIPELINE_KIND_MISMATCH, PIPELINE_ARCHIVED, TARGET_INVALID and what
// ConditionFrom refuses.
absl::StatusOr<events::v1::TeamCreated> CheckedSettings(const v1::Team& wanted,
                                                        const events::v1::TeamCreated& now,
                                                        const DecideContext& context);
// What differs; nullopt when nothing does.
std::optional<events::v1::TeamSettingsRevised> SettingsRevision(
    const events::v1::TeamCreated& now, const events::v1::TeamCreated& next);

// Total.
events::v1::TeamCreated StoredSettings(const TeamState& state);
void Apply(const events::v1::TeamCreated& settings, TeamState& state);
void Apply(const events::v1::TeamSettingsRevised& revised, TeamState& state);
// The settings as the API shows them, without what has commands of its own.
v1::Team ShownSettings(const TeamState& state);

// Refuses what ConditionFrom and TimeFromProto refuse.
absl::StatusOr<events::v1::MembershipTerms> StoredTerms(const v1::Membership& wanted);
events::v1::MembershipTerms StoredTerms(const MembershipTerms& terms);
MembershipTerms TermsFrom(const events::v1::MembershipTerms& stored);
v1::Membership ShownMembership(const Membership& membership);

}  // namespace crm::domain
