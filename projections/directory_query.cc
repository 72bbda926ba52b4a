// The lists of Directory. What an organization is made of is some hundreds of rows, so a page is
// cut out of a scan of all of them.
#include <cstdint>
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "projections/directory.h"
#include "projections/sort_key.h"
#include "projections/top_rows.h"

namespace crm::projections {
namespace {

using domain::CommissionPolicyId;
using domain::ConsumerGroupId;
using domain::InvoiceSeriesId;
using domain::MemberId;
using domain::PipelineId;
using domain::ProposalTemplateId;
using domain::RoleId;
using domain::RoleKey;
using domain::TaxId;
using domain::TeamId;
using domain::TokenId;
using domain::WarehouseId;
using views::v1::Affiliation;
using views::v1::DirectoryEntry;

// Rows without a name last.
template <class Id>
std::string ByName(const std::string& display_name, const Id& id) {
  return SortKey(display_name.empty(), SortedName(display_name), id);
}

// Collects the page of rows for which `key_of(id, entry)` gives a place; an empty one leaves the
// row out.
template <class Id, class KeyOf>
absl::StatusOr<std::vector<Id>> PageOf(const Directory::Entries<Id>& table, const ViewReader& rows,
                                       QueryContext& context, KeyOf key_of) {
  TopRows<Id> page(static_cast<size_t>(context.page_size()), context.after());
  RETURN_IF_ERROR(table.Scan(
      rows, table.All(), [&](const auto& key, const DirectoryEntry& entry) -> absl::StatusOr<bool> {
        const Id id = std::get<0>(key);
        ASSIGN_OR_RETURN(std::string place, key_of(id, entry));
        if (!place.empty()) page.Add(std::move(place), id);
        return true;
      }));
  std::string more;
  std::vector<Id> ids = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return ids;
}

absl::StatusOr<Affiliation> AffiliationOf(const ViewReader& rows, const TeamId& team,
                                          const MemberId& member) {
  ASSIGN_OR_RETURN(std::optional<Affiliation> row,
                   Directory::kAffiliations.Get(rows, {team, member}));
  return row.has_value() ? *std::move(row) : Affiliation();
}

}  // namespace

absl::StatusOr<std::vector<MemberId>> Directory::Select(const v1::ListMembersRequest& request,
                                                        const ViewReader& rows,
                                                        QueryContext& context) {
  ASSIGN_OR_RETURN(const TeamId team, domain::ParseOptionalName<TeamId>(request.team()));
  return PageOf(
      kMembers, rows, context,
      [&](const MemberId& id, const DirectoryEntry& entry) -> absl::StatusOr<std::string> {
        if (entry.retired() && !request.show_deactivated()) return std::string();
        if (!team.IsNil()) {
          ASSIGN_OR_RETURN(const Affiliation affiliation, AffiliationOf(rows, team, id));
          if (!affiliation.member()) return std::string();
        }
        ASSIGN_OR_RETURN(const auto name, kMemberNames.Get(rows, {id}));
        return ByName(name.has_value() ? name->display_name() : "", id);
      });
}

absl::StatusOr<std::vector<RoleKey>> Directory::Select(const v1::ListRolesRequest&,
                                                       const ViewReader& rows,
                                                       QueryContext& context) {
  TopRows<RoleKey> page(static_cast<size_t>(context.page_size()), context.after());
  int64_t place = 0;
  for (const domain::ShippedRole& role : domain::ShippedRoles()) {
    page.Add(SortKey(false, place++), RoleKey::FromStored(role.word));
  }
  RETURN_IF_ERROR(
      kRoles.Scan(rows, kRoles.All(), [&](const auto& key, const DirectoryEntry& entry) {
        const RoleId id = std::get<0>(key);
        page.Add(SortKey(true, SortedName(entry.display_name()), id), RoleKey::Custom(id));
        return true;
      }));
  std::string more;
  std::vector<RoleKey> roles = std::move(page).Take(more);
  context.ContinueAfter(std::move(more));
  return roles;
}

absl::StatusOr<std::vector<TokenId>> Directory::Select(const v1::ListTokensRequest& request,
                                                       const ViewReader& rows,
                                                       QueryContext& context) {
  ASSIGN_OR_RETURN(const MemberId member, domain::ParseOptionalName<MemberId>(request.member()));
  return PageOf(kTokens, rows, context,
                [&](const TokenId& id, const DirectoryEntry& entry) -> absl::StatusOr<std::string> {
                  if (entry.retired() && !request.show_revoked()) return std::string();
                  if (!member.IsNil() && entry.member_id() != domain::ToBytes(member)) {
                    return std::string();
                  }
                  return SortKey(int64_t{entry.create_time_us()}, id);
                });
}

absl::StatusOr<std::vector<TeamId>> Directory::Select(const v1::ListTeamsRequest& request,
                                                      const ViewReader& rows,
                                                      QueryContext& context) {
  ASSIGN_OR_RETURN(const MemberId member, domain::ParseOptionalName<MemberId>(request.member()));
  return PageOf(kTeams, rows, context,
                [&](const TeamId& id, const DirectoryEntry& entry) -> absl::StatusOr<std::string> {
                  if (entry.retired() && !request.show_archived()) return std::string();
                  if (!member.IsNil()) {
                    ASSIGN_OR_RETURN(const Affiliation affiliation,
                                     AffiliationOf(rows, id, member));
                    if (!affiliation.member() && !affiliation.leader()) return std::string();
                  }
                  return ByName(entry.display_name(), id);
                });
}

absl::StatusOr<std::vector<PipelineId>> Directory::Select(const v1::ListPipelinesRequest& request,
                                                          const ViewReader& rows,
                                                          QueryContext& context) {
  return PageOf(
      kPipelines, rows, context,
      [&](const PipelineId& id, const DirectoryEntry& entry) -> absl::StatusOr<std::string> {
        if (entry.retired() && !request.show_archived()) return std::string();
        if (request.kind() != v1::PIPELINE_KIND_UNSPECIFIED &&
            request.kind() != entry.pipeline_kind()) {
          return std::string();
        }
        return ByName(entry.display_name(), id);
      });
}

absl::StatusOr<std::vector<ConsumerGroupId>> Directory::Select(
    const v1::ListConsumerGroupsRequest& request, const ViewReader& rows, QueryContext& context) {
  return PageOf(
      kConsumerGroups, rows, context,
      [&](const ConsumerGroupId& id, const DirectoryEntry& entry) -> absl::StatusOr<std::string> {
        if (entry.retired() && !request.show_deleted()) return std::string();
        return ByName(entry.display_name(), id);
      });
}

absl::StatusOr<std::vector<InvoiceSeriesId>> Directory::Select(
    const v1::ListInvoiceSeriesRequest& request, const ViewReader& rows, QueryContext& context) {
  return PageOf(
      kInvoiceSeries, rows, context,
      [&](const InvoiceSeriesId& id, const DirectoryEntry& entry) -> absl::StatusOr<std::string> {
        if (entry.retired() && !request.show_archived()) return std::string();
        return ByName(entry.display_name(), id);
      });
}

absl::StatusOr<std::vector<TaxId>> Directory::Select(const v1::ListTaxesRequest& request,
                                                     const ViewReader& rows,
                                                     QueryContext& context) {
  return PageOf(kTaxes, rows, context,
                [&](const TaxId& id, const DirectoryEntry& entry) -> absl::StatusOr<std::string> {
                  if (entry.retired() && !request.show_archived()) return std::string();
                  return ByName(entry.display_name(), id);
                });
}

absl::StatusOr<std::vector<CommissionPolicyId>> Directory::Select(
    const v1::ListCommissionPoliciesRequest& request, const ViewReader& rows,
    QueryContext& context) {
  return PageOf(kCommissionPolicies, rows, context,
                [&](const CommissionPolicyId& id,
                    const DirectoryEntry& entry) -> absl::StatusOr<std::string> {
                  if (entry.retired() && !request.show_archived()) return std::string();
                  return ByName(entry.display_name(), id);
                });
}

absl::StatusOr<std::vector<WarehouseId>> Directory::Select(const v1::ListWarehousesRequest& request,
                                                           const ViewReader& rows,
                                                           QueryContext& context) {
  return PageOf(
      kWarehouses, rows, context,
      [&](const WarehouseId& id, const DirectoryEntry& entry) -> absl::StatusOr<std::string> {
        if (entry.retired() && !request.show_archived()) return std::string();
        return ByName(entry.display_name(), id);
      });
}

absl::StatusOr<std::vector<ProposalTemplateId>> Directory::Select(
    const v1::ListProposalTemplatesRequest& request, const ViewReader& rows,
    QueryContext& context) {
  return PageOf(kProposalTemplates, rows, context,
                [&](const ProposalTemplateId& id,
                    const DirectoryEntry& entry) -> absl::StatusOr<std::string> {
                  if (entry.retired() && !request.show_archived()) return std::string();
                  return ByName(entry.display_name(), id);
                });
}

}  // namespace crm::projections
