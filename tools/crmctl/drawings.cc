#include "tools/crmctl/drawings.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "crm/v1/paper.pb.h"
#include "tools/crmctl/files.h"

namespace crm::ctl {

const MethodDescriptor* PictureMethod(const MethodDescriptor& report) {
  return FindMethod(absl::StrCat(report.name(), "Picture"));
}

void AddPictureOptions(CLI::App& leaf, PictureFlags& flags) {
  leaf.add_option("--svg", flags.svg, "Draw it into this file instead, scalable; - for output")
      ->type_name("FILE");
  leaf.add_option("--png", flags.png, "Draw it into this file instead, 1600 x 900; - for output")
      ->type_name("FILE");
}

absl::Status SavePictures(Session& session, const MethodDescriptor& method, const Message& report,
                          const PictureFlags& flags,
                          const std::function<void(Message&)>& complete) {
  const auto save = [&](const std::string& path, crm::v1::PictureFormat format) -> absl::Status {
    if (path.empty()) return absl::OkStatus();
    const std::unique_ptr<Message> request = NewMessage(*method.input_type());
    const auto field = [&](const char* name) { return method.input_type()->FindFieldByName(name); };
    request->GetReflection()->MutableMessage(request.get(), field("report"))->CopyFrom(report);
    request->GetReflection()->SetEnumValue(request.get(), field("format"), format);
    complete(*request);
    crm::v1::Picture picture;
    RETURN_IF_ERROR(session.Call(method, *request, picture).status());
    return SaveFile(session, path, picture.content());
  };
  RETURN_IF_ERROR(save(flags.svg, crm::v1::PICTURE_FORMAT_SVG));
  return save(flags.png, crm::v1::PICTURE_FORMAT_PNG);
}

absl::Status SaveFile(Session& session, const std::string& path, const std::string& content) {
  const Environment& environment = session.environment();
  if (path == "-") {
    environment.out << content;
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(WriteWholeFile(path, content));
  if (environment.err_is_terminal) environment.err << "wrote " << path << "\n";
  return absl::OkStatus();
}

}  // namespace crm::ctl
