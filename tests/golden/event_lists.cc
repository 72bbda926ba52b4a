#include "tests/golden/event_lists.h"

#include <map>

#include "re2/re2.h"

namespace crm::golden {
namespace {

using architecture::SourceFile;
using Lists = std::map<std::string, std::string>;

// Named lists of events that views share: "using LeadEvents = std::variant<...>;".
Lists SharedLists(const std::vector<SourceFile>& headers) {
  static const auto& list = *new RE2(R"(using (\w+) =\s*((?:std::variant|JoinEvents)<[^;]*)\s*;)");
  Lists lists;
  for (const SourceFile& header : headers) {
    const std::string code = architecture::CodeOnly(header.text);
    re2::StringPiece rest(code);
    std::string name;
    std::string text;
    while (RE2::FindAndConsume(&rest, list, &name, &text)) {
      if (name != "Event" && name != "Events") lists[name] = text;
    }
  }
  return lists;
}

// Appends the events that `text` names, itself or by the name of a shared list.
void Expand(const std::string& text, const Lists& lists, std::vector<std::string>& events) {
  static const auto& word = *new RE2(R"((events::v1::)?(\w+))");
  re2::StringPiece rest(text);
  std::string package;
  std::string name;
  while (RE2::FindAndConsume(&rest, word, &package, &name)) {
    const auto shared = lists.find(name);
    if (!package.empty()) {
      events.push_back(name);
    } else if (shared != lists.end()) {
      Expand(shared->second, lists, events);
    }
  }
}

}  // namespace

std::vector<EventList> AggregatesIn(const std::vector<SourceFile>& headers) {
  static const auto& aggregate = *new RE2(
      R"(\nstruct (\w+) \{\n  using Id = \w+;\n  using State = \w+;\n  using Event =\s*([^;]*);)");
  std::vector<EventList> lists;
  for (const SourceFile& header : headers) {
    const std::string code = architecture::CodeOnly(header.text);
    std::string name;
    std::string text;
    if (!RE2::PartialMatch(code, aggregate, &name, &text)) continue;
    lists.push_back({name, header.path, {}});
    Expand(text, {}, lists.back().events);
  }
  return lists;
}

std::vector<EventList> ViewsIn(const std::vector<SourceFile>& headers) {
  static const auto& view_name = *new RE2(R"re(kName = "(\w+)")re");
  static const auto& view_events = *new RE2(R"(\n  using Events =\s*([^;]*);)");
  const Lists shared = SharedLists(headers);
  std::vector<EventList> lists;
  for (const SourceFile& header : headers) {
    std::string name;
    std::string text;
    if (!RE2::PartialMatch(architecture::CodeOnly(header.text), view_events, &text) ||
        !RE2::PartialMatch(header.text, view_name, &name)) {
      continue;
    }
    lists.push_back({name, header.path, {}});
    Expand(text, shared, lists.back().events);
  }
  return lists;
}

}  // namespace crm::golden
