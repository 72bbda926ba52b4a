#include "eventstore/commit_check.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/reason.h"
#include "eventstore/limits.h"
#include "eventstore/record.h"

namespace crm::eventstore {
namespace {

absl::Status Malformed(absl::string_view why) {
  return WithReason(absl::StatusCode::kInvalidArgument, "COMMIT_MALFORMED",
                    absl::StrCat("malformed commit: ", why));
}

absl::Status TooLarge(absl::string_view unit, int64_t limit, int64_t actual) {
  return WithReason(
      absl::StatusCode::kInvalidArgument, "COMMIT_TOO_LARGE",
      absl::StrCat("a commit may hold ", limit, " ", unit, "; this one holds ", actual),
      {{"unit", std::string(unit)},
       {"limit", absl::StrCat(limit)},
       {"actual", absl::StrCat(actual)}});
}

bool IsCategory(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxCategoryBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(static_cast<unsigned char>(c)) || c == '_';
         });
}

absl::Status CheckStream(const StreamId& stream, Version version) {
  if (!IsCategory(stream.category))
    return Malformed(absl::StrCat("stream ", StreamName(stream), " has no proper category"));
  if (version < 0)
    return Malformed(absl::StrCat("stream ", StreamName(stream), " expects a negative version"));
  return absl::OkStatus();
}

absl::Status CheckShape(const Commit& commit) {
  if (commit.organization.IsNil()) return Malformed("it names no organization");
  if (commit.now == absl::InfinitePast() || commit.now == absl::InfiniteFuture())
    return Malformed("it has no clock reading");
  absl::flat_hash_set<StreamId> seen;
  for (const StreamAppend& append : commit.streams) {
    if (absl::Status status = CheckStream(append.stream, append.expected); !status.ok())
      return status;
    if (!seen.insert(append.stream).second)
      return Malformed(absl::StrCat("stream ", StreamName(append.stream), " appears twice"));
    if (append.bookkeeping && append.effective_time.has_value())
      return Malformed(absl::StrCat("bookkeeping ", StreamName(append.stream), " is dated"));
    for (const NewEvent& event : append.events)
      if (event.type.empty()) return Malformed("an event has no type");
  }
  for (const StreamExpectation& expectation : commit.unchanged) {
    if (absl::Status status = CheckStream(expectation.stream, expectation.version); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCommit(const Commit& commit) {
  if (absl::Status status = CheckShape(commit); !status.ok()) return status;
  size_t events = 0;
  for (const StreamAppend& append : commit.streams) events += append.events.size();
  if (events > kMaxCommitEvents)
    return TooLarge("events", static_cast<int64_t>(kMaxCommitEvents), static_cast<int64_t>(events));
  if (const int64_t bytes = CommitBytes(commit); bytes > kMaxCommitBytes)
    return TooLarge("bytes", kMaxCommitBytes, bytes);
  return absl::OkStatus();
}

int64_t CommitBytes(const Commit& commit) {
  int64_t bytes = kRecordOverheadBytes;
  for (const StreamAppend& append : commit.streams) {
    bytes += kRecordOverheadBytes;
    for (const NewEvent& event : append.events) {
      bytes += kRecordOverheadBytes +
               static_cast<int64_t>(event.type.size() + event.data.size() + event.sealed.size());
    }
  }
  return bytes;
}

}  // namespace crm::eventstore
