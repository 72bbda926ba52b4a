#include "domain/pipeline/stage_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "crm/options/v1/options.pb.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "domain/rejection.h"
#include "domain/text.h"

namespace crm::domain {
namespace {

bool SameName(absl::string_view a, absl::string_view b) {
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(a), absl::StripAsciiWhitespace(b));
}

absl::Status CheckSiblings(const Stage& stage, const std::vector<Stage>& siblings) {
  int live_count = 1;
  for (const Stage& sibling : siblings) {
    if (sibling.archived() || sibling.id == stage.id) continue;
    ++live_count;
    if (SameName(sibling.display_name, stage.display_name)) {
      return Taken("STAGE_NAME_TAKEN",
                   absl::StrCat("the pipeline has a stage '", sibling.display_name, "'"),
                   {{"display_name", sibling.display_name}});
    }
  }
  if (live_count > kMostLiveStages) {
    return Refuse("TOO_MANY_STAGES",
                  absl::StrCat("a pipeline has at most ", kMostLiveStages, " stages"),
                  {{"limit", absl::StrCat(kMostLiveStages)}});
  }
  return absl::OkStatus();
}

absl::Status CheckProbability(const Stage& stage) {
  const bool is_fixed = stage.kind != v1::STAGE_KIND_OPEN;
  const Probability fixed =
      stage.kind == v1::STAGE_KIND_WON ? Probability::Certain() : Probability();
  if (!is_fixed || stage.probability == fixed) return absl::OkStatus();
  return Invalid("PROBABILITY_FIXED_BY_KIND", "a won stage has the probability 10000, a lost one 0",
                 {{"probability_bp", absl::StrCat(fixed.basis_points())}});
}

absl::Status CheckDwellLimits(const Stage& stage) {
  const bool is_late_warning =
      stage.exceeded_after_days > 0 && stage.warn_after_days > stage.exceeded_after_days;
  if (stage.warn_after_days >= 0 && stage.exceeded_after_days >= 0 && !is_late_warning) {
    return absl::OkStatus();
  }
  return Invalid("DWELL_LIMITS_INVALID", "warn_after_days must not exceed exceeded_after_days");
}

// Fields that a client may fill in; the stage itself is what is being entered.
absl::Status CheckRequiredFields(const Stage& stage, v1::PipelineKind kind) {
  const google::protobuf::Descriptor* resource =
      kind == v1::PIPELINE_KIND_LEAD ? v1::Lead::descriptor() : v1::Opportunity::descriptor();
  for (const std::string& name : stage.required_fields) {
    const google::protobuf::FieldDescriptor* field = resource->FindFieldByName(name);
    if (field == nullptr || name == "stage" ||
        field->options().GetExtension(options::v1::output_only)) {
      return Invalid("REQUIRED_FIELD_UNKNOWN",
                     absl::StrCat("'", name, "' is not a field to fill in on a ",
                                  absl::AsciiStrToLower(resource->name())),
                     {{"field", name}});
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Stage> StageFrom(const v1::Stage& wanted, const StageId& id) {
  Stage stage;
  stage.id = id;
  stage.display_name = wanted.display_name();
  stage.kind = wanted.kind() == v1::STAGE_KIND_UNSPECIFIED ? v1::STAGE_KIND_OPEN : wanted.kind();
  ASSIGN_OR_RETURN(stage.probability, Probability::FromBasisPoints(wanted.probability_bp()));
  if (stage.kind == v1::STAGE_KIND_WON && wanted.probability_bp() == 0) {
    stage.probability = Probability::Certain();
  }
  stage.warn_after_days = wanted.warn_after_days();
  stage.exceeded_after_days = wanted.exceeded_after_days();
  stage.required_fields = {wanted.required_fields().begin(), wanted.required_fields().end()};
  return stage;
}

Stage StageFrom(const events::v1::StageDefinition& stored) {
  Stage stage;
  stage.id = FromBytes<StageId>(stored.stage_id());
  stage.display_name = stored.display_name();
  stage.probability = Probability::FromBasisPoints(stored.probability_bp()).value_or(Probability());
  stage.kind = static_cast<v1::StageKind>(stored.kind());
  stage.warn_after_days = stored.warn_after_days();
  stage.exceeded_after_days = stored.exceeded_after_days();
  stage.required_fields = {stored.required_fields().begin(), stored.required_fields().end()};
  return stage;
}

events::v1::StageDefinition StoredStage(const Stage& stage) {
  events::v1::StageDefinition stored;
  stored.set_stage_id(ToBytes(stage.id));
  stored.set_display_name(stage.display_name);
  stored.set_probability_bp(stage.probability.basis_points());
  stored.set_kind(stage.kind);
  stored.set_warn_after_days(stage.warn_after_days);
  stored.set_exceeded_after_days(stage.exceeded_after_days);
  stored.mutable_required_fields()->Add(stage.required_fields.begin(), stage.required_fields.end());
  return stored;
}

v1::Stage ShownStage(const PipelineId& pipeline, const Stage& stage) {
  v1::Stage shown;
  shown.set_name(NameOf(StageName{pipeline, stage.id}));
  shown.set_display_name(stage.display_name);
  shown.set_probability_bp(stage.probability.basis_points());
  shown.set_kind(stage.kind);
  shown.set_warn_after_days(stage.warn_after_days);
  shown.set_exceeded_after_days(stage.exceeded_after_days);
  shown.mutable_required_fields()->Add(stage.required_fields.begin(), stage.required_fields.end());
  shown.set_archived_target(NameOf(StageName{pipeline, stage.archived_target}));
  return shown;
}

absl::Status CheckStage(const Stage& stage, v1::PipelineKind kind,
                        const std::vector<Stage>& siblings) {
  RETURN_IF_ERROR(RequireDisplayName(stage.display_name));
  RETURN_IF_ERROR(CheckSiblings(stage, siblings));
  RETURN_IF_ERROR(CheckProbability(stage));
  RETURN_IF_ERROR(CheckDwellLimits(stage));
  return CheckRequiredFields(stage, kind);
}

}  // namespace crm::domain
