#include "domain/role/shipped_roles.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"

namespace crm::domain {
namespace {

constexpr v1::Reach kOwn = v1::REACH_OWN;
constexpr v1::Reach kTeam = v1::REACH_TEAM;
constexpr v1::Reach kAll = v1::REACH_ALL;

constexpr std::array<absl::string_view, 4> kRecords = {"contact", "customer", "lead",
                                                       "opportunity"};

// Collects what a role grants; a permission granted twice keeps the later reach.
class Grants {
 public:
  // "lead.view", "lead.edit", ... with one reach.
  Grants& On(absl::string_view records, std::initializer_list<absl::string_view> rights,
             v1::Reach reach) {
    for (const absl::string_view right : rights) Put(absl::StrCat(records, ".", right), reach);
    return *this;
  }
  Grants& OnEveryRecord(std::initializer_list<absl::string_view> rights, v1::Reach reach) {
    for (const absl::string_view records : kRecords) On(records, rights, reach);
    return *this;
  }
  Grants& Put(std::string permission, v1::Reach reach) {
    const auto found = std::find_if(grants_.begin(), grants_.end(), [&](const Grant& grant) {
      return grant.permission == permission;
    });
    if (found == grants_.end()) {
      grants_.push_back({std::move(permission), reach});
    } else {
      found->reach = reach;
    }
    return *this;
  }
  // What everyone needs to find their way: who works here, how, in which teams, and sells what, of
  // which how much is there.
  Grants& Orientation() {
    for (const absl::string_view subject :
         {"member", "pipeline", "product", "settings", "stock", "team"}) {
      On(subject, {"view"}, kAll);
    }
    return *this;
  }
  std::vector<Grant> Sorted() {
    std::sort(grants_.begin(), grants_.end(),
              [](const Grant& a, const Grant& b) { return a.permission < b.permission; });
    return std::move(grants_);
  }

 private:
  std::vector<Grant> grants_;
};

std::vector<Grant> Administrator() {
  return Grants()
      .Orientation()
      .OnEveryRecord({"view", "create", "edit", "assign"}, kAll)
      .On("lead", {"qualify", "convert", "exceed_capacity"}, kAll)
      .On("member", {"edit"}, kAll)
      .On("pipeline", {"edit"}, kAll)
      .On("product", {"edit"}, kAll)
      .On("settings", {"edit"}, kAll)
      .On("team", {"edit"}, kAll)
      .On("token", {"edit"}, kAll)
      .On("report", {"view"}, kAll)
      .On("history", {"view", "backdate"}, kAll)
      .On("log", {"read", "verify"}, kAll)
      .On("commission_policy", {"view", "edit"}, kAll)
      .On("proposal", {"view", "create", "edit", "assign", "send", "approve"}, kAll)
      .On("sales_order", {"view", "create", "edit", "assign", "approve"}, kAll)
      .On("stock", {"edit"}, kAll)
      .On("contract", {"view", "create", "edit", "assign", "approve"}, kAll)
      .On("invoice", {"view", "create", "edit", "assign", "issue"}, kAll)
      .On("recurring_invoice", {"view", "create", "edit"}, kAll)
      .On("credit_note", {"view", "create"}, kAll)
      .On("payment", {"view", "create", "edit"}, kAll)
      .On("consumer_group", {"view", "edit", "consume"}, kAll)
      .On("projection", {"view", "edit"}, kAll)
      .On("schedule", {"view", "edit"}, kAll)
      .On("person", {"erase"}, kAll)
      .On("commission", {"view"}, kAll)
      .On("commission_receipt", {"view", "create", "edit"}, kAll)
      .On("goal", {"view", "edit"}, kAll)
      .Sorted();
}

std::vector<Grant> SalesManager() {
  return Grants()
      .Orientation()
      .OnEveryRecord({"view", "create", "edit", "assign"}, kTeam)
      .On("lead", {"qualify", "convert"}, kTeam)
      .On("pipeline", {"edit"}, kTeam)
      .On("team", {"edit"}, kTeam)
      .On("report", {"view"}, kTeam)
      .On("commission_policy", {"view"}, kAll)
      .On("proposal", {"view", "create", "edit", "assign", "send", "approve"}, kTeam)
      .On("sales_order", {"view", "create", "edit", "assign", "approve"}, kTeam)
      .On("contract", {"view", "create", "edit", "assign", "approve"}, kTeam)
      .On("invoice", {"view"}, kTeam)
      .On("recurring_invoice", {"view"}, kTeam)
      .On("credit_note", {"view"}, kTeam)
      .On("payment", {"view"}, kTeam)
      .On("history", {"view"}, kTeam)
      .On("commission", {"view"}, kTeam)
      .On("commission_receipt", {"view", "create"}, kTeam)
      .On("goal", {"view", "edit"}, kTeam)
      .Sorted();
}

std::vector<Grant> SalesAgent() {
  return Grants()
      .Orientation()
      .OnEveryRecord({"view", "create", "edit", "assign"}, kOwn)
      .On("lead", {"qualify", "convert"}, kOwn)
      .On("proposal", {"view", "create", "edit", "assign", "send"}, kOwn)
      .On("sales_order", {"view", "create", "assign"}, kOwn)
      .On("contract", {"view", "create"}, kOwn)
      .On("invoice", {"view", "create", "edit", "assign"}, kOwn)
      .On("recurring_invoice", {"view", "create", "edit"}, kOwn)
      .On("credit_note", {"view"}, kOwn)
      .On("payment", {"view"}, kOwn)
      .On("report", {"view"}, kOwn)
      .On("history", {"view"}, kOwn)
      .On("commission", {"view"}, kOwn)
      .On("commission_receipt", {"view"}, kOwn)
      .On("goal", {"view"}, kOwn)
      .Sorted();
}

// Works leads until a sale begins; what comes of them is created, then left to others.
std::vector<Grant> SalesDevelopment() {
  return Grants()
      .Orientation()
      .OnEveryRecord({"view", "create", "assign"}, kOwn)
      .On("lead", {"edit", "qualify", "convert"}, kOwn)
      .On("report", {"view"}, kOwn)
      .On("commission", {"view"}, kOwn)
      .On("commission_receipt", {"view"}, kOwn)
      .On("goal", {"view"}, kOwn)
      .Sorted();
}

// Looks after customers once they have bought; sees leads, does not work them.
std::vector<Grant> AccountManager() {
  return Grants()
      .Orientation()
      .On("contact", {"view", "create", "edit", "assign"}, kOwn)
      .On("customer", {"view", "create", "edit", "assign"}, kOwn)
      .On("lead", {"view"}, kOwn)
      .On("opportunity", {"view", "create", "edit", "assign"}, kOwn)
      .On("proposal", {"view", "create", "edit", "assign", "send"}, kOwn)
      .On("sales_order", {"view", "create", "edit", "assign"}, kOwn)
      .On("contract", {"view", "create", "edit", "assign"}, kOwn)
      .On("invoice", {"view", "create", "edit", "assign"}, kOwn)
      .On("recurring_invoice", {"view", "create", "edit"}, kOwn)
      .On("credit_note", {"view"}, kOwn)
      .On("payment", {"view"}, kOwn)
      .On("report", {"view"}, kOwn)
      .On("history", {"view"}, kOwn)
      .On("commission", {"view"}, kOwn)
      .On("commission_receipt", {"view"}, kOwn)
      .On("goal", {"view"}, kOwn)
      .Sorted();
}

std::vector<Grant> Auditor() {
  return Grants()
      .Orientation()
      .OnEveryRecord({"view"}, kAll)
      .On("report", {"view"}, kAll)
      .On("history", {"view"}, kAll)
      .On("log", {"read", "verify"}, kAll)
      .On("commission_policy", {"view"}, kAll)
      .On("proposal", {"view"}, kAll)
      .On("sales_order", {"view"}, kAll)
      .On("contract", {"view"}, kAll)
      .On("invoice", {"view"}, kAll)
      .On("recurring_invoice", {"view"}, kAll)
      .On("credit_note", {"view"}, kAll)
      .On("payment", {"view"}, kAll)
      .On("consumer_group", {"view"}, kAll)
      .On("projection", {"view"}, kAll)
      .On("commission", {"view"}, kAll)
      .On("commission_receipt", {"view"}, kAll)
      .On("goal", {"view"}, kAll)
      .On("schedule", {"view"}, kAll)
      .Sorted();
}

// A machine: enters and keeps up records, hands none to anybody, and hears what happened.
std::vector<Grant> Integration() {
  return Grants()
      .Orientation()
      .OnEveryRecord({"view", "create", "edit"}, kAll)
      .On("lead", {"qualify", "convert"}, kAll)
      .On("proposal", {"view", "create"}, kAll)
      .On("sales_order", {"view", "create"}, kAll)
      .On("contract", {"view", "create"}, kAll)
      .On("invoice", {"view", "create", "issue"}, kAll)
      .On("recurring_invoice", {"view", "create"}, kAll)
      .On("credit_note", {"view", "create"}, kAll)
      .On("payment", {"view", "create"}, kAll)
      .On("report", {"view"}, kAll)
      .On("consumer_group", {"view", "consume"}, kAll)
      .Sorted();
}

}  // namespace

absl::Span<const ShippedRole> ShippedRoles() {
  static const auto& roles = *new std::vector<ShippedRole>{
      {kAdministratorWord, "Administrator", Administrator()},
      {"sales_manager", "Sales Manager", SalesManager()},
      {"sales_agent", "Sales Agent", SalesAgent()},
      {"sdr", "Sales Development Representative", SalesDevelopment()},
      {"account_manager", "Account Manager", AccountManager()},
      {"auditor", "Auditor", Auditor()},
      {"integration", "Integration", Integration()},
  };
  return roles;
}

const ShippedRole* FindShippedRole(absl::string_view word) {
  const absl::Span<const ShippedRole> roles = ShippedRoles();
  const auto found = std::find_if(roles.begin(), roles.end(),
                                  [&](const ShippedRole& role) { return role.word == word; });
  return found == roles.end() ? nullptr : &*found;
}

bool IsKnownPermission(absl::string_view permission) {
  const std::vector<Grant>& everything = ShippedRoles().front().grants;
  return std::any_of(everything.begin(), everything.end(),
                     [&](const Grant& grant) { return grant.permission == permission; });
}

}  // namespace crm::domain
