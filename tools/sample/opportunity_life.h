// OpportunityLife: what happens to an opportunity after it was opened, until it is won, lost, given
// up on without a word, or the history ends.
//
// Adds commands to a script with rising effective times. Made for one opportunity, on the stack;
// not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "crm/v1/opportunity_service.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "tools/sample/plan.h"
#include "tools/sample/random.h"
#include "tools/sample/sales_department.h"
#include "tools/sample/script.h"

namespace crm::sample {

// An opportunity as it was opened.
struct OpportunityDesign {
  std::string reference;
  PipelineIndex pipeline = kHardwarePipeline;
  int team = 0;       // whose members may contribute
  absl::Time opened;  // when
  int64_t revenue = 0;
  absl::CivilDay expected_close;
};

// A loss reason with the text it needs.
struct Loss {
  std::string reason;
  std::string text;
};

class OpportunityLife {
 public:
  OpportunityLife(const Plan& plan, OpportunityDesign design, Script& script, Random& random);

  // From opening to the end.
  void Run();

 private:
  // What has come of it.
  enum class Outcome { kGoesOn, kOver };

  // Lets days pass; false when the history ends before.
  bool Wait(int64_t days);
  // One command on the opportunity, now.
  template <class Request>
  Request& Do();

  Outcome Visit();  // what happens in one stage
  Outcome Standby();
  Outcome Close();
  void Annotate();
  void Credit();
  void Postpone();
  Outcome Forget();
  void Lose(const Loss& loss);
  Outcome MaybeReopen();

  const Plan& plan_;
  const OpportunityDesign design_;
  const PipelineDesign& stages_;
  Script& script_;
  Random& random_;
  absl::Time now_;
  int stage_ = 0;
  int64_t revenue_;
  absl::CivilDay expected_close_;
};

// Expected revenue of an opportunity of this pipeline, in units.
int64_t AnyRevenue(PipelineIndex pipeline, Random& random);
// A round amount of the organization's currency.
google::type::Money AmountOf(const Plan& plan, int64_t units);
google::type::Date DateOf(absl::CivilDay day);
// Where a record came from, and the campaign it answers (empty: none).
absl::string_view AnySource(Random& random);
absl::string_view AnyCampaign(absl::CivilDay day, Random& random);
Loss AnyLoss(Random& random);

}  // namespace crm::sample
