#include "tests/eventstore/ordeal.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "base/reason.h"
#include "eventstore/log_verifier.h"

namespace crm::eventstore {

int64_t FromEnvironment(const char* name, int64_t otherwise) {
  int64_t number = otherwise;
  const char* text = std::getenv(name);
  if (text != nullptr && !absl::SimpleAtoi(text, &number)) ADD_FAILURE() << name;
  return number;
}

Ordeal::Ordeal(uint64_t seed, AnchorMode anchor) : dice_(seed) {
  log_.options().env = disk_.env.get();
  log_.options().anchor = anchor;
  log_.options().on_failure = [this](const absl::Status&) { ++failures_told_; };
}

void Ordeal::Work(const std::function<bool()>& enough) {
  stopped_ = false;
  failures_told_ = 0;
  refused_ = !log_.Open().ok();
  failed_ = disk().HasFailed();
  if (refused_) return;
  absl::Status status;
  if (log_->ListOrganizations().empty()) {
    Commit create = TestCommit({});
    create.create_organization = true;
    status = AppendNow(*log_, std::move(create)).status();
  }
  for (std::map<std::string, Version> versions; status.ok() && !enough();) {
    if (Roll(dice_, 120) == 0) status = log_.stores().storage().CompactEverything();
    if (status.ok()) status = Append(versions);
  }
  Settle();
  failed_ = disk().HasFailed();
  log_.Close();
}

absl::Status Ordeal::Append(std::map<std::string, Version>& versions) {
  const std::string stream = absl::StrCat("s", Roll(dice_, 5));
  if (versions.count(stream) == 0) {
    ASSIGN_OR_RETURN(versions[stream], VersionOf(stream));
  }
  ASSIGN_OR_RETURN(Commit commit, MakeCommit(stream, versions[stream]));
  versions[stream] += static_cast<Version>(commit.streams[0].events.size());
  std::future<Outcome> outcome = AppendLater(*log_, commit);
  attempts_.push_back({std::move(commit), std::move(outcome)});
  if (Roll(dice_, 4) == 0) attempts_.back().outcome.wait();
  if (!IsReady(attempts_.back().outcome)) return absl::OkStatus();
  const Outcome known = attempts_.back().outcome.get();
  std::promise<Outcome> again;
  again.set_value(known);
  attempts_.back().outcome = again.get_future();
  return known.status();
}

absl::StatusOr<Version> Ordeal::VersionOf(const std::string& stream) {
  Version version = 0;
  RETURN_IF_ERROR(
      log_->ReadStream(kOrganization, TestStream(stream), 1, [&](const RecordedEvent& event) {
        version = event.version();
        return absl::OkStatus();
      }));
  return version;
}

// Up to four events, some sealed for a person; sometimes none, which is an outcome too.
absl::StatusOr<Commit> Ordeal::MakeCommit(const std::string& stream, Version expected) {
  const int number = ++commits_;
  Commit commit = TestCommit({TestAppend(stream, expected, static_cast<int>(Roll(dice_, 5)))});
  for (NewEvent& event : commit.streams[0].events) {
    event.data = absl::StrCat(number, ":", std::string(Roll(dice_, 300), 'x'));
    if (Roll(dice_, 3) != 0) continue;
    event.subject = TestId(absl::StrCat("person ", Roll(dice_, 20)));
    ASSIGN_OR_RETURN(const SealingKey key,
                     log_.stores().keys().FindOrCreate(kOrganization, event.subject));
    event.sealed = std::string(key.begin(), key.end());  // to be compared later
  }
  commit.request = TestRequest(absl::StrCat("request ", number));
  return commit;
}

// Whoever was told that the log has stopped does not know; whoever lost a race to a commit that was
// refused, or could not be read for, knows that nothing happened.
void Ordeal::Settle() {
  for (Attempt& attempt : attempts_) {
    const Outcome outcome = attempt.outcome.get();
    if (outcome.ok()) {
      acknowledged_.emplace_back(std::move(attempt.commit), outcome->record);
      continue;
    }
    const std::string reason = ReasonOf(outcome.status());
    if (reason == "LOG_STOPPED") {
      stopped_ = true;
      unknown_.push_back(std::move(attempt.commit));
    } else {
      EXPECT_TRUE(reason == "STORAGE_FAILED" || reason == "STREAM_CHANGED") << outcome.status();
    }
  }
  attempts_.clear();
}

absl::Status Ordeal::OpenOrRepair() {
  absl::Status opened = log_.Open();
  if (ReasonOf(opened) != "STORAGE_CORRUPT") return opened;
  // Sectors of a write that nobody was told of are torn.
  ++repaired_;
  ASSIGN_OR_RETURN(const auto left, DurableStores::OpenReadOnly(log_.folders(), *disk_.env, true));
  RETURN_IF_ERROR(left->CheckAnchor(log_.folders()));
  log_.options().drop_damaged_tail = true;
  opened = log_.Open();
  log_.options().drop_damaged_tail = false;
  return opened;
}

void Ordeal::VerifyAnchor() {
  if (log_.options().anchor != AnchorMode::kSync || acknowledged_.empty()) return;
  Position last = 0;
  for (const auto& [commit, record] : acknowledged_) last = std::max(last, record.last_position());
  const auto found = AnchorFiles::Read(log_.folders().anchor, *disk_.env);
  ASSERT_TRUE(found.ok() && found->anchor.has_value() && found->anchor->ends.size() == 1);
  EXPECT_GE(found->anchor->ends[0].position, last);
}

void Ordeal::Verify() {
  VerifyAnchor();
  const absl::Status opened = OpenOrRepair();
  ASSERT_TRUE(opened.ok()) << opened;
  if (log_->ListOrganizations().empty()) {
    EXPECT_TRUE(acknowledged_.empty());
    return log_.Close();
  }
  const auto report = VerifyWholeLog(log_.stores().storage(), kOrganization);
  ASSERT_TRUE(report.ok()) << report.status();
  LearnUnknown();
  const std::vector<RecordedEvent> events = ReadLogOf(*log_);
  size_t held = 0;
  for (const auto& [commit, record] : acknowledged_) {
    held += commit.streams[0].events.size();
    VerifyCommit(commit, record, events);
  }
  EXPECT_EQ(events.size(), held) << "nothing that nobody asked for";
  log_.Close();
}

// What is known now is known for good; what is not never happened, and cannot any more.
void Ordeal::LearnUnknown() {
  for (Commit& commit : unknown_) {
    std::optional<std::future<Outcome>> known = JoinLater(*log_, *commit.request);
    if (!known) continue;
    const Outcome outcome = known->get();
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    acknowledged_.emplace_back(std::move(commit), outcome->record);
  }
  unknown_.clear();
}

void Ordeal::VerifyCommit(const Commit& commit, const RequestRecord& record,
                          const std::vector<RecordedEvent>& events) {
  std::optional<std::future<Outcome>> known = JoinLater(*log_, *commit.request);
  ASSERT_TRUE(known.has_value()) << "an acknowledged request is unknown";
  const Outcome again = known->get();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->record.SerializeAsString(), record.SerializeAsString());
  const std::vector<NewEvent>& wanted = commit.streams[0].events;
  ASSERT_LE(static_cast<size_t>(record.last_position()), events.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    const RecordedEvent& event = events[static_cast<size_t>(record.first_position()) - 1 + i];
    ASSERT_EQ(event.data(), wanted[i].data);
    ASSERT_EQ(event.version(), commit.streams[0].expected + static_cast<Version>(i) + 1);
    if (wanted[i].subject.IsNil()) continue;
    const auto key = log_.stores().keys().Find(kOrganization, wanted[i].subject);
    ASSERT_TRUE(key.ok()) << key.status();
    ASSERT_EQ(std::string((*key)->begin(), (*key)->end()), event.sealed());
  }
}

}  // namespace crm::eventstore
