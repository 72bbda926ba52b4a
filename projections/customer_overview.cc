#include "projections/customer_overview.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "domain/render.h"
#include "projections/sort_key.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using domain::ContactId;
using domain::CustomerId;
using domain::LeadId;
using domain::Money;
using domain::OpportunityId;
using views::v1::ContactCard;
using views::v1::CustomerCard;
using views::v1::LeadCard;
using views::v1::OpportunityCard;

constexpr size_t kShownOpportunities = 100;

Weigher WeigherOver(const ViewReader& rows) {
  return Weigher(
      [&rows](const std::string& id) {
        return CustomerOverview::kPipelines.GetOrEmpty(rows, {UuidOf(id)});
      },
      [&rows](const std::string& id) {
        return CustomerOverview::kGroups.GetOrEmpty(rows, {UuidOf(id)});
      },
      [&rows](const std::string& id) {
        return CustomerOverview::kOpportunities.Get(rows, {domain::FromBytes<OpportunityId>(id)});
      });
}

// The largest of a currency first, then those of unknown revenue: amounts of different currencies
// are not compared.
std::string BySize(const OpportunityCard& card) {
  return SortKey(card.currency_code().empty(), card.currency_code(),
                 Descending<int64_t>{card.expected_minor()},
                 domain::FromBytes<OpportunityId>(card.opportunity_id()));
}

// The figures of one customer while its records are read.
class OverviewDraft {
 public:
  OverviewDraft(const ViewReader& rows, const QueryContext& context, const CustomerId& customer)
      : rows_(rows), context_(context), customer_(customer), weigher_(WeigherOver(rows)) {}

  absl::Status ReadContacts(const std::string& main_contact_id) {
    absl::btree_map<std::string, ContactId> contacts;  // by sort key
    RETURN_IF_ERROR(CustomerOverview::kLinks.Scan(
        rows_, CustomerOverview::kLinks.Prefix(customer_),
        [&](const auto& key, const views::v1::ContactLink& link) -> absl::StatusOr<bool> {
          const ContactId id = std::get<1>(key);
          ASSIGN_OR_RETURN(const ContactCard card,
                           CustomerOverview::kContacts.GetOrEmpty(rows_, {id}));
          if (!context_.SeesContact(ScopeOf(card))) return true;
          Note(card.update_time_us());
          if (card.archived()) return true;
          const bool main = domain::ToBytes(id) == main_contact_id;
          contacts[SortKey(!main, int64_t{link.link_time_us()}, id)] = id;
          return true;
        }));
    for (const auto& [key, id] : contacts) overview_.add_contacts(domain::NameOf(id));
    return absl::OkStatus();
  }

  absl::Status ReadLeads(const std::string& origin_id) {
    absl::btree_set<LeadId> leads;
    if (!origin_id.empty()) leads.insert(domain::FromBytes<LeadId>(origin_id));
    RETURN_IF_ERROR(CustomerOverview::kLeadsOf.Scan(
        rows_, CustomerOverview::kLeadsOf.Prefix(customer_), [&](const auto& key, const auto&) {
          leads.insert(std::get<1>(key));
          return true;
        }));
    for (const LeadId& id : leads) {
      ASSIGN_OR_RETURN(const auto card, CustomerOverview::kLeads.Get(rows_, {id}));
      if (!card.has_value() || !context_.SeesLead(ScopeOf(*card))) continue;
      overview_.add_leads(domain::NameOf(id));
    }
    return absl::OkStatus();
  }

  absl::Status ReadOpportunities() {
    TopRows<OpportunityId> largest(kShownOpportunities, "");
    RETURN_IF_ERROR(CustomerOverview::kOpportunitiesOf.Scan(
        rows_, CustomerOverview::kOpportunitiesOf.Prefix(customer_),
        [&](const auto& key, const auto&) -> absl::StatusOr<bool> {
          const OpportunityId id = std::get<1>(key);
          ASSIGN_OR_RETURN(const OpportunityCard card,
                           CustomerOverview::kOpportunities.GetOrEmpty(rows_, {id}));
          if (!context_.SeesOpportunity(ScopeOf(card))) return true;
          Note(card.update_time_us());
          if (IsOpen(card)) largest.Add(BySize(card), id);
          RETURN_IF_ERROR(Count(card));
          return true;
        }));
    std::string more;
    for (const OpportunityId& id : std::move(largest).Take(more)) {
      overview_.add_open_opportunities(domain::NameOf(id));
    }
    return absl::OkStatus();
  }

  // Something happened at this time, in microseconds since the Unix epoch.
  void Note(int64_t time_us) { last_time_us_ = std::max(last_time_us_, time_us); }

  v1::CustomerOverview Take() && {
    for (auto& [code, sums] : sums_) {
      v1::CustomerOverview::Totals& totals = *overview_.add_totals();
      *totals.mutable_open_expected_revenue() = sums.open_expected.ToProto();
      *totals.mutable_open_weighted_revenue() = sums.open_weighted.ToProto();
      *totals.mutable_won_revenue() = sums.won.ToProto();
      const Money nothing(sums.won.currency(), 0);
      *totals.mutable_invoiced() = nothing.ToProto();
      *totals.mutable_outstanding() = nothing.ToProto();
    }
    if (last_time_us_ != 0) {
      *overview_.mutable_last_activity_time() =
          domain::TimestampOf(absl::FromUnixMicros(last_time_us_));
    }
    return std::move(overview_);
  }

 private:
  struct Sums {
    Money open_expected;
    Money open_weighted;
    Money won;
  };

  // What is put away counts nowhere.
  absl::Status Count(const OpportunityCard& card) {
    if (card.archived()) return absl::OkStatus();
    if (IsOpen(card)) {
      overview_.set_open_count(overview_.open_count() + 1);
      ASSIGN_OR_RETURN(const Contribution contribution, weigher_.Weigh(card));
      return AddOpen(contribution);
    }
    if (card.state() == v1::OPPORTUNITY_STATE_LOST) {
      overview_.set_lost_count(overview_.lost_count() + 1);
    }
    if (card.state() != v1::OPPORTUNITY_STATE_WON) return absl::OkStatus();
    overview_.set_won_count(overview_.won_count() + 1);
    const std::optional<Money> amount = ExpectedRevenueOf(card);
    if (!amount.has_value()) return absl::OkStatus();
    Sums& sums = SumsOf(*amount);
    ASSIGN_OR_RETURN(sums.won, sums.won + *amount);
    return absl::OkStatus();
  }

  absl::Status AddOpen(const Contribution& contribution) {
    if (!contribution.expected.has_value()) return absl::OkStatus();
    Sums& sums = SumsOf(*contribution.expected);
    if (contribution.counts_expected) {
      ASSIGN_OR_RETURN(sums.open_expected, sums.open_expected + *contribution.expected);
    }
    if (contribution.counts_weighted && contribution.weighted.has_value()) {
      ASSIGN_OR_RETURN(sums.open_weighted, sums.open_weighted + *contribution.weighted);
    }
    return absl::OkStatus();
  }

  Sums& SumsOf(const Money& amount) {
    const Money zero(amount.currency(), 0);
    return sums_.try_emplace(std::string(zero.currency().code()), Sums{zero, zero, zero})
        .first->second;
  }

  const ViewReader& rows_;
  const QueryContext& context_;
  const CustomerId customer_;
  Weigher weigher_;
  v1::CustomerOverview overview_;
  absl::btree_map<std::string, Sums> sums_;  // by currency code
  int64_t last_time_us_ = 0;
};

}  // namespace

absl::Status CustomerOverview::Link(const CustomerId& customer, const ContactId& contact,
                                    const domain::EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::ContactLink * link, kLinks.Edit(rows, {customer, contact}));
  if (link->link_time_us() == 0) {
    link->set_link_time_us(absl::ToUnixMicros(metadata.effective_time));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::CustomerOverview> CustomerOverview::Answer(
    const v1::GetCustomerOverviewRequest& request, const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const auto id, domain::ParseName<CustomerId>(request.name()));
  ASSIGN_OR_RETURN(const CustomerCard card, kCustomers.GetOrEmpty(rows, {id}));
  OverviewDraft draft(rows, context, id);
  draft.Note(card.update_time_us());
  RETURN_IF_ERROR(draft.ReadContacts(card.main_contact_id()));
  RETURN_IF_ERROR(draft.ReadLeads(card.lead_id()));
  RETURN_IF_ERROR(draft.ReadOpportunities());
  return std::move(draft).Take();
}

}  // namespace crm::projections
