// Search: a query of RecordIndex.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/btree_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "domain/types/phone.h"
#include "projections/record_index.h"
#include "projections/sort_key.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using Found = RecordIndex::Found;
using RecordKey = RecordIndex::RecordKey;

constexpr int kDefaultHits = 20;

// How well a record matches a query; smaller is better.
enum class Rank : uint8_t { kWhole = 0, kWords = 1, kBeginnings = 2 };

class Search {
 public:
  Search(const ViewReader& rows, const QueryContext& context, const std::string& query)
      : rows_(rows),
        context_(context),
        query_(absl::StripAsciiWhitespace(query)),
        words_(WordsOf(query)) {}

  absl::Status Run() {
    RETURN_IF_ERROR(ByName());
    RETURN_IF_ERROR(ByEmail());
    return ByPhone();
  }

  v1::SearchRecordsResponse Take(size_t count) const {
    TopRows<const Hit*> best(count, "");
    for (const auto& [record, hit] : candidates_) {
      if (!hit.has_value() || hit->matched_field.empty()) continue;
      best.Add(SortKey(static_cast<uint8_t>(hit->rank), record.first,
                       SortedName(hit->found.findable.title), record.second),
               &*hit);
    }
    v1::SearchRecordsResponse response;
    std::string more;
    for (const Hit* hit : std::move(best).Take(more)) {
      v1::SearchRecordsResponse::Hit& shown = *response.add_hits();
      shown.set_record(hit->found.name);
      shown.set_display_name(hit->found.findable.title);
      shown.set_matched_field(hit->matched_field);
    }
    return response;
  }

 private:
  struct Hit {
    Found found;
    Rank rank = Rank::kBeginnings;
    std::string matched_field;  // empty: nothing yet
  };

  absl::Status ByName() {
    if (words_.empty()) return absl::OkStatus();
    // The longest word leaves the fewest records to look at.
    const std::string& longest = *absl::c_max_element(
        words_, [](const auto& a, const auto& b) { return a.size() < b.size(); });
    return RecordIndex::ScanTerms(rows_, TermField::kNameWord, longest, RecordIndex::kBeginning,
                                  [&](const RecordKey& record, const std::string&) -> absl::Status {
                                    ASSIGN_OR_RETURN(Hit * hit, Candidate(record));
                                    if (hit == nullptr) return absl::OkStatus();
                                    Improve(*hit, RankOf(hit->found.findable), "name");
                                    return absl::OkStatus();
                                  });
  }

  absl::Status ByEmail() {
    if (query_.empty() || absl::c_any_of(query_, absl::ascii_isspace)) return absl::OkStatus();
    return ByTerm(TermField::kEmail, EmailTerm(query_), "email");
  }

  absl::Status ByPhone() {
    if (absl::c_any_of(query_,
                       [](char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); })) {
      return absl::OkStatus();
    }
    const std::string phone = domain::PhoneKey(query_);
    return phone.empty() ? absl::OkStatus() : ByTerm(TermField::kPhone, phone, "phone");
  }

  absl::Status ByTerm(TermField field, const std::string& text, const char* matched_field) {
    return RecordIndex::ScanTerms(
        rows_, field, text, RecordIndex::kBeginning,
        [&](const RecordKey& record, const std::string& term) -> absl::Status {
          ASSIGN_OR_RETURN(Hit * hit, Candidate(record));
          if (hit == nullptr) return absl::OkStatus();
          Improve(*hit, term == text ? Rank::kWhole : Rank::kBeginnings, matched_field);
          return absl::OkStatus();
        });
  }

  // How well the names match all words, which may be spread over them; nullopt when they do not.
  std::optional<Rank> RankOf(const Findable& record) const {
    std::vector<std::string> own;
    for (const std::string& name : record.names) {
      const std::vector<std::string> words = WordsOf(name);
      if (words == words_) return Rank::kWhole;
      own.insert(own.end(), words.begin(), words.end());
    }
    bool whole_words = true;
    for (const std::string& word : words_) {
      if (absl::c_linear_search(own, word)) continue;
      whole_words = false;
      if (absl::c_none_of(own, [&](const std::string& w) { return absl::StartsWith(w, word); })) {
        return std::nullopt;
      }
    }
    return whole_words ? Rank::kWords : Rank::kBeginnings;
  }

  // The record, read once; nullptr when the caller must not be shown it.
  absl::StatusOr<Hit*> Candidate(const RecordKey& record) {
    const auto [place, fresh] = candidates_.try_emplace(record);
    if (fresh) {
      ASSIGN_OR_RETURN(std::optional<Found> found,
                       RecordIndex::Find(rows_, record.first, record.second));
      const bool shown = found.has_value() && !found->archived && !found->refused &&
                         RecordIndex::IsShown(record.first, found->scope, context_);
      if (shown) place->second = Hit{*std::move(found), Rank::kBeginnings, ""};
    }
    return place->second.has_value() ? &*place->second : nullptr;
  }

  static void Improve(Hit& hit, std::optional<Rank> rank, const char* matched_field) {
    if (!rank.has_value()) return;
    if (!hit.matched_field.empty() && hit.rank <= *rank) return;
    hit.rank = *rank;
    hit.matched_field = matched_field;
  }

  const ViewReader& rows_;
  const QueryContext& context_;
  const std::string query_;
  const std::vector<std::string> words_;
  absl::btree_map<RecordKey, std::optional<Hit>> candidates_;
};

}  // namespace

absl::StatusOr<v1::SearchRecordsResponse> RecordIndex::Answer(
    const v1::SearchRecordsRequest& request, const ViewReader& rows, QueryContext& context) {
  Search search(rows, context, request.query());
  RETURN_IF_ERROR(search.Run());
  return search.Take(
      static_cast<size_t>(request.page_size() > 0 ? request.page_size() : kDefaultHits));
}

}  // namespace crm::projections
