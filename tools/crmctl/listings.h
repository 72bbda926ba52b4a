// Which RPC lists a collection, and the word for one of its resources. A constant table;
// thread-safe. Include from names only.
#pragma once

#include "absl/strings/string_view.h"

namespace crm::ctl {

// How a collection is listed. `text_path` names the request field that narrows the list to names
// that contain a text: such lists may be long and are not loaded whole for one name.
struct Listing {
  const char* collection;
  const char* word;
  const char* method;
  const char* text_path;
  const char* get_method = "";  // how one of them is read
};

// Null when the resources of the collection have no display names to be found by.
const Listing* FindListing(absl::string_view collection);

}  // namespace crm::ctl
