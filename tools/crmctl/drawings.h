// What the server draws, as files: documents on paper and pictures of reports. Not thread-safe.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "tools/crmctl/session.h"

namespace crm::ctl {

// Where the pictures go, as given; empty: not asked for. "-" is standard output.
struct PictureFlags {
  std::string svg;
  std::string png;

  bool any() const { return !svg.empty() || !png.empty(); }
};

// The RPC that draws what another one reports: GetStageFlowPicture for GetStageFlow. Null when
// there is none.
const MethodDescriptor* PictureMethod(const MethodDescriptor& report);

void AddPictureOptions(CLI::App& leaf, PictureFlags& flags);

// Draws the report that `report` asks for, once for each file. `complete` fills what the drawing's
// own request holds besides.
absl::Status SavePictures(
    Session& session, const MethodDescriptor& method, const Message& report,
    const PictureFlags& flags, const std::function<void(Message&)>& complete = [](Message&) {});

// Writes a file whole, or to standard output for "-"; says on a terminal what was written.
absl::Status SaveFile(Session& session, const std::string& path, const std::string& content);

}  // namespace crm::ctl
