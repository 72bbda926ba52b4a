#include "projections/counters.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/reason.h"

namespace crm::projections {
namespace {

using views::v1::AmountSum;
using views::v1::Holder;

constexpr size_t kIdBytes = 16;

__int128 TotalOf(const AmountSum& sum) {
  return static_cast<__int128>(sum.high()) * (static_cast<__int128>(1) << 64) +
         static_cast<__int128>(sum.low());
}

void SetTotal(AmountSum& sum, __int128 total) {
  sum.set_high(static_cast<int64_t>(total >> 64));
  sum.set_low(static_cast<uint64_t>(total));
}

void Add(AmountSums& sums, const std::string& currency, __int128 amount, int64_t count) {
  auto place = std::lower_bound(
      sums.begin(), sums.end(), currency,
      [](const AmountSum& sum, const std::string& code) { return sum.currency_code() < code; });
  if (place == sums.end() || place->currency_code() != currency) {
    const auto index = place - sums.begin();
    sums.Add()->set_currency_code(currency);
    std::rotate(sums.begin() + index, sums.end() - 1, sums.end());
    place = sums.begin() + index;
  }
  SetTotal(*place, TotalOf(*place) + amount);
  place->set_count(place->count() + count);
  if (place->count() == 0) sums.erase(place);
}

}  // namespace

Holder HolderOf(const events::v1::Ownership& ownership) {
  Holder holder;
  holder.set_team_id(ownership.team_id());
  holder.set_owner_id(ownership.owner_id());
  std::vector<std::string> contributors(ownership.contributor_ids().begin(),
                                        ownership.contributor_ids().end());
  std::sort(contributors.begin(), contributors.end());
  holder.set_contributor_ids(absl::StrJoin(contributors, ""));
  return holder;
}

domain::Scope ScopeOf(const Uuid& team, const Uuid& owner, const std::string& contributor_ids) {
  domain::Scope scope;
  scope.team = domain::TeamId(team);
  scope.owner = domain::MemberId(owner);
  for (size_t at = 0; at + kIdBytes <= contributor_ids.size(); at += kIdBytes) {
    scope.contributors.push_back(
        domain::FromBytes<domain::MemberId>(contributor_ids.substr(at, kIdBytes)));
  }
  return scope;
}

domain::Scope ScopeOf(const Holder& holder) {
  return ScopeOf(UuidOf(holder.team_id()), UuidOf(holder.owner_id()), holder.contributor_ids());
}

domain::Scope ScopeOf(const events::v1::Ownership& ownership) {
  return ScopeOf(HolderOf(ownership));
}

void AddAmount(AmountSums& sums, const events::v1::Amount& amount, int times) {
  if (amount.currency_code().empty()) return;
  Add(sums, amount.currency_code(), static_cast<__int128>(amount.minor()) * times, times);
}

void AddSums(AmountSums& sums, const AmountSums& more) {
  for (const AmountSum& sum : more) Add(sums, sum.currency_code(), TotalOf(sum), sum.count());
}

absl::StatusOr<domain::Money> MoneyOf(const AmountSum& sum) {
  const std::optional<domain::Currency> currency = domain::Currency::Parse(sum.currency_code());
  const __int128 total = TotalOf(sum);
  if (!currency.has_value() || total > std::numeric_limits<int64_t>::max() ||
      total < std::numeric_limits<int64_t>::min()) {
    return WithReason(absl::StatusCode::kOutOfRange, "SUM_OVERFLOW",
                      absl::StrCat("a sum in ", sum.currency_code(), " is too large to be shown"),
                      {{"currency_code", sum.currency_code()}});
  }
  return domain::Money(*currency, static_cast<int64_t>(total));
}

absl::Status WriteSums(const AmountSums& sums,
                       google::protobuf::RepeatedPtrField<google::type::Money>* amounts) {
  for (const AmountSum& sum : sums) {
    ASSIGN_OR_RETURN(const domain::Money money, MoneyOf(sum));
    *amounts->Add() = money.ToProto();
  }
  return absl::OkStatus();
}

}  // namespace crm::projections
