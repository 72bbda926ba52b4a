#include "tests/golden/rejections.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"

namespace crm::golden {
namespace {

constexpr char kVaries[] = "...";

// A part of a file: what is written there, and the same with comments and literals blanked.
struct Part {
  absl::string_view text;
  absl::string_view code;

  Part Between(size_t begin, size_t end) const {
    return {text.substr(begin, end - begin), code.substr(begin, end - begin)};
  }
};

re2::StringPiece Piece(absl::string_view text) { return {text.data(), text.size()}; }

// The arguments of the call whose parenthesis opens at `open`; none when it does not close.
std::vector<Part> ArgumentsAt(const Part& file, size_t open) {
  std::vector<Part> arguments;
  int depth = 0;
  size_t begin = open + 1;
  for (size_t i = open; i < file.code.size(); ++i) {
    const char c = file.code[i];
    depth += c == '(' || c == '{' || c == '[' ? 1 : 0;
    depth -= c == ')' || c == '}' || c == ']' ? 1 : 0;
    if (depth > 1 || (depth == 1 && c != ',')) continue;
    arguments.push_back(file.Between(begin, i));
    begin = i + 1;
    if (depth == 0) return arguments;
  }
  return {};
}

// The text of an argument that is string literals and nothing else.
std::optional<std::string> LiteralOf(const Part& argument) {
  static const auto& literals = *new RE2(R"re((\s*"\s*")+\s*)re");
  if (!RE2::FullMatch(Piece(argument.code), literals)) return std::nullopt;
  std::string text;
  for (size_t at = argument.code.find('"'); at != absl::string_view::npos;) {
    const size_t end = argument.code.find('"', at + 1);
    std::string piece;
    absl::CUnescape(argument.text.substr(at + 1, end - at - 1), &piece);
    text += piece;
    at = argument.code.find('"', end + 1);
  }
  return text;
}

std::string MessageOf(const Part& argument) {
  if (const auto literal = LiteralOf(argument)) return *literal;
  const absl::string_view code = absl::StripAsciiWhitespace(argument.code);
  if (!absl::StartsWith(code, "absl::StrCat(")) return kVaries;
  std::string message;
  for (const Part& part : ArgumentsAt(argument, argument.code.find('('))) {
    const std::string piece = MessageOf(part);
    // Two varying parts in a row read as one.
    if (piece != kVaries || !absl::EndsWith(message, kVaries)) message += piece;
  }
  return message;
}

std::vector<std::string> KeysOf(const Part& metadata) {
  static const auto& pair = *new RE2(R"re(\{\s*"(\w+)"\s*,)re");
  std::vector<std::string> keys;
  re2::StringPiece rest = Piece(metadata.text);
  std::string key;
  while (RE2::FindAndConsume(&rest, pair, &key)) keys.push_back(key);
  return keys;
}

// "absl::StatusCode::kFailedPrecondition" as FAILED_PRECONDITION.
std::string CodeName(absl::string_view expression) {
  expression.remove_prefix(std::min(expression.rfind(":k") + 2, expression.size()));
  std::string name;
  for (const char c : expression) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !name.empty()) name += '_';
    name += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return name;
}

// What a function that takes the reason adds to it.
struct Maker {
  std::string code;
  std::vector<std::string> metadata;
};

struct Call {
  std::string name;
  std::vector<Part> arguments;
  int line = 0;
};

// Whether a call stands here: not the definition of a function, and not a method of an object.
bool IsCallAt(absl::string_view code, size_t at) {
  const absl::string_view before = absl::StripTrailingAsciiWhitespace(code.substr(0, at));
  if (before.empty() || absl::EndsWith(before, "return")) return true;
  const char c = before.back();
  return !absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '>' && c != '_';
}

std::vector<Call> CallsIn(const Part& file) {
  static const auto& name = *new RE2(R"(\b([A-Z]\w*)\()");
  std::vector<Call> calls;
  re2::StringPiece rest = Piece(file.code);
  re2::StringPiece found;
  while (RE2::FindAndConsume(&rest, name, &found)) {
    const auto at = static_cast<size_t>(found.data() - file.code.data());
    if (!IsCallAt(file.code, at)) continue;
    calls.push_back(
        {found.as_string(), ArgumentsAt(file, at + found.size()),
         1 + static_cast<int>(std::count(file.text.begin(), file.text.begin() + at, '\n'))});
  }
  return calls;
}

using Makers = std::map<std::string, Maker>;

bool IsPassedOn(const Part& argument) {
  static const auto& passed_on = *new RE2(R"(\s*(absl::string_view )?reason\s*)");
  return RE2::FullMatch(Piece(argument.code), passed_on);
}

// What this call makes of the reason that the function around it was given; none: something else.
std::optional<Maker> ForwardedBy(const Call& call, const Makers& makers) {
  if (call.name == "WithReason" && call.arguments.size() >= 3 && IsPassedOn(call.arguments[1])) {
    return Maker{CodeName(call.arguments[0].code), KeysOf(call.arguments.back())};
  }
  const auto known = makers.find(call.name);
  if (known == makers.end() || call.arguments.size() < 2 || !IsPassedOn(call.arguments[0])) {
    return std::nullopt;
  }
  return Maker{known->second.code, KeysOf(call.arguments.back())};
}

// The functions of a file that make rejections of a reason they are given, beside those known.
Makers MakersIn(const Part& file, const std::vector<Call>& calls, Makers makers) {
  static const auto& definition = *new RE2(R"(absl::Status (\w+)\(absl::string_view reason\b)");
  re2::StringPiece rest = Piece(file.code);
  std::string name;
  while (RE2::FindAndConsume(&rest, definition, &name)) {
    const int line = 1 + static_cast<int>(std::count(file.code.data(), rest.data(), '\n'));
    for (const Call& call : calls) {
      const std::optional<Maker> maker = ForwardedBy(call, makers);
      if (call.line < line || !maker.has_value()) continue;
      makers[name] = *maker;
      break;
    }
  }
  return makers;
}

std::vector<Rejection> RejectionsOf(const architecture::SourceFile& file, const Makers& shared) {
  const std::string blanked = architecture::CodeOnly(file.text);
  const Part all{file.text, blanked};
  const std::vector<Call> calls = CallsIn(all);
  const Makers makers = MakersIn(all, calls, shared);
  std::vector<Rejection> rejections;
  for (const Call& call : calls) {
    const bool explicit_code = call.name == "WithReason";
    const auto maker = makers.find(call.name);
    if (!explicit_code && maker == makers.end()) continue;
    const size_t at = explicit_code ? 1 : 0;
    if (call.arguments.size() < at + 2 || IsPassedOn(call.arguments[at])) continue;
    Rejection rejection;
    rejection.reason = LiteralOf(call.arguments[at]).value_or("");
    rejection.code = explicit_code ? CodeName(call.arguments[0].code) : maker->second.code;
    rejection.message = kVaries;
    for (size_t i = at + 1; i < call.arguments.size() && rejection.message == kVaries; ++i) {
      rejection.message = MessageOf(call.arguments[i]);
    }
    rejection.metadata = KeysOf(call.arguments.back());
    if (!explicit_code && rejection.metadata.empty()) rejection.metadata = maker->second.metadata;
    rejection.path = file.path;
    rejection.line = call.line;
    rejections.push_back(std::move(rejection));
  }
  return rejections;
}

// Those that several files use are declared in a header; what they make stands in its source.
Makers SharedMakers(const std::vector<architecture::SourceFile>& files) {
  static const auto& declaration =
      *new RE2(R"(absl::Status (\w+)\(absl::string_view reason\b[^;{]*;)");
  Makers shared = {{"Refuse", {"FAILED_PRECONDITION", {}}},
                   {"Invalid", {"INVALID_ARGUMENT", {}}},
                   {"Taken", {"ALREADY_EXISTS", {}}}};
  for (const architecture::SourceFile& header : files) {
    const std::string declared = architecture::CodeOnly(header.text);
    if (!absl::EndsWith(header.path, ".h") || !RE2::PartialMatch(declared, declaration)) continue;
    const std::string source = absl::StrCat(absl::StripSuffix(header.path, ".h"), ".cc");
    for (const architecture::SourceFile& file : files) {
      if (file.path != source) continue;
      const std::string blanked = architecture::CodeOnly(file.text);
      const Part all{file.text, blanked};
      const Makers makers = MakersIn(all, CallsIn(all), shared);
      re2::StringPiece rest = Piece(declared);
      std::string name;
      while (RE2::FindAndConsume(&rest, declaration, &name)) {
        if (makers.count(name) > 0) shared[name] = makers.at(name);
      }
    }
  }
  return shared;
}

}  // namespace

std::vector<Rejection> RejectionsIn(const std::vector<architecture::SourceFile>& files) {
  const Makers shared = SharedMakers(files);
  std::vector<Rejection> all;
  for (const architecture::SourceFile& file : files) {
    for (Rejection& rejection : RejectionsOf(file, shared)) all.push_back(std::move(rejection));
  }
  return all;
}

}  // namespace crm::golden
