// T70 for every view of the product at once, on a history that the domain itself decided: whatever
// the size of the pages, however many changes are held and wherever the process restarts, the rows
// are the same bytes, and at any position on the way they are those of a fold that was cut there
// (an as-of query).
//
// Longer: CRM_REPLAYS=50. Mutations seen to fail: Commit that writes the checkpoint without the
// rows, or one behind.
#include <fstream>
#include <map>
#include <sstream>

#include "crm/v1/comment_service.grpc.pb.h"
#include "eventstore/rocksdb/rocksdb_key_ring.h"
#include "eventstore/rocksdb/rocksdb_storage.h"
#include "eventstore/sequencer.h"
#include "projections/projector.h"
#include "services/view_list.h"
#include "tests/scenarios/money_story.h"
#include "tests/scenarios/sales_office.h"
#include "tests/support/seed.h"
#include "tools/sample/fill.h"

namespace crm::testing {
namespace {

using projections::Generation;
using projections::Projector;
using projections::ViewDefinition;
using projections::ViewStore;
using Rows = std::map<std::string, std::string>;

// The rows of a view as events are applied to it in memory.
class Fold {
 public:
  Fold(const ViewDefinition& view, KeyRing& keys) : view_(view), decoder_(keys) {}

  // Applies the events after the last up to `position`.
  void AdvanceTo(Position position, const std::vector<eventstore::RecordedEvent>& log) {
    for (; applied_ < position; ++applied_) {
      const absl::Status applied =
          view_.ApplyIfHeard(log[static_cast<size_t>(applied_)], decoder_, rows_);
      ASSERT_TRUE(applied.ok()) << applied;
    }
  }
  Rows Dump() const {
    Rows dump;
    rows_.ForEachChanged([&dump](absl::string_view key, const google::protobuf::Message* row) {
      if (row != nullptr) dump.emplace(key, projections::EncodeRow(*row));
    });
    return dump;
  }

 private:
  const ViewDefinition& view_;
  projections::EventDecoder decoder_;
  projections::ViewTransaction rows_;
  Position applied_ = 0;
};

// A year of work in small, an erasure among it, and the log of it.
class ReplayPropertyTest : public ::testing::Test {
 protected:
  ReplayPropertyTest() {
    Tell();
    server_.Stop();
    Load();
  }

  void Tell() {
    const ApiCaller administrator = server_.Administrator();
    sample::FillOptions options;
    options.target = absl::StrCat("127.0.0.1:", server_.port());
    options.token_file = folder_ / "token";
    std::ofstream(options.token_file) << administrator.token();
    options.seed = random_();
    options.end_date = absl::CivilDay(2026, 3, 1);
    options.scale_percent = 3;
    std::ostringstream ignored;
    const absl::Status filled =
        sample::FillOrganization(options, clock_, ignored, {ignored, false});
    ASSERT_TRUE(filled.ok()) << filled;
    TellWhatTheSampleDoesNot(administrator);
  }

  // Alternatives of which one undercuts the other, comments, and people who are forgotten.
  void TellWhatTheSampleDoesNot(const ApiCaller& administrator) {
    const SalesOffice office(server_);
    const std::string customer =
        administrator
            .Do(&Customers::CreateCustomer,
                absl::StrCat("customer { kind: CUSTOMER_KIND_COMPANY display_name: 'Kern' ",
                             With("team", office.north), "}"))
            .name();
    std::string group =
        absl::StrCat("opportunity_group { display_name: 'Either' kind: GROUP_KIND_ALTERNATIVES ",
                     With("team", office.north), "} ");
    for (const auto& [owner, units] :
         {std::pair(office.ada_name, 900), std::pair(office.ben_name, 700)}) {
      const auto offer = office.Open(
          administrator, absl::StrCat("Offer ", units), units,
          absl::StrCat(office.OwnedBy(owner, office.north), With("customer", customer)));
      group += With("opportunities", offer.name());
      administrator.Do(
          &v1::CommentService::Stub::CreateComment,
          absl::StrCat("comment { ", With("parent", offer.name()), "text: 'Ask again' }"));
    }
    administrator.Do(&Groups::CreateOpportunityGroup, group);
    TellOfMoney(administrator, office, With("customer", customer));
    TellOfGoods(administrator, office, With("customer", customer));
    for (const char* name : {"Grace", "Ada", "Joan"}) {
      const auto lead = administrator.Do(&Leads::CaptureLead,
                                         absl::StrCat("lead { ", With("given_name", name), "}"));
      administrator.Do(&Privacy::ErasePerson,
                       absl::StrCat(With("record", lead.name()), "reason: 'asked to'"));
    }
  }

  void Load() {
    storage_ = *eventstore::RocksDbStorage::Open(server_.data_dir() + "/log");
    keys_ = *eventstore::RocksDbKeyRing::Open(server_.data_dir() + "/keys");
    log_ = *eventstore::SequencedLog::Open(*storage_);
    organization_ = log_->ListOrganizations().front();
    const absl::Status read =
        log_->ReadLog(organization_, 1, {.max_events = INT64_MAX, .max_bytes = INT64_MAX},
                      [this](const eventstore::RecordedEvent& event) {
                        events_.push_back(event);
                        return absl::OkStatus();
                      });
    ASSERT_TRUE(read.ok()) << read;
  }

  // From 1 to all of them, small ones as likely as large ones.
  int64_t AnyPage() {
    int64_t most = 1;
    while (most < head() && !OneIn(random_, 4)) most *= 3;
    return Between(random_, 1, most);
  }
  Position head() const { return static_cast<Position>(events_.size()); }

  // The view's one generation and its rows.
  std::pair<Position, Rows> Stored(const ViewStore& store, const ViewDefinition& view) {
    const auto generations = *store.ListGenerations(view.name, organization_);
    EXPECT_EQ(generations.size(), 1U);
    if (generations.empty()) return {};
    Rows rows;
    const auto stored = store.Rows(generations[0]);
    const auto cursor = stored.NewCursor({});
    for (; cursor->Valid(); cursor->Next()) rows.emplace(cursor->key(), cursor->encoded_row());
    EXPECT_TRUE(cursor->status().ok()) << cursor->status();
    return {generations[0].position(), rows};
  }

  // Builds the view with restarts, and looks at it at each of them and at the end.
  void ExpectReplay(const ViewDefinition& view, Rows& last) {
    const ScratchFolder folder;
    projections::AppliedGate gate(clock_);
    Fold fold(view, *keys_);
    int restarts = 0;
    for (bool more = true; more; ++restarts) {
      ASSERT_LT(restarts, head()) << view.name << " does not get on";
      const auto store = *ViewStore::Open(folder / "views", {.purge_in_background = false});
      Projector::Options options;
      options.page.max_events = AnyPage();
      const int64_t steps = Between(random_, 1, 40);
      // No more than the steps reach, or nothing would ever be written.
      options.max_held_events = Between(random_, 1, steps * options.page.max_events);
      if (OneIn(random_, 3)) options.max_row_bytes = Between(random_, 1, 100'000);
      projections::EventDecoder decoder(*keys_);
      Projector projector(view, *log_, decoder, *store, gate, options);
      for (int64_t step = 0; more && step < steps; ++step) more = projector.Step(organization_);
      const auto [position, rows] = Stored(*store, view);
      ASSERT_NO_FATAL_FAILURE(fold.AdvanceTo(position, events_));
      ASSERT_EQ(rows, fold.Dump())
          << view.name << " at position " << position << ", page " << options.page.max_events
          << ", held " << options.max_held_events << " in " << options.max_row_bytes;
      if (!more) {
        ASSERT_EQ(position, head()) << projector.Status()[0].problem;
      }
      last = rows;
    }
  }

  std::mt19937_64 random_{DrawSeed()};
  SystemClock clock_;
  ScratchFolder folder_;
  RunningServer server_{clock_, [](services::Config& config) {
                          config.bootstrap_effective_time = "2024-01-01T00:00:00Z";
                        }};
  std::unique_ptr<eventstore::RocksDbStorage> storage_;
  std::unique_ptr<eventstore::RocksDbKeyRing> keys_;
  std::unique_ptr<eventstore::SequencedLog> log_;
  Uuid organization_;
  std::vector<eventstore::RecordedEvent> events_;
};

TEST_F(ReplayPropertyTest, T70EveryViewIsTheSameAtAnyPageAndRestart) {
  const int64_t replays = NumberFromEnvironment("CRM_REPLAYS", 2);
  std::cout << head() << " events"
            << "\n";
  for (const ViewDefinition& view : services::AllViews()) {
    Rows first;
    ASSERT_NO_FATAL_FAILURE(ExpectReplay(view, first));
    std::map<int, int> tables;
    for (const auto& [key, row] : first) {
      ++tables[static_cast<uint8_t>(key[0])];
      EXPECT_NE(view.key_text(key), "?") << "a row of no table that kTables names";
    }
    EXPECT_FALSE(first.empty()) << view.name << " has no rows: the property says nothing";
    std::cout << view.name << ":";
    for (const auto& [table, rows] : tables) std::cout << " " << table << "=" << rows;
    std::cout << "\n";
    for (int64_t replay = 1; replay < replays; ++replay) {
      Rows again;
      ASSERT_NO_FATAL_FAILURE(ExpectReplay(view, again));
      ASSERT_EQ(again, first) << view.name;
    }
  }
}

}  // namespace
}  // namespace crm::testing
