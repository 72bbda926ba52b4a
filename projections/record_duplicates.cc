// Records that may be the same as one that is about to be entered: a query of RecordIndex.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "domain/types/phone.h"
#include "projections/record_index.h"
#include "projections/sort_key.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using Found = RecordIndex::Found;
using RecordKey = RecordIndex::RecordKey;

constexpr size_t kMostDuplicates = 20;

// Records that share something with the one asked about.
class Likeness {
 public:
  Likeness(const ViewReader& rows, const QueryContext& context) : rows_(rows), context_(context) {}

  absl::Status Compare(const v1::FindDuplicatesRequest& request) {
    for (const std::string& email : request.emails()) {
      RETURN_IF_ERROR(Share(TermField::kEmail, EmailTerm(email), kEmailShared));
    }
    for (const std::string& phone : request.phones()) {
      RETURN_IF_ERROR(Share(TermField::kPhone, domain::PhoneKey(phone), kPhoneShared));
    }
    const std::vector<std::string> emails(request.emails().begin(), request.emails().end());
    for (const std::string& domain : DomainsOf(request.website(), emails)) {
      for (const std::string& name : {request.display_name(), request.person_name()}) {
        RETURN_IF_ERROR(
            Share(TermField::kNameAndDomain, NameAndDomainTerm(name, domain), kNameShared));
      }
    }
    return absl::OkStatus();
  }

  v1::FindDuplicatesResponse Take() const {
    TopRows<const Match*> best(kMostDuplicates, "");
    for (const auto& [record, match] : matches_) {
      if (!match.has_value()) continue;
      const auto shared = static_cast<int64_t>(match->shared.size());
      best.Add(SortKey(Descending<int64_t>{shared}, record.first, record.second), &*match);
    }
    v1::FindDuplicatesResponse response;
    std::string more;
    for (const Match* match : std::move(best).Take(more)) {
      v1::DuplicateCandidate& candidate = *response.add_duplicates();
      candidate.set_record(match->name);
      for (const Shared field : match->shared) {
        candidate.add_matched_fields(kSharedFields[field]);
      }
    }
    return response;
  }

 private:
  enum Shared : uint8_t { kEmailShared, kPhoneShared, kNameShared };
  static constexpr const char* kSharedFields[] = {"email", "phone", "name_and_domain"};

  struct Match {
    std::string name;
    absl::btree_set<Shared> shared;
  };

  absl::Status Share(TermField field, const std::string& text, Shared shared) {
    if (text.empty()) return absl::OkStatus();
    return RecordIndex::ScanTerms(
        rows_, field, text, RecordIndex::kWhole,
        [&](const RecordKey& record, const std::string&) -> absl::Status {
          const auto [place, fresh] = matches_.try_emplace(record);
          if (fresh) {
            ASSIGN_OR_RETURN(const std::optional<Found> found,
                             RecordIndex::Find(rows_, record.first, record.second));
            if (found.has_value() && !found->refused &&
                RecordIndex::IsShown(record.first, found->scope, context_)) {
              place->second = Match{found->name, {}};
            }
          }
          if (place->second.has_value()) place->second->shared.insert(shared);
          return absl::OkStatus();
        });
  }

  const ViewReader& rows_;
  const QueryContext& context_;
  absl::btree_map<RecordKey, std::optional<Match>> matches_;  // nullopt: not to be shown
};

}  // namespace

absl::StatusOr<v1::FindDuplicatesResponse> RecordIndex::Answer(
    const v1::FindDuplicatesRequest& request, const ViewReader& rows, QueryContext& context) {
  Likeness likeness(rows, context);
  RETURN_IF_ERROR(likeness.Compare(request));
  return likeness.Take();
}

}  // namespace crm::projections
