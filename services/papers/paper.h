// Paper: a document as it is to be printed - every text, no layout. What a document means is in
// document_paper.h, where it goes on the sheet in pdf.h. A value; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace crm::services::papers {

// "Invoice date": "14 March 2026".
struct PaperFact {
  std::string label;
  std::string value;
};

// A line of the table; what is empty in every line has no column.
struct PaperLine {
  std::string description;  // may have several lines
  std::string quantity;
  std::string unit_price;
  std::string discount;
  std::string tax;
  std::string amount;
  std::string carried;  // sum of the amounts up to this line
};

// A row below the table.
struct PaperTotal {
  std::string label;
  std::string amount;
  bool strong = false;
};

struct Paper {
  std::string title;      // "Invoice INV-2026-00001"
  std::string subject;    // what it is about
  std::string watermark;  // across every sheet, "DRAFT"; empty: none
  std::string sender_name;
  std::string letterhead;              // below the name, line by line
  std::vector<std::string> recipient;  // lines of the address
  std::vector<PaperFact> facts;        // beside the address
  std::string currency_code;           // of every amount
  std::vector<PaperLine> lines;        // at least one
  std::vector<PaperTotal> totals;      // in order
  std::string closing;                 // one sentence below the totals; empty: none
  std::string note;                    // below it; may have several lines
  std::string file_name;               // without separators of paths
  absl::Time instant;                  // when the document became what it is: the file's date
};

}  // namespace crm::services::papers
