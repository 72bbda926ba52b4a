#include "projections/directory.h"

#include <string>
#include <utility>

#include "base/status_macros.h"

namespace crm::projections {
namespace {

using domain::ConsumerGroupId;
using domain::EventMetadata;
using domain::FromBytes;
using domain::InvoiceSeriesId;
using domain::MemberId;
using domain::PipelineId;
using domain::RoleId;
using domain::TaxId;
using domain::TeamId;
using domain::TokenId;
using views::v1::DirectoryEntry;

template <class Id>
using Entries = Directory::Entries<Id>;

DirectoryEntry Created(const std::string& display_name, const EventMetadata& metadata) {
  DirectoryEntry entry;
  entry.set_display_name(display_name);
  entry.set_create_time_us(absl::ToUnixMicros(metadata.effective_time));
  return entry;
}

template <class Id>
absl::Status SetRetired(const Entries<Id>& table, const EventMetadata& metadata,
                        ViewTransaction& rows, bool retired) {
  ASSIGN_OR_RETURN(DirectoryEntry * entry, table.Edit(rows, {Id(metadata.stream.id)}));
  entry->set_retired(retired);
  return absl::OkStatus();
}

// An event that leaves the name as it is has none.
template <class Id, class Event>
absl::Status Rename(const Entries<Id>& table, const Event& event, const EventMetadata& metadata,
                    ViewTransaction& rows) {
  if (!event.has_display_name()) return absl::OkStatus();
  ASSIGN_OR_RETURN(DirectoryEntry * entry, table.Edit(rows, {Id(metadata.stream.id)}));
  entry->set_display_name(event.display_name());
  return absl::OkStatus();
}

absl::Status NameMember(const std::string& name, const EventMetadata& metadata,
                        ViewTransaction& rows) {
  ASSIGN_OR_RETURN(views::v1::MemberName * row,
                   Directory::kMemberNames.Edit(rows, {MemberId(metadata.stream.id)}));
  row->set_display_name(name);
  return absl::OkStatus();
}

}  // namespace

absl::Status Directory::Apply(const events::v1::MemberCreated& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  kMembers.Put(rows, {MemberId(metadata.stream.id)}, Created("", metadata));
  return NameMember(event.display_name(), metadata, rows);
}

absl::Status Directory::Apply(const events::v1::MemberDetailsRevised& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  if (!event.has_display_name()) return absl::OkStatus();
  return NameMember(event.display_name(), metadata, rows);
}

absl::Status Directory::Apply(const events::v1::MemberDeactivated&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kMembers, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::MemberReactivated&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kMembers, metadata, rows, false);
}

absl::Status Directory::Apply(const events::v1::SubjectErased& event, const EventMetadata&,
                              ViewTransaction& rows) {
  return kMemberNames.PurgePrefix(rows, FromBytes<MemberId>(event.subject_id()));
}

absl::Status Directory::Apply(const events::v1::RoleCreated& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  kRoles.Put(rows, {RoleId(metadata.stream.id)}, Created(event.display_name(), metadata));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::RoleRevised& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return Rename(kRoles, event, metadata, rows);
}

absl::Status Directory::Apply(const events::v1::RoleArchived&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kRoles, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::TokenCreated& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  DirectoryEntry token = Created(event.display_name(), metadata);
  token.set_member_id(event.member_id());
  kTokens.Put(rows, {TokenId(metadata.stream.id)}, std::move(token));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::TokenRevoked&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kTokens, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::TeamCreated& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  kTeams.Put(rows, {TeamId(metadata.stream.id)}, Created(event.display_name(), metadata));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::TeamSettingsRevised& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Rename(kTeams, event, metadata, rows);
}

absl::Status Directory::Apply(const events::v1::TeamArchived&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kTeams, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::TeamRestored&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kTeams, metadata, rows, false);
}

absl::Status Directory::Apply(const events::v1::PipelineCreated& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  DirectoryEntry pipeline = Created(event.display_name(), metadata);
  pipeline.set_pipeline_kind(event.kind());
  kPipelines.Put(rows, {PipelineId(metadata.stream.id)}, std::move(pipeline));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::PipelineRenamed& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(DirectoryEntry * entry, kPipelines.Edit(rows, {PipelineId(metadata.stream.id)}));
  entry->set_display_name(event.display_name());
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::PipelineArchived&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kPipelines, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::PipelineRestored&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kPipelines, metadata, rows, false);
}

absl::Status Directory::Apply(const events::v1::ConsumerGroupCreated& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  kConsumerGroups.Put(rows, {ConsumerGroupId(metadata.stream.id)},
                      Created(event.display_name(), metadata));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::ConsumerGroupRevised& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Rename(kConsumerGroups, event, metadata, rows);
}

absl::Status Directory::Apply(const events::v1::ConsumerGroupDeleted&,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return SetRetired(kConsumerGroups, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::InvoiceSeriesCreated& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  kInvoiceSeries.Put(rows, {InvoiceSeriesId(metadata.stream.id)},
                     Created(event.display_name(), metadata));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::InvoiceSeriesRevised& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Rename(kInvoiceSeries, event, metadata, rows);
}

absl::Status Directory::Apply(const events::v1::InvoiceSeriesArchived&,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return SetRetired(kInvoiceSeries, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::InvoiceSeriesRestored&,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return SetRetired(kInvoiceSeries, metadata, rows, false);
}

absl::Status Directory::Apply(const events::v1::TaxCreated& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  kTaxes.Put(rows, {TaxId(metadata.stream.id)}, Created(event.display_name(), metadata));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::TaxRevised& event, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return Rename(kTaxes, event, metadata, rows);
}

absl::Status Directory::Apply(const events::v1::TaxArchived&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kTaxes, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::TaxRestored&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kTaxes, metadata, rows, false);
}

}  // namespace crm::projections
