// Script: the commands of one record in order, as they will be sent but for the names of records,
// which only the server knows. Where a name belongs stands a reference ("@team/2"); a step whose
// answer names a record binds a reference for the steps and scripts after it.
//
// Request ids derive from seed, script and place in it: sending a script again is a replay. Not
// thread-safe; ReferenceTable is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace crm::sample {

// What an answer tells about a reference.
struct Binding {
  std::string reference;
  std::string path;  // of a string field in the answer: "name", "stages.3.name"
};

// One command.
struct Step {
  std::unique_ptr<google::protobuf::Message> request;
  std::vector<Binding> bindings;
  std::string unless_bound;  // skipped when this reference is bound; empty: never

  // The method, found by the request's name: each file of the API has one service.
  const google::protobuf::MethodDescriptor& method() const;
};

void SetTime(absl::Time time, google::protobuf::Timestamp* timestamp);

class Script {
 public:
  // `key` tells this script from every other of the plan.
  Script(uint64_t seed, std::string key) : seed_(seed), key_(std::move(key)) {}

  // Adds a command that takes effect at `time`; the result is valid while the script is.
  template <class Request>
  Request& Do(absl::Time time) {
    auto request = std::make_unique<Request>();
    request->set_request_id(NextRequestId());
    SetTime(time, request->mutable_effective_time());
    Request& added = *request;
    steps_.push_back({std::move(request), {}, {}});
    return added;
  }

  // The answer to the last command names what `reference` stands for.
  void Bind(std::string reference, std::string path = "name");
  // Does the last command only while `reference` is not bound.
  void UnlessBound(std::string reference);

  // Divides it: the first step, and the others.
  std::pair<Script, Script> SplitFirst() &&;

  const std::string& key() const { return key_; }
  const std::vector<Step>& steps() const& { return steps_; }
  const std::vector<Step>& steps() && = delete;  // they would go with the script

 private:
  std::string NextRequestId();

  uint64_t seed_;
  std::string key_;
  int64_t ordinal_ = 0;
  std::vector<Step> steps_;
};

// What references stand for. Thread-safe.
class ReferenceTable {
 public:
  // Puts names in the place of references, everywhere in the message. INTERNAL when one is unbound:
  // the plan names something before it exists.
  absl::Status Resolve(google::protobuf::Message& message) const;
  // Binds what the answer says; a field that is empty binds nothing. INTERNAL when a path leads
  // nowhere.
  absl::Status Bind(const Step& step, const google::protobuf::Message& answer);
  bool IsBound(const std::string& reference) const;
  // What the reference stands for; INTERNAL when it is unbound.
  absl::StatusOr<std::string> NameOf(const std::string& reference) const;

 private:
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, std::string> names_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::sample
