#include "evidence/export_line.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "base/reason.h"
#include "base/status_macros.h"

namespace crm::evidence {
namespace {

using log::v1::RecordedEvent;
using nlohmann::ordered_json;

constexpr char kEndType[] = "crmd.export.end";
constexpr char kSource[] = "organizations/";

absl::Status Fail(absl::string_view reason, Position position, absl::string_view why) {
  return WithReason(absl::StatusCode::kDataLoss, reason,
                    absl::StrCat("position ", position, ": ", why),
                    {{"position", absl::StrCat(position)}});
}

std::string TimeText(int64_t micros) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", absl::FromUnixMicros(micros),
                          absl::UTCTimeZone());
}

std::string UuidText(const std::string& bytes) {
  const std::optional<Uuid> id = Uuid::FromBytes(bytes);
  return id ? id->ToString() : "";
}

std::string Print(const ordered_json& line) {
  return line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ordered_json Begin(const Uuid& organization, absl::string_view id, absl::string_view type) {
  ordered_json line;
  line["specversion"] = "1.0";
  line["id"] = std::string(id);
  line["source"] = absl::StrCat(kSource, organization.ToString());
  line["type"] = std::string(type);
  return line;
}

// Everything but the hash.
ordered_json LineOf(const RecordedEvent& event, const Uuid& organization) {
  ordered_json line = Begin(organization, absl::StrCat(event.position()), event.type());
  line["subject"] = absl::StrCat(event.category(), "/", UuidText(event.stream_id()));
  line["time"] = TimeText(event.record_time_us());
  line["datacontenttype"] = "application/protobuf";
  line["data_base64"] = absl::Base64Escape(event.data());
  line["position"] = absl::StrCat(event.position());
  line["version"] = absl::StrCat(event.version());
  line["effectivetime"] = TimeText(event.effective_time_us());
  const auto put = [&line](const char* name, const std::string& text) {
    if (!text.empty()) line[name] = text;
  };
  put("actor", UuidText(event.actor()));
  put("correlation", absl::BytesToHexString(event.correlation_id()));
  put("causation", UuidText(event.causation_id()));
  line["commitsize"] = event.commit_size();
  line["indexincommit"] = event.index_in_commit();
  put("person", UuidText(event.subject()));
  put("sealed", absl::Base64Escape(event.sealed()));
  return line;
}

// Reads the attributes of a line; the first that is not what it should be makes it malformed.
class LineReader {
 public:
  explicit LineReader(const ordered_json& line) : line_(line) {}

  std::string Text(const char* name, bool required = true) {
    const auto found = line_.find(name);
    if (found == line_.end()) {
      ok_ = ok_ && !required;
      return "";
    }
    ++used_;
    if (!found->is_string()) {
      ok_ = false;
      return "";
    }
    return found->get<std::string>();
  }
  int64_t Number(const char* name) {
    int64_t number = 0;
    ok_ = absl::SimpleAtoi(Text(name), &number) && ok_;
    return number;
  }
  int32_t SmallNumber(const char* name) {
    const auto found = line_.find(name);
    ++used_;
    if (found != line_.end() && found->is_number_integer()) return found->get<int32_t>();
    ok_ = false;
    return 0;
  }
  std::string Bytes(const char* name, bool required) {
    const std::string text = Text(name, required);
    std::string bytes;
    ok_ = absl::Base64Unescape(text, &bytes) && ok_;
    return bytes;
  }
  std::string UuidBytes(const char* name) {
    const std::string text = Text(name, /*required=*/false);
    if (text.empty()) return "";
    const std::optional<Uuid> id = Uuid::Parse(text);
    ok_ = ok_ && id.has_value();
    return id ? id->ToBytes() : "";
  }
  int64_t Micros(const char* name) {
    absl::Time time;
    std::string error;
    ok_ = absl::ParseTime(absl::RFC3339_full, Text(name), &time, &error) && ok_;
    return absl::ToUnixMicros(time);
  }
  void Refuse() { ok_ = false; }
  // Nothing was missing or malformed, and nothing else is there.
  bool ok() const { return ok_ && used_ == line_.size(); }

 private:
  const ordered_json& line_;
  size_t used_ = 0;
  bool ok_ = true;
};

std::optional<RecordedEvent> EventOf(const ordered_json& line, const Uuid& organization) {
  LineReader reader(line);
  RecordedEvent event;
  if (reader.Text("specversion") != "1.0") reader.Refuse();
  event.set_position(reader.Number("position"));
  if (reader.Text("id") != absl::StrCat(event.position())) reader.Refuse();
  if (reader.Text("source") != absl::StrCat(kSource, organization.ToString())) reader.Refuse();
  event.set_type(reader.Text("type"));
  const std::string subject = reader.Text("subject");
  const std::pair<std::string, std::string> stream =
      absl::StrSplit(subject, absl::MaxSplits('/', 1));
  event.set_category(stream.first);
  if (const std::optional<Uuid> id = Uuid::Parse(stream.second)) {
    event.set_stream_id(id->ToBytes());
  } else {
    reader.Refuse();
  }
  event.set_record_time_us(reader.Micros("time"));
  if (reader.Text("datacontenttype") != "application/protobuf") reader.Refuse();
  event.set_data(reader.Bytes("data_base64", true));
  event.set_version(reader.Number("version"));
  event.set_effective_time_us(reader.Micros("effectivetime"));
  event.set_actor(reader.UuidBytes("actor"));
  event.set_correlation_id(absl::HexStringToBytes(reader.Text("correlation", false)));
  event.set_causation_id(reader.UuidBytes("causation"));
  event.set_commit_size(reader.SmallNumber("commitsize"));
  event.set_index_in_commit(reader.SmallNumber("indexincommit"));
  event.set_subject(reader.UuidBytes("person"));
  event.set_sealed(reader.Bytes("sealed", false));
  event.set_organization(organization.ToBytes());
  reader.Text("hash");
  return reader.ok() ? std::optional<RecordedEvent>(std::move(event)) : std::nullopt;
}

std::string EndLine(const Uuid& organization, Position position, const Digest& hash) {
  ordered_json line = Begin(organization, "end", kEndType);
  line["position"] = absl::StrCat(position);
  line["hash"] = absl::BytesToHexString(AsView(hash));
  return Print(line);
}

}  // namespace

absl::StatusOr<std::string> LogExporter::Add(absl::string_view bytes, absl::string_view hash) {
  ++position_;
  hash_ = Sha256(AsView(hash_), bytes);
  RecordedEvent event;
  if (AsView(hash_) != hash ||
      !event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      event.position() != position_ || event.organization() != organization_.ToBytes())
    return Fail("CHAIN_BROKEN", position_, "the record does not follow from the one before it");
  ordered_json line = LineOf(event, organization_);
  line["hash"] = absl::BytesToHexString(hash);
  const std::optional<RecordedEvent> again = EventOf(line, organization_);
  if (!again || absl::string_view(again->SerializeAsString()) != bytes) {
    return Fail("EXPORT_UNFAITHFUL", position_,
                "the record holds something that a line of this version has no place for");
  }
  return Print(line);
}

std::string LogExporter::Finish() const { return EndLine(organization_, position_, hash_); }

absl::Status LogImporter::Add(absl::string_view text, Record& record) {
  record = {};
  const Position expected = position_ + 1;
  if (ended_) return Fail("LINE_MALFORMED", expected, "the export has ended already");
  const ordered_json line = ordered_json::parse(text.begin(), text.end(), nullptr, false);
  if (!line.is_object()) return Fail("LINE_MALFORMED", expected, "the line is no JSON object");
  LineReader reader(line);
  if (position_ == 0) {
    const std::string source = reader.Text("source", /*required=*/false);
    absl::string_view id = source;
    absl::ConsumePrefix(&id, kSource);
    organization_ = Uuid::Parse(id).value_or(Uuid());
  }
  const Position position = reader.Number("position");
  if (reader.Text("type", /*required=*/false) == kEndType) return CheckEnd(text, position);
  if (position != expected)
    return Fail("LINE_MISPLACED", expected, absl::StrCat("the line is of position ", position));
  const std::optional<RecordedEvent> event = EventOf(line, organization_);
  if (!event) return Fail("LINE_MALFORMED", expected, "the line is no event of an export");
  const std::string bytes = event->SerializeAsString();
  const Digest hash = Sha256(AsView(hash_), bytes);
  // Written again it must be the same line, its hash included: nothing in it may be changed.
  ordered_json again = LineOf(*event, organization_);
  again["hash"] = absl::BytesToHexString(AsView(hash));
  if (Print(again) != absl::StrCat(text, "\n")) {
    return Fail("LINE_CHANGED", expected,
                "the line was changed: its hash does not follow from the line before");
  }
  hash_ = hash;
  position_ = expected;
  record.position = position;
  record.bytes = absl::StrCat(AsView(hash), bytes);
  return absl::OkStatus();
}

absl::Status LogImporter::CheckEnd(absl::string_view text, Position position) {
  if (position != position_) {
    return Fail("EXPORT_INCOMPLETE", position_ + 1,
                absl::StrCat("the export ends at position ", position));
  }
  if (absl::StrCat(text, "\n") != EndLine(organization_, position_, hash_))
    return Fail("LINE_CHANGED", position_ + 1, "the last line was changed");
  ended_ = true;
  return absl::OkStatus();
}

absl::Status LogImporter::Finish() const {
  if (ended_) return absl::OkStatus();
  return Fail("EXPORT_INCOMPLETE", position_ + 1, "the last lines are missing");
}

}  // namespace crm::evidence
