#include "tests/architecture/source_text.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace crm::architecture {
namespace {

// Copies code and blanks the rest, one token at a time.
class Blanker {
 public:
  explicit Blanker(absl::string_view text) : text_(text), code_(text) {}

  std::string Blank() {
    while (at_ < text_.size()) Step();
    return code_;
  }

 private:
  void Step() {
    const absl::string_view rest = text_.substr(at_);
    if (absl::StartsWith(rest, "//")) {
      BlankUntil(text_.find('\n', at_));
    } else if (absl::StartsWith(rest, "/*")) {
      BlankUntil(After("*/", at_ + 2));
    } else if (absl::StartsWith(rest, "#include")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (absl::StartsWith(rest, "R\"") && !FollowsWord()) {
      const absl::string_view delimiter = rest.substr(2, rest.find('(') - 2);
      BlankUntil(After(absl::StrCat(")", delimiter, "\""), at_ + 2));
    } else if (rest[0] == '"') {
      BlankLiteral('"');
    } else if (rest[0] == '\'' && !FollowsWord()) {  // not the separator of 1'000
      BlankLiteral('\'');
    } else {
      ++at_;
    }
  }

  bool FollowsWord() const {
    return at_ > 0 && (std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0);
  }

  size_t After(absl::string_view end, size_t from) const {
    const size_t found = text_.find(end, from);
    return found == absl::string_view::npos ? found : found + end.size();
  }

  void BlankLiteral(char quote) {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    ++at_;  // the quotes stay: they show that there was a literal
    BlankUntil(end);
    ++at_;
  }

  void BlankUntil(size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_) {
      if (text_[at_] != '\n') code_[at_] = ' ';
    }
  }

  absl::string_view text_;
  std::string code_;
  size_t at_ = 0;
};

}  // namespace

std::vector<SourceFile> ReadSources(const std::vector<std::string>& places,
                                    const std::vector<std::string>& suffixes) {
  std::vector<SourceFile> files;
  const auto read = [&](const std::string& path) {
    const bool wanted = std::any_of(suffixes.begin(), suffixes.end(), [&](const auto& suffix) {
      return absl::EndsWith(path, suffix);
    });
    if (!wanted || !std::filesystem::is_regular_file(path)) return;
    std::ifstream stream(path, std::ios::binary);
    files.push_back({path, std::string(std::istreambuf_iterator<char>(stream), {})});
  };
  for (const std::string& place : places) {
    read(place);
    if (!std::filesystem::is_directory(place)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(place)) {
      read(entry.path().generic_string());
    }
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<SourceFile> ReadOurCode() {
  return ReadSources(
      {"base", "evidence", "domain", "eventstore", "projections", "services", "tools", "tests"},
      {".h", ".cc"});
}

std::string CodeOnly(absl::string_view text) { return Blanker(text).Blank(); }

std::vector<absl::string_view> LinesOf(absl::string_view text) {
  return absl::StrSplit(absl::StripSuffix(text, "\n"), '\n');
}

bool IsBelow(absl::string_view path, absl::string_view folder) {
  return path == folder || (absl::StartsWith(path, folder) && path.size() > folder.size() &&
                            path[folder.size()] == '/');
}

std::string Report(const std::vector<Finding>& findings) {
  std::string report;
  for (const Finding& finding : findings) {
    absl::StrAppend(&report, finding.path, ":", finding.line, ": ", finding.message, "\n");
  }
  return report;
}

}  // namespace crm::architecture
