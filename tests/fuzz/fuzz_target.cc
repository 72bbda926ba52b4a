#include "tests/fuzz/fuzz_target.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "absl/strings/escaping.h"

namespace crm::fuzz {
namespace {

absl::string_view current_input;

std::vector<NamedTarget>& TheTargets() {
  static std::vector<NamedTarget> targets;
  return targets;
}

void ShowInput(int signal) {
  const std::string input = absl::CHexEscape(current_input);
  std::fprintf(stderr, "input: \"%s\"\n", input.c_str());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

const std::vector<NamedTarget>& Targets() { return TheTargets(); }

bool AddTarget(absl::string_view name, Target run) {
  std::vector<NamedTarget>& targets = TheTargets();
  const auto place =
      std::find_if(targets.begin(), targets.end(), [&](const auto& t) { return t.name > name; });
  targets.insert(place, {std::string(name), run});
  return true;
}

void ShowInputAtTheEnd() {
  std::signal(SIGABRT, ShowInput);
  std::signal(SIGSEGV, ShowInput);
}

void RunTarget(Target run, absl::string_view bytes) {
  current_input = bytes;
  try {
    run(bytes);
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "thrown: %s\n", thrown.what());
    Require(false, "nothing is thrown out of a parser");
  }
}

void Require(bool holds, absl::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(property.size()), property.data());
  std::abort();
}

uint8_t FuzzInput::Byte() {
  if (rest_.empty()) return 0;
  const auto byte = static_cast<uint8_t>(rest_[0]);
  rest_.remove_prefix(1);
  return byte;
}

uint64_t FuzzInput::Number() {
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | Byte();
  return number;
}

absl::string_view FuzzInput::Text() {
  const size_t size = Byte();
  const absl::string_view text = rest_.substr(0, size);
  rest_.remove_prefix(text.size());
  return text;
}

std::string FuzzInput::Bytes(size_t size) {
  std::string bytes(rest_.substr(0, size));
  rest_.remove_prefix(bytes.size());
  bytes.resize(size, '\0');
  return bytes;
}

}  // namespace crm::fuzz
