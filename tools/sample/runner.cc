#include "tools/sample/runner.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/alarm.h"
#include "tools/sample/random.h"

namespace crm::sample {
namespace {

using google::protobuf::Message;

bool IsPassing(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return true;
    default:
      return false;
  }
}

// The reason the server gives beside the code: "EFFECTIVE_TIME_BEFORE_STREAM".
std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return "";
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

absl::Status Explained(const grpc::Status& status, const Script& script, const Step& step) {
  return absl::Status(
      static_cast<absl::StatusCode>(status.error_code()),
      absl::StrCat(step.method().full_name(), " of ", script.key(), ": ", status.error_message(),
                   " [", ReasonOf(status), "]\n", step.request->ShortDebugString()));
}

}  // namespace

// One of at most `jobs` that take scripts and send them. Deletes itself when there are none left.
class Runner::Lane {
 public:
  explicit Lane(Runner& runner, uint64_t seed, int number)
      : runner_(runner), random_(seed, absl::StrCat("lane/", number)) {}

  // Sends the next command of its script, or of the next one; ends the lane when there is none.
  void Advance() {
    while (!HasStep()) {
      script_ = runner_.Next();
      step_index_ = 0;
      if (!script_.has_value()) return End();
    }
    request_.reset(step().request->New());
    request_->CopyFrom(*step().request);
    if (absl::Status resolved = runner_.references_.Resolve(*request_); !resolved.ok()) {
      runner_.Fail(std::move(resolved));
      return End();
    }
    attempts_ = 0;
    Send();
  }

 private:
  const Step& step() const { return script_->steps()[step_index_]; }

  // Passes over steps that are not needed.
  bool HasStep() {
    if (!script_.has_value()) return false;
    while (step_index_ < script_->steps().size()) {
      const std::string& unless_bound = step().unless_bound;
      if (unless_bound.empty() || !runner_.references_.IsBound(unless_bound)) return true;
      ++step_index_;
    }
    return false;
  }

  void End() {
    Runner& runner = runner_;
    delete this;
    runner.EndLane();
  }

  void Send() {
    ++attempts_;
    const auto& method = step().method();
    answer_.reset(google::protobuf::MessageFactory::generated_factory()
                      ->GetPrototype(method.output_type())
                      ->New());
    context_.emplace();
    context_->AddMetadata("authorization", absl::StrCat("Bearer ", runner_.options_.token));
    context_->set_deadline(absl::ToChronoTime(runner_.clock_.Now() + runner_.options_.deadline));
    runner_.stub_.UnaryCall(&*context_,
                            absl::StrCat("/", method.service()->full_name(), "/", method.name()),
                            grpc::StubOptions(), request_.get(), answer_.get(),
                            [this](const grpc::Status& status) { OnAnswer(status); });
  }

  void OnAnswer(const grpc::Status& status) {
    if (IsPassing(status) && attempts_ < runner_.options_.most_attempts) return Pause();
    if (!status.ok()) {
      runner_.Fail(Explained(status, *script_, step()));
      return End();
    }
    if (absl::Status bound = runner_.references_.Bind(step(), *answer_); !bound.ok()) {
      runner_.Fail(std::move(bound));
      return End();
    }
    const bool replayed = context_->GetServerTrailingMetadata().count("crm-replayed") > 0;
    runner_.CountDone(step(), replayed);
    ++step_index_;
    Advance();
  }

  void Pause() {
    runner_.CountRetry();
    const RunnerOptions& options = runner_.options_;
    const absl::Duration longest =
        std::min(options.longest_pause, options.first_pause * (1 << std::min(attempts_ - 1, 16)));
    // Between half and all of it, so that lanes refused together do not come back together.
    const absl::Duration pause = longest * random_.Between(50, 100) / 100;
    alarm_.emplace();
    alarm_->Set(absl::ToChronoTime(runner_.clock_.Now() + pause), [this](bool) { Send(); });
  }

  Runner& runner_;
  Random random_;
  std::optional<Script> script_;
  size_t step_index_ = 0;
  int attempts_ = 0;
  std::unique_ptr<Message> request_;
  std::unique_ptr<Message> answer_;
  std::optional<grpc::ClientContext> context_;
  std::optional<grpc::Alarm> alarm_;
};

Runner::Runner(std::shared_ptr<grpc::Channel> channel, RunnerOptions options, const Clock& clock)
    : channel_(std::move(channel)), options_(std::move(options)), clock_(clock), stub_(channel_) {}

Runner::~Runner() {
  MutexLock lock(mutex_);
  while (active_lanes_ > 0) changed_.Wait(mutex_);
}

void Runner::Begin(const Plan& plan, const Phase& phase) {
  const int64_t wanted = phase.in_order ? 1 : std::min<int64_t>(options_.jobs, phase.script_count);
  {
    MutexLock lock(mutex_);
    plan_ = &plan;
    phase_ = phase;
    next_index_ = 0;
    active_lanes_ = static_cast<int>(wanted);
  }
  for (int lane = 0; lane < wanted; ++lane) {
    (new Lane(*this, plan.settings().seed, lane))->Advance();
  }
}

bool Runner::WaitForEnd(absl::Duration at_most) {
  MutexLock lock(mutex_);
  if (active_lanes_ > 0) changed_.WaitFor(mutex_, absl::ToChronoMilliseconds(at_most));
  return active_lanes_ == 0;
}

absl::Status Runner::status() const {
  MutexLock lock(mutex_);
  return status_;
}

Tally Runner::tally() const {
  MutexLock lock(mutex_);
  return tally_;
}

std::optional<Script> Runner::Next() {
  const Plan* plan = nullptr;
  Phase phase{};
  int64_t index = 0;
  {
    MutexLock lock(mutex_);
    if (!status_.ok() || next_index_ == phase_.script_count) return std::nullopt;
    plan = plan_;
    phase = phase_;
    index = next_index_++;
    ++tally_.scripts;
  }
  return plan->MakeScript(phase.kind, index);
}

void Runner::CountDone(const Step& step, bool replayed) {
  MutexLock lock(mutex_);
  ++tally_.commands;
  if (replayed) ++tally_.replayed;
  ++tally_.by_request[step.request->GetDescriptor()->name()];
}

void Runner::CountRetry() {
  MutexLock lock(mutex_);
  ++tally_.retries;
}

void Runner::Fail(absl::Status status) {
  MutexLock lock(mutex_);
  if (status_.ok()) status_ = std::move(status);
}

void Runner::EndLane() {
  MutexLock lock(mutex_);
  --active_lanes_;
  changed_.NotifyAll();
}

}  // namespace crm::sample
