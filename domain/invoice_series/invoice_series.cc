#include "domain/invoice_series/invoice_series.h"

#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/field_mask.h"
#include "domain/invoice_series/number_format.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"

namespace crm::domain {
namespace {

using events::v1::InvoiceSeriesArchived;
using events::v1::InvoiceSeriesCreated;
using events::v1::InvoiceSeriesPreferred;
using events::v1::InvoiceSeriesRestored;
using events::v1::InvoiceSeriesRevised;
using SeriesDecision = absl::StatusOr<Decision<InvoiceSeries::Event>>;

void On(InvoiceSeriesState& state, const InvoiceSeriesCreated& event,
        const EventMetadata& metadata) {
  state.organization = OrganizationId(metadata.organization);
  state.display_name = event.display_name();
  state.format = event.format();
  state.yearly = event.yearly();
  state.kind = static_cast<v1::SeriesKind>(event.kind());
}

void On(InvoiceSeriesState& state, const InvoiceSeriesRevised& event, const EventMetadata&) {
  if (event.has_display_name()) state.display_name = event.display_name();
  if (event.has_format()) state.format = event.format();
}

// The claim says which one is preferred now.
void On(InvoiceSeriesState&, const InvoiceSeriesPreferred&, const EventMetadata&) {}

void On(InvoiceSeriesState& state, const InvoiceSeriesArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
}

void On(InvoiceSeriesState& state, const InvoiceSeriesRestored&, const EventMetadata&) {
  state.archive_time.reset();
}

absl::Status SeriesRefused(absl::string_view reason, const InvoiceSeriesId& id,
                           absl::string_view why) {
  return Refuse(reason, absl::StrCat(NameOf(id), why), {{"series", NameOf(id)}});
}

// I4
absl::Status RequireOpen(const InvoiceSeriesState& state, const InvoiceSeriesId& id) {
  return state.archived() ? SeriesRefused("SERIES_ARCHIVED", id, " is archived") : absl::OkStatus();
}

absl::StatusOr<Ref<Claim>> PreferredClaim(const OrganizationId& organization, v1::SeriesKind kind,
                                          const Lookup& lookup) {
  return lookup.Find<Claim>(PreferredSeriesClaim(organization, kind));
}

bool IsHeldBy(const Ref<Claim>& claim, const InvoiceSeriesId& id) {
  return claim->held && claim->holder == StreamOf(id);
}

void Prefer(const Ref<Claim>& claim, const InvoiceSeriesId& id,
            Decision<InvoiceSeries::Event>& decision) {
  decision.Add(InvoiceSeriesPreferred());
  decision.Affect(claim, ClaimedBy(kPreferredSeriesClaim, StreamOf(id)));
}

}  // namespace

InvoiceSeriesState InvoiceSeries::Evolve(State state, const Event& event,
                                         const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

absl::StatusOr<v1::InvoiceSeries> InvoiceSeries::Render(const Ref<InvoiceSeries>& self,
                                                        const Lookup& lookup) {
  ASSIGN_OR_RETURN(const Ref<Claim> preferred,
                   PreferredClaim(self->organization, self->kind, lookup));
  v1::InvoiceSeries shown;
  shown.set_name(NameOf(self.id));
  shown.set_display_name(self->display_name);
  shown.set_format(self->format);
  shown.set_yearly(self->yearly);
  shown.set_kind(self->kind);
  shown.set_preferred(IsHeldBy(preferred, self.id));
  if (self->archived()) *shown.mutable_archive_time() = TimestampOf(*self->archive_time);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<InvoiceSeriesId> InvoiceSeries::TargetOf(
    const v1::UpdateInvoiceSeriesRequest& command, const Caller&) {
  return ParseName<InvoiceSeriesId>(command.invoice_series().name());
}

SeriesDecision InvoiceSeries::Decide(const State&, const v1::CreateInvoiceSeriesRequest& command,
                                     const DecideContext& context) {
  const v1::InvoiceSeries& series = command.invoice_series();
  RETURN_IF_ERROR(RequireDisplayName(series.display_name()));
  RETURN_IF_ERROR(NumberFormat::Parse(series.format(), series.yearly()).status());
  const v1::SeriesKind kind =
      series.kind() == v1::SERIES_KIND_UNSPECIFIED ? v1::SERIES_KIND_INVOICE : series.kind();
  InvoiceSeriesCreated created;
  created.set_display_name(std::string(absl::StripAsciiWhitespace(series.display_name())));
  created.set_format(series.format());
  created.set_yearly(series.yearly());
  created.set_kind(kind);
  Decision<Event> decision(std::move(created));
  ASSIGN_OR_RETURN(const Ref<Claim> preferred,
                   PreferredClaim(context.caller().organization, kind, context));
  if (!preferred->held) Prefer(preferred, context.NewId<InvoiceSeriesId>(0), decision);
  return decision;
}

SeriesDecision InvoiceSeries::Decide(const State& state,
                                     const v1::UpdateInvoiceSeriesRequest& command,
                                     const DecideContext& context) {
  const v1::InvoiceSeries& series = command.invoice_series();
  ASSIGN_OR_RETURN(const InvoiceSeriesId id, TargetOf(command, context.caller()));
  RETURN_IF_ERROR(RequireOpen(state, id));
  ASSIGN_OR_RETURN(const FieldChanges changes, FieldChanges::Resolve(series, command.update_mask(),
                                                                     {"display_name", "format"}));
  InvoiceSeriesRevised revised;
  if (changes.Has("display_name")) {
    RETURN_IF_ERROR(RequireDisplayName(series.display_name()));
    const absl::string_view name = absl::StripAsciiWhitespace(series.display_name());
    if (name != state.display_name) revised.set_display_name(std::string(name));
  }
  if (changes.Has("format")) {
    RETURN_IF_ERROR(NumberFormat::Parse(series.format(), state.yearly).status());
    if (series.format() != state.format) revised.set_format(series.format());
  }
  if (!revised.has_display_name() && !revised.has_format()) return Decision<Event>();
  return Decision<Event>(std::move(revised));
}

SeriesDecision InvoiceSeries::Decide(const State& state,
                                     const v1::PreferInvoiceSeriesRequest& command,
                                     const DecideContext& context) {
  ASSIGN_OR_RETURN(const InvoiceSeriesId id, ParseName<InvoiceSeriesId>(command.name()));
  RETURN_IF_ERROR(RequireOpen(state, id));
  ASSIGN_OR_RETURN(const Ref<Claim> preferred,
                   PreferredClaim(state.organization, state.kind, context));
  Decision<Event> decision;
  if (!IsHeldBy(preferred, id)) Prefer(preferred, id, decision);
  return decision;
}

SeriesDecision InvoiceSeries::Decide(const State& state,
                                     const v1::ArchiveInvoiceSeriesRequest& command,
                                     const DecideContext& context) {
  if (state.archived()) return Decision<Event>();
  ASSIGN_OR_RETURN(const InvoiceSeriesId id, ParseName<InvoiceSeriesId>(command.name()));
  ASSIGN_OR_RETURN(const Ref<Claim> preferred,
                   PreferredClaim(state.organization, state.kind, context));
  if (IsHeldBy(preferred, id)) {
    return SeriesRefused("SERIES_PREFERRED", id, " is preferred: prefer another one first");
  }
  return Decision<Event>(InvoiceSeriesArchived());
}

SeriesDecision InvoiceSeries::Decide(const State& state, const v1::RestoreInvoiceSeriesRequest&,
                                     const DecideContext&) {
  if (!state.archived()) return Decision<Event>();
  return Decision<Event>(InvoiceSeriesRestored());
}

ClaimId PreferredSeriesClaim(const OrganizationId& organization, v1::SeriesKind kind) {
  return ClaimOf(organization, kPreferredSeriesClaim, absl::StrCat(static_cast<int>(kind)));
}

absl::Status RequireGivesNumbers(const Ref<InvoiceSeries>& series) {
  return RequireOpen(series.state(), series.id);
}

namespace internal {

InvoiceSeriesCreated FirstSeriesOf(v1::SeriesKind kind) {
  const bool credits = kind == v1::SERIES_KIND_CREDIT_NOTE;
  InvoiceSeriesCreated created;
  created.set_display_name(credits ? "Credit notes" : "Invoices");
  created.set_format(credits ? "CN-{yyyy}-{n:5}" : "INV-{yyyy}-{n:5}");
  created.set_yearly(true);
  created.set_kind(kind);
  return created;
}

absl::StatusOr<ChosenSeries> ChooseSeries(v1::SeriesKind kind, absl::string_view name,
                                          const DecideContext& context) {
  const OrganizationId& organization = context.caller().organization;
  ASSIGN_OR_RETURN(const Ref<Claim> preferred, PreferredClaim(organization, kind, context));
  ASSIGN_OR_RETURN(InvoiceSeriesId id, ParseOptionalName<InvoiceSeriesId>(name));
  const bool first = id.IsNil() && !preferred->held;
  if (first) {
    id = InvoiceSeriesId(PreferredSeriesClaim(organization, kind).uuid());
  } else if (id.IsNil()) {
    id = InvoiceSeriesId(preferred->holder.id);
  }
  ASSIGN_OR_RETURN(Ref<InvoiceSeries> series, context.Find<InvoiceSeries>(id));
  if (first && !series.head.exists()) {
    EventMetadata metadata;
    metadata.organization = organization.uuid();
    series.shared_state = std::make_shared<const InvoiceSeriesState>(
        InvoiceSeries::Evolve({}, FirstSeriesOf(kind), metadata));
    return ChosenSeries{std::move(series), preferred};
  }
  if (!series.head.exists()) return ReferenceNotFound(NameOf(id));
  if (series->kind != kind) {
    return SeriesRefused("SERIES_KIND_MISMATCH", id, " numbers documents of another kind");
  }
  return ChosenSeries{std::move(series), preferred};
}

}  // namespace internal

NumberRegisterId RegisterFor(const Ref<InvoiceSeries>& series, absl::CivilDay day,
                             FiscalYearStart year_start) {
  return NumberRegisterOf(series.id, series->yearly ? FiscalYearOf(day, year_start) : 0);
}

absl::StatusOr<std::string> NumberText(const InvoiceSeriesState& series, int64_t ordinal,
                                       absl::CivilDay day, FiscalYearStart year_start) {
  ASSIGN_OR_RETURN(const NumberFormat format, NumberFormat::Parse(series.format, series.yearly));
  return format.Write(ordinal, day, year_start);
}

}  // namespace crm::domain
