#include "tools/crmctl/history.h"

#include <google/protobuf/util/json_util.h>

#include <memory>
#include <string>
#include <utility>

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

// Values of a record's fields as its own type shows them: an amount as an amount, a stage by its
// name.
class FieldValues {
 public:
  FieldValues(Session& session, const std::string& record)
      : session_(session), type_(ResourceOf(CollectionOfName(record))) {}

  bool IsBlock(const std::string& path) const {
    const FieldPath fields = Find(path);
    return !fields.empty() && IsComposite(*fields.back());
  }

  // In one line; a dash when there is no value.
  std::string Line(const std::string& path, const std::string& json) const {
    if (json.empty()) return "-";
    const std::unique_ptr<Message> record = Parse(path, json);
    const std::string text =
        OneLine(record == nullptr ? json : CellText(*record, Find(path), session_.style()));
    return text.empty() ? "-" : text;
  }

  // With its parts on lines of their own, the field's name in front.
  std::string Block(const std::string& path, const std::string& json) const {
    const std::unique_ptr<Message> record = json.empty() ? nullptr : Parse(path, json);
    if (record == nullptr)
      return absl::StrCat("    ", path, ": ", json.empty() ? "-" : OneLine(json), "\n");
    return DrawRecord(RecordLines(*record, {Find(path)}, session_.style()), /*margin=*/4,
                      session_.style());
  }

 private:
  FieldPath Find(const std::string& path) const {
    return type_ == nullptr ? FieldPath() : FindPath(*type_, path);
  }

  // A record with nothing but this field; null when its type does not know it.
  std::unique_ptr<Message> Parse(const std::string& path, const std::string& json) const {
    const FieldPath fields = Find(path);
    if (fields.empty()) return nullptr;
    std::string whole = json;
    for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
      whole = absl::StrCat("{\"", (*field)->name(), "\":", whole, "}");
    }
    std::unique_ptr<Message> record = NewMessage(*type_);
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;  // of a server newer than this client
    const auto parsed = google::protobuf::util::JsonStringToMessage(whole, record.get(), options);
    return parsed.ok() ? std::move(record) : nullptr;
  }

  Session& session_;
  const Descriptor* type_;
};

void PrintField(std::ostream& out, const Change::FieldChange& field, const FieldValues& values) {
  if (field.path() == "name") return;  // what was asked for
  if (values.IsBlock(field.path())) {
    out << values.Block(field.path(), field.after());
    return;
  }
  out << "    " << FieldLabel(field.path()) << ": ";
  if (!field.before().empty()) out << values.Line(field.path(), field.before()) << " -> ";
  out << values.Line(field.path(), field.after()) << "\n";
}

void PrintForPeople(Session& session, const Change& change, const FieldValues& values) {
  std::ostream& out = session.environment().out;
  const Style& style = session.style();
  out << FormatLocalTime(change.effective_time(), style.zone) << "  "
      << (style.color ? "\033[1m" : "") << change.event_type() << (style.color ? "\033[0m" : "")
      << "  " << (change.actor().empty() ? "system" : session.names().DisplayName(change.actor()))
      << "  #" << change.position() << "  "
      << FormatAge(FromTimestamp(change.effective_time()), style.now);
  if (change.record_time().seconds() != change.effective_time().seconds()) {
    out << ", entered " << FormatLocalTime(change.record_time(), style.zone);
  }
  out << "\n";
  for (const Change::FieldChange& field : change.field_changes()) PrintField(out, field, values);
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
  const FieldValues values(session, request.record());
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
        PrintForPeople(session, change, values);
      }
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (json) printer.Finish();
  return absl::OkStatus();
}

}  // namespace crm::ctl
