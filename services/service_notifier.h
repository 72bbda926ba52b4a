// Tells systemd (Type=notify) how the process is: one datagram to $NOTIFY_SOCKET, nothing when the
// variable is not set.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace crm::services {

inline constexpr char kReadyState[] = "READY=1";
inline constexpr char kStoppingState[] = "STOPPING=1";

// Sends `state` to the Unix datagram socket `socket_path` ("@..." is an abstract one); OK and
// nothing sent when it is empty. UNAVAILABLE when the socket cannot be reached: worth a line in the
// log, not an end.
absl::Status NotifyService(const std::string& socket_path, absl::string_view state);

}  // namespace crm::services
