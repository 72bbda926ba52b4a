#include "projections/text_folding.h"

#include <cstdint>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"

namespace crm::projections {
namespace {

// Spellings of U+00C0 to U+017F, the Latin letters of Europe; blank where a sign is no letter.
constexpr absl::string_view kLatin[] = {
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   // C0
    "d", "n", "o",  "o",  "o", "o", "o",  " ", "o", "u", "u", "u", "u", "y", "th", "ss",  // D0
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   // E0
    "d", "n", "o",  "o",  "o", "o", "o",  " ", "o", "u", "u", "u", "u", "y", "th", "y",   // F0
    "a", "a", "a",  "a",  "a", "a", "c",  "c", "c", "c", "c", "c", "c", "c", "d",  "d",   // 100
    "d", "d", "e",  "e",  "e", "e", "e",  "e", "e", "e", "e", "e", "g", "g", "g",  "g",   // 110
    "g", "g", "g",  "g",  "h", "h", "h",  "h", "i", "i", "i", "i", "i", "i", "i",  "i",   // 120
    "i", "i", "ij", "ij", "j", "j", "k",  "k", "k", "l", "l", "l", "l", "l", "l",  "l",   // 130
    "l", "l", "l",  "n",  "n", "n", "n",  "n", "n", "n", "n", "n", "o", "o", "o",  "o",   // 140
    "o", "o", "oe", "oe", "r", "r", "r",  "r", "r", "r", "s", "s", "s", "s", "s",  "s",   // 150
    "s", "s", "t",  "t",  "t", "t", "t",  "t", "u", "u", "u", "u", "u", "u", "u",  "u",   // 160
    "u", "u", "u",  "u",  "w", "w", "y",  "y", "y", "z", "z", "z", "z", "z", "z",  "s",   // 170
};
constexpr uint32_t kLatinBegin = 0xC0;
static_assert(std::size(kLatin) == 0x180 - kLatinBegin);

struct FoldedRange {
  uint32_t first;
  uint32_t last;
  absl::string_view spelling;
};

// Letters beyond that table whose runs share a spelling.
constexpr FoldedRange kRanges[] = {
    {0x1A0, 0x1A1, "o"},    {0x1AF, 0x1B0, "u"},   {0x218, 0x219, "s"},   {0x21A, 0x21B, "t"},
    {0x300, 0x36F, ""},  // combining marks
    {0x1E9E, 0x1E9E, "ss"}, {0x1EA0, 0x1EB7, "a"}, {0x1EB8, 0x1EC7, "e"}, {0x1EC8, 0x1ECB, "i"},
    {0x1ECC, 0x1EE3, "o"},  {0x1EE4, 0x1EF1, "u"}, {0x1EF2, 0x1EF9, "y"},
};

void AppendUtf8(uint32_t code, std::string& out) {
  if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code >> 6));
  } else {
    out.push_back(static_cast<char>(0xE0 | code >> 12));
    out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
  }
  out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
}

// Takes one character of two or three bytes from the front; 0 when there is none such. Longer ones
// have neither case nor marks that matter here.
uint32_t TakeShort(absl::string_view& text) {
  const auto byte = [&text](size_t i) -> uint32_t {
    return i < text.size() ? static_cast<uint8_t>(text[i]) : 0;
  };
  const auto continues = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if ((byte(0) & 0xE0) == 0xC0 && continues(1)) {
    const uint32_t code = (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    text.remove_prefix(2);
    return code;
  }
  if ((byte(0) & 0xF0) == 0xE0 && continues(1) && continues(2)) {
    const uint32_t code = (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    text.remove_prefix(3);
    return code;
  }
  return 0;
}

// The small letter of a Greek or Cyrillic capital; others as they are.
uint32_t ToSmall(uint32_t code) {
  const bool greek = code >= 0x391 && code <= 0x3A9 && code != 0x3A2;
  if (greek || (code >= 0x410 && code <= 0x42F)) return code + 0x20;
  if (code >= 0x400 && code <= 0x40F) return code + 0x50;
  return code;
}

void AppendFolded(uint32_t code, std::string& out) {
  if (code >= kLatinBegin && code < kLatinBegin + std::size(kLatin)) {
    out.append(kLatin[code - kLatinBegin].data(), kLatin[code - kLatinBegin].size());
    return;
  }
  for (const FoldedRange& range : kRanges) {
    if (code < range.first || code > range.last) continue;
    out.append(range.spelling.data(), range.spelling.size());
    return;
  }
  AppendUtf8(ToSmall(code), out);
}

// A byte of a word: a letter or digit of ASCII, or of any character beyond.
bool IsWordByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || absl::ascii_isalnum(byte);
}

}  // namespace

std::string FoldText(absl::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) {
    if (const uint32_t code = TakeShort(text); code != 0) {
      AppendFolded(code, folded);
      continue;
    }
    folded.push_back(absl::ascii_tolower(static_cast<unsigned char>(text.front())));
    text.remove_prefix(1);
  }
  return folded;
}

std::vector<std::string> WordsOf(absl::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : FoldText(text)) {
    if (!IsWordByte(c)) {
      // "O'Neill" and "ONeill" are one word.
      inside = inside && c == '\'';
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    words.back().push_back(c);
  }
  return words;
}

std::string NameKey(absl::string_view name) { return absl::StrJoin(WordsOf(name), " "); }

}  // namespace crm::projections
