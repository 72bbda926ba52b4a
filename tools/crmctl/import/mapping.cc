#include "tools/crmctl/import/mapping.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "tools/crmctl/assign.h"
#include "tools/crmctl/csv.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/import/field_nodes.h"
#include "tools/crmctl/toml.h"

namespace crm::ctl {
namespace {

// Loads one mapping; every failure says file and line.
class MappingLoader {
 public:
  MappingLoader(const std::string& file, const std::vector<std::string>& columns,
                const std::map<std::string, std::string>& lookup_files)
      : file_(file), columns_(columns), lookup_files_(lookup_files) {}

  absl::StatusOr<Mapping> Load(const toml::table& root) {
    RETURN_IF_ERROR(OnlyKeys(root, {"id", "source", "lookup", "alias", "command"}));
    const auto id = Uuid::Parse(root["id"].value_or(std::string()));
    if (!id) return Wrong(root, "id must be a UUID, drawn once for this mapping");
    mapping_.id = *id;
    RETURN_IF_ERROR(LoadAliases(root["alias"].as_table()));
    RETURN_IF_ERROR(LoadLookups(root["lookup"].as_array()));
    const toml::table* source = root["source"].as_table();
    if (source == nullptr) return Wrong(root, "[source] is missing");
    RETURN_IF_ERROR(LoadSource(*source));
    const toml::array* commands = root["command"].as_array();
    if (commands == nullptr || commands->empty()) return Wrong(root, "no [[command]]");
    for (const toml::node& node : *commands) {
      const toml::table* table = node.as_table();
      if (table == nullptr) return Wrong(node, "[[command]] is a list of tables");
      RETURN_IF_ERROR(LoadCommand(*table));
    }
    return std::move(mapping_);
  }

 private:
  absl::Status Wrong(const toml::node& node, absl::string_view what) const {
    return UsageError(absl::StrCat(file_, " line ", node.source().begin.line, ": ", what));
  }

  absl::Status OnlyKeys(const toml::table& table, const std::set<std::string>& known) const {
    for (const auto& [key, node] : table) {
      if (known.count(std::string(key.str())) > 0) continue;
      return Wrong(node, absl::StrCat("\"", std::string(key.str()), "\" is none of ",
                                      absl::StrJoin(known, ", ")));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Template> Compile(const toml::node& node, const std::string& text) {
    absl::StatusOr<Template> compiled = Template::Compile(text, columns_, *mapping_.references);
    if (!compiled.ok()) return Wrong(node, compiled.status().message());
    mapping_.collections.insert(compiled->collections().begin(), compiled->collections().end());
    return compiled;
  }

  absl::Status LoadAliases(const toml::table* aliases) {
    if (aliases == nullptr) return absl::OkStatus();
    for (const auto& [name, node] : *aliases) {
      const toml::table* table = node.as_table();
      if (table == nullptr) return Wrong(node, "an alias is a table: [alias.NAME]");
      auto& words = mapping_.references->aliases[std::string(name.str())];
      for (const auto& [spelling, right] : *table) {
        if (!right.is_string()) return Wrong(right, "an alias is a text");
        words[std::string(spelling.str())] = right.value_or(std::string());
      }
    }
    return absl::OkStatus();
  }

  absl::Status LoadLookups(const toml::array* lookups) {
    if (lookups == nullptr) return absl::OkStatus();
    for (const toml::node& node : *lookups) {
      const toml::table* table = node.as_table();
      if (table == nullptr) return Wrong(node, "[[lookup]] is a list of tables");
      RETURN_IF_ERROR(OnlyKeys(*table, {"name", "file", "key", "delimiter"}));
      const std::string name = (*table)["name"].value_or(std::string());
      const std::string key = (*table)["key"].value_or(std::string());
      const std::string file = (*table)["file"].value_or(std::string());
      const auto replaced = lookup_files_.find(name);
      if (name.empty() || key.empty() || (file.empty() && replaced == lookup_files_.end())) {
        return Wrong(node, "a lookup needs name, key and file (or --lookup NAME=FILE)");
      }
      const std::string path = replaced != lookup_files_.end()
                                   ? replaced->second
                                   : (std::filesystem::path(file_).parent_path() / file).string();
      ASSIGN_OR_RETURN(const char delimiter, Delimiter(*table));
      absl::StatusOr<Lookup> lookup = Lookup::Load(path, key, delimiter);
      if (!lookup.ok()) return Wrong(node, lookup.status().message());
      mapping_.references->lookups.emplace(name, *std::move(lookup));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<char> Delimiter(const toml::table& table) const {
    const std::string text = table["delimiter"].value_or(std::string(","));
    if (text.size() == 1 && text != "\"" && text != "\n" && text != "\r") return text[0];
    return Wrong(table, "a delimiter is one character, such as \";\"");
  }

  absl::Status LoadSource(const toml::table& source) {
    RETURN_IF_ERROR(OnlyKeys(source, {"key", "delimiter", "time_zone"}));
    ASSIGN_OR_RETURN(mapping_.delimiter, Delimiter(source));
    mapping_.time_zone = source["time_zone"].value_or(std::string());
    absl::TimeZone zone;
    if (!mapping_.time_zone.empty() && !absl::LoadTimeZone(mapping_.time_zone, &zone)) {
      return Wrong(source, absl::StrCat("no time zone is called ", mapping_.time_zone));
    }
    const toml::node* key = source.get("key");
    if (key == nullptr || !key->is_string()) {
      return Wrong(source, "key names the column of the external id");
    }
    ASSIGN_OR_RETURN(mapping_.key, ColumnOrTemplate(*key));
    return absl::OkStatus();
  }

  // "manager" is the column, "{manager}/{region}" a template, "'x'" the text x.
  absl::StatusOr<Template> ColumnOrTemplate(const toml::node& node) {
    const std::string text = node.value_or(std::string());
    const bool plain = text.find('{') == std::string::npos;
    return Compile(node, plain ? absl::StrCat("{", text, "}") : text);
  }

  absl::Status LoadCommand(const toml::table& table) {
    RETURN_IF_ERROR(
        OnlyKeys(table, {"id", "method", "when", "effective_time", "once_per", "fields"}));
    CommandSpec command;
    const std::string method = table["method"].value_or(std::string());
    command.method = FindMethod(method);
    if (command.method == nullptr || !IsCommand(*command.method)) {
      return Wrong(table, absl::StrCat("\"", method, "\" is no method that changes something"));
    }
    command.id = table["id"].value_or(method);
    for (const CommandSpec& earlier : mapping_.commands) {
      if (earlier.id == command.id) {
        return Wrong(table, absl::StrCat("two commands have the id \"", command.id, "\""));
      }
    }
    RETURN_IF_ERROR(LoadConditions(table, command));
    if (const toml::node* node = table.get("effective_time")) {
      ASSIGN_OR_RETURN(command.effective_time, Compile(*node, node->value_or(std::string())));
    }
    if (const toml::node* node = table.get("once_per")) {
      ASSIGN_OR_RETURN(command.once_per, ColumnOrTemplate(*node));
    }
    if (const toml::table* fields = table["fields"].as_table()) {
      const FieldNodeLoader loader(file_, [this](const toml::node& node, const std::string& text) {
        return Compile(node, text);
      });
      ASSIGN_OR_RETURN(command.fields, loader.Load(*fields, *command.method->input_type()));
    }
    CollectResults(command.fields, command.needs_results);
    RETURN_IF_ERROR(CheckResults(table, command));
    mapping_.commands.push_back(std::move(command));
    return absl::OkStatus();
  }

  absl::Status LoadConditions(const toml::table& table, CommandSpec& command) {
    const toml::array* conditions = table["when"].as_array();
    if (conditions == nullptr) {
      return table.contains("when") ? Wrong(table, "when is a list of conditions")
                                    : absl::OkStatus();
    }
    for (const toml::node& node : *conditions) {
      const toml::table* entry = node.as_table();
      if (entry == nullptr) return Wrong(node, "a condition is a table");
      RETURN_IF_ERROR(OnlyKeys(*entry, {"column", "value", "equals", "not_equals", "in", "not_in",
                                        "empty", "not_empty"}));
      const toml::node* value = entry->get("column") ? entry->get("column") : entry->get("value");
      if (value == nullptr || entry->size() != 2) {
        return Wrong(node, "a condition has a column (or value) and one thing it must be");
      }
      Condition condition;
      ASSIGN_OR_RETURN(condition.value, ColumnOrTemplate(*value));
      for (const char* key : {"equals", "not_equals"}) {
        if (entry->contains(key)) {
          condition.one_of.insert((*entry)[key].value_or(std::string()));
          condition.negated = key[0] == 'n';
        }
      }
      for (const char* key : {"in", "not_in"}) {
        if (const toml::array* list = (*entry)[key].as_array()) {
          for (const toml::node& item : *list) {
            condition.one_of.insert(item.value_or(std::string()));
          }
          condition.negated = key[0] == 'n';
        }
      }
      if (entry->contains("empty")) condition.negated = (*entry)["empty"].value_or(true);
      if (entry->contains("not_empty")) condition.negated = !(*entry)["not_empty"].value_or(true);
      command.conditions.push_back(std::move(condition));
    }
    return absl::OkStatus();
  }

  static void CollectResults(const std::vector<FieldNode>& nodes, std::set<std::string>& ids) {
    for (const FieldNode& node : nodes) {
      ids.insert(node.text.results().begin(), node.text.results().end());
      if (node.amount) ids.insert(node.amount->results().begin(), node.amount->results().end());
      CollectResults(node.children, ids);
    }
  }

  // A result comes from a command above, never from one below.
  absl::Status CheckResults(const toml::table& table, const CommandSpec& command) const {
    for (const std::string& id : command.needs_results) {
      bool earlier = false;
      for (const CommandSpec& other : mapping_.commands) earlier = earlier || other.id == id;
      if (!earlier) return Wrong(table, absl::StrCat("no earlier command has the id \"", id, "\""));
    }
    return absl::OkStatus();
  }

  const std::string& file_;
  const std::vector<std::string>& columns_;
  const std::map<std::string, std::string>& lookup_files_;
  Mapping mapping_;
};

absl::StatusOr<toml::table> Parse(const std::string& file) {
  ASSIGN_OR_RETURN(const std::unique_ptr<std::istream> input, OpenInput(file));
  toml::parse_result parsed = toml::parse(*input, file);
  if (parsed) return std::move(parsed).table();
  return UsageError(absl::StrCat(file, " line ", parsed.error().source().begin.line, ": ",
                                 std::string(parsed.error().description())));
}

}  // namespace

absl::StatusOr<char> MappingDelimiter(const std::string& file) {
  ASSIGN_OR_RETURN(const toml::table root, Parse(file));
  const std::string text = root["source"]["delimiter"].value_or(std::string(","));
  if (text.size() == 1) return text[0];
  return UsageError(absl::StrCat(file, ": a delimiter is one character, such as \";\""));
}

absl::StatusOr<Mapping> LoadMapping(const std::string& file,
                                    const std::vector<std::string>& columns,
                                    const std::map<std::string, std::string>& lookup_files) {
  ASSIGN_OR_RETURN(const toml::table root, Parse(file));
  return MappingLoader(file, columns, lookup_files).Load(root);
}

}  // namespace crm::ctl
