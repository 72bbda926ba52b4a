#include "services/page_token.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "base/reason.h"
#include "crm/views/v1/page_token.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace crm::services {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kPageSizeField[] = "page_size";
constexpr char kPageTokenField[] = "page_token";
constexpr size_t kChecksumBytes = 4;
constexpr char kChecksumSalt[] = "crm page token 1";

const FieldDescriptor* FieldOf(const Message& request, const char* name,
                               FieldDescriptor::CppType type) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && !field->is_repeated() && field->cpp_type() == type ? field : nullptr;
}

std::string FilterHash(const Message& request) {
  const std::unique_ptr<Message> question(request.New());
  question->CopyFrom(request);
  for (const char* name : {kPageSizeField, kPageTokenField})
    if (const auto* field = question->GetDescriptor()->FindFieldByName(name))
      question->GetReflection()->ClearField(question.get(), field);
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    question->SerializeToCodedStream(&coded);
  }
  return std::string(AsView(Sha256(absl::StrCat(request.GetTypeName(), "\n"), bytes)));
}

std::string Checksum(absl::string_view bytes) {
  return std::string(AsView(Sha256(kChecksumSalt, bytes)).substr(0, kChecksumBytes));
}

absl::Status Invalid(absl::string_view why) {
  return WithReason(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID",
                    absl::StrCat("page_token ", why, "; begin again without one"),
                    {{"field", kPageTokenField}});
}

std::optional<views::v1::PageToken> Decode(const std::string& text) {
  std::string bytes;
  // Decoding is lenient; encoding again shows whether we wrote it like this.
  if (!absl::WebSafeBase64Unescape(text, &bytes) || bytes.size() < kChecksumBytes ||
      absl::WebSafeBase64Escape(bytes) != text)
    return std::nullopt;
  const absl::string_view payload = absl::string_view(bytes).substr(kChecksumBytes);
  if (Checksum(payload) != bytes.substr(0, kChecksumBytes)) return std::nullopt;
  views::v1::PageToken token;
  if (!token.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return std::nullopt;
  return token;
}

}  // namespace

int32_t PageSizeOf(const Message& request) {
  const auto* field = FieldOf(request, kPageSizeField, FieldDescriptor::CPPTYPE_INT32);
  const int32_t asked = field == nullptr ? 0 : request.GetReflection()->GetInt32(request, field);
  if (asked <= 0) return kDefaultPageSize;
  return asked < kMaxPageSize ? asked : kMaxPageSize;
}

std::string NextPageToken(const Message& request, const PageCursor& cursor) {
  views::v1::PageToken token;
  token.set_filter_hash(FilterHash(request));
  token.set_last_key(cursor.last_key);
  token.set_view_version(cursor.view_version);
  token.set_position(cursor.position);
  const std::string payload = token.SerializeAsString();
  return absl::WebSafeBase64Escape(absl::StrCat(Checksum(payload), payload));
}

absl::StatusOr<std::optional<PageCursor>> PageCursorOf(const Message& request,
                                                       int32_t view_version) {
  const auto* field = FieldOf(request, kPageTokenField, FieldDescriptor::CPPTYPE_STRING);
  const std::string text =
      field == nullptr ? "" : request.GetReflection()->GetString(request, field);
  if (text.empty()) return std::nullopt;
  const std::optional<views::v1::PageToken> token = Decode(text);
  if (!token) return Invalid("was not made by this server");
  if (token->view_version() != view_version) return Invalid("is from an earlier version");
  if (token->filter_hash() != FilterHash(request))
    return WithReason(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_MISMATCH",
                      "page_token belongs to a request with other fields; keep them the same",
                      {{"field", kPageTokenField}});
  return PageCursor{token->last_key(), token->view_version(), token->position()};
}

}  // namespace crm::services
