// crmctl describe: the documents of this version, whole or the sections about one word.
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/failure.h"

namespace crm::ctl {

std::string SectionsAbout(absl::string_view document, absl::string_view word) {
  const std::string wanted = absl::AsciiStrToLower(word);
  std::string found;
  bool in_section = false;
  for (const absl::string_view line : absl::StrSplit(document, '\n')) {
    const bool matches = absl::StrContains(absl::AsciiStrToLower(line), wanted);
    if (absl::StartsWith(line, "#")) {
      in_section = matches;
    } else if (!in_section && !(matches && absl::StartsWith(line, "| "))) {
      continue;
    }
    if (in_section || matches) absl::StrAppend(&found, line, "\n");
  }
  return found;
}

void AddDescribeCommand(CommandTree& tree) {
  CLI::App& group =
      tree.AddGroup(tree.root(), "describe", "What the API offers, and what its words mean");
  for (const Document& document : Documents()) {
    const auto word = std::make_shared<std::string>();
    CLI::App& leaf =
        tree.AddLeaf(group, document.name, document.help, [&document, word](Session& session) {
          const std::string text =
              word->empty() ? document.text : SectionsAbout(document.text, *word);
          if (text.empty()) {
            return absl::NotFoundError(
                absl::StrCat("nothing in '", document.name, "' is about '", *word, "'"));
          }
          session.environment().out << text;
          return absl::OkStatus();
        });
    leaf.add_option("word", *word, "Only what is about it, for example MoveStage");
  }
}

}  // namespace crm::ctl
