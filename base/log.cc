#include "base/log.h"

#include <atomic>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/utf8.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace crm::log {
namespace {

constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%fZ %l %v";
constexpr char kJsonPattern[] = R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})";

std::atomic<Format> current_format = Format::kText;

void SetPattern(spdlog::logger& logger, Format format) {
  logger.set_pattern(format == Format::kJson ? kJsonPattern : kTextPattern,
                     spdlog::pattern_time_type::utc);
}

// Never destroyed: threads that outlive main may still log.
spdlog::logger& Logger() {
  static spdlog::logger* const logger = [] {
    auto* made = new spdlog::logger("crmd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    SetPattern(*made, Format::kText);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

void Write(Level level, absl::string_view message, Fields fields) {
  spdlog::logger& logger = Logger();
  if (!logger.should_log(ToSpdlog(level))) return;
  logger.log(ToSpdlog(level), RenderEntry(current_format.load(), message, fields));
}

// Appends `text` so that it fits between double quotes, in JSON and in the text format alike.
void AppendEscaped(std::string& to, absl::string_view text) {
  while (!text.empty()) {
    const size_t size = Utf8SequenceBytes(text);
    const char c = text[0];
    if (size == 0) {
      to += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      absl::StrAppend(&to, "\\", text.substr(0, 1));
    } else if (c == '\n') {
      to += "\\n";
    } else if ((c >= 0 && c < 0x20) || c == 0x7F) {
      absl::StrAppendFormat(&to, "\\u%04x", static_cast<unsigned>(c));
    } else {
      to.append(text.data(), size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
}

void AppendQuoted(std::string& to, absl::string_view text) {
  to += '"';
  AppendEscaped(to, text);
  to += '"';
}

bool IsPlainWord(absl::string_view text) {
  for (const char c : text)
    if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7F) return false;
  return !text.empty();
}

void AppendValue(std::string& to, Format format, const Value& value) {
  if (const auto* text = std::get_if<absl::string_view>(&value.get())) {
    if (format == Format::kText && IsPlainWord(*text))
      absl::StrAppend(&to, *text);
    else
      AppendQuoted(to, *text);
  } else if (const auto* number = std::get_if<int64_t>(&value.get())) {
    absl::StrAppend(&to, *number);
  } else {
    to += std::get<bool>(value.get()) ? "true" : "false";
  }
}

}  // namespace

void Configure(Level least, Format format) {
  current_format.store(format);
  Logger().set_level(ToSpdlog(least));
  SetPattern(Logger(), format);
}

std::optional<Level> ParseLevel(absl::string_view text) {
  if (text == "debug") return Level::kDebug;
  if (text == "info") return Level::kInfo;
  if (text == "warning") return Level::kWarning;
  if (text == "error") return Level::kError;
  return std::nullopt;
}

std::optional<Format> ParseFormat(absl::string_view text) {
  if (text == "text") return Format::kText;
  if (text == "json") return Format::kJson;
  return std::nullopt;
}

bool Writes(Level level) { return Logger().should_log(ToSpdlog(level)); }

void Debug(absl::string_view message, Fields fields) { Write(Level::kDebug, message, fields); }
void Info(absl::string_view message, Fields fields) { Write(Level::kInfo, message, fields); }
void Warning(absl::string_view message, Fields fields) { Write(Level::kWarning, message, fields); }
void Error(absl::string_view message, Fields fields) { Write(Level::kError, message, fields); }

std::string RenderEntry(Format format, absl::string_view message, Fields fields) {
  std::string entry;
  if (format == Format::kText) {
    AppendEscaped(entry, message);
  } else {
    entry = "\"message\":";
    AppendQuoted(entry, message);
  }
  for (const Field& field : fields) {
    if (format == Format::kText) {
      absl::StrAppend(&entry, " ", field.key, "=");
    } else {
      entry += ',';
      AppendQuoted(entry, field.key);
      entry += ':';
    }
    AppendValue(entry, format, field.value);
  }
  return entry;
}

}  // namespace crm::log
