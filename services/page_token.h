// Pages of a list: how many rows, and where the next page begins.
//
// A page token is opaque to clients: base64url of an encoded crm.views.v1.PageToken and a checksum.
// It belongs to one question - a hash of the request without page_size and page_token - so that a
// client that changes a filter between two pages is told so instead of getting a mixture. It is not
// a secret and grants nothing: every page is authorized anew.
//
// Works on any request message with fields `page_size` (int32) and `page_token` (string). All
// functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace crm::services {

inline constexpr int32_t kDefaultPageSize = 50;
inline constexpr int32_t kMaxPageSize = 1000;

// Where a list continues.
struct PageCursor {
  std::string last_key;      // of the last row shown; the next page begins after it
  int32_t view_version = 0;  // of the view the key is from; another version cannot continue
  int64_t position = 0;      // the log position the first page reflected

  friend bool operator==(const PageCursor&, const PageCursor&) = default;
};

// Rows the request asks for: 0 means kDefaultPageSize, more than kMaxPageSize means kMaxPageSize.
// Negative sizes are the validator's to refuse; here they mean the default.
int32_t PageSizeOf(const google::protobuf::Message& request);

// The token that continues `request` at `cursor`.
std::string NextPageToken(const google::protobuf::Message& request, const PageCursor& cursor);

// Where the request says to continue; nullopt for the first page. INVALID_ARGUMENT with reason
// PAGE_TOKEN_INVALID for a token no server made or one of another `view_version`,
// PAGE_TOKEN_MISMATCH for one that belongs to another question.
absl::StatusOr<std::optional<PageCursor>> PageCursorOf(const google::protobuf::Message& request,
                                                       int32_t view_version);

}  // namespace crm::services
