// What the directory hears of what is set up: pipelines, consumer groups, number series, taxes,
// policies, warehouses.
#include <utility>

#include "projections/directory_entry.h"

namespace crm::projections {
namespace {

using domain::CommissionPolicyId;
using domain::ConsumerGroupId;
using domain::EventMetadata;
using domain::InvoiceSeriesId;
using domain::PipelineId;
using domain::ProposalTemplateId;
using domain::TaxId;
using domain::WarehouseId;
using views::v1::DirectoryEntry;

}  // namespace

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

absl::Status Directory::Apply(const events::v1::CommissionPolicyCreated& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  kCommissionPolicies.Put(rows, {CommissionPolicyId(metadata.stream.id)},
                          Created(event.display_name(), metadata));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::CommissionPolicyRenamed& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(DirectoryEntry * entry,
                   kCommissionPolicies.Edit(rows, {CommissionPolicyId(metadata.stream.id)}));
  entry->set_display_name(event.display_name());
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::CommissionPolicyArchived&,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return SetRetired(kCommissionPolicies, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::CommissionPolicyRestored&,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return SetRetired(kCommissionPolicies, metadata, rows, false);
}

absl::Status Directory::Apply(const events::v1::WarehouseCreated& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  kWarehouses.Put(rows, {WarehouseId(metadata.stream.id)}, Created(event.display_name(), metadata));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::WarehouseRenamed& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  ASSIGN_OR_RETURN(DirectoryEntry * entry,
                   kWarehouses.Edit(rows, {WarehouseId(metadata.stream.id)}));
  entry->set_display_name(event.display_name());
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::WarehouseArchived&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kWarehouses, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::WarehouseRestored&, const EventMetadata& metadata,
                              ViewTransaction& rows) {
  return SetRetired(kWarehouses, metadata, rows, false);
}

absl::Status Directory::Apply(const events::v1::ProposalTemplateCreated& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  kProposalTemplates.Put(rows, {ProposalTemplateId(metadata.stream.id)},
                         Created(event.display_name(), metadata));
  return absl::OkStatus();
}

absl::Status Directory::Apply(const events::v1::ProposalTemplateRevised& event,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return Rename(kProposalTemplates, event, metadata, rows);
}

absl::Status Directory::Apply(const events::v1::ProposalTemplateArchived&,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return SetRetired(kProposalTemplates, metadata, rows, true);
}

absl::Status Directory::Apply(const events::v1::ProposalTemplateRestored&,
                              const EventMetadata& metadata, ViewTransaction& rows) {
  return SetRetired(kProposalTemplates, metadata, rows, false);
}

}  // namespace crm::projections
