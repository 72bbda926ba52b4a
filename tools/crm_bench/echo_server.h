// The other side of a comparison: a callback server that answers with messages of the same size as
// the real answers and does nothing else. What crmd is measured against: the most this machine,
// gRPC and the same client allow.
#pragma once

#include <ostream>
#include <string>

namespace crm::bench {

// Files in a folder that hold one serialized answer each.
inline constexpr char kOpportunityFile[] = "/answer_opportunity";
inline constexpr char kBoardFile[] = "/answer_board";
inline constexpr char kDashboardFile[] = "/answer_dashboard";
inline constexpr char kEventsFile[] = "/answer_events";

// Serves the answers in `folder` on a free port until killed, and says "... serving port=N". A
// subscription is sent the batch of events so often that `events` have been delivered, then a
// caught-up marker. With `synced`, moves are answered once they lie in a file in the folder.
int ServeEcho(const std::string& folder, bool synced, std::ostream& output);

// A file's content.
std::string Content(const std::string& path);

}  // namespace crm::bench
