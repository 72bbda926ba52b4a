// Texts of flags and cells into fields of requests, and the templates and mappings of an import.

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "base/utf8.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/memory_file.h"
#include "tools/crmctl/assign.h"
#include "tools/crmctl/import/lookup.h"
#include "tools/crmctl/import/mapping.h"
#include "tools/crmctl/import/template.h"

namespace crm::fuzz {
namespace {

const std::vector<std::string> kColumns = {"name", "amount", "close_date"};
const std::vector<std::string> kCells = {"Acme", "12.50", "2017-12-31"};

// Each line: path=text.
template <class Request>
void Assign(absl::string_view lines) {
  Request request;
  ctl::AssignContext context;
  context.now = absl::FromUnixSeconds(1'514'700'000);
  for (const absl::string_view line : absl::StrSplit(lines, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    const ctl::FieldPath path = ctl::FindPath(*Request::descriptor(), parts.first);
    if (path.empty() || !CountCodePoints(parts.second)) continue;
    Require(ctl::FindPath(*Request::descriptor(), ctl::PathText(path)) == path,
            "a path comes back from its text");
    ctl::Assign(ctl::HolderOf(request, path), *path.back(), parts.second, context).IgnoreError();
  }
  Request again;
  Require(again.ParseFromString(request.SerializeAsString()), "what is assigned can be sent");
}

void Template(absl::string_view text) {
  const ctl::References references;
  const absl::StatusOr<ctl::Template> compiled = ctl::Template::Compile(text, kColumns, references);
  if (!compiled.ok()) {
    return Require(absl::IsInvalidArgument(compiled.status()), "a refusal is the author's");
  }
  // Names are looked up at a server, which is not here.
  if (!compiled->collections().empty()) return;
  ctl::Row row;
  row.cells = &kCells;
  compiled->Evaluate(row).IgnoreError();
}

void Mapping(absl::string_view text) {
  const MemoryFile file(text);
  ctl::MappingDelimiter(file.path()).IgnoreError();
  const absl::StatusOr<ctl::Mapping> mapping = ctl::LoadMapping(file.path(), kColumns, {});
  Require(!mapping.ok() || !mapping->commands.empty(), "a mapping has a command");
}

}  // namespace

CRM_FUZZ_TARGET(assign) {
  FuzzInput input(bytes);
  switch (input.Pick(5)) {
    case 0:
      return Assign<crm::v1::CaptureLeadRequest>(input.Rest());
    case 1:
      return Assign<crm::v1::UpdateOpportunityRequest>(input.Rest());
    case 2:
      return Assign<crm::v1::CreateTeamRequest>(input.Rest());
    case 3:
      return Template(input.Rest());
    default:
      return Mapping(input.Rest());
  }
}

}  // namespace crm::fuzz
