// A view small enough to predict: names of teams, how many teams bear a name, and the names of
// customers by the person they are about. Include from tests only.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <variant>

#include "crm/events/v1/customer_events.pb.h"
#include "crm/events/v1/member_events.pb.h"
#include "crm/events/v1/team_events.pb.h"
#include "google/protobuf/wrappers.pb.h"
#include "projections/table.h"
#include "projections/view.h"
#include "tests/projections/view_scenario.h"

namespace crm::projections::testing {

using events::v1::CustomerCreated;
using events::v1::SubjectErased;
using events::v1::TeamCreated;
using google::protobuf::Int64Value;
using google::protobuf::StringValue;

struct ToyView {
  static constexpr absl::string_view kName = "toy";
  static constexpr int kVersion = 1;
  using Events = std::variant<TeamCreated, CustomerCreated, SubjectErased>;

  static constexpr Table<std::tuple<Uuid>, StringValue> kTeams{1};
  static constexpr Table<std::tuple<std::string>, Int64Value> kNames{2};
  static constexpr Table<std::tuple<Uuid, Uuid>, StringValue> kPeople{3};
  static constexpr auto kTables = std::tuple(kTeams, kNames, kPeople);

  // A team called "poison" breaks an invariant.
  static absl::Status Apply(const TeamCreated& event, const EventMetadata& metadata,
                            ViewTransaction& rows) {
    StringValue name;
    name.set_value(event.display_name());
    kTeams.Put(rows, {metadata.stream.id}, name);
    ASSIGN_OR_RETURN(Int64Value * count, kNames.Edit(rows, {event.display_name()}));
    count->set_value(count->value() + 1);
    if (event.display_name() == "poison") return absl::InternalError("invariant broken");
    return absl::OkStatus();
  }
  static absl::Status Apply(const CustomerCreated& event, const EventMetadata& metadata,
                            ViewTransaction& rows) {
    const Uuid subject = Uuid::FromBytes(event.subject_id()).value_or(Uuid{});
    ASSIGN_OR_RETURN(StringValue * row, kPeople.Edit(rows, {subject, metadata.stream.id}));
    row->set_value(event.details().display_name());
    return absl::OkStatus();
  }
  static absl::Status Apply(const SubjectErased& event, const EventMetadata&,
                            ViewTransaction& rows) {
    return kPeople.PurgePrefix(rows, Uuid::FromBytes(event.subject_id()).value_or(Uuid{}));
  }
};

// The same view one version on: names are shouted.
struct ToyViewV2 : ToyView {
  static constexpr int kVersion = 2;
  using ToyView::Apply;
  static absl::Status Apply(const TeamCreated& event, const EventMetadata& metadata,
                            ViewTransaction& rows) {
    TeamCreated shouted = event;
    shouted.set_display_name(event.display_name() + "!");
    return ToyView::Apply(shouted, metadata, rows);
  }
};

inline Uuid IdOf(absl::string_view name) { return Uuid::FromName({}, name); }

inline TeamCreated Team(absl::string_view name) {
  TeamCreated event;
  event.set_display_name(std::string(name));
  return event;
}

inline CustomerCreated Customer(absl::string_view name, const Uuid& subject) {
  CustomerCreated event;
  event.mutable_details()->set_display_name(std::string(name));
  event.set_subject_id(subject.ToBytes());
  return event;
}

inline SubjectErased Erasure(const Uuid& subject) {
  SubjectErased event;
  event.set_subject_id(subject.ToBytes());
  return event;
}

// Adds a team of that name, whose id derives from the name.
inline void GivenTeam(History& history, absl::string_view name, const Told& told = {}) {
  history.Given({"team", IdOf(name)}, Team(name), told);
}

// How often the name occurs; 0 when never.
inline int64_t CountOf(const ViewReader& rows, const std::string& name) {
  const auto count = ToyView::kNames.Get(rows, {name});
  EXPECT_TRUE(count.ok()) << count.status();
  return count.ok() && count->has_value() ? (*count)->value() : 0;
}

}  // namespace crm::projections::testing
