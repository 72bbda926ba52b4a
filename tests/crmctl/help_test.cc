// --help, and what crmctl says to a wrong command line.
#include "tools/crmctl/help.h"

#include <set>

#include "tests/crmctl/run_fixture.h"
#include "tools/crmctl/api_comments.h"
#include "tools/crmctl/command_tree.h"

namespace crm::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Ran;
using testing::RunTest;

// The words of an example as a shell splits them.
std::vector<std::string> ShellWords(const std::string& line) {
  std::vector<std::string> words;
  bool quoted = false;
  bool open = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    if (c != '\'') words.back().push_back(c);
  }
  return words;
}

void VisitLeaves(const CLI::App& app, const std::function<void(const CLI::App&)>& visit) {
  const auto children = app.get_subcommands([](const CLI::App*) { return true; });
  if (children.empty()) visit(app);
  for (const CLI::App* child : children) VisitLeaves(*child, visit);
}

TEST(HelpTest, EveryCommandHasAnExampleThatCanBeTyped) {
  std::set<std::string> commands;
  VisitLeaves(CommandTree().root(),
              [&](const CLI::App& leaf) { commands.insert(CommandWords(leaf)); });
  for (const auto& [words, example] : Examples()) {
    EXPECT_EQ(commands.count(words), 1U) << words << " is no command";
  }
  for (const std::string& words : commands) {
    ASSERT_EQ(Examples().count(words), 1U) << words << " has no example";
    std::vector<std::string> line = ShellWords(words + " " + Examples().at(words));
    std::reverse(line.begin(), line.end());
    CommandTree tree;
    EXPECT_NO_THROW(tree.root().parse(line)) << words << " " << Examples().at(words);
    EXPECT_NE(tree.chosen(), nullptr) << words;
  }
}

TEST(HelpTest, EveryCommandStandsInTheTableOfContents) {
  std::set<std::string> listed;
  for (const HelpSection& section : HelpSections()) {
    for (const std::string& command : section.commands) {
      EXPECT_TRUE(listed.insert(command).second) << command << " stands there twice";
    }
  }
  std::set<std::string> commands;
  const CommandTree tree;
  const CLI::App& root = const_cast<CommandTree&>(tree).root();
  for (const CLI::App* child : root.get_subcommands([](const CLI::App*) { return true; })) {
    commands.insert(child->get_name());
  }
  EXPECT_EQ(listed, commands);
}

TEST(HelpTest, EveryMethodAndFieldOfTheApiIsExplained) {
  const auto explain = [](const Descriptor& type) {
    for (int i = 0; i < type.field_count(); ++i) {
      // A resource's own name needs no words beside its form.
      if (type.field(i)->name() == "name") continue;
      EXPECT_THAT(CommentOf(*type.field(i)), Not(IsEmpty())) << type.field(i)->full_name();
    }
  };
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_THAT(CommentOf(*service->method(i)), Not(IsEmpty())) << service->method(i)->name();
      explain(*service->method(i)->input_type());
    }
  }
}

TEST_F(RunTest, HelpOfACommandSaysWhatTheApiSays) {
  const Ran ran = cli_.Run({"opportunity", "move", "--help"});
  EXPECT_EQ(ran.code, ExitCode::kOk);
  EXPECT_EQ(ran.out,
            "Moves to another stage, perhaps of another pipeline.\n"
            "\n"
            "Usage: crmctl opportunity move OPPORTUNITY STAGE [OPTIONS]\n"
            "\n"
            "  OPPORTUNITY                 The opportunity\n"
            "  STAGE                       The stage. (or --stage)\n"
            "\n"
            "Options:\n"
            "  --etag TEXT                 The etag last read; a mismatch is ABORTED. Empty: the "
            "last writer\n"
            "                              decides.\n"
            "  --clear-probability         Follows the new stage even when a probability was "
            "entered\n"
            "  --json JSON                 The request as JSON, @FILE or - for standard input; "
            "flags win\n"
            "\n"
            "Example:\n"
            "  crmctl opportunity move 'Forty chairs' Sales/Offer\n"
            "\n"
            "Permission: opportunity.edit. Global options: crmctl --help\n");
}

TEST_F(RunTest, WrongWordsAreExplained) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"opportunitty", "list"}, "no command \"opportunitty\"; did you mean opportunity?"},
      {{"opportunity", "mvoe"},
       "\"crmctl opportunity\" has no command \"mvoe\"; did you mean move?"},
      {{"zzz"}, "\"crmctl\" has no command \"zzz\" (crmctl --help)"},
      {{"opportunity", "list", "--tem", "x"}, "no option --tem; did you mean --team?"},
      {{"lead"}, "say what to do: crmctl lead list|get|"},
      {{}, "crmctl --help lists the commands"},
      {{"opportunity", "get"}, "OPPORTUNITY is required (crmctl opportunity get --help)"}};
  for (const auto& [arguments, words] : wrong) {
    const Ran ran = cli_.Run(arguments);
    EXPECT_EQ(ran.code, ExitCode::kUsage);
    EXPECT_THAT(ran.err, HasSubstr(words));
  }
}

}  // namespace
}  // namespace crm::ctl
