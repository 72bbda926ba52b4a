// Every fuzz target over its kept inputs and over changes of them: what libFuzzer once found stays
// found, without clang. CRM_FUZZ_MUTATIONS=n for longer, CRM_SEED for the same again.
//
// Mutations seen to be found: ParseDirectoryMark that takes longer bytes, LogImporter::Add that
// does not print a line again, DecodeRecord that does not look at the position, CheckRangeProof
// without its root, ParseStageName that takes a nil stage, ParseAnchor and page tokens without
// their checksums, AnchorBytes without its position, record time, organization or either hash.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/seed.h"

namespace crm::fuzz {
namespace {

using crm::testing::Between;
using crm::testing::OneIn;

constexpr size_t kMaxBytes = 4096;

std::string FolderOf(const NamedTarget& target) { return "tests/fuzz/corpus/" + target.name; }

std::vector<std::string> CorpusOf(const NamedTarget& target) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(FolderOf(target)))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

size_t PlaceIn(std::mt19937_64& random, const std::string& bytes) {
  return static_cast<size_t>(Between(random, 0, static_cast<int64_t>(bytes.size())));
}

char AnyByte(std::mt19937_64& random) { return static_cast<char>(Between(random, 0, 255)); }

// One change, as fuzzers make them; `other` is another input to take a piece of.
void Change(std::mt19937_64& random, const std::string& other, std::string& bytes) {
  const size_t at = PlaceIn(random, bytes);
  const auto size = static_cast<size_t>(Between(random, 1, 8));
  switch (Between(random, 0, 6)) {
    case 0:
      if (at < bytes.size())
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << Between(random, 0, 7)));
      break;
    case 1:
      if (at < bytes.size()) bytes[at] = AnyByte(random);
      break;
    case 2:
      bytes.erase(at, size);
      break;
    case 3:
      bytes.insert(at, size, AnyByte(random));
      break;
    case 4:
      bytes.insert(at, bytes.substr(PlaceIn(random, bytes), size));
      break;
    case 5:
      bytes.insert(at, other.substr(PlaceIn(random, other), 8 * size));
      break;
    default:
      bytes.resize(at);
  }
}

std::string ChangedInput(std::mt19937_64& random, const std::vector<std::string>& corpus) {
  const auto any = [&] {
    return corpus[static_cast<size_t>(Between(random, 0, static_cast<int64_t>(corpus.size()) - 1))];
  };
  std::string bytes = any();
  for (int64_t changes = Between(random, 1, 5); changes > 0; --changes)
    Change(random, any(), bytes);
  if (bytes.size() > kMaxBytes) bytes.resize(kMaxBytes);
  return bytes;
}

class CorpusTest : public ::testing::TestWithParam<NamedTarget> {
 protected:
  static void SetUpTestSuite() { ShowInputAtTheEnd(); }
};

TEST_P(CorpusTest, HoldsForWhatWasFound) {
  const std::vector<std::string> corpus = CorpusOf(GetParam());
  ASSERT_FALSE(corpus.empty()) << FolderOf(GetParam());
  for (const std::string& input : corpus) RunTarget(GetParam().run, input);
}

TEST_P(CorpusTest, HoldsForChangesOfIt) {
  std::mt19937_64 random(crm::testing::DrawSeed());
  const std::vector<std::string> corpus = CorpusOf(GetParam());
  const int64_t mutations = crm::testing::NumberFromEnvironment("CRM_FUZZ_MUTATIONS", 2000);
  for (int64_t i = 0; i < mutations; ++i) RunTarget(GetParam().run, ChangedInput(random, corpus));
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, CorpusTest, ::testing::ValuesIn(Targets()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace crm::fuzz
