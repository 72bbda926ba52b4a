// crmctl token create: the one verb whose answer the server does not know.
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "crm/v1/token_service.pb.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/contexts.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/secret.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

struct TokenFlags {
  std::string member;
  std::string display_name;
  std::string expire_time;
  std::string save_context;
};

absl::Status Create(Session& session, const TokenFlags& flags) {
  if (!flags.save_context.empty() && !IsContextName(flags.save_context)) {
    return UsageError("--save-context: letters, digits, dots, hyphens and underscores only");
  }
  crm::v1::CreateTokenRequest request;
  crm::v1::Token& token = *request.mutable_token();
  const AssignContext context = session.assign_context();
  const auto assign = [&](const char* field, const std::string& text) {
    const FieldDescriptor& target = *token.GetDescriptor()->FindFieldByName(field);
    return text.empty() ? absl::OkStatus() : Assign(token, target, text, context);
  };
  RETURN_IF_ERROR(assign("member", flags.member));
  RETURN_IF_ERROR(assign("display_name", flags.display_name));
  RETURN_IF_ERROR(assign("expire_time", flags.expire_time));
  ASSIGN_OR_RETURN(const crm::v1::Organization organization, session.names().Organization());
  const std::string secret = RandomBytes(kSecretBytes);
  request.set_secret_hash(std::string(AsView(Sha256(secret))));
  crm::v1::Token made;
  ASSIGN_OR_RETURN(const Outcome outcome, session.Call("CreateToken", request, made));
  if (outcome.replayed) {
    return absl::AlreadyExistsError("this request id made a token before; it was printed then");
  }
  if (session.options().validate_only) return absl::OkStatus();
  return HandOver(session, flags.save_context,
                  {organization.name(), made.member(), made.name(), secret});
}

}  // namespace

std::string TokenText(absl::string_view organization, absl::string_view secret) {
  absl::ConsumePrefix(&organization, "organizations/");
  std::string encoded;
  absl::WebSafeBase64Escape(secret, &encoded);  // without padding
  return absl::StrCat("crm_", absl::AsciiStrToLower(absl::StrReplaceAll(organization, {{"-", ""}})),
                      "_", encoded);
}

absl::Status HandOver(Session& session, const std::string& save_context, const NewToken& made) {
  const std::string text = TokenText(made.organization, made.secret);
  std::ostream& out = session.environment().out;
  std::string saved;
  if (!save_context.empty()) {
    const std::string file = ContextsFile(session.environment());
    ASSIGN_OR_RETURN(Contexts contexts, ReadContexts(file));
    Context& context = contexts.by_name[save_context];
    context.target = session.connection().target();
    RETURN_IF_ERROR(WriteContexts(file, contexts));  // makes the folder
    ASSIGN_OR_RETURN(context.token_file, WriteToken(file, save_context, text));
    if (contexts.current.empty()) contexts.current = save_context;
    RETURN_IF_ERROR(WriteContexts(file, contexts));
    saved = context.token_file;
  }
  if (session.style().format != Format::kTable) {
    nlohmann::ordered_json json = {
        {"organization", made.organization}, {"member", made.member}, {"name", made.token}};
    json[saved.empty() ? "token" : "token_file"] = saved.empty() ? text : saved;
    out << json.dump() << "\n";
  } else if (!saved.empty()) {
    out << made.token << " saved in context " << save_context << "\n";
  } else {
    out << text << "\n";
    if (session.environment().out_is_terminal) {
      session.environment().err << "keep it: it cannot be shown again\n";
    }
  }
  return absl::OkStatus();
}

void AddTokenCommands(CommandTree& tree) {
  auto flags = std::make_shared<TokenFlags>();
  CLI::App& leaf =
      tree.AddLeaf(*tree.root().get_subcommand("token"), "create", "CreateToken (token.edit)",
                   [flags](Session& session) { return Create(session, *flags); });
  leaf.add_option("--member", flags->member, "Member who calls with it")->required();
  leaf.add_option("--display-name", flags->display_name, "What it is for")->required();
  leaf.add_option("--expire-time", flags->expire_time, "Refused from this TIME on");
  leaf.add_option("--save-context", flags->save_context,
                  "Keep the token in this context instead of printing it");
}

}  // namespace crm::ctl
