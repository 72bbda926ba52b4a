// The documents of docs/ that are printed rather than written: what the API offers, which events
// there are, and why a call is refused. They are golden files (documents_test.cc), and `crmctl
// describe` prints them from the binary that is installed.
//
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "tests/golden/event_lists.h"
#include "tests/golden/rejections.h"

namespace crm::golden {

using Files = std::vector<const google::protobuf::FileDescriptor*>;

// Every RPC with its permission, what it needs and what it answers, then the messages it speaks of.
std::string PrintApi(const Files& files);

// Every stored event with its fields and who hears it, by aggregate, then the parts they share.
// `ids` is the text of domain/types/ids.h, which says how the streams are called.
std::string PrintEvents(const Files& files, const std::vector<EventList>& aggregates,
                        const std::vector<EventList>& views, const std::string& ids);

// Every reason by name: code, what it tells people, metadata, and the part that gives it.
std::string PrintErrors(const std::vector<Rejection>& rejections);

}  // namespace crm::golden
