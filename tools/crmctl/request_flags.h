// The request of one RPC, filled from the command line of one leaf. Not thread-safe.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/crmctl/flags.h"
#include "tools/crmctl/session.h"

namespace crm::ctl {

class RequestFlags {
 public:
  explicit RequestFlags(const MethodDescriptor& method) : method_(method) {}

  // Adds an argument by place for each of `positionals` (verbs.h) and a flag for every other field,
  // --json for the request as a whole, and --clear where fields can be cleared.
  void AddTo(CLI::App& leaf, const std::vector<const char*>& positionals);

  // Fills in what each argument and flag is for, as the API says it.
  void Describe() const;

  // The request as given; names are resolved. Usage errors name the flag's field.
  absl::StatusOr<std::unique_ptr<Message>> Build(Session& session) const;

  const MethodDescriptor& method() const { return method_; }

 private:
  struct Bound {
    Flag flag;
    CLI::Option* option;
    bool by_place = false;
  };

  absl::Status FillMask(Message& request, std::set<std::string> changed) const;

  const MethodDescriptor& method_;
  std::vector<Bound> bound_;
  const CLI::Option* json_ = nullptr;
  const CLI::Option* clear_ = nullptr;
};

}  // namespace crm::ctl
