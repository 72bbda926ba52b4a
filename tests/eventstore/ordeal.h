// Ordeal: a log over a faulty disk, callers that append and remember what they were told, and a
// check that the log kept it. The model is the callers' memory: a commit is acknowledged, unknown
// or refused, and after every start
//   - every acknowledged commit is there once, byte for byte, in the place its answer named;
//   - nothing is there that nobody asked for; a commit whose outcome is unknown is there or not;
//   - the log verifies whole, request ids are answered as before, sealed events have their keys.
//
// Not thread-safe.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/eventstore/faulty_disk.h"
#include "tests/eventstore/stored_log.h"

namespace crm::eventstore {

// A number from the environment, for longer runs and for one seed alone.
int64_t FromEnvironment(const char* name, int64_t otherwise);

class Ordeal {
 public:
  Ordeal(uint64_t seed, AnchorMode anchor);

  FaultyDisk& disk() { return *disk_.disk; }
  Dice& dice() { return dice_; }

  // Opens the log and appends, a few commits in flight, until `enough` says so or something fails.
  // Takes the answers, and closes.
  void Work(const std::function<bool()>& enough);
  // Opens over a disk without faults, mends a torn tail as `crmutil repair` does, and verifies.
  void Verify();

  size_t acknowledged() const { return acknowledged_.size(); }
  int repaired() const { return repaired_; }
  // Of the last Work: whether the disk failed before all was closed, and whether anybody was told,
  // by an open that was refused, an answer or on_failure.
  bool failed() const { return failed_; }
  bool told() const { return refused_ || stopped_ || failures_told_ > 0; }

 private:
  struct Attempt {
    Commit commit;
    std::future<Outcome> outcome;
  };

  absl::Status Append(std::map<std::string, Version>& versions);
  absl::StatusOr<Version> VersionOf(const std::string& stream);
  absl::StatusOr<Commit> MakeCommit(const std::string& stream, Version expected);
  void Settle();
  absl::Status OpenOrRepair();
  void LearnUnknown();
  // With AnchorMode::kSync, what was acknowledged is anchored whatever happened since.
  void VerifyAnchor();
  void VerifyCommit(const Commit& commit, const RequestRecord& record,
                    const std::vector<RecordedEvent>& events);

  OwnDisk disk_;
  Dice dice_;
  std::atomic<int> failures_told_{0};
  StoredLog log_;
  int commits_ = 0;
  int repaired_ = 0;
  bool refused_ = false;
  bool stopped_ = false;
  bool failed_ = false;
  std::vector<Attempt> attempts_;
  std::vector<std::pair<Commit, RequestRecord>> acknowledged_;
  std::vector<Commit> unknown_;
};

}  // namespace crm::eventstore
