#include "tests/projections/replay_property.h"

#include <atomic>
#include <memory>

#include "absl/strings/str_cat.h"
#include "projections/projector.h"

namespace crm::projections::testing {
namespace {

// A projector over a store on disk, which may be opened again.
class Workbench {
 public:
  Workbench(const ViewDefinition& view, History& history, int64_t page)
      : view_(view), history_(history), page_(page), directory_(FreshDirectory()) {
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
    options.page.max_events = page_;
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
  const int64_t page_;
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

RowDump Replay(const ViewDefinition& view, History& history, int64_t page, int restart_after) {
  Workbench bench(view, history, page);
  for (int pages = 1; bench.Step(); ++pages) {
    if (pages == restart_after) bench.Open();
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
  EXPECT_EQ(Replay(view, history, INT64_MAX, 0), expected) << "all in one page";
  EXPECT_EQ(Replay(view, history, 7, 0), expected) << "pages of 7";
  EXPECT_EQ(Replay(view, history, 1, 0), expected) << "commit by commit";
  EXPECT_EQ(Replay(view, history, 1, (commits + 1) / 2), expected) << "restart half way";
  EXPECT_EQ(Replay(view, history, 7, 1), expected) << "restart after the first page of 7";
}

}  // namespace crm::projections::testing
