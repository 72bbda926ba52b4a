// InvoiceSeries: where invoices or credit notes take their numbers from, and how these read. The
// numbers themselves are in its registers (number_register.h).
//
//   created -> archived <-> restored          one series of each kind is preferred
//
// Invariants, cited by tests:
//   I1  a series has a name (DISPLAY_NAME_REQUIRED)
//   I2  its format writes different numbers for different ordinals (FORMAT_INVALID); whether it
//       begins anew every fiscal year, and what it numbers, never changes
//   I3  at most one series of a kind is preferred: the claim of the kind is held by it. The first
//       series of a kind is.
//   I4  an archived series gives no number and changes nothing until it is restored
//       (SERIES_ARCHIVED); the preferred one is not archived (SERIES_PREFERRED)
//
// Series belong to the organization. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crm/events/v1/invoice_events.pb.h"
#include "crm/v1/invoice_series_service.pb.h"
#include "domain/claim/claim.h"
#include "domain/decide_context.h"
#include "domain/number_register/number_register.h"
#include "domain/types/calendar.h"

namespace crm::domain {

struct InvoiceSeriesState {
  OrganizationId organization;
  std::string display_name;
  std::string format;
  bool yearly = false;  // begins at 1 in every fiscal year
  v1::SeriesKind kind = v1::SERIES_KIND_INVOICE;
  std::optional<absl::Time> archive_time;  // effective; nullopt: gives numbers

  bool archived() const { return archive_time.has_value(); }
};

struct InvoiceSeries {
  using Id = InvoiceSeriesId;
  using State = InvoiceSeriesState;
  using Event = std::variant<events::v1::InvoiceSeriesCreated, events::v1::InvoiceSeriesRevised,
                             events::v1::InvoiceSeriesPreferred, events::v1::InvoiceSeriesArchived,
                             events::v1::InvoiceSeriesRestored>;
  using Resource = v1::InvoiceSeries;

  static State Evolve(State state, const Event& event, const EventMetadata& metadata);
  static Scope ScopeOf(const State&) { return Scope::Shared(); }
  static absl::StatusOr<Resource> Render(const Ref<InvoiceSeries>& self, const Lookup& lookup);

  // The update's target is named inside the resource.
  static absl::StatusOr<InvoiceSeriesId> TargetOf(const v1::UpdateInvoiceSeriesRequest&,
                                                  const Caller&);

  // Refuses by I1, I2.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::CreateInvoiceSeriesRequest&,
                                                const DecideContext&);
  // Refuses by I1, I2, I4. Name and format are its paths.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::UpdateInvoiceSeriesRequest&,
                                                const DecideContext&);
  // Refuses by I4.
  static absl::StatusOr<Decision<Event>> Decide(const State&, const v1::PreferInvoiceSeriesRequest&,
                                                const DecideContext&);
  // Refuses by I4.
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::ArchiveInvoiceSeriesRequest&,
                                                const DecideContext&);
  static absl::StatusOr<Decision<Event>> Decide(const State&,
                                                const v1::RestoreInvoiceSeriesRequest&,
                                                const DecideContext&);
};

// The claim that the preferred series of a kind holds.
ClaimId PreferredSeriesClaim(const OrganizationId& organization, v1::SeriesKind kind);

// FAILED_PRECONDITION SERIES_ARCHIVED unless the series gives numbers.
absl::Status RequireGivesNumbers(const Ref<InvoiceSeries>& series);

// The series that numbers documents of this kind: the named one, which must be of it, else the
// preferred one. Numbers are given in the order of recording, so a series may be younger than the
// day of the document. Refuses SERIES_KIND_MISMATCH, REFERENCE_NOT_FOUND.
// Where a kind never had a series its first one is born with the decision.
template <class Event>
absl::StatusOr<Ref<InvoiceSeries>> SeriesFor(v1::SeriesKind kind, absl::string_view name,
                                             const DecideContext& context,
                                             Decision<Event>& decision);

// The number a document is given, in full and as an ordinal of its series and year.
struct DocumentNumber {
  std::string text;
  int64_t ordinal = 0;
};

// The next number of the series, given to `holder` on the day of issue as an effect of the
// decision. Refuses SERIES_ARCHIVED.
template <class Event>
absl::StatusOr<DocumentNumber> NumberDocument(const Ref<InvoiceSeries>& series,
                                              const StreamId& holder, absl::CivilDay day,
                                              FiscalYearStart year_start,
                                              const DecideContext& context,
                                              Decision<Event>& decision);

// Which register a series takes a number of this day from.
NumberRegisterId RegisterFor(const Ref<InvoiceSeries>& series, absl::CivilDay day,
                             FiscalYearStart year_start);
// How the number reads.
absl::StatusOr<std::string> NumberText(const InvoiceSeriesState& series, int64_t ordinal,
                                       absl::CivilDay day, FiscalYearStart year_start);

namespace internal {
// As SeriesFor; one that does not exist (head.version 0) is to be born, and its state is that.
struct ChosenSeries {
  Ref<InvoiceSeries> series;
  Ref<Claim> preferred;
};
absl::StatusOr<ChosenSeries> ChooseSeries(v1::SeriesKind kind, absl::string_view name,
                                          const DecideContext& context);
events::v1::InvoiceSeriesCreated FirstSeriesOf(v1::SeriesKind kind);
}  // namespace internal

template <class Event>
absl::StatusOr<Ref<InvoiceSeries>> SeriesFor(v1::SeriesKind kind, absl::string_view name,
                                             const DecideContext& context,
                                             Decision<Event>& decision) {
  absl::StatusOr<internal::ChosenSeries> chosen = internal::ChooseSeries(kind, name, context);
  if (!chosen.ok()) return chosen.status();
  if (!chosen->series.head.exists()) {
    decision.Affect(chosen->series, internal::FirstSeriesOf(kind));
    decision.Affect(chosen->series, events::v1::InvoiceSeriesPreferred());
    decision.Affect(chosen->preferred,
                    ClaimedBy(kPreferredSeriesClaim, StreamOf(chosen->series.id)));
  }
  return std::move(chosen->series);
}

template <class Event>
absl::StatusOr<DocumentNumber> NumberDocument(const Ref<InvoiceSeries>& series,
                                              const StreamId& holder, absl::CivilDay day,
                                              FiscalYearStart year_start,
                                              const DecideContext& context,
                                              Decision<Event>& decision) {
  if (absl::Status open = RequireGivesNumbers(series); !open.ok()) return open;
  const absl::StatusOr<int64_t> ordinal =
      AllotNumber(RegisterFor(series, day, year_start), holder, context, decision);
  if (!ordinal.ok()) return ordinal.status();
  absl::StatusOr<std::string> text = NumberText(series.state(), *ordinal, day, year_start);
  if (!text.ok()) return text.status();
  return DocumentNumber{*std::move(text), *ordinal};
}

}  // namespace crm::domain
