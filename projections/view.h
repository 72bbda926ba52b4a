// What a view is, and its type-erased form, which the projector, the view store and as-of queries
// work with. A view is a class that is never made:
//
//   struct TeamDashboard {
//     static constexpr absl::string_view kName = "team_dashboard";
//     static constexpr int kVersion = 3;       // bump it whenever Apply or the row layout changes
//     static constexpr int kReadableFrom = 2;  // optional: oldest version the queries can read
//     using Events = std::variant<StageMoved, ...>;                            // what it hears
//     static constexpr Table<...> kTiles{1}, ...;
//     static constexpr auto kTables = std::tuple(kTiles, ...);                 // all of them
//     static absl::Status Apply(const StageMoved&, const EventMetadata&, ViewTransaction&);
//     ...
//   };
//
// Apply is deterministic: no clock, no log, no other view. It accepts erased values
// (metadata.erased). An error from it is a broken invariant and stops the view for that
// organization. Threading: Apply runs on one thread per organization and generation at a time, but
// for as-of queries on other threads besides: it keeps no state.
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <variant>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/key_ring.h"
#include "crm/log/v1/log.pb.h"
#include "domain/event_codec.h"
#include "projections/key_text.h"
#include "projections/view_transaction.h"

namespace crm::projections {

using domain::EventMetadata;
using log::v1::RecordedEvent;

// Whether the view applies every event it lists; a missing overload fails here, by name.
template <class V, class Variant>
struct AppliesAll;
template <class V, class... Events>
struct AppliesAll<V, std::variant<Events...>> {
  template <class Event>
  static constexpr bool kApplies = requires(const Event& event, const EventMetadata& metadata,
                                            ViewTransaction& rows) {
    { V::Apply(event, metadata, rows) } -> std::same_as<absl::Status>;
  };
  static constexpr bool kValue = (kApplies<Events> && ...);
};

template <class V>
concept View = requires {
  { V::kName } -> std::convertible_to<absl::string_view>;
  { V::kVersion } -> std::convertible_to<int>;
  typename V::Events;
  V::kTables;
}
&&AppliesAll<V, typename V::Events>::kValue&& HaveOwnNumbers(V::kTables);

struct ViewDefinition {
  std::string name;
  int version = 0;
  // Rows built by a version in [readable_from, version] may be queried.
  int readable_from = 0;
  absl::flat_hash_set<std::string> heard;  // full names of events
  // Applies an event that is heard. DATA_LOSS when it cannot be decoded, or the view's own error.
  std::function<absl::Status(const RecordedEvent&, KeyRing&, ViewTransaction&)> apply;
  // The key of a stored row for operators, without personal data: see key_text.h.
  std::function<std::string(absl::string_view row_key)> key_text;

  // Applies the event when it is heard. DATA_LOSS for an event of a type this program does not
  // know: nobody can tell whether it should be heard. The message of an error names view, position
  // and stream.
  absl::Status ApplyIfHeard(const RecordedEvent& event, KeyRing& keys, ViewTransaction& rows) const;
};

template <View V>
ViewDefinition DefinitionOf() {
  ViewDefinition view;
  view.name = std::string(V::kName);
  view.version = V::kVersion;
  if constexpr (requires { V::kReadableFrom; }) view.readable_from = V::kReadableFrom;
  for (std::string& name : domain::EventNames<typename V::Events>::Get()) {
    view.heard.insert(std::move(name));
  }
  view.apply = [](const RecordedEvent& event, KeyRing& keys, ViewTransaction& rows) {
    return domain::DispatchEvent(
               std::type_identity<typename V::Events>{}, event, keys,
               [&rows](const auto& fact, const EventMetadata& metadata) -> absl::Status {
                 return V::Apply(fact, metadata, rows);
               })
        .status();
  };
  view.key_text = [](absl::string_view row_key) { return KeyText(V::kTables, row_key); };
  return view;
}

}  // namespace crm::projections
