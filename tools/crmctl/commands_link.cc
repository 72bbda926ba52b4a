// crmctl proposal link, contract link: the secret of a public link is drawn here and shown once,
// like a token's.
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "crm/v1/contract_service.pb.h"
#include "crm/v1/proposal_service.pb.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/secret.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

struct LinkFlags {
  std::string name;
  std::string expire_date;
};

// A kind of document that links open.
struct LinkedKind {
  const char* word;        // of the command, and of the answer
  const char* method;      // that makes the link
  const char* collection;  // of the documents
  const char* letter;      // in the link's text
};
constexpr LinkedKind kProposals = {"proposal", "CreateProposalLink", "proposals/", "p"};
constexpr LinkedKind kContracts = {"contract", "CreateContractLink", "contracts/", "c"};

// The digits of an id in a resource name.
std::string DigitsOf(absl::string_view name, absl::string_view collection) {
  absl::ConsumePrefix(&name, collection);
  return absl::AsciiStrToLower(absl::StrReplaceAll(name, {{"-", ""}}));
}

std::string LinkText(const std::string& organization, const LinkedKind& kind,
                     const std::string& document, absl::string_view secret) {
  std::string encoded;
  absl::WebSafeBase64Escape(secret, &encoded);  // without padding
  return absl::StrCat("crmp_", DigitsOf(organization, "organizations/"), "_", kind.letter,
                      DigitsOf(document, kind.collection), "_", encoded);
}

template <class Request, class Document>
absl::Status Create(Session& session, const LinkedKind& kind, const LinkFlags& flags) {
  Request request;
  const AssignContext context = session.assign_context();
  const auto assign = [&](const char* field, const std::string& text) {
    const FieldDescriptor& target = *request.GetDescriptor()->FindFieldByName(field);
    return text.empty() ? absl::OkStatus() : Assign(request, target, text, context);
  };
  RETURN_IF_ERROR(assign("name", flags.name));
  RETURN_IF_ERROR(assign("expire_date", flags.expire_date));
  ASSIGN_OR_RETURN(const crm::v1::Organization organization, session.names().Organization());
  const std::string secret = RandomBytes(kSecretBytes);
  request.set_secret_hash(std::string(AsView(Sha256(secret))));
  Document linked;
  ASSIGN_OR_RETURN(const Outcome outcome, session.Call(kind.method, request, linked));
  if (outcome.replayed) {
    return absl::AlreadyExistsError("this request id made a link before; it was printed then");
  }
  if (session.options().validate_only) return absl::OkStatus();
  const std::string text = LinkText(organization.name(), kind, linked.name(), secret);
  std::ostream& out = session.environment().out;
  if (session.style().format != Format::kTable) {
    out << nlohmann::ordered_json({{kind.word, linked.name()}, {"link", text}}).dump() << "\n";
    return absl::OkStatus();
  }
  out << text << "\n";
  if (session.environment().out_is_terminal) {
    session.environment().err << "keep it: it cannot be shown again\n";
  }
  return absl::OkStatus();
}

template <class Request, class Document>
void AddCommand(CommandTree& tree, const LinkedKind& kind, const char* help) {
  auto flags = std::make_shared<LinkFlags>();
  CLI::App& leaf = tree.AddLeaf(*tree.root().get_subcommand(kind.word), "link", help,
                                [flags, &kind](Session& session) {
                                  return Create<Request, Document>(session, kind, *flags);
                                });
  leaf.add_option("NAME", flags->name, absl::StrCat("The ", kind.word))->required();
  leaf.add_option("--expire-date", flags->expire_date, "Last DATE it opens; else until revoked");
}

}  // namespace

void AddLinkCommand(CommandTree& tree) {
  AddCommand<crm::v1::CreateProposalLinkRequest, crm::v1::Proposal>(
      tree, kProposals, "CreateProposalLink (proposal.send)");
  AddCommand<crm::v1::CreateContractLinkRequest, crm::v1::Contract>(
      tree, kContracts, "CreateContractLink (contract.edit)");
}

}  // namespace crm::ctl
