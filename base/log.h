// The server's own log: structured entries to stderr, one line each, as text or JSON.
//
//   log::Info("listening", {{"address", address}, {"port", port}});
//
// The message is a constant text that names the event; everything variable is a field. No request
// or response payloads and no personal data: ids, names of methods, counts, positions. This is not
// the audit trail - that is the event log - and may be thrown away.
//
// All functions are thread-safe and may be called before Configure (text, level info).
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"

namespace crm::log {

enum class Level { kDebug, kInfo, kWarning, kError };
enum class Format { kText, kJson };

// A field's value; refers to the caller's string, so it lives no longer than the call.
class Value {
 public:
  // All implicit: fields are written as plain values.
  Value(absl::string_view text) : value_(text) {}
  Value(const std::string& text) : value_(absl::string_view(text)) {}
  Value(const char* text) : value_(absl::string_view(text)) {}
  Value(bool flag) : value_(flag) {}
  template <std::integral T>
  Value(T number) : value_(static_cast<int64_t>(number)) {}

  const std::variant<absl::string_view, int64_t, bool>& get() const { return value_; }

 private:
  std::variant<absl::string_view, int64_t, bool> value_;
};

struct Field {
  absl::string_view key;  // lower_snake_case
  Value value;
};
using Fields = std::initializer_list<Field>;

// Sets the least level that is written and how entries look.
void Configure(Level least, Format format);

// "debug", "info", "warning" or "error"; anything else is nullopt.
std::optional<Level> ParseLevel(absl::string_view text);
// "text" or "json"; anything else is nullopt.
std::optional<Format> ParseFormat(absl::string_view text);

// Whether entries of this level are written, for those that cost something to put together.
bool Writes(Level level);

void Debug(absl::string_view message, Fields fields = {});
void Info(absl::string_view message, Fields fields = {});
void Warning(absl::string_view message, Fields fields = {});
void Error(absl::string_view message, Fields fields = {});

// The part of an entry after its time and level. Text: `message key=value key="two words"`. JSON:
// `"message":"...","key":1` without the braces. Control characters are escaped and bytes that are
// not UTF-8 replaced, so an entry is always one line of valid text.
std::string RenderEntry(Format format, absl::string_view message, Fields fields);

}  // namespace crm::log
