// Validator: is a request well formed? Interprets the buf.validate options beside each field of the
// request (proto/buf/validate/validate.proto), so that the .proto is the only place that says what
// is valid and clients can check the same rules before they send.
//
// Standard meaning (protovalidate): a field with presence (message, optional) is checked when set;
// one without presence always, also at its zero value; `required` wants a set or non-zero value.
// Fields that are output_only are ignored, as the API promises. Beyond the rules,
// google.type.Money, google.type.Date and google.protobuf.Timestamp are checked wherever they
// occur.
//
// Compiled once for all requests; immutable after Create, so thread-safe.
#pragma once

#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace crm::services {

class MessagePlan;

class Validator {
 public:
  // Messages may nest this deep; a request that nests deeper is refused.
  static constexpr int kMaxDepth = 32;
  // A request with more violations than this reports the first ones.
  static constexpr int kMaxViolations = 100;

  // Compiles the rules of `requests` and of every message reachable from them.
  // FAILED_PRECONDITION VALIDATION_RULE_UNSUPPORTED when a rule is one this server does not
  // interpret, does not fit its field's type, or is a pattern RE2 refuses: a rule that is written
  // down but not enforced must keep the server from starting.
  static absl::StatusOr<std::unique_ptr<Validator>> Create(
      const std::vector<const google::protobuf::Descriptor*>& requests);
  ~Validator();
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;

  // OK, or INVALID_ARGUMENT INVALID_REQUEST with all violations as a google.rpc.BadRequest
  // (services/errors.h). Field paths read "expected_revenue.currency_code", "names[3]". Values are
  // never repeated in descriptions: they may be personal. INTERNAL when the type of `request` was
  // not among those compiled.
  absl::Status Check(const google::protobuf::Message& request) const;

 private:
  Validator();

  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

// The request types of all methods of `services`.
std::vector<const google::protobuf::Descriptor*> RequestsOf(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services);

}  // namespace crm::services
