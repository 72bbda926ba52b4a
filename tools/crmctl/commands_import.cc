// crmctl import: a CSV file becomes commands, many rows at a time, safe to run again.
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/import/pool.h"
#include "tools/crmctl/import/progress.h"
#include "tools/crmctl/import/row_runner.h"
#include "tools/crmctl/text.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

struct ImportFlags {
  std::string file;
  std::string mapping;
  std::string rejects;
  std::vector<std::string> lookups;
  int jobs = 64;
  bool dry_run = false;
};

constexpr char kFooter[] =
    "A mapping is a TOML file:\n"
    "  id = \"<a UUID drawn once: the namespace of the request ids>\"\n"
    "  [source]        key = column of the external id; delimiter, time_zone if not the usual\n"
    "  [[lookup]]      name, file (beside the mapping, or --lookup NAME=FILE), key = its column\n"
    "  [alias.NAME]    \"spelling\" = \"the right one\"\n"
    "  [[command]]     in the order they run for a row:\n"
    "    method          any RPC that changes something, for example \"CreateOpportunity\"\n"
    "    id              to refer to its answer; default the method\n"
    "    when            [{column = \"stage\", in = [\"Won\"]}, ...]: equals, not_equals, in, "
    "not_in,\n"
    "                    empty, not_empty; all must hold\n"
    "    effective_time  template of a day or an instant\n"
    "    once_per        column or template: rows with the same text share one execution\n"
    "    [command.fields]  request fields = templates, constants, lists, tables;\n"
    "                    money as {currency = \"USD\", amount = \"{price}\", times = 1000}\n"
    "Templates: {column}, {alias.NAME[column]}, {lookup.NAME[column].other}, {result.ID.name},\n"
    "{member:column}, {team:'Team {column}'}, {stage:Pipeline/Stage}, {column|slug} (lower, "
    "upper,\n"
    "trim, slug), {{ and }} for braces. A field that comes out empty is left out.\n"
    "\n"
    "Running an import again enters nothing twice, also after Ctrl-C. A row that has changed since "
    "is\n"
    "rejected with REQUEST_ID_REUSED, the second row with the same external id with\n"
    "EXTERNAL_ID_REPEATED. Exit code 1 when there were rejects; mend those rows and run it again.";

absl::StatusOr<std::map<std::string, std::string>> LookupFiles(const ImportFlags& flags) {
  std::map<std::string, std::string> files;
  for (const std::string& text : flags.lookups) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
    if (parts.second.empty()) return UsageError("--lookup: write it as NAME=FILE");
    files.insert(parts);
  }
  return files;
}

// Names are listed once before the first row, so a missing permission shows at once.
absl::Status LoadNames(Session& session, const Mapping& mapping) {
  for (const std::string& collection : mapping.collections) {
    RETURN_IF_ERROR(session.names().Load(collection));
  }
  return absl::OkStatus();
}

absl::StatusOr<AssignContext> ContextOf(Session& session, const Mapping& mapping) {
  AssignContext context = session.assign_context();
  std::string zone = mapping.time_zone;
  if (zone.empty()) {
    ASSIGN_OR_RETURN(const crm::v1::Organization organization, session.names().Organization());
    zone = organization.time_zone();
  }
  if (!absl::LoadTimeZone(zone, &context.zone)) {
    return absl::FailedPreconditionError(absl::StrCat("no time zone is called \"", zone, "\""));
  }
  return context;
}

void PrintSummary(Session& session, const ImportFlags& flags, const ImportTotals& totals,
                  const Rejects& rejects, absl::Duration elapsed) {
  const Environment& environment = session.environment();
  const int64_t elapsed_ms = absl::ToInt64Milliseconds(elapsed);
  if (session.style().format != Format::kTable) {
    const nlohmann::ordered_json json = {
        {"rows", totals.rows.load()},       {"commands", totals.commands.load()},
        {"new", totals.fresh.load()},       {"replayed", totals.replayed.load()},
        {"checked", totals.checked.load()}, {"rejects", rejects.count()},
        {"elapsed_ms", elapsed_ms}};
    environment.out << json.dump() << "\n";
  } else {
    environment.out << Counted(totals.rows, "row") << ", " << Counted(totals.commands, "command")
                    << ": " << FormatCount(totals.fresh) << " new, " << FormatCount(totals.replayed)
                    << " replayed, ";
    if (flags.dry_run) environment.out << FormatCount(totals.checked) << " checked, ";
    environment.out << Counted(rejects.count(), "reject") << ", in "
                    << absl::FormatDuration(absl::Milliseconds(elapsed_ms)) << "\n";
  }
  if (rejects.count() == 0) return;
  if (!flags.rejects.empty()) {
    environment.err << "rejects are in " << flags.rejects << "\n";
    return;
  }
  for (const Reject& reject : rejects.first()) {
    environment.err << "line " << reject.line;
    for (const std::string& part : {reject.external_id, reject.command}) {
      if (!part.empty()) environment.err << " " << OneLine(part);
    }
    environment.err << ": " << reject.reason << ": " << OneLine(reject.message) << "\n";
  }
  if (rejects.count() > static_cast<int64_t>(rejects.first().size())) {
    environment.err << "... all of them: --rejects FILE\n";
  }
}

absl::Status ReadHeader(const std::string& file, CsvReader& reader, CsvRecord& header) {
  if (!reader.Next(header)) return UsageError(file + " has no row of column names");
  if (!header.problem.empty()) {
    return UsageError(absl::StrCat(file, ": the row of column names: ", header.problem));
  }
  std::set<std::string> names;
  for (const std::string& name : header.cells) {
    if (!names.insert(name).second) {
      return UsageError(absl::StrCat(file, ": two columns are named \"", name, "\""));
    }
  }
  return absl::OkStatus();
}

absl::Status Import(Session& session, const ImportFlags& flags) {
  const Environment& environment = session.environment();
  std::unique_ptr<std::istream> file;
  const bool from_input = flags.file == "-";
  if (!from_input) {
    ASSIGN_OR_RETURN(file, OpenInput(flags.file));
  }
  ASSIGN_OR_RETURN(const char delimiter, MappingDelimiter(flags.mapping));
  CsvReader reader(from_input ? environment.in : *file, delimiter);
  CsvRecord header;
  RETURN_IF_ERROR(ReadHeader(flags.file, reader, header));
  ASSIGN_OR_RETURN(const auto lookup_files, LookupFiles(flags));
  ASSIGN_OR_RETURN(const Mapping mapping, LoadMapping(flags.mapping, header.cells, lookup_files));
  ASSIGN_OR_RETURN(const AssignContext context, ContextOf(session, mapping));
  RETURN_IF_ERROR(LoadNames(session, mapping));

  Rejects rejects;
  if (!flags.rejects.empty()) RETURN_IF_ERROR(rejects.Open(flags.rejects));
  ImportTotals totals;
  RowRunner::Options options;
  options.dry_run = flags.dry_run;
  options.columns = header.cells.size();
  options.interrupted = environment.interrupted;
  RowRunner runner(mapping, session.connection(), context, options, rejects, totals);

  std::error_code unknown_size;
  const auto size = std::filesystem::file_size(flags.file, unknown_size);
  Progress progress(environment, unknown_size ? 0 : static_cast<int64_t>(size));
  const absl::Time start = environment.clock.Now();
  const absl::Status status = RunRows(reader, runner, flags.jobs, environment.interrupted, [&] {
    progress.Update(totals.rows, rejects.count(), reader.offset());
  });
  progress.Finish();
  RETURN_IF_ERROR(rejects.Close());
  PrintSummary(session, flags, totals, rejects, environment.clock.Now() - start);
  if (!status.ok()) {
    environment.err << "stopped early; run it again: what is in is not entered twice\n";
    return status;
  }
  if (rejects.count() == 0) return absl::OkStatus();
  return WithReason(absl::StatusCode::kFailedPrecondition, "ROWS_REJECTED",
                    absl::StrCat("not everything got in: ", Counted(rejects.count(), "reject")));
}

}  // namespace

void AddImportCommand(CommandTree& tree) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App& leaf = tree.AddLeaf(tree.root(), "import", "Enter the rows of a CSV file",
                                [flags](Session& session) { return Import(session, *flags); });
  leaf.footer(kFooter);
  leaf.add_option("FILE", flags->file,
                  "The CSV file, with a row of column names; - for standard input")
      ->required();
  leaf.add_option("--mapping", flags->mapping, "How rows become commands (TOML)")->required();
  leaf.add_option("--rejects", flags->rejects, "Write what did not get in to this CSV file");
  leaf.add_option("--lookup", flags->lookups, "NAME=FILE for a lookup of the mapping")
      ->allow_extra_args(false);
  leaf.add_option("--jobs", flags->jobs, "Rows in flight at once (64)")->check(CLI::Range(1, 1024));
  leaf.add_flag("--dry-run", flags->dry_run, "Check everything, record nothing");
}

}  // namespace crm::ctl
