#include "domain/invoice/invoice_details.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "domain/details_revision.h"
#include "domain/render.h"
#include "domain/types/calendar.h"
#include "domain/types/ids.h"

namespace crm::domain {
namespace {

using events::v1::InvoiceDetails;
using events::v1::InvoiceDetailsRevised;

// The one field whose stored name is not that of the resource.
constexpr const char* kStoredDueDay = "due";
constexpr const char* kDueDay = "due_date";

}  // namespace

absl::StatusOr<InvoiceDetails> DetailsFrom(const v1::Invoice& invoice) {
  InvoiceDetails details;
  const absl::string_view name = absl::StripAsciiWhitespace(invoice.display_name());
  if (!name.empty()) details.set_display_name(std::string(name));
  if (invoice.has_due_date()) {
    ASSIGN_OR_RETURN(const absl::CivilDay due, DayFromProto(invoice.due_date()));
    *details.mutable_due() = StoredDay(due);
  }
  if (invoice.due_days() != 0) details.set_due_days(invoice.due_days());
  ASSIGN_OR_RETURN(const auto opportunity, ParseOptionalName<OpportunityId>(invoice.opportunity()));
  if (!opportunity.IsNil()) details.set_opportunity_id(ToBytes(opportunity));
  *details.mutable_tags() = invoice.tags();
  return details;
}

void ShowDetails(const InvoiceDetails& details, v1::Invoice& shown) {
  shown.set_display_name(details.display_name());
  if (details.has_due()) *shown.mutable_due_date() = DayToProto(DayFromStored(details.due()));
  shown.set_due_days(details.due_days());
  shown.set_opportunity(NameOf(FromBytes<OpportunityId>(details.opportunity_id())));
  *shown.mutable_tags() = details.tags();
}

std::optional<InvoiceDetailsRevised> DetailsRevision(const InvoiceDetails& from,
                                                     const InvoiceDetails& to) {
  auto revised = RevisionOf<InvoiceDetailsRevised>(from, to);
  if (revised.fields().empty()) return std::nullopt;
  absl::c_replace(*revised.mutable_fields(), kStoredDueDay, kDueDay);
  return revised;
}

void ApplyRevision(const InvoiceDetailsRevised& revision, InvoiceDetails& details) {
  FieldNames fields = revision.fields();
  absl::c_replace(fields, kDueDay, kStoredDueDay);
  CopyFields(revision.details(), fields, details);
}

}  // namespace crm::domain
