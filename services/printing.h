// Printing: documents on paper, from their streams. Sheets are drawn on the workers.
//
// What a document says of its sender is what was true when it was issued or sent: printing it again
// gives the same sheet. Thread-safe.
#pragma once

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "crm/v1/paper.pb.h"
#include "domain/credit_note/credit_note.h"
#include "domain/invoice/invoice.h"
#include "domain/lookup.h"
#include "domain/proposal/proposal.h"
#include "services/call.h"
#include "services/command_pipeline.h"
#include "services/papers/document_paper.h"
#include "services/past.h"
#include "services/query_gate.h"

namespace crm::services {

// Who sent a document, by the instant asked for.
class SenderLookup {
 public:
  SenderLookup(const QueryGate& gate, const Call& call, std::optional<Past> past)
      : gate_(gate), call_(call), past_(std::move(past)) {}

  // Of a document that became what it is at `instant`. `settled`: it was issued or sent then, and
  // its sender is the one of then.
  absl::StatusOr<papers::Sending> SendingAt(absl::Time instant, bool settled) const;

 private:
  const QueryGate& gate_;
  const Call& call_;
  const std::optional<Past> past_;
};

absl::StatusOr<papers::Paper> PaperOf(const domain::Ref<domain::Invoice>& self,
                                      const domain::Lookup& lookup, const SenderLookup& senders);
absl::StatusOr<papers::Paper> PaperOf(const domain::Ref<domain::Proposal>& self,
                                      const domain::Lookup& lookup, const SenderLookup& senders);
absl::StatusOr<papers::Paper> PaperOf(const domain::Ref<domain::CreditNote>& self,
                                      const domain::Lookup& lookup, const SenderLookup& senders);

// Fills everything but the position.
absl::Status FillPaper(const papers::Paper& paper, v1::Paper& response);

// The record that the request names, as the caller may see it.
template <class A, class Request>
absl::Status PrintRecord(const QueryGate& gate, const Call& call, const Request& request,
                         v1::Paper* response) {
  ASSIGN_OR_RETURN(const std::optional<Past> past, PastOf(call, request));
  ASSIGN_OR_RETURN(const auto id,
                   (domain::TargetOf<A>(request, {call.organization(), call.actor->member, {}})));
  LogStreams streams = gate.StreamsAt(call, past);
  const domain::Lookup lookup(streams);
  ASSIGN_OR_RETURN(const domain::Ref<A> self, lookup.Find<A>(id));
  RETURN_IF_ERROR(CheckExistence(false, domain::NameOf(id), self.head));
  RETURN_IF_ERROR(gate.CheckVisible(call, A::ScopeOf(self.state())));
  ASSIGN_OR_RETURN(const papers::Paper paper,
                   PaperOf(self, lookup, SenderLookup(gate, call, past)));
  RETURN_IF_ERROR(FillPaper(paper, *response));
  response->set_position(streams.seen());
  return absl::OkStatus();
}

}  // namespace crm::services
