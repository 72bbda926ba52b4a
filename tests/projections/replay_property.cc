#include "tests/projections/replay_property.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/str_cat.h"
#include "projections/projector.h"

namespace crm::projections::testing {
namespace {

constexpr int kMaxPages = 10'000;  // more than any history here has events

// A projector over a store on disk, which may be opened again.
class Workbench {
 public:
  Workbench(const ViewDefinition& view, History& history, const ReplayManner& how)
      : view_(view), history_(history), how_(how), directory_(FreshDirectory()) {
    history_.WriteTo(log_);
    Open();
  }

  void Open() {
    projector_.reset();
    store_.reset();
    auto opened = ViewStore::Open(directory_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
    Projector::Options options;
    options.page.max_events = how_.page;
    options.max_held_events = how_.held;
    options.max_row_bytes = how_.row_bytes;
    projector_ = std::make_unique<Projector>(view_, log_, decoder_, *store_, gate_, options);
  }

  bool Step() { return projector_->Step(history_.organization()); }

  RowDump Rows() {
    RowDump rows;
    for (const ProjectionStatus& status : projector_->Status()) {
      EXPECT_EQ(status.problem, "");
      EXPECT_EQ(status.lag, 0);
    }
    const auto generations = store_->ListGenerations(view_.name, history_.organization());
    EXPECT_TRUE(generations.ok()) << generations.status();
    EXPECT_EQ(generations->size(), 1u);
    for (const Generation& generation : *generations) {
      const StoredRows stored = store_->Rows(generation);
      const auto cursor = stored.NewCursor({});
      for (; cursor->Valid(); cursor->Next()) {
        rows.emplace_back(cursor->key(), cursor->encoded_row());
      }
    }
    return rows;
  }

 private:
  const ViewDefinition& view_;
  History& history_;
  const ReplayManner how_;
  const std::string directory_;
  ScriptedLog log_;
  SystemClock clock_;
  AppliedGate gate_{clock_};
  EventDecoder decoder_{history_.keys(), 4};
  std::unique_ptr<ViewStore> store_;
  std::unique_ptr<Projector> projector_;
};

}  // namespace

std::string FreshDirectory() {
  static std::atomic<int> next = 0;
  std::string pattern = absl::StrCat(::testing::TempDir(), "/views-", next++, "-XXXXXX");
  EXPECT_NE(mkdtemp(pattern.data()), nullptr);
  return pattern;
}

bool FilesHold(const std::string& directory, const std::string& text) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    if (bytes.find(text) != std::string::npos) return true;
  }
  return false;
}

RowDump Replay(const ViewDefinition& view, History& history, const ReplayManner& how) {
  Workbench bench(view, history, how);
  for (int pages = 1; bench.Step(); ++pages) {
    if (pages == how.restart_after) bench.Open();
    if (pages == kMaxPages) {
      ADD_FAILURE() << "the view does not get to the end";
      break;
    }
  }
  return bench.Rows();
}

RowDump FoldInMemory(const ViewDefinition& view, History& history) {
  ViewTransaction rows;
  EventDecoder decoder(history.keys());
  for (const RecordedEvent& event : history.Events()) {
    const absl::Status applied = view.ApplyIfHeard(event, decoder, rows);
    EXPECT_TRUE(applied.ok()) << applied;
  }
  RowDump dump;
  rows.ForEachChanged([&dump](absl::string_view key, const Message* row) {
    if (row != nullptr) dump.emplace_back(key, EncodeRow(*row));
  });
  return dump;
}

void ExpectReplayEquality(const ViewDefinition& view, History& history) {
  const RowDump expected = FoldInMemory(view, history);
  EXPECT_FALSE(expected.empty()) << "the history makes no rows: the property says nothing";
  const int commits = static_cast<int>(history.commits().size());
  const auto replayed = [&](const ReplayManner& how) { return Replay(view, history, how); };
  EXPECT_EQ(replayed({.page = INT64_MAX}), expected) << "all in one page";
  EXPECT_EQ(replayed({.page = 7}), expected) << "pages of 7";
  EXPECT_EQ(replayed({}), expected) << "commit by commit";
  EXPECT_EQ(replayed({.restart_after = (commits + 1) / 2}), expected) << "restart half way";
  EXPECT_EQ(replayed({.page = 7, .restart_after = 1}), expected) << "restart after a page of 7";
  EXPECT_EQ(replayed({.held = INT64_MAX}), expected) << "all held to the end";
  EXPECT_EQ(replayed({.held = 5}), expected) << "held for 5 events";
  EXPECT_EQ(replayed({.held = INT64_MAX, .row_bytes = 2000}), expected) << "held in 2,000 bytes";
  EXPECT_EQ(replayed({.held = 5, .restart_after = (commits + 1) / 2}), expected)
      << "restart half way, with changes held";
}

}  // namespace crm::projections::testing
