// Directory: who and what an organization is made of - members, roles, tokens, teams,
// pipelines, consumer groups, number series, taxes, commission policies, warehouses, proposal
// templates - by name. Answers their lists. All of it is set up for everybody, so rows are not
// filtered by audience.
//
// Names of members are personal: they lie in a table of their own, keyed by the member, and leave
// it on erasure; an erased member stays in the list, after those with names.
#pragma once

#include <tuple>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crm/events/v1/commission_events.pb.h"
#include "crm/events/v1/consumer_group_events.pb.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/events/v1/pipeline_events.pb.h"
#include "crm/events/v1/product_events.pb.h"
#include "crm/events/v1/proposal_events.pb.h"
#include "crm/events/v1/stock_events.pb.h"
#include "crm/events/v1/team_events.pb.h"
#include "crm/v1/commission_policy_service.pb.h"
#include "crm/v1/consumer_group_service.pb.h"
#include "crm/v1/invoice_series_service.pb.h"
#include "crm/v1/member_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/proposal_template_service.pb.h"
#include "crm/v1/role_service.pb.h"
#include "crm/v1/tax_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "crm/v1/token_service.pb.h"
#include "crm/v1/warehouse_service.pb.h"
#include "crm/views/v1/directory.pb.h"
#include "domain/event_codec.h"
#include "domain/role/role_key.h"
#include "domain/types/ids.h"
#include "projections/query.h"
#include "projections/table.h"

namespace crm::projections {

struct Directory {
  static constexpr absl::string_view kName = "directory";
  static constexpr int kVersion = 6;
  using Events = std::variant<
      events::v1::MemberCreated, events::v1::MemberDetailsRevised, events::v1::MemberDeactivated,
      events::v1::MemberReactivated, events::v1::SubjectErased, events::v1::RoleCreated,
      events::v1::RoleRevised, events::v1::RoleArchived, events::v1::TokenCreated,
      events::v1::TokenRevoked, events::v1::TeamCreated, events::v1::TeamSettingsRevised,
      events::v1::MembershipBegan, events::v1::MembershipEnded, events::v1::LeaderAppointed,
      events::v1::LeaderDismissed, events::v1::TeamArchived, events::v1::TeamRestored,
      events::v1::PipelineCreated, events::v1::PipelineRenamed, events::v1::PipelineArchived,
      events::v1::PipelineRestored, events::v1::ConsumerGroupCreated,
      events::v1::ConsumerGroupRevised, events::v1::ConsumerGroupDeleted,
      events::v1::InvoiceSeriesCreated, events::v1::InvoiceSeriesRevised,
      events::v1::InvoiceSeriesArchived, events::v1::InvoiceSeriesRestored, events::v1::TaxCreated,
      events::v1::TaxRevised, events::v1::TaxArchived, events::v1::TaxRestored,
      events::v1::CommissionPolicyCreated, events::v1::CommissionPolicyRenamed,
      events::v1::CommissionPolicyArchived, events::v1::CommissionPolicyRestored,
      events::v1::WarehouseCreated, events::v1::WarehouseRenamed, events::v1::WarehouseArchived,
      events::v1::WarehouseRestored,

      events::v1::ProposalTemplateCreated, events::v1::ProposalTemplateRevised,
      events::v1::ProposalTemplateArchived, events::v1::ProposalTemplateRestored>;

  template <class Id>
  using Entries = Table<std::tuple<Id>, views::v1::DirectoryEntry>;
  static constexpr Entries<domain::MemberId> kMembers{1};
  static constexpr Entries<domain::RoleId> kRoles{2};
  static constexpr Entries<domain::TokenId> kTokens{3};
  static constexpr Entries<domain::TeamId> kTeams{4};
  static constexpr Entries<domain::PipelineId> kPipelines{5};
  static constexpr Table<std::tuple<domain::TeamId, domain::MemberId>, views::v1::Affiliation>
      kAffiliations{6};
  static constexpr Table<std::tuple<domain::MemberId>, views::v1::MemberName> kMemberNames{7};
  static constexpr Entries<domain::ConsumerGroupId> kConsumerGroups{8};
  static constexpr Entries<domain::InvoiceSeriesId> kInvoiceSeries{9};
  static constexpr Entries<domain::TaxId> kTaxes{10};
  static constexpr Entries<domain::CommissionPolicyId> kCommissionPolicies{11};
  static constexpr Entries<domain::WarehouseId> kWarehouses{12};
  static constexpr Entries<domain::ProposalTemplateId> kProposalTemplates{13};
  static constexpr auto kTables = std::tuple(
      kMembers, kRoles, kTokens, kTeams, kPipelines, kAffiliations, kMemberNames, kConsumerGroups,
      kInvoiceSeries, kTaxes, kCommissionPolicies, kWarehouses, kProposalTemplates);

#define CRM_HEARS(Event)                                                                           \
  static absl::Status Apply(const events::v1::Event& event, const domain::EventMetadata& metadata, \
                            ViewTransaction& rows)
  CRM_HEARS(MemberCreated);
  CRM_HEARS(MemberDetailsRevised);
  CRM_HEARS(MemberDeactivated);
  CRM_HEARS(MemberReactivated);
  CRM_HEARS(SubjectErased);
  CRM_HEARS(RoleCreated);
  CRM_HEARS(RoleRevised);
  CRM_HEARS(RoleArchived);
  CRM_HEARS(TokenCreated);
  CRM_HEARS(TokenRevoked);
  CRM_HEARS(TeamCreated);
  CRM_HEARS(TeamSettingsRevised);
  CRM_HEARS(MembershipBegan);
  CRM_HEARS(MembershipEnded);
  CRM_HEARS(LeaderAppointed);
  CRM_HEARS(LeaderDismissed);
  CRM_HEARS(TeamArchived);
  CRM_HEARS(TeamRestored);
  CRM_HEARS(PipelineCreated);
  CRM_HEARS(PipelineRenamed);
  CRM_HEARS(PipelineArchived);
  CRM_HEARS(PipelineRestored);
  CRM_HEARS(ConsumerGroupCreated);
  CRM_HEARS(ConsumerGroupRevised);
  CRM_HEARS(ConsumerGroupDeleted);
  CRM_HEARS(InvoiceSeriesCreated);
  CRM_HEARS(InvoiceSeriesRevised);
  CRM_HEARS(InvoiceSeriesArchived);
  CRM_HEARS(InvoiceSeriesRestored);
  CRM_HEARS(TaxCreated);
  CRM_HEARS(TaxRevised);
  CRM_HEARS(TaxArchived);
  CRM_HEARS(TaxRestored);
  CRM_HEARS(CommissionPolicyCreated);
  CRM_HEARS(CommissionPolicyRenamed);
  CRM_HEARS(CommissionPolicyArchived);
  CRM_HEARS(CommissionPolicyRestored);
  CRM_HEARS(WarehouseCreated);
  CRM_HEARS(WarehouseRenamed);
  CRM_HEARS(WarehouseArchived);
  CRM_HEARS(WarehouseRestored);
  CRM_HEARS(ProposalTemplateCreated);
  CRM_HEARS(ProposalTemplateRevised);
  CRM_HEARS(ProposalTemplateArchived);
  CRM_HEARS(ProposalTemplateRestored);
#undef CRM_HEARS

  // By display name. INVALID_ARGUMENT INVALID_NAME for a filter that names no team.
  static absl::StatusOr<std::vector<domain::MemberId>> Select(const v1::ListMembersRequest& request,
                                                              const ViewReader& rows,
                                                              QueryContext& context);
  // The shipped ones in their order, then the custom ones by display name, archived ones too.
  static absl::StatusOr<std::vector<domain::RoleKey>> Select(const v1::ListRolesRequest& request,
                                                             const ViewReader& rows,
                                                             QueryContext& context);
  // By creation time.
  static absl::StatusOr<std::vector<domain::TokenId>> Select(const v1::ListTokensRequest& request,
                                                             const ViewReader& rows,
                                                             QueryContext& context);
  // By display name.
  static absl::StatusOr<std::vector<domain::TeamId>> Select(const v1::ListTeamsRequest& request,
                                                            const ViewReader& rows,
                                                            QueryContext& context);
  static absl::StatusOr<std::vector<domain::PipelineId>> Select(
      const v1::ListPipelinesRequest& request, const ViewReader& rows, QueryContext& context);
  static absl::StatusOr<std::vector<domain::ConsumerGroupId>> Select(
      const v1::ListConsumerGroupsRequest& request, const ViewReader& rows, QueryContext& context);
  static absl::StatusOr<std::vector<domain::InvoiceSeriesId>> Select(
      const v1::ListInvoiceSeriesRequest& request, const ViewReader& rows, QueryContext& context);
  static absl::StatusOr<std::vector<domain::TaxId>> Select(const v1::ListTaxesRequest& request,
                                                           const ViewReader& rows,
                                                           QueryContext& context);
  static absl::StatusOr<std::vector<domain::CommissionPolicyId>> Select(
      const v1::ListCommissionPoliciesRequest& request, const ViewReader& rows,
      QueryContext& context);
  static absl::StatusOr<std::vector<domain::WarehouseId>> Select(
      const v1::ListWarehousesRequest& request, const ViewReader& rows, QueryContext& context);
  static absl::StatusOr<std::vector<domain::ProposalTemplateId>> Select(
      const v1::ListProposalTemplatesRequest& request, const ViewReader& rows,
      QueryContext& context);
};

}  // namespace crm::projections
