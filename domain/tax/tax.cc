#include "domain/tax/tax.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/field_mask.h"
#include "domain/rejection.h"
#include "domain/render.h"
#include "domain/text.h"

namespace crm::domain {
namespace {

using events::v1::TaxArchived;
using events::v1::TaxCreated;
using events::v1::TaxRestored;
using events::v1::TaxRevised;
using TaxDecision = absl::StatusOr<Decision<Tax::Event>>;

constexpr int64_t kWhole = 1'000'000;  // parts per million

void On(TaxState& state, const TaxCreated& event, const EventMetadata&) {
  state.display_name = event.display_name();
  state.rate_ppm = event.rate_ppm();
}

void On(TaxState& state, const TaxRevised& event, const EventMetadata&) {
  if (event.has_display_name()) state.display_name = event.display_name();
  if (event.has_rate_ppm()) state.rate_ppm = event.rate_ppm();
}

void On(TaxState& state, const TaxArchived&, const EventMetadata& metadata) {
  state.archive_time = metadata.effective_time;
}

void On(TaxState& state, const TaxRestored&, const EventMetadata&) { state.archive_time.reset(); }

// I2
absl::Status CheckRate(int64_t rate_ppm) {
  if (rate_ppm >= 0 && rate_ppm <= kWhole) return absl::OkStatus();
  return Invalid("TAX_RATE_INVALID", "a tax is 0 to 1,000,000 parts per million",
                 {{"rate_ppm", absl::StrCat(rate_ppm)}});
}

absl::Status RequireOffered(const TaxState& state, const TaxId& id) {
  if (!state.archived()) return absl::OkStatus();
  return Refuse("TAX_ARCHIVED", absl::StrCat(NameOf(id), " is archived"), {{"tax", NameOf(id)}});
}

}  // namespace

TaxState Tax::Evolve(State state, const Event& event, const EventMetadata& metadata) {
  std::visit([&](const auto& e) { On(state, e, metadata); }, event);
  return state;
}

absl::StatusOr<v1::Tax> Tax::Render(const Ref<Tax>& self, const Lookup&) {
  v1::Tax shown;
  shown.set_name(NameOf(self.id));
  shown.set_display_name(self->display_name);
  shown.set_rate_ppm(self->rate_ppm);
  if (self->archived()) *shown.mutable_archive_time() = TimestampOf(*self->archive_time);
  Stamp(shown, self.head);
  return shown;
}

absl::StatusOr<TaxId> Tax::TargetOf(const v1::UpdateTaxRequest& command, const Caller&) {
  return ParseName<TaxId>(command.tax().name());
}

TaxDecision Tax::Decide(const State&, const v1::CreateTaxRequest& command, const DecideContext&) {
  RETURN_IF_ERROR(RequireDisplayName(command.tax().display_name()));
  RETURN_IF_ERROR(CheckRate(command.tax().rate_ppm()));
  TaxCreated created;
  created.set_display_name(std::string(absl::StripAsciiWhitespace(command.tax().display_name())));
  created.set_rate_ppm(command.tax().rate_ppm());
  return Decision<Event>(std::move(created));
}

TaxDecision Tax::Decide(const State& state, const v1::UpdateTaxRequest& command,
                        const DecideContext& context) {
  const v1::Tax& tax = command.tax();
  ASSIGN_OR_RETURN(const TaxId id, TargetOf(command, context.caller()));
  RETURN_IF_ERROR(RequireOffered(state, id));
  ASSIGN_OR_RETURN(const FieldChanges changes,
                   FieldChanges::Resolve(tax, command.update_mask(), {"display_name", "rate_ppm"}));
  TaxRevised revised;
  if (changes.Has("display_name")) {
    RETURN_IF_ERROR(RequireDisplayName(tax.display_name()));
    const absl::string_view name = absl::StripAsciiWhitespace(tax.display_name());
    if (name != state.display_name) revised.set_display_name(std::string(name));
  }
  if (changes.Has("rate_ppm")) {
    RETURN_IF_ERROR(CheckRate(tax.rate_ppm()));
    if (tax.rate_ppm() != state.rate_ppm) revised.set_rate_ppm(tax.rate_ppm());
  }
  if (!revised.has_display_name() && !revised.has_rate_ppm()) return Decision<Event>();
  return Decision<Event>(std::move(revised));
}

TaxDecision Tax::Decide(const State& state, const v1::ArchiveTaxRequest&, const DecideContext&) {
  if (state.archived()) return Decision<Event>();
  return Decision<Event>(TaxArchived());
}

TaxDecision Tax::Decide(const State& state, const v1::RestoreTaxRequest&, const DecideContext&) {
  if (!state.archived()) return Decision<Event>();
  return Decision<Event>(TaxRestored());
}

absl::Status RequireOffered(const Ref<Tax>& tax) { return RequireOffered(tax.state(), tax.id); }

}  // namespace crm::domain
