// A mapping file: how the rows of a CSV file become commands of crm.v1. Its format is described in
// docs of `crmctl import --help` and by example in tests/acceptance/maven/*.toml.
// Read-only once loaded, then thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/uuid.h"
#include "tools/crmctl/import/template.h"

namespace crm::ctl {

// A field of a request and where its value comes from. Repeated fields have one node per item.
struct FieldNode {
  const FieldDescriptor* field = nullptr;
  Template text;                   // of a field that is no message, or has a text form
  std::optional<Template> amount;  // of money: a decimal, in `currency`, `times` as much
  std::string currency;
  int64_t times = 1;
  std::vector<FieldNode> children;  // of any other message
  bool is_message = false;
};

// All conditions of a command must hold.
struct Condition {
  Template value;
  std::set<std::string> one_of;  // empty: only emptiness counts
  bool negated = false;          // not_equals, not_in, empty
  bool Holds(const std::string& text) const {
    const bool hit = one_of.empty() ? !text.empty() : one_of.count(text) > 0;
    return hit != negated;
  }
};

struct CommandSpec {
  std::string id;
  const MethodDescriptor* method = nullptr;
  std::vector<Condition> conditions;
  std::optional<Template> effective_time;
  std::optional<Template> once_per;  // rows with the same text share one execution
  std::vector<FieldNode> fields;
  std::set<std::string> needs_results;  // ids of earlier commands
};

struct Mapping {
  Uuid id;       // namespace of the request ids
  Template key;  // external id of a row
  char delimiter = ',';
  std::string time_zone;  // empty: the organization's
  std::unique_ptr<References> references = std::make_unique<References>();
  std::vector<CommandSpec> commands;
  std::set<std::string> collections;  // whose names are looked up
};

// The delimiter alone: what must be known before the column names can be read.
absl::StatusOr<char> MappingDelimiter(const std::string& file);

// Loads and checks a mapping against the column names of the file to import. `lookup_files`
// replaces the files of lookups by name. Usage errors name file, line and what is wrong.
absl::StatusOr<Mapping> LoadMapping(const std::string& file,
                                    const std::vector<std::string>& columns,
                                    const std::map<std::string, std::string>& lookup_files);

}  // namespace crm::ctl
