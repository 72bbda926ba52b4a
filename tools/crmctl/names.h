// Names people know things by, and the resource names the API knows them by - both ways.
//
// Lists are loaded once, when first needed, and kept for the life of the object. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "crm/v1/organization_service.pb.h"
#include "tools/crmctl/connection.h"

namespace crm::ctl {

class Names {
 public:
  explicit Names(Connection& connection) : connection_(connection) {}

  // The resource name in one of `collections` ("members", "pipelines/stages", ...) that `text`
  // means: a full name as it is; a bare UUID; or a display name, exact without case. Members are
  // found by e-mail address too, roles by their word, stages as "Stage" or "Pipeline/Stage". With
  // several collections `text` may have its kind in front, "opportunity/Big one"; without one all
  // are searched, and "organization" is the caller's.
  // NAME_UNKNOWN when nothing has the name, with what is near it; a usage error when more than one
  // thing has it: the candidates are listed with what tells them apart.
  absl::StatusOr<std::string> Resolve(const std::vector<std::string>& collections,
                                      absl::string_view text);

  // Loads the whole list of a collection before it is asked for name by name.
  absl::Status Load(const std::string& collection);

  // The display name of a resource name, else the name itself. Short collections are listed once;
  // of long ones (customers, contacts, opportunities, leads) each is read by itself, and after the
  // first 200 names stay names.
  std::string DisplayName(const std::string& name);

  // The id of a loss reason given by its id or its display name. NAME_UNKNOWN lists those there
  // are.
  absl::StatusOr<std::string> LossReasonId(absl::string_view text);

  // The caller's organization, asked for once.
  absl::StatusOr<crm::v1::Organization> Organization();

 private:
  struct Entry {
    std::string name;
    std::string display_name;
    std::vector<std::string> keys;    // folded texts that mean it
    std::vector<std::string> traits;  // what tells it from others of its name
  };
  struct List {
    absl::Status status;
    std::vector<Entry> entries;
    std::multimap<std::string, size_t> by_key;
    std::map<std::string, size_t> by_name;
  };

  // What of one collection has the name; names are taken as they are.
  absl::StatusOr<std::vector<Entry>> Matches(const std::string& collection, absl::string_view text);
  absl::StatusOr<std::string> Only(const std::vector<std::string>& collections,
                                   absl::string_view text);
  absl::Status Unknown(const std::vector<std::string>& collections, absl::string_view text);
  absl::Status Ambiguous(const std::vector<Entry>& matches, absl::string_view text);
  std::vector<std::string> LoadedDisplayNames(const std::string& collection);
  std::shared_ptr<const List> Fetch(const std::string& collection, absl::string_view text);
  std::shared_ptr<const List> Listed(const std::string& collection);
  std::string SingleDisplayName(const MethodDescriptor& get, const std::string& name)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void AddEntries(const Message& row, const std::string& collection, List& list);

  Connection& connection_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<const List>> lists_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> singles_ ABSL_GUARDED_BY(mutex_);  // display names by name
  std::shared_ptr<const crm::v1::Organization> organization_ ABSL_GUARDED_BY(mutex_);
};

// "member" or "members" or "stage": the collection that a word of the command line stands for;
// empty when it is none.
std::string CollectionOfWord(absl::string_view word);

// The other way: "stage" for "pipelines/stages"; empty for one that is not listed by name.
std::string WordOfCollection(absl::string_view collection);

// The collection a resource name lies in: "pipelines/stages" for "pipelines/x/stages/y".
std::string CollectionOfName(absl::string_view name);

}  // namespace crm::ctl
