// crmctl invoice pdf, proposal pdf, credit-note pdf: a document on paper, as a file.
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crm/v1/paper.pb.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/drawings.h"
#include "tools/crmctl/request_flags.h"

namespace crm::ctl {
namespace {

struct PaperState {
  explicit PaperState(const MethodDescriptor& method) : request(method) {}
  RequestFlags request;
  std::string out;
};

absl::Status Save(Session& session, const PaperState& state) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request, state.request.Build(session));
  crm::v1::Paper paper;
  RETURN_IF_ERROR(session.Call(state.request.method(), *request, paper).status());
  if (!state.out.empty()) return SaveFile(session, state.out, paper.content());
  // A name from elsewhere never leads out of this folder.
  const std::string& name = paper.file_name();
  if (name.empty() || name[0] == '.' || name.find('/') != std::string::npos) {
    return absl::InternalError(absl::StrCat("the server names no file: \"", name, "\""));
  }
  RETURN_IF_ERROR(SaveFile(session, name, paper.content()));
  session.environment().out << name << "\n";
  return absl::OkStatus();
}

void AddPdf(CommandTree& tree, const char* word, const char* name, const char* help) {
  const MethodDescriptor& method = *FindMethod(name);
  auto state = std::make_shared<PaperState>(method);
  CLI::App& leaf = tree.AddLeaf(*tree.root().get_subcommand(word), "pdf", help,
                                [state](Session& session) { return Save(session, *state); });
  state->request.AddTo(leaf, {"name"});
  leaf.add_option("--out", state->out,
                  "The file; else one in this folder, named after the document; - for output")
      ->type_name("FILE");
  tree.OnDescribe([state] { state->request.Describe(); });
}

}  // namespace

void AddPaperCommands(CommandTree& tree) {
  AddPdf(tree, "proposal", "GetProposalPdf", "GetProposalPdf (proposal.view)");
  AddPdf(tree, "invoice", "GetInvoicePdf", "GetInvoicePdf (invoice.view)");
  AddPdf(tree, "credit-note", "GetCreditNotePdf", "GetCreditNotePdf (credit_note.view)");
}

}  // namespace crm::ctl
