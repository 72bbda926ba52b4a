#include "domain/commission_register/commission_register.h"

#include <algorithm>
#include <utility>

#include "domain/rejection.h"
#include "domain/render.h"

namespace crm::domain {
namespace {

using Validity = CommissionRegisterState::Validity;
using Entry = CommissionRegisterState::Entry;

// The days on which a version is the policy's version.
struct Reign {
  const Validity* validity = nullptr;
  absl::CivilDay from;
  absl::CivilDay until;  // inclusive
};

Validity ValidityFrom(const events::v1::CommissionPolicyRegistered& event) {
  Validity validity;
  validity.version = event.policy_version();
  validity.currency_code = event.currency_code();
  validity.priority = event.priority();
  if (event.has_valid_from()) validity.from = DayFromStored(event.valid_from());
  if (event.has_valid_until()) validity.until = DayFromStored(event.valid_until());
  for (const std::string& id : event.member_ids()) validity.members.insert(FromBytes<MemberId>(id));
  for (const std::string& id : event.team_ids()) validity.teams.insert(FromBytes<TeamId>(id));
  validity.cycles = event.recurring_cycles();
  return validity;
}

CommissionRegisterState On(CommissionRegisterState state,
                           const events::v1::CommissionPolicyRegistered& event) {
  Entry& entry = state.policies[FromBytes<CommissionPolicyId>(event.policy_id())];
  entry.archived = event.archived();
  // Archived or restored: the newest version once more.
  const bool known =
      !entry.versions.empty() && entry.versions.back().version >= event.policy_version();
  if (!known) entry.versions.push_back(ValidityFrom(event));
  return state;
}

template <class T>
bool Admits(const absl::btree_set<T>& some, const T& one) {
  return some.empty() || some.contains(one);
}

template <class T>
bool Meet(const absl::btree_set<T>& a, const absl::btree_set<T>& b) {
  return a.empty() || b.empty() ||
         std::any_of(a.begin(), a.end(), [&](const T& one) { return b.contains(one); });
}

bool Meet(const std::string& currency, const std::string& other) {
  return currency.empty() || other.empty() || currency == other;
}

// I2.
std::vector<Reign> ReignsOf(const Entry& entry) {
  std::vector<Reign> reigns;
  absl::CivilDay next = absl::CivilDay::max();  // first day that belongs to a newer version
  bool succeeded = false;
  for (auto version = entry.versions.rbegin(); version != entry.versions.rend(); ++version) {
    if (!succeeded || version->from < next) {
      const absl::CivilDay until = succeeded ? std::min(version->until, next - 1) : version->until;
      if (version->from <= until) reigns.push_back({&*version, version->from, until});
      next = version->from;
      succeeded = true;
    }
  }
  return reigns;
}

// The first day on which both pay the same; nullopt: never.
std::optional<absl::CivilDay> Clash(const Reign& a, const Reign& b) {
  const absl::CivilDay from = std::max(a.from, b.from);
  const bool clash = a.validity->priority == b.validity->priority &&
                     from <= std::min(a.until, b.until) &&
                     Meet(a.validity->members, b.validity->members) &&
                     Meet(a.validity->teams, b.validity->teams) &&
                     Meet(a.validity->currency_code, b.validity->currency_code);
  return clash ? std::optional(from) : std::nullopt;
}

absl::Status PolicyOverlaps(const CommissionPolicyId& other, absl::CivilDay from) {
  const bool always = from == absl::CivilDay::min();
  return Refuse("POLICY_OVERLAPS",
                absl::StrCat(NameOf(other), " has the same priority and pays the same members"),
                {{"commission_policy", NameOf(other)},
                 {"from_date", always ? std::string() : absl::FormatCivilTime(from)}});
}

}  // namespace

bool CommissionRegisterState::Validity::Pays(const CreditedSale& sale) const {
  return from <= sale.issued && sale.issued <= until && Admits(members, sale.member) &&
         Admits(teams, sale.team) && Meet(currency_code, sale.currency_code) &&
         (cycles == 0 || sale.cycle <= cycles);
}

const Validity* CommissionRegisterState::Entry::On(absl::CivilDay day) const {
  const auto newest = std::find_if(versions.rbegin(), versions.rend(),
                                   [&](const Validity& version) { return version.from <= day; });
  return newest == versions.rend() ? nullptr : &*newest;
}

std::vector<PolicyVersion> CommissionRegisterState::PoliciesFor(const CreditedSale& sale) const {
  std::vector<std::pair<int, PolicyVersion>> found;  // by priority, descending
  for (const auto& [policy, entry] : policies) {
    const Validity* validity = entry.archived ? nullptr : entry.On(sale.issued);
    if (validity == nullptr || !validity->Pays(sale)) continue;
    found.emplace_back(-validity->priority, PolicyVersion{policy, validity->version});
  }
  std::sort(found.begin(), found.end());
  std::vector<PolicyVersion> paying;
  paying.reserve(found.size());
  for (const auto& [priority, version] : found) paying.push_back(version);
  return paying;
}

CommissionRegister::State CommissionRegister::Evolve(State state, const Event& event,
                                                     const EventMetadata&) {
  return std::visit([&](const auto& e) { return domain::On(std::move(state), e); }, event);
}

absl::Status CheckNoOverlap(const CommissionRegisterState& state,
                            const events::v1::CommissionPolicyRegistered& registered) {
  if (registered.archived()) return absl::OkStatus();
  const CommissionRegisterState next = On(state, registered);
  const auto policy = FromBytes<CommissionPolicyId>(registered.policy_id());
  const std::vector<Reign> own = ReignsOf(next.policies.at(policy));
  for (const auto& [other, entry] : next.policies) {
    if (other == policy || entry.archived) continue;
    for (const Reign& reign : ReignsOf(entry)) {
      for (const Reign& mine : own) {
        const std::optional<absl::CivilDay> clash = Clash(mine, reign);
        if (clash.has_value()) return PolicyOverlaps(other, *clash);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace crm::domain
