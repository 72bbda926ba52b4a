#include "domain/types/ids.h"

#include "base/status_macros.h"

namespace crm::domain {
namespace {
constexpr absl::string_view kStages = "/stages/";
}

std::string NameOf(const StageName& name) {
  if (name.IsNil()) return std::string();
  return absl::StrCat(NameOf(name.pipeline), kStages, name.stage.ToString());
}

absl::StatusOr<StageName> ParseStageName(absl::string_view name) {
  const size_t split = name.find(kStages);
  if (split == absl::string_view::npos) return InvalidName("pipelines/{uuid}/stages", name);
  ASSIGN_OR_RETURN(const PipelineId pipeline, ParseName<PipelineId>(name.substr(0, split)));
  const std::optional<Uuid> stage = Uuid::Parse(name.substr(split + kStages.size()));
  if (!stage.has_value() || stage->IsNil()) return InvalidName("pipelines/{uuid}/stages", name);
  return StageName{pipeline, StageId(*stage)};
}

absl::StatusOr<StageName> ParseOptionalStageName(absl::string_view name) {
  if (name.empty()) return StageName{};
  return ParseStageName(name);
}

}  // namespace crm::domain
