#include "projections/view_rows.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace crm::projections {
absl::Status UnparsableRow(absl::string_view key, const Message& row) {
  return absl::DataLossError(absl::StrCat("view row ", absl::BytesToHexString(key), " is no ",
                                          row.GetDescriptor()->full_name()));
}

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

std::string EncodeRow(const Message& row) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  row.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

absl::StatusOr<bool> EncodedRows::GetRow(absl::string_view key, Message& row) const {
  std::string encoded;
  ASSIGN_OR_RETURN(const bool found, GetEncoded(key, encoded));
  if (!found) return false;
  if (!row.ParseFromString(encoded)) return UnparsableRow(key, row);
  return true;
}

absl::Status EncodedRows::ScanRows(const RowRange& range, Message& scratch, Visitor visit) const {
  const std::unique_ptr<RowCursor> cursor = NewCursor(range);
  for (; cursor->Valid(); cursor->Next()) {
    const absl::string_view row = cursor->encoded_row();
    if (!scratch.ParseFromArray(row.data(), static_cast<int>(row.size()))) {
      return UnparsableRow(cursor->key(), scratch);
    }
    ASSIGN_OR_RETURN(const bool more, visit(cursor->key(), scratch));
    if (!more) return absl::OkStatus();
  }
  return cursor->status();
}

}  // namespace crm::projections
