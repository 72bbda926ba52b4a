// Whole files, read and written: what crmctl keeps of a log for later. Not thread-safe for the same
// path.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace crm::ctl {

// FAILED_PRECONDITION, naming file and cause.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// Replaces the file, or makes it with these permissions; whole or not at all, on disk when it
// returns. FAILED_PRECONDITION, naming file and cause.
absl::Status WriteWholeFile(const std::string& path, absl::string_view text, int mode = 0644);

// A message in its JSON form; FAILED_PRECONDITION when the file holds something else.
absl::Status ReadJsonFile(const std::string& path, google::protobuf::Message& message);
absl::Status WriteJsonFile(const std::string& path, const google::protobuf::Message& message);

}  // namespace crm::ctl
