// What a query of a view is asked with, and how it says where its page ends.
//
// A view answers with static functions over its own tables:
//
//   // Names in the order asked for; the services render each from its stream, so a list row and a
//   Get agree. static absl::StatusOr<std::vector<OpportunityId>> Select(const
//   v1::ListOpportunitiesRequest&, const ViewReader&,
//                                                            QueryContext&);
//   // A report that is made of the view's own rows.
//   static absl::StatusOr<v1::Board> Answer(const v1::GetPipelineBoardRequest&, const ViewReader&,
//   QueryContext&);
//
// The services fill page tokens and positions. Threading: one query, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "domain/audience.h"

namespace crm::projections {

class QueryContext {
 public:
  // `at` is the instant asked for: now, or the last instant that counts in an as-of query. `after`
  // is where an earlier page ended; empty for the first.
  QueryContext(const domain::Audience& audience, absl::Time at, int page_size, std::string after)
      : audience_(audience), at_(at), page_size_(page_size), after_(std::move(after)) {}

  // For answers made of several kinds of records: whose of each kind the caller may see, and the
  // log position the rows reflect. Without it every kind is seen as `audience` says.
  QueryContext& WithRecords(const domain::RecordAudiences& records, int64_t position) {
    records_ = &records;
    position_ = position;
    return *this;
  }

  const domain::Audience& audience() const { return audience_; }
  bool Sees(const domain::Scope& scope) const { return audience_.Sees(scope); }
  bool SeesContact(const domain::Scope& scope) const {
    return (records_ == nullptr ? audience_ : records_->contacts).Sees(scope);
  }
  bool SeesCustomer(const domain::Scope& scope) const {
    return (records_ == nullptr ? audience_ : records_->customers).Sees(scope);
  }
  bool SeesInvoice(const domain::Scope& scope) const {
    return (records_ == nullptr ? audience_ : records_->invoices).Sees(scope);
  }
  bool SeesLead(const domain::Scope& scope) const {
    return (records_ == nullptr ? audience_ : records_->leads).Sees(scope);
  }
  bool SeesOpportunity(const domain::Scope& scope) const {
    return (records_ == nullptr ? audience_ : records_->opportunities).Sees(scope);
  }
  bool SeesPayment(const domain::Scope& scope) const {
    return (records_ == nullptr ? audience_ : records_->payments).Sees(scope);
  }
  // Zero where nobody said.
  int64_t position() const { return position_; }
  // The caller, for figures that depend on who asks (favourites).
  const domain::MemberId& member() const { return audience_.member; }
  absl::Time at() const { return at_; }
  int page_size() const { return page_size_; }
  const std::string& after() const { return after_; }

  // The page is full; the next one begins after this place (any bytes the view understands, at most
  // 512).
  void ContinueAfter(std::string place) { next_ = std::move(place); }
  const std::string& next() const { return next_; }

 private:
  const domain::Audience& audience_;
  const domain::RecordAudiences* records_ = nullptr;
  int64_t position_ = 0;
  const absl::Time at_;
  const int page_size_;
  const std::string after_;
  std::string next_;
};

}  // namespace crm::projections
