// Records line by line, and messages inside of records.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "tools/crmctl/render.h"
#include "tools/crmctl/text.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

using google::protobuf::Reflection;

constexpr int kGap = 2;
constexpr int kLeastValueWidth = 24;

// Of the fields an item has, the one it is known by; null: none.
const FieldDescriptor* TitleOf(const Descriptor& type) {
  for (const char* name : {"display_name", "member", "customer"}) {
    if (const FieldDescriptor* field = type.FindFieldByName(name)) return field;
  }
  return nullptr;
}

// Collects "key=value" of the set fields; false when there is a list among them.
bool AddPairs(const Message& message, const std::string& prefix, const Style& style,
              std::vector<std::string>& pairs) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) return false;
    if (IsComposite(*field)) {
      const Message& inner = message.GetReflection()->GetMessage(message, field);
      if (!AddPairs(inner, absl::StrCat(prefix, field->name(), "."), style, pairs)) return false;
      continue;
    }
    // Amounts keep their currency: there is no second column for it here.
    Style own = style;
    if (IsMoney(*field)) own.format = Format::kTable;
    const std::string value = absl::StrReplaceAll(CellText(message, {field}, own), {{"\"", "'"}});
    const bool plain = !absl::StrContains(value, ",");
    pairs.push_back(
        absl::StrCat(prefix, field->name(), "=", plain ? value : absl::StrCat("\"", value, "\"")));
  }
  return true;
}

// An item of a list: what it is known by, then the rest as "label value".
std::string ItemText(const Message& item, const Style& style) {
  const Descriptor& type = *item.GetDescriptor();
  // A resource of its own stands elsewhere in full.
  const bool resource = type.FindFieldByName("etag") != nullptr;
  const bool nameless = resource && type.FindFieldByName("display_name") == nullptr;
  const FieldDescriptor* title = nameless ? type.FindFieldByName("name") : TitleOf(type);
  const std::string text = title == nullptr ? "" : CellText(item, {title}, style);
  if (resource) return text;
  std::vector<const FieldDescriptor*> fields;
  item.GetReflection()->ListFields(item, &fields);
  std::vector<std::string> rest;
  for (const FieldDescriptor* field : fields) {
    if (field == title || field->name() == "name") continue;
    rest.push_back(absl::StrCat(absl::StrReplaceAll(FieldLabel(field->name()), {{"_", " "}}), " ",
                                CellText(item, {field}, style)));
  }
  return absl::StrCat(text, text.empty() || rest.empty() ? "" : ": ", absl::StrJoin(rest, ", "));
}

class LineCollector {
 public:
  LineCollector(const Style& style, std::vector<RecordLine>& lines)
      : style_(style), lines_(lines) {}

  void Add(const Message& record, const FieldPath& path, const std::string& indent) {
    const Message* holder = &record;
    for (size_t i = 0; i + 1 < path.size(); ++i) {
      holder = &holder->GetReflection()->GetMessage(*holder, path[i]);
    }
    const FieldDescriptor& field = *path.back();
    const std::string label = absl::StrCat(indent, FieldLabel(PathText(path)));
    if (!IsComposite(field)) {
      std::string text = CellText(record, path, style_);
      if (!text.empty()) lines_.push_back({label, text + AgeOf(*holder, field)});
    } else if (field.is_repeated()) {
      AddItems(*holder, field, label);
    } else if (holder->GetReflection()->HasField(*holder, &field)) {
      AddMessage(holder->GetReflection()->GetMessage(*holder, &field), label, indent);
    }
  }

 private:
  void AddItems(const Message& holder, const FieldDescriptor& field, const std::string& label) {
    const int size = holder.GetReflection()->FieldSize(holder, &field);
    for (int i = 0; i < size; ++i) {
      const Message& item = holder.GetReflection()->GetRepeatedMessage(holder, &field, i);
      lines_.push_back({i == 0 ? label : "", ItemText(item, style_)});
    }
  }

  void AddMessage(const Message& inner, const std::string& label, const std::string& indent) {
    if (TitleOf(*inner.GetDescriptor()) != nullptr) {
      lines_.push_back({label, ItemText(inner, style_)});
      return;
    }
    lines_.push_back({label, ""});
    for (int i = 0; i < inner.GetDescriptor()->field_count(); ++i) {
      Add(inner, {inner.GetDescriptor()->field(i)}, indent + "  ");
    }
  }

  std::string AgeOf(const Message& holder, const FieldDescriptor& field) const {
    if (!IsTimestamp(field) || field.is_repeated() || style_.now == absl::InfinitePast()) return "";
    google::protobuf::Timestamp time;
    time.CopyFrom(holder.GetReflection()->GetMessage(holder, &field));
    return absl::StrCat("  (", FormatAge(FromTimestamp(time), style_.now), ")");
  }

  const Style& style_;
  std::vector<RecordLine>& lines_;
};

}  // namespace

bool IsComposite(const FieldDescriptor& field) {
  return field.message_type() != nullptr && !IsMoney(field) && !IsDate(field) &&
         !IsTimestamp(field);
}

std::string FieldLabel(absl::string_view field) {
  for (const char* unit : {"_bp", "_ppm", "_e2", "_e6"}) absl::ConsumeSuffix(&field, unit);
  return std::string(field);
}

std::string PairsText(const Message& message, const Style& style) {
  std::vector<std::string> pairs;
  if (!AddPairs(message, "", style, pairs)) return JsonOf(message, /*indented=*/false);
  return absl::StrJoin(pairs, ",");
}

std::vector<RecordLine> RecordLines(const Message& record, const std::vector<FieldPath>& fields,
                                    const Style& style) {
  std::vector<RecordLine> lines;
  LineCollector collector(style, lines);
  for (const FieldPath& path : fields) collector.Add(record, path, "");
  for (int i = 0; fields.empty() && i < record.GetDescriptor()->field_count(); ++i) {
    collector.Add(record, {record.GetDescriptor()->field(i)}, "");
  }
  return lines;
}

std::string DrawRecord(const std::vector<RecordLine>& lines, int margin, const Style& style) {
  int label_width = 0;
  for (const RecordLine& line : lines)
    label_width = std::max(label_width, DisplayWidth(line.label));
  const int indent = margin + label_width + kGap;
  const int room = std::max(kLeastValueWidth, style.columns - indent);
  std::string text;
  for (const RecordLine& line : lines) {
    const std::string value = OneLine(line.value);
    const std::vector<std::string> rows =
        style.columns > 0 ? Wrap(value, room) : std::vector<std::string>{value};
    for (size_t i = 0; i < rows.size(); ++i) {
      const std::string row = absl::StrCat(
          Repeat(" ", margin), PadRight(i == 0 ? line.label : "", label_width + kGap), rows[i]);
      absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(row), "\n");
    }
  }
  return text;
}

}  // namespace crm::ctl
