// Row keys as bytes whose order is the order of the values: a tuple is encoded field by field, and
// comparing two encodings with memcmp compares the tuples. The bytes are pinned by a golden test.
//
//   bool, uint8, uint32   big-endian
//   int64                 big-endian with the sign bit flipped
//   absl::CivilDay        int64, days since 1970-01-01
//   absl::Time            int64, microseconds since the Unix epoch (rounded down)
//   Uuid, StrongId<T>     16 raw bytes
//   std::string           its bytes with 00 written as 00 FF, then 00 00
//   Descending<T>         the bytes of T, inverted
//
// Every encoding of a field is free of prefixes of another of the same type, so a leading part of a
// tuple is a prefix to scan by. All functions are pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/strong_id.h"
#include "base/uuid.h"

namespace crm::projections {

// A field that sorts from high to low.
template <class T>
struct Descending {
  T value{};
  friend bool operator==(const Descending& a, const Descending& b) { return a.value == b.value; }
  friend bool operator<(const Descending& a, const Descending& b) { return b.value < a.value; }
};

// Append writes one field; Consume takes it from the front of `in` and returns false when the bytes
// are no such field.
template <class T>
struct KeyField;

template <class Unsigned>
struct BigEndianField {
  static void Append(std::string& out, Unsigned value) {
    for (size_t shift = sizeof(Unsigned) * 8; shift > 0; shift -= 8) {
      out.push_back(static_cast<char>(static_cast<uint8_t>(value >> (shift - 8))));
    }
  }
  static bool Consume(absl::string_view& in, Unsigned& value) {
    if (in.size() < sizeof(Unsigned)) return false;
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof(Unsigned); ++i) bits = bits << 8 | static_cast<uint8_t>(in[i]);
    value = static_cast<Unsigned>(bits);
    in.remove_prefix(sizeof(Unsigned));
    return true;
  }
};

template <>
struct KeyField<uint8_t> : BigEndianField<uint8_t> {};
template <>
struct KeyField<uint32_t> : BigEndianField<uint32_t> {};

template <>
struct KeyField<bool> {
  static void Append(std::string& out, bool value) { out.push_back(value ? 1 : 0); }
  static bool Consume(absl::string_view& in, bool& value) {
    if (in.empty() || static_cast<uint8_t>(in[0]) > 1) return false;
    value = in[0] == 1;
    in.remove_prefix(1);
    return true;
  }
};

template <>
struct KeyField<int64_t> {
  static constexpr uint64_t kSign = uint64_t{1} << 63;
  static void Append(std::string& out, int64_t value) {
    BigEndianField<uint64_t>::Append(out, static_cast<uint64_t>(value) ^ kSign);
  }
  static bool Consume(absl::string_view& in, int64_t& value) {
    uint64_t bits = 0;
    if (!BigEndianField<uint64_t>::Consume(in, bits)) return false;
    value = static_cast<int64_t>(bits ^ kSign);
    return true;
  }
};

template <>
struct KeyField<absl::CivilDay> {
  static void Append(std::string& out, absl::CivilDay day) {
    KeyField<int64_t>::Append(out, day - absl::CivilDay(1970, 1, 1));
  }
  static bool Consume(absl::string_view& in, absl::CivilDay& day) {
    int64_t days = 0;
    if (!KeyField<int64_t>::Consume(in, days)) return false;
    day = absl::CivilDay(1970, 1, 1) + days;
    return true;
  }
};

template <>
struct KeyField<absl::Time> {
  static void Append(std::string& out, absl::Time time) {
    KeyField<int64_t>::Append(out, absl::ToUnixMicros(time));
  }
  static bool Consume(absl::string_view& in, absl::Time& time) {
    int64_t micros = 0;
    if (!KeyField<int64_t>::Consume(in, micros)) return false;
    time = absl::FromUnixMicros(micros);
    return true;
  }
};

template <>
struct KeyField<Uuid> {
  static void Append(std::string& out, const Uuid& id) {
    out.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  }
  static bool Consume(absl::string_view& in, Uuid& id) {
    const std::optional<Uuid> found = Uuid::FromBytes(in.substr(0, id.bytes.size()));
    if (!found.has_value()) return false;
    id = *found;
    in.remove_prefix(id.bytes.size());
    return true;
  }
};

template <class Tag>
struct KeyField<StrongId<Tag>> {
  static void Append(std::string& out, const StrongId<Tag>& id) {
    KeyField<Uuid>::Append(out, id.uuid());
  }
  static bool Consume(absl::string_view& in, StrongId<Tag>& id) {
    Uuid uuid;
    if (!KeyField<Uuid>::Consume(in, uuid)) return false;
    id = StrongId<Tag>(uuid);
    return true;
  }
};

template <>
struct KeyField<std::string> {
  static void Append(std::string& out, absl::string_view text) {
    for (const char c : text) {
      out.push_back(c);
      if (c == '\0') out.push_back('\xff');
    }
    out.append(2, '\0');
  }
  static bool Consume(absl::string_view& in, std::string& text) {
    text.clear();
    while (in.size() >= 2 || (!in.empty() && in[0] != '\0')) {
      const bool escaped = in[0] == '\0';
      if (escaped && in[1] == '\0') {
        in.remove_prefix(2);
        return true;
      }
      if (escaped && in[1] != '\xff') return false;
      text.push_back(in[0]);
      in.remove_prefix(escaped ? 2 : 1);
    }
    return false;
  }
};

template <class T>
struct KeyField<Descending<T>> {
  static void Append(std::string& out, const Descending<T>& field) {
    const size_t start = out.size();
    KeyField<T>::Append(out, field.value);
    for (size_t i = start; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
  }
  static bool Consume(absl::string_view& in, Descending<T>& field) {
    std::string inverted(in);
    for (char& c : inverted) c = static_cast<char>(~c);
    absl::string_view rest = inverted;
    if (!KeyField<T>::Consume(rest, field.value)) return false;
    in.remove_prefix(in.size() - rest.size());
    return true;
  }
};

// Appends the fields of a tuple, or of a leading part of one.
template <class... Fields>
void AppendKey(std::string& out, const std::tuple<Fields...>& key) {
  std::apply([&out](const auto&... field) { (KeyField<Fields>::Append(out, field), ...); }, key);
}

// Whether all of `in` is exactly one `key`, which it then holds.
template <class... Fields>
bool ParseKey(absl::string_view in, std::tuple<Fields...>& key) {
  return std::apply(
      [&in](auto&... field) { return (KeyField<Fields>::Consume(in, field) && ...) && in.empty(); },
      key);
}

}  // namespace crm::projections
