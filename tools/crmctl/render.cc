#include "tools/crmctl/render.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/status_macros.h"
#include "tools/crmctl/csv.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/text.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::Reflection;

std::string EnumText(const EnumValueDescriptor& value) {
  const std::string& zero = value.type()->value(0)->name();
  const size_t prefix = zero.rfind("UNSPECIFIED");
  if (value.number() == 0 || prefix == std::string::npos) return "";
  return Kebab(value.name().substr(prefix));
}

std::string MessageText(const Message& value, const FieldDescriptor& field, const Style& style) {
  if (IsMoney(field)) {
    google::type::Money money;
    money.CopyFrom(value);
    return style.format == Format::kCsv ? FormatDecimal(money) : FormatMoney(money);
  }
  if (IsDate(field)) {
    google::type::Date date;
    date.CopyFrom(value);
    const bool a_month = field.name() == "month" && style.format == Format::kTable;
    return FormatDate(date).substr(0, a_month ? 7 : 10);
  }
  if (IsTimestamp(field)) {
    google::protobuf::Timestamp time;
    time.CopyFrom(value);
    return style.format == Format::kTable ? FormatLocalTime(time, style.zone)
                                          : FormatInstant(time, style.zone);
  }
  if (style.format != Format::kTable) return PairsText(value, style);
  // What has a name is shown by it; anything else as it is.
  const FieldDescriptor* named = field.message_type()->FindFieldByName("display_name");
  if (named == nullptr) named = field.message_type()->FindFieldByName("member");
  if (named != nullptr) return CellText(value, {named}, style);
  return PairsText(value, style);
}

std::string NumberText(const FieldDescriptor& field, int64_t number, const Style& style) {
  if (style.format != Format::kTable) return absl::StrCat(number);
  if (absl::EndsWith(field.name(), "_bp")) return FormatBasisPoints(number);
  if (absl::EndsWith(field.name(), "_ppm")) return FormatPartsPerMillion(number);
  if (absl::EndsWith(field.name(), "_e6")) return FormatMillionths(number);
  if (absl::EndsWith(field.name(), "_days_e2")) {
    return absl::StrFormat("%d.%02d", number / 100, number % 100);
  }
  const bool a_count = absl::EndsWith(field.name(), "_count") || field.name() == "count";
  return a_count ? FormatCount(number) : absl::StrCat(number);
}

std::string StringText(const FieldDescriptor& field, const std::string& text, const Style& style) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) return absl::BytesToHexString(text);
  // What a row is about stays as it can be given to the next command.
  const Descriptor& type = *field.containing_type();
  const bool own_name = field.name() == "name" || (field.name() == "record" &&
                                                   type.FindFieldByName("display_name") != nullptr);
  constexpr absl::string_view kEvents = "crm.events.v1.";
  if (style.format == Format::kTable && absl::StartsWith(text, kEvents)) {
    return text.substr(kEvents.size());
  }
  if (style.names == nullptr || style.format != Format::kTable || own_name ||
      !absl::StrContains(text, "/") || absl::StrContains(text, " ")) {
    return text;
  }
  return style.names->DisplayName(text);
}

// One value; `index` is -1 for a singular field.
std::string ValueText(const Message& message, const FieldDescriptor& field, int index,
                      const Style& style) {
  const Reflection& reflection = *message.GetReflection();
  const bool item = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return StringText(field,
                        item ? reflection.GetRepeatedString(message, &field, index)
                             : reflection.GetString(message, &field),
                        style);
    case FieldDescriptor::CPPTYPE_INT32:
      return NumberText(field,
                        item ? reflection.GetRepeatedInt32(message, &field, index)
                             : reflection.GetInt32(message, &field),
                        style);
    case FieldDescriptor::CPPTYPE_INT64:
      return NumberText(field,
                        item ? reflection.GetRepeatedInt64(message, &field, index)
                             : reflection.GetInt64(message, &field),
                        style);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "yes" : "";
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(item ? *reflection.GetRepeatedEnum(message, &field, index)
                           : *reflection.GetEnum(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageText(item ? reflection.GetRepeatedMessage(message, &field, index)
                              : reflection.GetMessage(message, &field),
                         field, style);
    default:
      return "";
  }
}

bool IsNumeric(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 || IsMoney(field);
}

// Cut in two it says nothing.
bool IsWhole(const FieldDescriptor& field) {
  return IsDate(field) || IsTimestamp(field) || field.name() == "name" ||
         field.name() == "record" || field.enum_type() != nullptr;
}

std::string CurrencyOf(const Message& message, const FieldPath& path) {
  const Message* holder = &message;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    holder = &holder->GetReflection()->GetMessage(*holder, path[i]);
  }
  const Reflection& reflection = *holder->GetReflection();
  std::vector<std::string> codes;
  const auto add = [&codes](const Message& value) {
    google::type::Money money;
    money.CopyFrom(value);
    codes.push_back(money.currency_code());
  };
  if (path.back()->is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(*holder, path.back()); ++i) {
      add(reflection.GetRepeatedMessage(*holder, path.back(), i));
    }
  } else if (reflection.HasField(*holder, path.back())) {
    add(reflection.GetMessage(*holder, path.back()));
  }
  return absl::StrJoin(codes, "; ");
}

std::vector<std::string> AllFields(const Descriptor& type) {
  std::vector<std::string> fields;
  for (int i = 0; i < type.field_count(); ++i) fields.push_back(type.field(i)->name());
  return fields;
}

}  // namespace

std::string JsonOf(const Message& message, bool indented, bool sparse) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = !sparse;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return "{}";
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return json;
}

std::string CellText(const Message& message, const FieldPath& path, const Style& style) {
  const Message* holder = &message;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    holder = &holder->GetReflection()->GetMessage(*holder, path[i]);
  }
  const FieldDescriptor& field = *path.back();
  const Reflection& reflection = *holder->GetReflection();
  if (field.is_repeated()) {
    std::vector<std::string> texts;
    for (int i = 0; i < reflection.FieldSize(*holder, &field); ++i) {
      texts.push_back(ValueText(*holder, field, i, style));
    }
    return absl::StrJoin(texts, style.format == Format::kCsv ? "; " : ", ");
  }
  if (field.has_presence() && !reflection.HasField(*holder, &field)) return "";
  return ValueText(*holder, field, -1, style);
}

RowPrinter::RowPrinter(std::ostream& out, const Style& style, const Descriptor& type,
                       std::vector<std::string> usual_fields)
    : out_(out), style_(style), type_(type), fields_(std::move(usual_fields)) {}

absl::Status RowPrinter::Begin() {
  if (style_.format == Format::kJson) out_ << "[";
  if (style_.format == Format::kJson || style_.format == Format::kJsonl) return absl::OkStatus();
  const bool asked = !style_.fields.empty();
  if (asked) fields_ = style_.fields;
  if (fields_.empty()) fields_ = AllFields(type_);
  std::vector<Table::Heading> headings;
  std::vector<std::string> titles;
  for (const std::string& field : fields_) {
    FieldPath path = FindPath(type_, field);
    if (path.empty()) {
      return UsageError(absl::StrCat("there is no column \"", field, "\"; there are ",
                                     absl::StrJoin(AllFields(type_), ", ")));
    }
    titles.push_back(PathText(path));
    if (IsMoney(*path.back())) titles.push_back(titles.back() + "_currency");
    headings.push_back(
        {absl::AsciiStrToUpper(absl::StrReplaceAll(FieldLabel(PathText(path)), {{"_", " "}})),
         IsNumeric(*path.back()), IsWhole(*path.back())});
    paths_.push_back(std::move(path));
  }
  if (style_.format == Format::kTable) {
    table_.emplace(std::move(headings), asked ? Table::Columns::kAll : Table::Columns::kUseful);
  } else if (style_.headers) {
    out_ << CsvLine(titles);
  }
  return absl::OkStatus();
}

std::vector<std::string> RowPrinter::Cells(const Message& row) const {
  std::vector<std::string> cells;
  for (const FieldPath& path : paths_) {
    cells.push_back(CellText(row, path, style_));
    const bool currency = style_.format == Format::kCsv && IsMoney(*path.back());
    if (currency) cells.push_back(CurrencyOf(row, path));
  }
  return cells;
}

void RowPrinter::Add(const Message& row) {
  switch (style_.format) {
    case Format::kTable:
      table_->AddRow(Cells(row));
      break;
    case Format::kCsv:
      out_ << CsvLine(Cells(row));
      break;
    case Format::kJson:
      out_ << (count_ == 0 ? "\n" : ",\n") << JsonOf(row, /*indented=*/false, /*sparse=*/false);
      break;
    case Format::kJsonl:
      out_ << JsonOf(row, /*indented=*/false, /*sparse=*/false) << "\n" << std::flush;
      break;
  }
  ++count_;
}

void RowPrinter::Finish() {
  if (style_.format == Format::kJson) out_ << (count_ == 0 ? "]\n" : "\n]\n");
  if (!table_ || table_->empty()) return;
  out_ << table_->Render(style_.columns, style_.headers, style_.color);
  const std::vector<std::string> left_out = table_->LeftOut(style_.columns, style_.headers);
  if (left_out.empty()) return;
  out_ << "not shown here: " << absl::AsciiStrToLower(absl::StrJoin(left_out, ", "))
       << " (--columns, or a wider terminal)\n";
}

absl::Status PrintRecord(std::ostream& out, const Style& style, const Message& record) {
  const Descriptor& type = *record.GetDescriptor();
  if (style.format == Format::kJson) {
    out << JsonOf(record, /*indented=*/true, /*sparse=*/false) << "\n";
    return absl::OkStatus();
  }
  if (style.format != Format::kTable) {
    RowPrinter printer(out, style, type, {});
    RETURN_IF_ERROR(printer.Begin());
    printer.Add(record);
    printer.Finish();
    return absl::OkStatus();
  }
  std::vector<FieldPath> paths;
  for (const std::string& field : style.fields) {
    FieldPath path = FindPath(type, field);
    if (path.empty()) return UsageError(absl::StrCat("there is no field \"", field, "\""));
    paths.push_back(std::move(path));
  }
  out << DrawRecord(RecordLines(record, paths, style), /*margin=*/0, style);
  return absl::OkStatus();
}

}  // namespace crm::ctl
