// The vocabulary of docs/glossary.md as a rule: the words it forbids, with those to say instead, in
// whatever people read - names, protos, headers, documents, and the messages of the programs.
//
// The glossary is read once, from the repository's root. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/architecture/source_text.h"

namespace crm::architecture {

struct Synonym {
  std::string word;
  std::string ours;
};

// The forbidden words of a glossary's tables (columns Word, Means, Never), with their plurals.
std::vector<Synonym> SynonymsIn(absl::string_view glossary);

// The first forbidden word in a name or text of the file `path`; empty: none.
// "we say opportunity, not deal".
std::string FindSynonym(absl::string_view path, absl::string_view text);

// Everything people read in a file: all of a proto, header or document, of a source the literals.
std::vector<Finding> CheckVocabulary(const SourceFile& file);

}  // namespace crm::architecture
