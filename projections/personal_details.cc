#include "projections/personal_details.h"

#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace crm::projections {
namespace {

using views::v1::PersonalDetails;

constexpr auto kEverything = [](absl::string_view) { return true; };

template <class Event>
auto FieldsOf(const Event& event) {
  return [&event](absl::string_view path) { return IsNamed(event.fields(), path); };
}

void SetOnly(google::protobuf::RepeatedPtrField<std::string>& list, const std::string& value) {
  list.Clear();
  if (!value.empty()) *list.Add() = value;
}

template <class Details, class Wanted>
void SetNames(PersonalDetails& person, const Details& details, Wanted wanted) {
  if (wanted("given_name")) person.set_given_name(details.given_name());
  if (wanted("family_name")) person.set_family_name(details.family_name());
}

template <class Details, class Wanted>
void SetContactPoints(PersonalDetails& person, const Details& details, Wanted wanted) {
  if (wanted("emails")) *person.mutable_emails() = details.emails();
  if (wanted("phones")) *person.mutable_phones() = details.phones();
}

template <class Wanted>
void Set(PersonalDetails& person, const events::v1::LeadDetails& details, Wanted wanted) {
  SetNames(person, details, wanted);
  if (wanted("email")) SetOnly(*person.mutable_emails(), details.email());
  if (wanted("phone")) SetOnly(*person.mutable_phones(), details.phone());
}

template <class Wanted>
void Set(PersonalDetails& person, const events::v1::CustomerDetails& details, Wanted wanted) {
  if (wanted("display_name")) person.set_display_name(details.display_name());
  SetContactPoints(person, details, wanted);
}

template <class Wanted>
void Set(PersonalDetails& person, const events::v1::ContactDetails& details, Wanted wanted) {
  SetNames(person, details, wanted);
  SetContactPoints(person, details, wanted);
}

}  // namespace

void FoldPersonal(PersonalDetails& person, const events::v1::LeadCaptured& event) {
  Set(person, event.details(), kEverything);
}

void FoldPersonal(PersonalDetails& person, const events::v1::LeadCaptureRefused& event) {
  Set(person, event.details(), kEverything);
}

void FoldPersonal(PersonalDetails& person, const events::v1::LeadDetailsRevised& event) {
  Set(person, event.details(), FieldsOf(event));
}

void FoldPersonal(PersonalDetails& person, const events::v1::CustomerCreated& event) {
  Set(person, event.details(), kEverything);
}

void FoldPersonal(PersonalDetails& person, const events::v1::CustomerDetailsRevised& event) {
  Set(person, event.details(), FieldsOf(event));
}

void FoldPersonal(PersonalDetails& person, const events::v1::ContactCreated& event) {
  Set(person, event.details(), kEverything);
}

void FoldPersonal(PersonalDetails& person, const events::v1::ContactDetailsRevised& event) {
  Set(person, event.details(), FieldsOf(event));
}

absl::StatusOr<PersonalDetails> DetailsOf(const PersonalTable& table, const ViewReader& rows,
                                          const std::string& subject_id,
                                          const std::string& record_id) {
  ASSIGN_OR_RETURN(std::optional<PersonalDetails> person,
                   table.Get(rows, {domain::FromBytes<domain::PersonId>(subject_id),
                                    Uuid::FromBytes(record_id).value_or(Uuid{})}));
  return person.has_value() ? *std::move(person) : PersonalDetails();
}

domain::PersonId SubjectOf(const std::string& subject_id, const domain::EventMetadata& metadata) {
  return domain::PersonId(Uuid::FromBytes(subject_id).value_or(metadata.stream.id));
}

std::string NameOf(const PersonalDetails& person) {
  if (!person.display_name().empty()) return person.display_name();
  return std::string(
      absl::StripAsciiWhitespace(absl::StrCat(person.given_name(), " ", person.family_name())));
}

bool IsNamed(const google::protobuf::RepeatedPtrField<std::string>& fields,
             absl::string_view path) {
  return absl::c_any_of(fields, [path](const std::string& field) { return field == path; });
}

}  // namespace crm::projections
