// What records say about persons: the personal part of the events of leads, customers and contacts,
// and how each changes it. A view keeps PersonalDetails in one table, keyed by the person and then
// by the record, and nowhere else, so that erasing a person is PurgePrefix of that table:
//
//   static constexpr PersonalTable kPersons{7};
//
// An erased event has no personal fields left and folds to empty ones. Pure functions.
#pragma once

#include <string>
#include <tuple>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "crm/events/v1/customer_events.pb.h"
#include "crm/events/v1/lead_events.pb.h"
#include "crm/views/v1/record_card.pb.h"
#include "domain/event_codec.h"
#include "domain/types/ids.h"
#include "projections/table.h"

namespace crm::projections {

// By person, then by record.
using PersonalTable = Table<std::tuple<domain::PersonId, Uuid>, views::v1::PersonalDetails>;

void FoldPersonal(views::v1::PersonalDetails& person, const events::v1::LeadCaptured& event);
void FoldPersonal(views::v1::PersonalDetails& person, const events::v1::LeadCaptureRefused& event);
void FoldPersonal(views::v1::PersonalDetails& person, const events::v1::LeadDetailsRevised& event);
void FoldPersonal(views::v1::PersonalDetails& person, const events::v1::CustomerCreated& event);
void FoldPersonal(views::v1::PersonalDetails& person,
                  const events::v1::CustomerDetailsRevised& event);
void FoldPersonal(views::v1::PersonalDetails& person, const events::v1::ContactCreated& event);
void FoldPersonal(views::v1::PersonalDetails& person,
                  const events::v1::ContactDetailsRevised& event);

// Whether an event tells something personal.
template <class E>
concept TellsOfPerson = requires(views::v1::PersonalDetails& person, const E& event) {
  FoldPersonal(person, event);
};

// Folds the event into the row of (subject, record), when it tells something personal.
template <class E>
absl::Status FoldInto(const PersonalTable& table, const std::string& subject_id, const E& event,
                      const domain::EventMetadata& metadata, ViewTransaction& rows) {
  if constexpr (TellsOfPerson<E>) {
    ASSIGN_OR_RETURN(
        views::v1::PersonalDetails * person,
        table.Edit(rows, {domain::FromBytes<domain::PersonId>(subject_id), metadata.stream.id}));
    FoldPersonal(*person, event);
  }
  return absl::OkStatus();
}

// Empty details when there are none, or no longer.
absl::StatusOr<views::v1::PersonalDetails> DetailsOf(const PersonalTable& table,
                                                     const ViewReader& rows,
                                                     const std::string& subject_id,
                                                     const std::string& record_id);

// The person an event is about: the record itself when it names none.
domain::PersonId SubjectOf(const std::string& subject_id, const domain::EventMetadata& metadata);

// The name people know the record by: that of a customer, else first and last names.
std::string NameOf(const views::v1::PersonalDetails& person);

// A revision names this field.
bool IsNamed(const google::protobuf::RepeatedPtrField<std::string>& fields, absl::string_view path);

}  // namespace crm::projections
