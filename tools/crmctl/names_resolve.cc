// Names::Resolve: what people write, as resource names.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/reason.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/listings.h"
#include "tools/crmctl/names.h"
#include "tools/crmctl/text.h"

namespace crm::ctl {
namespace {

constexpr size_t kMostCandidates = 12;  // shown when a name is ambiguous or unknown

}  // namespace

absl::StatusOr<std::vector<Names::Entry>> Names::Matches(const std::string& collection,
                                                         absl::string_view text) {
  const std::string whole(text);
  if (CollectionOfName(text) == collection && !absl::EndsWith(text, "/")) {
    return std::vector<Entry>{{whole, whole, {}, {}}};
  }
  const Listing* listing = FindListing(collection);
  bool loaded = false;
  {
    MutexLock lock(mutex_);
    loaded = lists_.count(collection) > 0;
  }
  const bool narrow = !loaded && listing != nullptr && listing->text_path[0] != '\0';
  const std::shared_ptr<const List> list = narrow ? Fetch(collection, text) : Listed(collection);
  RETURN_IF_ERROR(list->status);
  std::vector<Entry> matches;
  const auto [first, last] = list->by_key.equal_range(Fold(text));
  for (auto it = first; it != last; ++it) matches.push_back(list->entries[it->second]);
  return matches;
}

absl::StatusOr<std::string> Names::Only(const std::vector<std::string>& collections,
                                        absl::string_view text) {
  std::vector<Entry> matches;
  for (const std::string& collection : collections) {
    if (collections.size() > 1 && FindListing(collection) == nullptr) continue;
    absl::StatusOr<std::vector<Entry>> of_kind = Matches(collection, text);
    // Whoever may not list one kind can still mean another.
    const bool hidden = collections.size() > 1 && absl::IsPermissionDenied(of_kind.status());
    if (!of_kind.ok() && !hidden) return of_kind.status();
    if (of_kind.ok()) matches.insert(matches.end(), of_kind->begin(), of_kind->end());
  }
  if (matches.size() == 1) return matches[0].name;
  return matches.empty() ? Unknown(collections, text) : Ambiguous(matches, text);
}

std::vector<std::string> Names::LoadedDisplayNames(const std::string& collection) {
  std::vector<std::string> names;
  MutexLock lock(mutex_);
  const auto found = lists_.find(collection);
  if (found == lists_.end() || found->second == nullptr) return names;
  for (const Entry& entry : found->second->entries) {
    const bool known = std::find(names.begin(), names.end(), entry.display_name) != names.end();
    if (!known) names.push_back(entry.display_name);
  }
  return names;
}

absl::Status Names::Unknown(const std::vector<std::string>& collections, absl::string_view text) {
  if (collections.size() > 1) {
    return WithReason(absl::StatusCode::kNotFound, "NAME_UNKNOWN",
                      absl::StrCat("nothing is named \"", text, "\""));
  }
  const Listing* listing = FindListing(collections[0]);
  const std::vector<std::string> known = LoadedDisplayNames(collections[0]);
  std::string hint;
  if (const std::string near = Nearest(text, known); !near.empty()) {
    hint = absl::StrCat("; did you mean \"", near, "\"?");
  } else if (!known.empty() && known.size() <= kMostCandidates) {
    hint = absl::StrCat("; there are ", absl::StrJoin(known, ", "));
  }
  return WithReason(absl::StatusCode::kNotFound, "NAME_UNKNOWN",
                    absl::StrCat("no ", listing == nullptr ? collections[0] : listing->word,
                                 " is named \"", text, "\"", hint));
}

absl::Status Names::Ambiguous(const std::vector<Entry>& matches, absl::string_view text) {
  std::string lines;
  for (size_t i = 0; i < matches.size() && i < kMostCandidates; ++i) {
    std::vector<std::string> traits;
    for (const std::string& trait : matches[i].traits) {
      traits.push_back(OneLine(FindListing(CollectionOfName(trait)) ? DisplayName(trait) : trait));
    }
    absl::StrAppend(&lines, "\n  ", matches[i].name, "  ", absl::StrJoin(traits, ", "));
  }
  if (matches.size() > kMostCandidates) absl::StrAppend(&lines, "\n  ...");
  return UsageError(absl::StrCat(matches.size(), " things are named \"", text,
                                 "\"; say which by its resource name", lines));
}

absl::StatusOr<std::string> Names::Resolve(const std::vector<std::string>& collections,
                                           absl::string_view text) {
  const std::string collection = CollectionOfName(text);
  if (std::find(collections.begin(), collections.end(), collection) != collections.end() &&
      !absl::EndsWith(text, "/")) {
    return std::string(text);
  }
  if (collections.size() == 1) {
    const bool bare = Uuid::Parse(text) && !absl::StrContains(collections[0], "/");
    return bare ? absl::StrCat(collections[0], "/", text) : Only(collections, text);
  }
  const bool organizations =
      std::find(collections.begin(), collections.end(), "organizations") != collections.end();
  if (organizations && text == "organization") {
    ASSIGN_OR_RETURN(const crm::v1::Organization organization, Organization());
    return organization.name();
  }
  const size_t slash = text.find('/');
  if (slash != absl::string_view::npos) {
    const std::string named = CollectionOfWord(text.substr(0, slash));
    if (std::find(collections.begin(), collections.end(), named) != collections.end()) {
      return Resolve({named}, text.substr(slash + 1));
    }
  }
  if (Uuid::Parse(text)) {
    return UsageError(absl::StrCat("\"", text, "\" needs its kind in front: one of ",
                                   absl::StrJoin(collections, ", "), ", then a slash"));
  }
  return Only(collections, text);
}

absl::StatusOr<std::string> Names::LossReasonId(absl::string_view text) {
  ASSIGN_OR_RETURN(const crm::v1::Organization organization, Organization());
  std::vector<std::string> known;
  for (const crm::v1::LossReason& reason : organization.loss_reasons()) {
    if (reason.loss_reason_id() == text || Fold(reason.display_name()) == Fold(text)) {
      return reason.loss_reason_id();
    }
    known.push_back(absl::StrCat(reason.loss_reason_id(), " (", reason.display_name(), ")"));
  }
  return WithReason(
      absl::StatusCode::kNotFound, "NAME_UNKNOWN",
      absl::StrCat("no loss reason is \"", text, "\"; there are ", absl::StrJoin(known, ", ")));
}

}  // namespace crm::ctl
