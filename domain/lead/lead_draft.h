// LeadDraft: a decision about a lead in the making. A capture may assign, route and convert in one
// commit; each of these steps adds its events and effects here and sees the lead as the steps
// before left it, so that a step decides the same alone or with others. Internal to domain/lead.
//
// A value of one decision; not thread-safe.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "domain/lead/lead.h"
#include "domain/ownership.h"
#include "domain/pipeline/pipeline.h"

namespace crm::domain {

class LeadDraft {
 public:
  LeadDraft(LeadState state, const DecideContext& context)
      : state_(std::move(state)), context_(context) {}

  // The lead as the events so far left it.
  const LeadState& state() const { return state_; }
  const DecideContext& context() const { return context_; }

  // Adds an event of the lead.
  template <class E>
  void Add(E event) {
    EventMetadata metadata;
    metadata.stream = StreamOf(state_.id);
    metadata.effective_time = context_.effective_time();
    state_ = Lead::Evolve(std::move(state_), event, metadata);
    decision_.Add(std::move(event));
  }

  // Adds an event of another aggregate.
  template <class B, class E>
  void Affect(const Ref<B>& target, E event) {
    decision_.Affect(target, std::move(event));
  }

  Decision<Lead::Event> Take() { return std::move(decision_); }

 private:
  LeadState state_;
  const DecideContext& context_;
  Decision<Lead::Event> decision_;
};

// Without blanks around it; empty: none.
std::string ExternalIdOf(const v1::CaptureLeadRequest& command);

// Guards.

// I3: FAILED_PRECONDITION LEAD_CLOSED unless new or qualified.
absl::Status RequireOpen(const LeadState& state);

// I4: the live stage of a lead pipeline, not of kind LOST, whose required fields `inputs` has, for
// a lead that is in the stage `from` (nil: in none). From an archived stage to where its records go
// a lead moves as it is. Else STAGE_CLOSED_KIND, STAGE_FIELDS_MISSING and what RequireLiveStage
// (pipeline.h) refuses.
absl::StatusOr<Stage> RequireEnterable(const StageName& name, const StageName& from,
                                       const v1::Lead& inputs, const DecideContext& context);

// Where a lead of this team starts: the first open stage of its lead pipeline; nil when there is
// none that a lead with these fields may enter.
absl::StatusOr<StageName> FirstStageOf(const TeamId& team, const v1::Lead& inputs,
                                       const DecideContext& context);

// Steps of an assignment, in lead_assignment.cc.

// I8: CAPACITY when the member has as many leads as the team's terms allow, unless the caller may
// exceed it. A maximum of 0 closes the rule to the member, not the hand.
absl::Status RequireCapacity(const Ownership& to, const DecideContext& context);

// I7: moves the lead's count from one roster to another.
absl::Status MoveCount(const Ownership& from, const Ownership& to, LeadDraft& draft);

// A lead without a stage enters the first open stage of its team's lead pipeline, if it can.
absl::Status EnterFirstStage(LeadDraft& draft);

// Runs the assignment rule on a lead without an owner.
absl::Status Route(LeadDraft& draft);

// Steps of a conversion, in lead_conversion.cc.

// What a conversion is asked to make or to use; nil ids are made, or none.
struct Conversion {
  CustomerId customer;
  ContactId contact;
  StageName stage;      // where the opportunity starts; nil: as the pipeline or the team says
  PipelineId pipeline;  // of the opportunity; nil: the team's
  std::string opportunity_display_name;  // empty: what the lead is about
  bool without_opportunity = false;
};

// I5. Refuses LEAD_CUSTOMER_DIFFERS, and archived or unknown customers.
absl::Status Qualify(const CustomerId& named, LeadDraft& draft);

// I5, I6.
absl::Status Convert(const Conversion& conversion, LeadDraft& draft);

}  // namespace crm::domain
