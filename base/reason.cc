#include "base/reason.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/cord.h"

namespace crm {
namespace {

// Payload: reason, then key and value of each pair; each string is its size (4 bytes, least
// significant first) and its bytes. Never stored: both ends are this file in one process.
constexpr size_t kSizeBytes = 4;

void PutString(std::string& to, absl::string_view text) {
  const auto size = static_cast<uint32_t>(text.size());
  for (size_t i = 0; i < kSizeBytes; ++i) to.push_back(static_cast<char>(size >> (8 * i)));
  to.append(text.data(), text.size());
}

std::optional<std::string> TakeString(absl::string_view& from) {
  if (from.size() < kSizeBytes) return std::nullopt;
  uint32_t size = 0;
  for (size_t i = 0; i < kSizeBytes; ++i)
    size |= static_cast<uint32_t>(static_cast<uint8_t>(from[i])) << (8 * i);
  from.remove_prefix(kSizeBytes);
  if (from.size() < size) return std::nullopt;
  std::string text(from.substr(0, size));
  from.remove_prefix(size);
  return text;
}

std::string PayloadOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kReasonPayloadUrl);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace

absl::Status WithReason(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                        const ReasonMetadata& metadata) {
  std::string payload;
  PutString(payload, reason);
  for (const auto& [key, value] : metadata) {
    PutString(payload, key);
    PutString(payload, value);
  }
  absl::Status status(code, message);
  status.SetPayload(kReasonPayloadUrl, absl::Cord(std::move(payload)));
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const std::string payload = PayloadOf(status);
  absl::string_view rest = payload;
  return TakeString(rest).value_or("");
}

ReasonMetadata ReasonMetadataOf(const absl::Status& status) {
  const std::string payload = PayloadOf(status);
  absl::string_view rest = payload;
  ReasonMetadata metadata;
  if (!TakeString(rest)) return metadata;
  while (!rest.empty()) {
    std::optional<std::string> key = TakeString(rest);
    std::optional<std::string> value = key ? TakeString(rest) : std::nullopt;
    if (!value) break;
    metadata.emplace_back(*std::move(key), *std::move(value));
  }
  return metadata;
}

std::string ReasonMetadataValue(const absl::Status& status, absl::string_view key) {
  for (auto& [name, value] : ReasonMetadataOf(status))
    if (name == key) return value;
  return "";
}

}  // namespace crm
