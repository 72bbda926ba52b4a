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

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "crm/log/v1/log.pb.h"
#include "domain/event_codec.h"
#include "projections/event_decoder.h"
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
  using Apply = absl::Status (*)(const Message& event, const EventMetadata&, ViewTransaction&);
  // What it hears, and what it does then.
  absl::flat_hash_map<const google::protobuf::Descriptor*, Apply> heard;
  // The key of a stored row for operators, without personal data: see key_text.h.
  std::function<std::string(absl::string_view row_key)> key_text;

  // Applies the event when it is heard. DATA_LOSS for one that cannot be decoded, or is of a type
  // this program does not know: nobody can tell whether it should be heard. The message of an error
  // names view, position and stream.
  absl::Status ApplyIfHeard(const RecordedEvent& event, EventDecoder& decoder,
                            ViewTransaction& rows) const;
};

template <class V, class... Events>
void Hear(std::type_identity<std::variant<Events...>>, ViewDefinition& view) {
  (view.heard.emplace(Events::descriptor(),
                      [](const Message& event, const EventMetadata& metadata,
                         ViewTransaction& rows) -> absl::Status {
                        return V::Apply(static_cast<const Events&>(event), metadata, rows);
                      }),
   ...);
}

template <View V>
ViewDefinition DefinitionOf() {
  ViewDefinition view;
  view.name = std::string(V::kName);
  view.version = V::kVersion;
  if constexpr (requires { V::kReadableFrom; }) view.readable_from = V::kReadableFrom;
  Hear<V>(std::type_identity<typename V::Events>{}, view);
  view.key_text = [](absl::string_view row_key) { return KeyText(V::kTables, row_key); };
  return view;
}

}  // namespace crm::projections
