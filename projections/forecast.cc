// The forecast: a query of PipelineBoard over cards. Open opportunities count by their expected day
// of closing, won ones by the day they were won. Commit is won and category commit, best case is
// commit and category best case; alternatives count once.
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "base/status_macros.h"
#include "projections/pipeline_board.h"

namespace crm::projections {
namespace {

using domain::Money;
using views::v1::OpportunityCard;

constexpr int kDefaultMonths = 12;

struct Sums {
  explicit Sums(domain::Currency currency)
      : pipeline(currency, 0),
        best_case(currency, 0),
        commit(currency, 0),
        won(currency, 0),
        weighted(currency, 0) {}
  Money pipeline;
  Money best_case;
  Money commit;
  Money won;
  Money weighted;
  int open_count = 0;
};

absl::Status AddTo(Money& sum, const Money& amount) {
  ASSIGN_OR_RETURN(sum, sum + amount);
  return absl::OkStatus();
}

class ForecastDraft {
 public:
  ForecastDraft(const v1::GetForecastRequest& request, absl::CivilMonth first, domain::Zone zone)
      : request_(request),
        first_(first),
        months_(request.months() > 0 ? request.months() : kDefaultMonths),
        zone_(std::move(zone)) {}

  absl::Status ReadFilter() {
    for (const std::string& name : request_.teams()) {
      ASSIGN_OR_RETURN(const auto team, domain::ParseName<domain::TeamId>(name));
      teams_.insert(domain::ToBytes(team));
    }
    ASSIGN_OR_RETURN(const auto member,
                     domain::ParseOptionalName<domain::MemberId>(request_.member()));
    member_ = domain::ToBytes(member);
    return absl::OkStatus();
  }

  bool Wants(const OpportunityCard& card) const {
    return (teams_.empty() || teams_.contains(card.team_id())) &&
           (member_.empty() || member_ == card.owner_id()) && !card.currency_code().empty();
  }

  absl::Status AddOpen(const OpportunityCard& card, const Contribution& contribution) {
    if (card.forecast_category() == v1::FORECAST_CATEGORY_OMITTED) return absl::OkStatus();
    Sums* sums = RowOf(card, ExpectedCloseOf(card));
    if (sums == nullptr) return absl::OkStatus();
    ++sums->open_count;
    if (contribution.counts_weighted)
      RETURN_IF_ERROR(AddTo(sums->weighted, *contribution.weighted));
    if (!contribution.counts_expected) return absl::OkStatus();
    const Money& amount = *contribution.expected;
    switch (card.forecast_category()) {
      case v1::FORECAST_CATEGORY_COMMIT:
        RETURN_IF_ERROR(AddTo(sums->commit, amount));
        return AddTo(sums->best_case, amount);
      case v1::FORECAST_CATEGORY_BEST_CASE:
        return AddTo(sums->best_case, amount);
      default:
        return AddTo(sums->pipeline, amount);
    }
  }

  // The first day of the months, and the one after the last.
  absl::CivilDay begin() const { return absl::CivilDay(first_); }
  absl::CivilDay end() const { return absl::CivilDay(first_ + months_); }

  absl::Status AddWon(const OpportunityCard& card) {
    Sums* sums = RowOf(card, zone_.DayOf(absl::FromUnixMicros(card.close_time_us())));
    if (sums == nullptr) return absl::OkStatus();
    const Money amount = *ExpectedRevenueOf(card);
    RETURN_IF_ERROR(AddTo(sums->won, amount));
    RETURN_IF_ERROR(AddTo(sums->commit, amount));
    return AddTo(sums->best_case, amount);
  }

  v1::Forecast Take() const {
    v1::Forecast forecast;
    for (const auto& [key, sums] : rows_) {
      const auto& [dated, month, team, member, currency] = key;
      v1::Forecast::Row& row = *forecast.add_rows();
      if (dated) *row.mutable_month() = domain::DayToProto(absl::CivilDay(month));
      row.set_team(domain::NameOf(domain::FromBytes<domain::TeamId>(team)));
      row.set_member(domain::NameOf(domain::FromBytes<domain::MemberId>(member)));
      *row.mutable_pipeline() = sums.pipeline.ToProto();
      *row.mutable_best_case() = sums.best_case.ToProto();
      *row.mutable_commit() = sums.commit.ToProto();
      *row.mutable_won() = sums.won.ToProto();
      *row.mutable_weighted() = sums.weighted.ToProto();
      row.set_open_count(sums.open_count);
    }
    return forecast;
  }

 private:
  // With a month before those without; team and member empty unless grouped by them; currency.
  using Key = std::tuple<bool, absl::CivilMonth, std::string, std::string, std::string>;

  // Nullptr when the day lies outside the months asked for.
  Sums* RowOf(const OpportunityCard& card, std::optional<absl::CivilDay> day) {
    const absl::CivilMonth month = day.has_value() ? absl::CivilMonth(*day) : absl::CivilMonth();
    if (day.has_value() && (month < first_ || month >= first_ + months_)) return nullptr;
    Key key(day.has_value(), month, request_.grouping() == v1::GROUPING_TEAM ? card.team_id() : "",
            request_.grouping() == v1::GROUPING_MEMBER ? card.owner_id() : "",
            card.currency_code());
    return &rows_.try_emplace(std::move(key), *domain::Currency::Parse(card.currency_code()))
                .first->second;
  }

  struct Order {
    bool operator()(const Key& a, const Key& b) const {
      if (std::get<0>(a) != std::get<0>(b)) return std::get<0>(a);
      return a < b;
    }
  };

  const v1::GetForecastRequest& request_;
  const absl::CivilMonth first_;
  const int months_;
  const domain::Zone zone_;
  absl::btree_set<std::string> teams_;
  std::string member_;
  absl::btree_map<Key, Sums, Order> rows_;
};

}  // namespace

absl::StatusOr<v1::Forecast> PipelineBoard::Answer(const v1::GetForecastRequest& request,
                                                   const ViewReader& rows, QueryContext& context) {
  ASSIGN_OR_RETURN(const views::v1::OrganizationShape organization, Organization(rows));
  google::type::Date month = request.from_date();
  month.set_day(1);  // whatever it is
  ASSIGN_OR_RETURN(const absl::CivilDay from, domain::DayFromProto(month));
  const domain::Zone zone = ZoneOf(organization);
  ForecastDraft draft(request, absl::CivilMonth(from), zone);
  RETURN_IF_ERROR(draft.ReadFilter());
  Weigher weigher = WeigherOver(rows);
  RETURN_IF_ERROR(
      kCards.Scan(rows, kCards.Prefix(true),
                  [&](const auto&, const OpportunityCard& card) -> absl::StatusOr<bool> {
                    if (!draft.Wants(card) || !context.SeesOpportunity(ScopeOf(card))) return true;
                    ASSIGN_OR_RETURN(const Contribution contribution, weigher.Weigh(card));
                    RETURN_IF_ERROR(draft.AddOpen(card, contribution));
                    return true;
                  }));
  RETURN_IF_ERROR(kClosed.Scan(
      rows,
      kClosed.All()
          .From(std::make_tuple(zone.StartOf(draft.begin())))
          .Until(std::make_tuple(zone.StartOf(draft.end()))),
      [&](const auto& key, const auto&) -> absl::StatusOr<bool> {
        ASSIGN_OR_RETURN(const auto card, FindCard(rows, std::get<1>(key)));
        const bool counts = card.has_value() && card->state() == v1::OPPORTUNITY_STATE_WON &&
                            !card->archived() && draft.Wants(*card) &&
                            context.SeesOpportunity(ScopeOf(*card));
        if (counts) RETURN_IF_ERROR(draft.AddWon(*card));
        return true;
      }));
  return draft.Take();
}

}  // namespace crm::projections
