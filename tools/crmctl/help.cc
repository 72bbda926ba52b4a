#include "tools/crmctl/help.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/text.h"

namespace crm::ctl {
namespace {

constexpr int kIndent = 2;
constexpr int kLeftWidth = 28;
constexpr int kMostColumns = 100;

std::vector<const CLI::App*> Children(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* ChildNamed(const CLI::App& app, const std::string& word) {
  for (const CLI::App* child : Children(app)) {
    if (child->check_name(word)) return child;
  }
  return nullptr;
}

std::vector<const CLI::Option*> OptionsOf(const CLI::App& app, bool by_place) {
  return app.get_options([by_place](const CLI::Option* option) {
    return option->get_positional() == by_place && !option->get_group().empty();
  });
}

// A full command as a person types it.
std::string CommandLine(const CLI::App& app) {
  const std::string words = CommandWords(app);
  return absl::StrCat("crmctl", words.empty() ? "" : " ", words);
}

const CLI::Option* OptionNamed(const CLI::App& app, const std::string& word) {
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    if (const CLI::Option* option = at->get_option_no_throw(word)) return option;
  }
  return nullptr;
}

// Where the words of a command line lead, and the word on which they led no further.
struct Walk {
  const CLI::App* app;
  std::string stray;         // a word where a command should be
  std::string stray_option;  // an option nobody has
};

Walk WalkDown(const CLI::App& root, const std::vector<std::string>& arguments) {
  Walk walk{&root, "", ""};
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word.size() > 1 && word[0] == '-') {
      const std::string name = word.substr(0, word.find('='));
      const CLI::Option* option = OptionNamed(*walk.app, name);
      const bool short_form = word.size() > 2 && word[1] != '-';  // -ojson
      if (option == nullptr && !short_form && walk.stray_option.empty()) walk.stray_option = name;
      if (option != nullptr && option->get_expected_min() > 0 && name == word) ++i;
    } else if (const CLI::App* child = ChildNamed(*walk.app, word)) {
      walk.app = child;
    } else if (!Children(*walk.app).empty()) {
      walk.stray = word;
      return walk;
    }
  }
  return walk;
}

std::string DidYouMean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string near = Nearest(word, candidates);
  return near.empty() ? "" : absl::StrCat("; did you mean ", near, "?");
}

}  // namespace

const std::vector<HelpSection>& HelpSections() {
  static const auto* const sections = new std::vector<HelpSection>{
      {"Sell",
       {"opportunity", "lead", "customer", "contact", "proposal", "contract", "link", "order",
        "invoice", "recurring", "credit-note", "payment", "commission", "receipt", "goal", "group",
        "comment"}},
      {"Store", {"stock", "purchase"}},
      {"Look",
       {"board", "lead-board", "dashboard", "report", "stats", "flow", "forecast", "receivables",
        "alerts", "search"}},
      {"Look back", {"history", "events", "audit"}},
      {"Set up",
       {"organization", "team", "member", "role", "pipeline", "product", "warehouse", "tax",
        "series", "proposal-template", "commission-policy", "token", "person", "import"}},
      {"Run a server",
       {"health", "projection", "schedule", "consumer-group", "operator", "backup", "export"}},
      {"This client", {"context", "completion", "describe"}}};
  return *sections;
}

std::string CommandWords(const CLI::App& app) {
  if (app.get_parent() == nullptr) return "";
  const std::string above = CommandWords(*app.get_parent());
  return absl::StrCat(above, above.empty() ? "" : " ", app.get_name());
}

std::string HelpFormatter::Entry(const std::string& left, absl::string_view text) const {
  // One sentence needs no full stop in a list.
  if (!absl::StrContains(text, ". ")) absl::ConsumeSuffix(&text, ".");
  const int most = columns_ > 0 ? std::min(columns_, kMostColumns) : kMostColumns;
  std::string entry = absl::StrCat(Repeat(" ", kIndent), left);
  const std::string margin = Repeat(" ", kIndent + kLeftWidth);
  if (text.empty()) return entry + "\n";
  if (DisplayWidth(left) + kIndent > kLeftWidth) entry += "\n" + margin;
  bool first = true;
  for (const std::string& line : Wrap(text, std::max(30, most - kIndent - kLeftWidth))) {
    entry =
        absl::StrCat(first ? PadRight(entry, kIndent + kLeftWidth) : entry + margin, line, "\n");
    first = false;
  }
  return entry;
}

std::string HelpFormatter::Usage(const CLI::App& app) const {
  std::string usage = absl::StrCat("Usage: ", CommandLine(app));
  if (!Children(app).empty()) return usage + " COMMAND ...\n";
  for (const CLI::Option* option : OptionsOf(app, /*by_place=*/true)) {
    const std::string name = option->get_name(true);
    absl::StrAppend(&usage, " ", option->get_required() ? name : absl::StrCat("[", name, "]"));
  }
  return usage + " [OPTIONS]\n";
}

std::string HelpFormatter::Arguments(const CLI::App& app) const {
  std::string text;
  for (const CLI::Option* option : OptionsOf(app, /*by_place=*/true)) {
    text += Entry(option->get_name(true), option->get_description());
  }
  return text.empty() ? "" : "\n" + text;
}

std::string HelpFormatter::Options(const CLI::App& app) const {
  std::string text;
  for (const CLI::Option* option : OptionsOf(app, /*by_place=*/false)) {
    if (option == app.get_help_ptr() && app.get_parent() != nullptr) continue;
    std::string left;
    for (const std::string& name : option->get_snames()) left = absl::StrCat("-", name, ", ");
    left += absl::StrJoin(
        option->get_lnames(), ", ",
        [](std::string* out, const std::string& name) { absl::StrAppend(out, "--", name); });
    const bool takes_value = option->get_expected_min() > 0 && !option->get_type_name().empty();
    const std::string type = option->get_type_name();  // with its checks: "INT:POSITIVE"
    if (takes_value) absl::StrAppend(&left, " ", type.substr(0, type.find(':')));
    text += Entry(
        left, absl::StrCat(option->get_description(), option->get_required() ? " (required)" : ""));
  }
  const char* title = app.get_parent() == nullptr ? "Global options" : "Options";
  return text.empty() ? "" : absl::StrCat("\n", title, ":\n", text);
}

std::string HelpFormatter::Commands(const CLI::App& app) const {
  const auto entry = [this](const CLI::App& child) {
    std::vector<std::string> names = {child.get_name()};
    for (const std::string& alias : child.get_aliases()) names.push_back(alias);
    return Entry(absl::StrJoin(names, ", "), child.get_description());
  };
  std::string text;
  if (app.get_parent() == nullptr) {
    for (const HelpSection& section : HelpSections()) {
      absl::StrAppend(&text, "\n", section.title, ":\n");
      for (const std::string& command : section.commands) {
        if (const CLI::App* child = ChildNamed(app, command)) text += entry(*child);
      }
    }
    return text;
  }
  for (const CLI::App* child : Children(app)) text += entry(*child);
  return text.empty() ? "" : absl::StrCat("\nCommands:\n", text);
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string /*name*/,
                                     CLI::AppFormatMode /*mode*/) const {
  std::string text = absl::StrCat(app->get_description(), "\n\n", Usage(*app), Commands(*app),
                                  Arguments(*app), Options(*app));
  const auto example = Examples().find(CommandWords(*app));
  if (example != Examples().end()) {
    absl::StrAppend(&text, "\nExample:\n  ", CommandLine(*app), example->second.empty() ? "" : " ",
                    example->second, "\n");
  }
  if (!app->get_footer().empty()) absl::StrAppend(&text, "\n", app->get_footer(), "\n");
  return text;
}

absl::Status ExplainParseError(const CLI::ParseError& error, const CLI::App& root,
                               const std::vector<std::string>& arguments) {
  const Walk walk = WalkDown(root, arguments);
  const std::string more = absl::StrCat(" (", CommandLine(*walk.app), " --help)");
  std::vector<std::string> commands;
  for (const CLI::App* child : Children(*walk.app)) {
    commands.push_back(child->get_name());
    for (const std::string& alias : child->get_aliases()) commands.push_back(alias);
  }
  if (!walk.stray.empty()) {
    return UsageError(absl::StrCat("\"", CommandLine(*walk.app), "\" has no command \"", walk.stray,
                                   "\"", DidYouMean(walk.stray, commands), more));
  }
  if (!walk.stray_option.empty()) {
    std::vector<std::string> options;
    for (const CLI::App* at = walk.app; at != nullptr; at = at->get_parent()) {
      for (const CLI::Option* option : at->get_options()) {
        for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
      }
    }
    return UsageError(absl::StrCat("there is no option ", walk.stray_option,
                                   DidYouMean(walk.stray_option, options), more));
  }
  if (walk.app == &root) return UsageError("say what to do; crmctl --help lists the commands");
  if (!commands.empty()) {
    return UsageError(absl::StrCat("say what to do: ", CommandLine(*walk.app), " ",
                                   absl::StrJoin(commands, "|"), more));
  }
  return UsageError(absl::StrCat(error.what(), more));
}

}  // namespace crm::ctl
