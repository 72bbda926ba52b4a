// --help of crmctl: a table of contents at the top, and for each command what it does, what it
// takes and an example. Pure; not thread-safe.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace crm::ctl {

// Examples of commands, by the command's words: {"opportunity move", "'Forty chairs' Proposal"}.
// Each is what follows the words on the command line; empty: nothing.
const std::map<std::string, std::string>& Examples();

// The table of contents: titles and the commands below them, in order.
struct HelpSection {
  const char* title;
  std::vector<std::string> commands;
};
const std::vector<HelpSection>& HelpSections();

// The words of a command from the root on, without the program: "opportunity move".
std::string CommandWords(const CLI::App& app);

class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(int columns) : columns_(columns) {}

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;

 private:
  std::string Usage(const CLI::App& app) const;
  std::string Arguments(const CLI::App& app) const;
  std::string Options(const CLI::App& app) const;
  std::string Commands(const CLI::App& app) const;
  std::string Entry(const std::string& left, absl::string_view text) const;

  const int columns_;
};

// A wrong command line as a usage error that says what is wrong with which word, what was probably
// meant, and whose --help knows more.
absl::Status ExplainParseError(const CLI::ParseError& error, const CLI::App& root,
                               const std::vector<std::string>& arguments);

}  // namespace crm::ctl
