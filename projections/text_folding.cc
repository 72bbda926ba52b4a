#include "projections/text_folding.h"

#include <algorithm>
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

// Characters beyond that table whose runs share a spelling, in order. Composed letters become what
// is left of them when their marks are written apart and dropped.
constexpr FoldedRange kRanges[] = {
    {0xA0, 0xA0, " "},       {0xAD, 0xAD, ""},  // a hyphen nobody sees
    {0xB4, 0xB4, "'"},       {0x1A0, 0x1A1, "o"},     {0x1AF, 0x1B0, "u"},
    {0x1CD, 0x1CE, "a"},     {0x1CF, 0x1D0, "i"},     {0x1D1, 0x1D2, "o"},
    {0x1D3, 0x1DC, "u"},     {0x218, 0x219, "s"},     {0x21A, 0x21B, "t"},
    {0x2BC, 0x2BC, "'"},     {0x300, 0x36F, ""},  // combining marks
    {0x386, 0x386, "α"},     {0x388, 0x388, "ε"},     {0x389, 0x389, "η"},
    {0x38A, 0x38A, "ι"},     {0x38C, 0x38C, "ο"},     {0x38E, 0x38E, "υ"},
    {0x38F, 0x38F, "ω"},     {0x390, 0x390, "ι"},     {0x3AA, 0x3AA, "ι"},
    {0x3AB, 0x3AB, "υ"},     {0x3AC, 0x3AC, "α"},     {0x3AD, 0x3AD, "ε"},
    {0x3AE, 0x3AE, "η"},     {0x3AF, 0x3AF, "ι"},     {0x3B0, 0x3B0, "υ"},
    {0x3C2, 0x3C2, "σ"},     {0x3CA, 0x3CA, "ι"},     {0x3CB, 0x3CB, "υ"},
    {0x3CC, 0x3CC, "ο"},     {0x3CD, 0x3CD, "υ"},     {0x3CE, 0x3CE, "ω"},
    {0x400, 0x401, "е"},     {0x403, 0x403, "г"},     {0x407, 0x407, "і"},
    {0x40C, 0x40C, "к"},     {0x40D, 0x40D, "и"},     {0x40E, 0x40E, "у"},
    {0x419, 0x419, "и"},     {0x439, 0x439, "и"},     {0x450, 0x451, "е"},
    {0x453, 0x453, "г"},     {0x457, 0x457, "і"},     {0x45C, 0x45C, "к"},
    {0x45D, 0x45D, "и"},     {0x45E, 0x45E, "у"},     {0x1AB0, 0x1AFF, ""},
    {0x1DC0, 0x1DFF, ""},    {0x1E00, 0x1E01, "a"},   {0x1E02, 0x1E07, "b"},
    {0x1E08, 0x1E09, "c"},   {0x1E0A, 0x1E13, "d"},   {0x1E14, 0x1E1D, "e"},
    {0x1E1E, 0x1E1F, "f"},   {0x1E20, 0x1E21, "g"},   {0x1E22, 0x1E2B, "h"},
    {0x1E2C, 0x1E2F, "i"},   {0x1E30, 0x1E35, "k"},   {0x1E36, 0x1E3D, "l"},
    {0x1E3E, 0x1E43, "m"},   {0x1E44, 0x1E4B, "n"},   {0x1E4C, 0x1E53, "o"},
    {0x1E54, 0x1E57, "p"},   {0x1E58, 0x1E5F, "r"},   {0x1E60, 0x1E69, "s"},
    {0x1E6A, 0x1E71, "t"},   {0x1E72, 0x1E7B, "u"},   {0x1E7C, 0x1E7F, "v"},
    {0x1E80, 0x1E89, "w"},   {0x1E8A, 0x1E8D, "x"},   {0x1E8E, 0x1E8F, "y"},
    {0x1E90, 0x1E95, "z"},   {0x1E96, 0x1E96, "h"},   {0x1E97, 0x1E97, "t"},
    {0x1E98, 0x1E98, "w"},   {0x1E99, 0x1E99, "y"},   {0x1E9E, 0x1E9E, "ss"},
    {0x1EA0, 0x1EB7, "a"},   {0x1EB8, 0x1EC7, "e"},   {0x1EC8, 0x1ECB, "i"},
    {0x1ECC, 0x1EE3, "o"},   {0x1EE4, 0x1EF1, "u"},   {0x1EF2, 0x1EF9, "y"},
    {0x2000, 0x200A, " "},   {0x200B, 0x200F, ""},  // of no width, or only a direction
    {0x2010, 0x2015, "-"},   {0x2018, 0x2019, "'"},   {0x201B, 0x201B, "'"},
    {0x2028, 0x2029, " "},   {0x202A, 0x202E, ""},    {0x202F, 0x202F, " "},
    {0x205F, 0x205F, " "},   {0x2060, 0x2064, ""},    {0x2066, 0x2069, ""},
    {0x20D0, 0x20FF, ""},    {0x2212, 0x2212, "-"},   {0x3000, 0x3000, " "},
    {0xFB00, 0xFB00, "ff"},  {0xFB01, 0xFB01, "fi"},  {0xFB02, 0xFB02, "fl"},
    {0xFB03, 0xFB03, "ffi"}, {0xFB04, 0xFB04, "ffl"}, {0xFE00, 0xFE0F, ""},
    {0xFE20, 0xFE2F, ""},    {0xFEFF, 0xFEFF, ""},
};

// The wide forms of ASCII that East Asian keyboards write.
constexpr uint32_t kWideBegin = 0xFF01;
constexpr uint32_t kWideEnd = 0xFF5F;
constexpr uint32_t kWideOffset = kWideBegin - '!';

// Hangul syllables are composed of two or three letters by arithmetic (The Unicode Standard, 3.12).
constexpr uint32_t kSyllablesBegin = 0xAC00;
constexpr uint32_t kSyllablesEnd = 0xD7A4;
constexpr uint32_t kVowels = 21;
constexpr uint32_t kTails = 28;

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
// have neither case nor marks that matter here; what is longer than it need be is no character.
uint32_t TakeShort(absl::string_view& text) {
  const auto byte = [&text](size_t i) -> uint32_t {
    return i < text.size() ? static_cast<uint8_t>(text[i]) : 0;
  };
  const auto continues = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if ((byte(0) & 0xE0) == 0xC0 && byte(0) >= 0xC2 && continues(1)) {
    const uint32_t code = (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    text.remove_prefix(2);
    return code;
  }
  if ((byte(0) & 0xF0) == 0xE0 && continues(1) && continues(2)) {
    const uint32_t code = (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    if (code < 0x800) return 0;
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

// The letters that a Hangul syllable is made of.
void AppendSyllable(uint32_t code, std::string& out) {
  const uint32_t index = code - kSyllablesBegin;
  AppendUtf8(0x1100 + index / (kVowels * kTails), out);
  AppendUtf8(0x1161 + index / kTails % kVowels, out);
  if (index % kTails != 0) AppendUtf8(0x11A7 + index % kTails, out);
}

void AppendFolded(uint32_t code, std::string& out) {
  if (code >= kLatinBegin && code < kLatinBegin + std::size(kLatin)) {
    out.append(kLatin[code - kLatinBegin].data(), kLatin[code - kLatinBegin].size());
    return;
  }
  if (code >= kWideBegin && code < kWideEnd) {
    out.push_back(absl::ascii_tolower(static_cast<unsigned char>(code - kWideOffset)));
    return;
  }
  if (code >= kSyllablesBegin && code < kSyllablesEnd) return AppendSyllable(code, out);
  const auto* const range =
      std::lower_bound(std::begin(kRanges), std::end(kRanges), code,
                       [](const FoldedRange& each, uint32_t wanted) { return each.last < wanted; });
  if (range != std::end(kRanges) && range->first <= code) {
    out.append(range->spelling.data(), range->spelling.size());
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
