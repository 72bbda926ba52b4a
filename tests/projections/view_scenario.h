// ViewScenario: given events, then rows. Encodes each event as a command would (personal fields
// sealed), keeps the list for the replay property, and folds it through the view.
//
//   ViewScenario<TeamDashboard> scenario;
//   scenario.Given({"team", kTeam}, TeamCreated(), At("2026-01-05"))
//       .And({"pipeline", kPipeline}, PipelineCreated());        // in the same commit
//   EXPECT_THAT(TeamDashboard::ForTeam(scenario.Rows(), kTeam, ...), ...);
//   ExpectReplayEquality<TeamDashboard>(scenario);               // replay_property.h
//
// Include from tests only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "domain/event_codec.h"
#include "eventstore/memory/memory_key_ring.h"
#include "gtest/gtest.h"
#include "projections/as_of.h"
#include "projections/view.h"
#include "tests/projections/scripted_log.h"

namespace crm::projections::testing {

// When and by whom.
struct Told {
  std::optional<absl::Time> at = std::nullopt;  // record time; absent: a second after the last
  std::optional<absl::Time> effective = std::nullopt;  // absent: the record time
  Uuid actor = {};
};

// A history of one organization, without a view.
class History {
 public:
  explicit History(const Uuid& organization = Uuid::FromName({}, "organization"))
      : organization_(organization) {}

  // One commit with one event.
  void Given(const StreamId& stream, const google::protobuf::Message& event, const Told& told = {});
  // One more event in the last commit.
  void And(const StreamId& stream, const google::protobuf::Message& event);

  // Adds to `log` the commits it does not hold yet.
  void WriteTo(ScriptedLog& log) const;

  const Uuid& organization() const { return organization_; }
  const std::vector<std::vector<RecordedEvent>>& commits() const { return commits_; }
  // All events in order, as the log gives them.
  std::vector<RecordedEvent> Events() const;
  KeyRing& keys() { return keys_; }

 private:
  RecordedEvent Encode(const StreamId& stream, const google::protobuf::Message& event,
                       const Told& told);

  const Uuid organization_;
  eventstore::MemoryKeyRing keys_;
  std::map<StreamId, Version> versions_;
  Told last_told_;
  std::vector<std::vector<RecordedEvent>> commits_;
};

template <View V>
class ViewScenario {
 public:
  ViewScenario& Given(const StreamId& stream, const google::protobuf::Message& event,
                      const Told& told = {}) {
    history_.Given(stream, event, told);
    return *this;
  }
  ViewScenario& And(const StreamId& stream, const google::protobuf::Message& event) {
    history_.And(stream, event);
    return *this;
  }
  // Destroys the person's key: what was sealed with it reads as erased.
  ViewScenario& GivenErased(const Uuid& subject) {
    EXPECT_TRUE(history_.keys().Destroy(history_.organization(), subject).ok());
    return *this;
  }

  // The rows after everything given so far. A failing Apply fails the test.
  const ViewReader& Rows() {
    const absl::Status folded = Fold();
    EXPECT_TRUE(folded.ok()) << folded;
    return *rows_;
  }
  // The same as a query of the past folds it: of what counts at the cut.
  const ViewReader& RowsAt(const AsOfCut& cut) {
    const absl::Status folded = Fold(cut);
    EXPECT_TRUE(folded.ok()) << folded;
    return *rows_;
  }
  // What the first failing Apply said; OK when none fails.
  absl::Status Fold(const AsOfCut& cut = {}) {
    rows_ = std::make_unique<ViewTransaction>();
    const ViewDefinition view = DefinitionOf<V>();
    EventDecoder decoder(history_.keys());
    for (const RecordedEvent& event : history_.Events()) {
      const auto before = [](int64_t micros, absl::Time time) {
        return absl::FromUnixMicros(micros) < time;
      };
      if (cut.effective_before.has_value() &&
          !before(event.effective_time_us(), *cut.effective_before)) {
        continue;
      }
      if (cut.known_at.has_value() &&
          before(absl::ToUnixMicros(*cut.known_at), absl::FromUnixMicros(event.record_time_us()))) {
        continue;
      }
      absl::Status applied = view.ApplyIfHeard(event, decoder, *rows_);
      if (!applied.ok()) return applied;
    }
    return absl::OkStatus();
  }

  History& history() { return history_; }

 private:
  History history_;
  std::unique_ptr<ViewTransaction> rows_;
};

}  // namespace crm::projections::testing
