// crmctl board: a pipeline in the columns of its stages.
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crm/v1/lead_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "tools/crmctl/board.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/request_flags.h"

namespace crm::ctl {
namespace {

// The only pipeline of that kind, for people who have just one.
absl::StatusOr<std::string> OnlyPipeline(Session& session, crm::v1::PipelineKind kind) {
  crm::v1::ListPipelinesRequest request;
  request.set_kind(kind);
  crm::v1::ListPipelinesResponse response;
  RETURN_IF_ERROR(session.Call("ListPipelines", request, response).status());
  if (response.pipelines_size() == 1) return response.pipelines(0).name();
  std::string names;
  for (const auto& pipeline : response.pipelines()) {
    absl::StrAppend(&names, "\n  ", pipeline.display_name());
  }
  return UsageError(absl::StrCat(response.pipelines_size() == 0
                                     ? "there is no pipeline yet: crmctl pipeline create"
                                     : "which pipeline? there are",
                                 names));
}

absl::Status ShowBoard(Session& session, const RequestFlags& flags, crm::v1::PipelineKind kind) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request, flags.Build(session));
  const FieldDescriptor& pipeline = *request->GetDescriptor()->FindFieldByName("pipeline");
  if (request->GetReflection()->GetString(*request, &pipeline).empty()) {
    ASSIGN_OR_RETURN(const std::string only, OnlyPipeline(session, kind));
    request->GetReflection()->SetString(request.get(), &pipeline, only);
  }
  crm::v1::Board board;
  RETURN_IF_ERROR(session.Call(flags.method(), *request, board).status());
  if (session.style().format == Format::kTable) {
    const int columns = session.style().columns > 0 ? session.style().columns : 120;
    session.environment().out << DrawBoard(board, session.style(), columns);
    return absl::OkStatus();
  }
  if (session.style().format == Format::kJson) {
    return PrintRecord(session.environment().out, session.style(), board);
  }
  RowPrinter printer(session.environment().out, session.style(), *crm::v1::Card::descriptor(), {});
  RETURN_IF_ERROR(printer.Begin());
  for (const auto& column : board.columns()) {
    for (const auto& card : column.cards()) printer.Add(card);
  }
  printer.Finish();
  return absl::OkStatus();
}

void AddBoard(CommandTree& tree, const char* word, const char* help, const char* method,
              crm::v1::PipelineKind kind) {
  auto flags = std::make_shared<RequestFlags>(*FindMethod(method));
  CLI::App& leaf = tree.AddLeaf(tree.root(), word, help, [flags, kind](Session& session) {
    return ShowBoard(session, *flags, kind);
  });
  flags->AddTo(leaf, {"?pipeline"});
  tree.OnDescribe([flags] { flags->Describe(); });
}

}  // namespace

void AddBoardCommand(CommandTree& tree) {
  AddBoard(tree, "board", "Open opportunities in the columns of their stages", "GetPipelineBoard",
           crm::v1::PIPELINE_KIND_OPPORTUNITY);
  AddBoard(tree, "lead-board", "Leads in the columns of their stages", "GetLeadBoard",
           crm::v1::PIPELINE_KIND_LEAD);
}

}  // namespace crm::ctl
