// crmctl completion: static scripts for the shells, generated from the option tree.
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/failure.h"

namespace crm::ctl {
namespace {

struct Node {
  std::vector<std::string> words;  // sub-commands from the root: {"opportunity", "win"}
  const CLI::App* app;
};

std::vector<const CLI::App*> Children(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

void Walk(const CLI::App& app, const std::vector<std::string>& words, std::vector<Node>& nodes) {
  nodes.push_back({words, &app});
  for (const CLI::App* child : Children(app)) {
    std::vector<std::string> names = child->get_aliases();
    names.insert(names.begin(), child->get_name());
    for (const std::string& name : names) {
      std::vector<std::string> deeper = words;
      deeper.push_back(name);
      Walk(*child, deeper, nodes);
    }
  }
}

std::vector<std::string> FlagNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// The words an option takes, when it takes nothing else: its placeholder lists them.
std::vector<std::string> ValuesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  if (!absl::StrContains(type, "|") || type != absl::AsciiStrToLower(type)) return {};
  return absl::StrSplit(type, '|');
}

std::vector<std::string> Completions(const Node& node, const CLI::App& root) {
  std::vector<std::string> words;
  for (const CLI::App* child : Children(*node.app)) {
    words.push_back(child->get_name());
    for (const std::string& alias : child->get_aliases()) words.push_back(alias);
  }
  for (const CLI::Option* option : node.app->get_options()) {
    if (!option->get_positional()) continue;
    for (std::string& value : ValuesOf(*option)) words.push_back(std::move(value));
  }
  for (std::string& name : FlagNames(*node.app)) words.push_back(std::move(name));
  if (node.app != &root) {
    for (std::string& name : FlagNames(root)) {
      if (name != "--help") words.push_back(std::move(name));
    }
  }
  return words;
}

// One case of the shell: after this option of this command these words.
void AddValueCases(const Node& node, const std::string& pattern, std::string& cases) {
  for (const CLI::Option* option : node.app->get_options()) {
    const std::vector<std::string> values = ValuesOf(*option);
    if (values.empty()) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : option->get_lnames()) patterns.push_back(pattern + "--" + name);
    for (const std::string& name : option->get_snames()) patterns.push_back(pattern + "-" + name);
    if (patterns.empty()) continue;
    absl::StrAppend(&cases, "    ", absl::StrJoin(patterns, "|"), ") choices=\"",
                    absl::StrJoin(values, " "), "\" ;;\n");
  }
}

// What bash and zsh share: the shell walks its words down the tree and offers what the deepest node
// has; after an option with a fixed set of values, those. `earlier_words` are those before the one
// that is being completed. No variable is called path: zsh has its own.
std::string ChoicesByPlace(const std::vector<Node>& nodes, const CLI::App& root,
                           const std::string& earlier_words) {
  std::string cases;
  std::string value_cases;
  std::vector<std::string> places;
  for (const Node& node : nodes) {
    const std::string place = absl::StrJoin(node.words, " ");
    if (!place.empty()) places.push_back(absl::StrCat("\"", place, "\""));
    absl::StrAppend(&cases, "    \"", place, "\") choices=\"",
                    absl::StrJoin(Completions(node, root), " "), "\" ;;\n");
    AddValueCases(node, place.empty() ? "*\" \"" : absl::StrCat("\"", place, " \""), value_cases);
  }
  return absl::StrCat("  for word in ", earlier_words, "; do\n",
                      "    case \"${place:+$place }$word\" in\n      ", absl::StrJoin(places, "|"),
                      ") place=\"${place:+$place }$word\" ;;\n"
                      "    esac\n"
                      "  done\n"
                      "  case \"$place\" in\n",
                      cases,
                      "  esac\n"
                      "  case \"$place $previous\" in\n",
                      value_cases, "  esac\n");
}

std::string Bash(const std::vector<Node>& nodes, const CLI::App& root) {
  return absl::StrCat(
      "_crmctl() {\n"
      "  local place=\"\" word choices=\"\" current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
      "  local previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n",
      ChoicesByPlace(nodes, root, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\""),
      "  mapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"$current\")\n"
      "}\n"
      "complete -o default -F _crmctl crmctl\n");
}

std::string Zsh(const std::vector<Node>& nodes, const CLI::App& root) {
  return absl::StrCat(
      "#compdef crmctl\n"
      "_crmctl() {\n"
      "  local place=\"\" word choices=\"\" previous=\"${words[CURRENT-1]}\"\n",
      ChoicesByPlace(nodes, root, "\"${(@)words[2,CURRENT-1]}\""),
      "  compadd -- ${=choices} || _files\n"
      "}\n"
      "compdef _crmctl crmctl\n");
}

std::string Fish(const std::vector<Node>& nodes) {
  std::string text = "complete -c crmctl -f\n";
  for (const Node& node : nodes) {
    std::vector<std::string> conditions;
    for (const std::string& word : node.words) {
      conditions.push_back(absl::StrCat("__fish_seen_subcommand_from ", word));
    }
    const std::string condition =
        conditions.empty() ? "__fish_use_subcommand" : absl::StrJoin(conditions, "; and ");
    const auto quote = [](const std::string& raw) {
      return absl::StrCat("'", absl::StrReplaceAll(raw, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
    };
    for (const CLI::App* child : Children(*node.app)) {
      absl::StrAppend(&text, "complete -c crmctl -n ", quote(condition), " -a ",
                      quote(child->get_name()), " -d ", quote(child->get_description()), "\n");
    }
    const std::string where = conditions.empty() ? "" : absl::StrCat(" -n ", quote(condition));
    for (const CLI::Option* option : node.app->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        const std::vector<std::string>& letters = option->get_snames();
        absl::StrAppend(&text, "complete -c crmctl", where,
                        letters.empty() ? "" : absl::StrCat(" -s ", letters[0]), " -l ", name,
                        option->get_expected_min() > 0 ? " -r" : "");
        const std::vector<std::string> values = ValuesOf(*option);
        if (!values.empty()) {
          absl::StrAppend(&text, " -f -a ", quote(absl::StrJoin(values, " ")));
        }
        absl::StrAppend(&text, " -d ", quote(option->get_description()), "\n");
      }
    }
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> CompletionScript(const std::string& shell, const CLI::App& root) {
  std::vector<Node> nodes;
  Walk(root, {}, nodes);
  if (shell == "bash") return Bash(nodes, root);
  if (shell == "zsh") return Zsh(nodes, root);
  if (shell == "fish") return Fish(nodes);
  return UsageError("completion is there for bash, zsh and fish");
}

void AddCompletionCommand(CommandTree& tree) {
  auto shell = std::make_shared<std::string>();
  CLI::App& leaf =
      tree.AddLeaf(tree.root(), "completion", "Completion script for bash, zsh or fish",
                   [shell, &tree](Session& session) -> absl::Status {
                     tree.Describe();
                     const auto script = CompletionScript(*shell, tree.root());
                     if (script.ok()) session.environment().out << *script;
                     return script.status();
                   });
  leaf.add_option("SHELL", *shell, "For example: source <(crmctl completion bash)")
      ->required()
      ->type_name("bash|zsh|fish");
}

}  // namespace crm::ctl
