// The house rules that a machine can read off the text: banned words with their replacement, size
// budgets, and names. Each is a function from a file to its findings, so that tidy_test.cc can
// show every rule a snippet that breaks it.
#pragma once

#include <string>
#include <vector>

#include "tests/architecture/source_text.h"

namespace crm::architecture {

// Words that must not stand in code, each with what to use instead. Of what is no C++ only those
// that must not stand in comments either, such as debts without an issue.
std::vector<Finding> CheckBans(const SourceFile& file);

// Function <= 60 lines; header <= 200; source <= 400; services/*_service.cc <= 80; view source
// <= 250; line <= 100 columns. A test function may be longer: its table of cases is text.
std::vector<Finding> CheckBudgets(const SourceFile& file);

// Type names without Manager, Helper, Util, Data, Info, Impl, and without synonyms of our
// vocabulary.
std::vector<Finding> CheckTypeNames(const SourceFile& file);

// Messages, enums, services, rpcs and fields of a .proto of ours, by the same words.
std::vector<Finding> CheckProtoNames(const SourceFile& file);

// Headers say what they are (the first line is a comment) and guard themselves.
std::vector<Finding> CheckHeader(const SourceFile& file);

// Headers of the product that no file includes.
std::vector<Finding> FindDeadHeaders(const std::vector<SourceFile>& files);

}  // namespace crm::architecture
