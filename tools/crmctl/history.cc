#include "tools/crmctl/history.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crm/v1/history_service.pb.h"
#include "tools/crmctl/csv.h"
#include "tools/crmctl/text.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

using crm::v1::Change;

constexpr int kPageSize = 1000;

// A JSON value for people: text without its quotes, nothing as a dash.
std::string Bare(Session& session, const std::string& json) {
  if (json.empty()) return "-";
  const bool quoted = json.size() >= 2 && json.front() == '"' && json.back() == '"';
  const std::string text = quoted ? json.substr(1, json.size() - 2) : json;
  const bool name = quoted && absl::StrContains(text, "/") && !absl::StrContains(text, " ");
  return OneLine(name ? session.names().DisplayName(text) : text);
}

void PrintForPeople(Session& session, const Change& change) {
  std::ostream& out = session.environment().out;
  const bool color = session.style().color;
  out << FormatInstant(change.effective_time(), session.style().zone) << "  "
      << (color ? "\033[1m" : "") << change.event_type() << (color ? "\033[0m" : "") << "  "
      << (change.actor().empty() ? "system" : session.names().DisplayName(change.actor())) << "  #"
      << change.position();
  if (change.record_time().seconds() != change.effective_time().seconds()) {
    out << "  entered " << FormatInstant(change.record_time(), session.style().zone);
  }
  out << "\n";
  for (const Change::FieldChange& field : change.field_changes()) {
    out << "    " << field.path() << ": " << Bare(session, field.before()) << " -> "
        << Bare(session, field.after()) << "\n";
  }
}

void PrintForSheets(Session& session, const Change& change) {
  for (const Change::FieldChange& field : change.field_changes()) {
    session.environment().out << CsvLine(
        {absl::StrCat(change.position()),
         FormatInstant(change.effective_time(), session.style().zone),
         FormatInstant(change.record_time(), session.style().zone), change.actor(),
         change.event_type(), field.path(), field.before(), field.after()});
  }
}

}  // namespace

absl::Status PrintHistory(Session& session, Message& message) {
  crm::v1::ListChangesRequest request;
  request.CopyFrom(message);
  const Format format = session.style().format;
  std::ostream& out = session.environment().out;
  if (format == Format::kCsv && session.style().headers) {
    out << CsvLine({"position", "effective_time", "record_time", "actor", "event_type", "field",
                    "before", "after"});
  }
  RowPrinter printer(out, session.style(), *Change::descriptor(), {"position"});
  const bool json = format == Format::kJson || format == Format::kJsonl;
  if (json) RETURN_IF_ERROR(printer.Begin());
  do {
    request.set_page_size(kPageSize);
    crm::v1::ListChangesResponse response;
    RETURN_IF_ERROR(session.Call("ListChanges", request, response).status());
    for (const Change& change : response.changes()) {
      if (json) {
        printer.Add(change);
      } else if (format == Format::kCsv) {
        PrintForSheets(session, change);
      } else {
        PrintForPeople(session, change);
      }
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (json) printer.Finish();
  return absl::OkStatus();
}

}  // namespace crm::ctl
