#include "tools/crmctl/text.h"

#include <wchar.h>
#include <wctype.h>

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace crm::ctl {
namespace {

constexpr char kEllipsis[] = "\u2026";

// One character of `text` from `at`: its code point and how many bytes it takes. A byte that
// begins no valid sequence stands for itself.
struct Character {
  uint32_t code = 0;
  size_t size = 1;
};

Character CharacterAt(absl::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(at);
  size_t size = 1;
  uint32_t code = lead;
  if (lead >= 0xF0 && lead < 0xF8) {
    size = 4;
    code = lead & 0x07U;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    size = 3;
    code = lead & 0x0FU;
  } else if (lead >= 0xC0 && lead < 0xE0) {
    size = 2;
    code = lead & 0x1FU;
  }
  if (at + size > text.size()) return {lead, 1};
  for (size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80) return {lead, 1};
    code = code << 6U | (byte(at + i) & 0x3FU);
  }
  return {code, size};
}

int WidthOf(const Character& character) {
  if (character.code < 0x80) return 1;
  return std::max(0, ::wcwidth(static_cast<wchar_t>(character.code)));
}

void AppendUtf8(uint32_t code, std::string& out) {
  const auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6U);
    put(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12U);
    put(0x80 | (code >> 6U & 0x3FU));
    put(0x80 | (code & 0x3FU));
  } else {
    put(0xF0 | code >> 18U);
    put(0x80 | (code >> 12U & 0x3FU));
    put(0x80 | (code >> 6U & 0x3FU));
    put(0x80 | (code & 0x3FU));
  }
}

// Bytes to insert, remove or change to make one text of the other.
size_t EditsBetween(absl::string_view one, absl::string_view other) {
  std::vector<size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= one.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= other.size(); ++j) {
      const size_t changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[other.size()];
}

}  // namespace

int DisplayWidth(absl::string_view text) {
  int width = 0;
  for (size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    width += WidthOf(character);
    at += character.size;
  }
  return width;
}

std::string Truncate(absl::string_view text, int columns) {
  if (DisplayWidth(text) <= columns) return std::string(text);
  if (columns <= 0) return "";
  std::string cut;
  int width = 0;
  for (size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    width += WidthOf(character);
    if (width > columns - 1) break;
    cut.append(text.data() + at, character.size);
    at += character.size;
  }
  return cut + kEllipsis;
}

std::string PadRight(absl::string_view text, int columns) {
  return std::string(text) + Repeat(" ", columns - DisplayWidth(text));
}

std::string PadLeft(absl::string_view text, int columns) {
  return Repeat(" ", columns - DisplayWidth(text)) + std::string(text);
}

std::string OneLine(absl::string_view text) {
  std::string line;
  for (size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    const bool control = character.code < 0x20 || character.code == 0x7F ||
                         (character.size > 1 && character.code >= 0x80 && character.code < 0xA0);
    if (control) {
      line.push_back(' ');
    } else {
      line.append(text.data() + at, character.size);
    }
    at += character.size;
  }
  return line;
}

std::string Fold(absl::string_view text) {
  std::string folded;
  for (size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    if (character.size == 1) {
      folded.push_back(absl::ascii_tolower(static_cast<unsigned char>(text[at])));
    } else {
      AppendUtf8(static_cast<uint32_t>(::towlower(character.code)), folded);
    }
    at += character.size;
  }
  return folded;
}

std::vector<std::string> Wrap(absl::string_view text, int columns) {
  std::vector<std::string> lines(1);
  int width = 0;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    const int size = DisplayWidth(word);
    const bool first = lines.back().empty();
    if (!first && width + 1 + size > columns) {
      lines.emplace_back(word);
      width = size;
      continue;
    }
    absl::StrAppend(&lines.back(), first ? "" : " ", word);
    width += size + (first ? 0 : 1);
  }
  return lines;
}

std::string Repeat(absl::string_view piece, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text.append(piece.data(), piece.size());
  return text;
}

std::string Nearest(absl::string_view word, const std::vector<std::string>& candidates) {
  const std::string wanted = Fold(word);
  std::string nearest;
  size_t fewest = std::max<size_t>(wanted.size() < 4 ? 1 : 2, wanted.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::string folded = Fold(candidate);
    const bool begins = wanted.size() >= 3 && folded.compare(0, wanted.size(), wanted) == 0;
    const size_t edits = begins ? 1 : EditsBetween(wanted, folded);
    if (edits < fewest) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string Kebab(absl::string_view text) {
  std::string kebab = absl::AsciiStrToLower(text);
  std::replace(kebab.begin(), kebab.end(), '_', '-');
  return kebab;
}

}  // namespace crm::ctl
