// Office: a fresh crmd with an organization to measure - a pipeline of five stages, a team, open
// opportunities that move through it, years of such moves, and as many more opportunities that were
// lost as a longer history needs - and a client of it or of the echo server.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/crm_bench/child.h"
#include "tools/crm_bench/client.h"

namespace crm::bench {

// Which opportunity moves next, and to which stage: each goes through the stages in turn, so that
// every move is a change and leaves an event. Thread-safe.
class MoveOrder {
 public:
  struct Move {
    size_t opportunity = 0;
    size_t stage = 0;
  };

  MoveOrder(size_t opportunities, size_t stages) : turns_(opportunities), stages_(stages) {}

  // One opportunity after the other.
  Move Next() { return NextOf(next_.fetch_add(1) % turns_.size()); }
  Move NextOf(size_t opportunity) {
    return {opportunity, (turns_[opportunity].fetch_add(1) + 1) % stages_};
  }
  // All of them are in `stage` now.
  void SetAll(size_t stage) {
    for (std::atomic<size_t>& turn : turns_) turn = stage;
  }

 private:
  std::vector<std::atomic<size_t>> turns_;
  const size_t stages_;
  std::atomic<size_t> next_ = 0;
};

struct Office {
  std::string crmd;    // the program
  std::string folder;  // where its data are
  std::unique_ptr<Child> server;
  std::unique_ptr<Client> client;
  std::string token;
  std::string pipeline;
  std::string team;
  std::vector<std::string> stages;
  std::vector<std::string> opportunities;  // those that are open
  std::unique_ptr<MoveOrder> moves;
  size_t bulk_stage = 0;  // where the last bulk command moved all
  absl::Time begin;       // when the first opportunity was opened
  absl::Time middle;      // half of the history took effect before it
  int asked = 0;          // seconds after the middle that were asked for
};

// Starts `crmd` on `folder` and makes the pipeline, the team and the opportunities.
absl::StatusOr<Office> OpenOffice(const std::string& crmd, const std::string& folder,
                                  int opportunities);

// Kills the server, as a power cut would, and starts it again; answers how long it took from then
// until it served, in seconds.
absl::StatusOr<double> ReopenOffice(Office& office);

// Every view, as the server lists them.
absl::StatusOr<std::vector<v1::Projection>> Projections(Client& client);
// The last position of the log.
absl::StatusOr<int64_t> HeadPosition(Client& client);
// Waits until every view has applied the whole log.
absl::Status AwaitViews(Client& client);
// What every view has applied at least.
absl::StatusOr<int64_t> SlowestView(Client& client);

// Moves every opportunity `laps` times in bulk commands. `piece` of `pieces`: they took effect one
// after the other in that part of the years of history; without pieces they take effect now.
absl::Status MoveAll(Office& office, int laps, int piece, int pieces);

// Writes history until the log has `events`: more opportunities, opened, moved and lost in the same
// years, so that those that are open stay as many.
absl::Status Grow(Office& office, int64_t events);

}  // namespace crm::bench
