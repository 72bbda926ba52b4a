// crmctl context: named servers and their credentials.
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/contexts.h"
#include "tools/crmctl/csv.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/table.h"

namespace crm::ctl {
namespace {

struct ContextFlags {
  std::string name;
  std::string target;
  std::string token_file;
  bool token_from_input = false;
};

absl::Status Unknown(const std::string& name) {
  return absl::NotFoundError(absl::StrCat("there is no context \"", name, "\""));
}

nlohmann::ordered_json JsonOfContext(const std::string& name, const Contexts& contexts) {
  const Context& context = contexts.by_name.at(name);
  return {{"name", name},
          {"target", context.target},
          {"token_file", context.token_file},
          {"current", name == contexts.current}};
}

absl::Status List(Session& session) {
  ASSIGN_OR_RETURN(const Contexts contexts, ReadContexts(ContextsFile(session.environment())));
  std::ostream& out = session.environment().out;
  const Format format = session.style().format;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  Table table({{"CURRENT", false}, {"NAME", false}, {"TARGET", false}, {"TOKEN FILE", false}});
  if (format == Format::kCsv && session.style().headers) {
    out << CsvLine({"current", "name", "target", "token_file"});
  }
  for (const auto& [name, context] : contexts.by_name) {
    const std::string current = name == contexts.current ? "*" : "";
    all.push_back(JsonOfContext(name, contexts));
    table.AddRow({current, name, context.target, context.token_file});
    if (format == Format::kJsonl) out << all.back().dump() << "\n";
    if (format == Format::kCsv) out << CsvLine({current, name, context.target, context.token_file});
  }
  if (format == Format::kJson) out << all.dump(2) << "\n";
  if (format != Format::kTable) return absl::OkStatus();
  if (table.empty()) {
    session.environment().err << "no contexts: crmctl context set NAME --target HOST:PORT "
                                 "--token-file FILE\n";
    return absl::OkStatus();
  }
  out << table.Render(session.style().columns, session.style().headers, session.style().color);
  return absl::OkStatus();
}

absl::Status Use(Session& session, const ContextFlags& flags) {
  const std::string file = ContextsFile(session.environment());
  ASSIGN_OR_RETURN(Contexts contexts, ReadContexts(file));
  if (contexts.by_name.count(flags.name) == 0) return Unknown(flags.name);
  contexts.current = flags.name;
  return WriteContexts(file, contexts);
}

absl::Status Set(Session& session, const ContextFlags& flags) {
  if (!IsContextName(flags.name)) {
    return UsageError("a context's name has letters, digits, dots, hyphens and underscores only");
  }
  const std::string file = ContextsFile(session.environment());
  ASSIGN_OR_RETURN(Contexts contexts, ReadContexts(file));
  Context& context = contexts.by_name[flags.name];
  // --target and --token-file are the global options; here they say what to remember.
  if (!session.options().target.empty()) context.target = session.options().target;
  if (context.target.empty()) return UsageError("--target says where the server is");
  std::string token;
  if (!session.options().token_file.empty()) {
    ASSIGN_OR_RETURN(token, ReadSecret(session.options().token_file));
  } else if (flags.token_from_input) {
    std::getline(session.environment().in, token);
    if (token.empty()) return UsageError("standard input holds no token");
  }
  RETURN_IF_ERROR(WriteContexts(file, contexts));
  if (!token.empty()) {
    ASSIGN_OR_RETURN(context.token_file, WriteToken(file, flags.name, token));
  }
  if (contexts.current.empty()) contexts.current = flags.name;
  return WriteContexts(file, contexts);
}

absl::Status Delete(Session& session, const ContextFlags& flags) {
  const std::string file = ContextsFile(session.environment());
  ASSIGN_OR_RETURN(Contexts contexts, ReadContexts(file));
  const auto found = contexts.by_name.find(flags.name);
  if (found == contexts.by_name.end()) return Unknown(flags.name);
  if (!found->second.token_file.empty()) std::remove(found->second.token_file.c_str());
  contexts.by_name.erase(found);
  if (contexts.current == flags.name) contexts.current.clear();
  return WriteContexts(file, contexts);
}

absl::Status Show(Session& session, const ContextFlags& flags) {
  ASSIGN_OR_RETURN(const Contexts contexts, ReadContexts(ContextsFile(session.environment())));
  const std::string name = flags.name.empty() ? contexts.current : flags.name;
  const auto found = contexts.by_name.find(name);
  if (found == contexts.by_name.end()) {
    return name.empty() ? absl::NotFoundError("no context is the current one: crmctl context use")
                        : Unknown(name);
  }
  if (session.style().format != Format::kTable) {
    session.environment().out << JsonOfContext(name, contexts).dump() << "\n";
    return absl::OkStatus();
  }
  session.environment().out << "name        " << name << "\ntarget      " << found->second.target
                            << "\ntoken file  " << found->second.token_file << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddContextCommands(CommandTree& tree) {
  CLI::App& group = tree.AddGroup(tree.root(), "context", "Named servers and their credentials");
  auto flags = std::make_shared<ContextFlags>();
  const auto leaf = [&](const char* word, const char* help, auto run) -> CLI::App& {
    return tree.AddLeaf(group, word, help,
                        [flags, run](Session& session) { return run(session, *flags); });
  };
  tree.AddLeaf(group, "list", "All contexts", List);
  leaf("use", "Make a context the current one", Use)
      .add_option("CONTEXT", flags->name, "Its name")
      ->required();
  CLI::App& set = leaf("set", "Add or change a context (--target, --token-file)", Set);
  set.add_option("CONTEXT", flags->name, "Its name")->required();
  set.add_flag("--token-from-input", flags->token_from_input, "Read the token from standard input");
  leaf("delete", "Forget a context and its token", Delete)
      .add_option("CONTEXT", flags->name, "Its name")
      ->required();
  leaf("show", "A context; the current one by default", Show)
      .add_option("CONTEXT", flags->name, "Its name");
}

}  // namespace crm::ctl
