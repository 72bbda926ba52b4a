// Flags of a command line, derived from the fields of a request.
//
// The resource or filter inside a request gives its fields without a prefix (--display-name, not
// --opportunity-display-name), and so do the parts of it that other requests replace whole; deeper
// messages put their field's name in front (--recurring-revenue-monthly). What every request has is
// global and has no flag here.
#pragma once

#include <string>
#include <vector>

#include "tools/crmctl/assign.h"

namespace crm::ctl {

struct Flag {
  std::string name;  // without the dashes
  FieldPath path;
  bool required = false;   // every such request has it
  bool is_switch = false;  // takes no value
};

// Flags of a request, in the order of its fields; unique by name.
std::vector<Flag> FlagsOf(const Descriptor& request);

// What a field takes, in a word: "TEXT", "MONEY", "DATE", "member", "open|won|lost".
std::string Placeholder(const FieldDescriptor& field);

// Path of the message that an Update request carries together with its mask; empty: none.
FieldPath ResourcePath(const Descriptor& request);

}  // namespace crm::ctl
