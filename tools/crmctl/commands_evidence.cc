// crmctl events anchor, prove, check: what is kept of a log outside, and what it proves later. Only
// `check` decides anything, and it asks no server.
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/signing.h"
#include "base/status_macros.h"
#include "crm/v1/event_service.pb.h"
#include "evidence/range_proof.h"
#include "evidence/signed_anchor.h"
#include "tools/crmctl/command_tree.h"
#include "tools/crmctl/failure.h"
#include "tools/crmctl/files.h"
#include "tools/crmctl/render.h"
#include "tools/crmctl/values.h"
#include "tools/crmctl/verbs.h"

namespace crm::ctl {
namespace {

using crm::v1::SignedAnchor;

struct EvidenceFlags {
  std::string file;
  std::string anchor;
  std::string since;
  std::string out;
  std::string public_key;
  int64_t position = 0;
  int64_t from = 0;
  int64_t to = 0;
};

// The key an anchor must bear; empty when none was given.
absl::StatusOr<std::string> TrustedKey(const EvidenceFlags& flags) {
  if (flags.public_key.empty()) return std::string();
  ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(flags.public_key));
  const std::optional<std::string> key = PublicKeyFromPem(text);
  if (!key) {
    return absl::FailedPreconditionError(
        absl::StrCat(flags.public_key, " holds no public Ed25519 key in PEM"));
  }
  return *key;
}

absl::Status Anchor(Session& session, const EvidenceFlags& flags) {
  crm::v1::GetAnchorRequest request;
  request.set_position(flags.position);
  SignedAnchor before;
  if (!flags.since.empty()) {
    RETURN_IF_ERROR(ReadJsonFile(flags.since, before));
    request.set_since_position(before.position());
  }
  crm::v1::GetAnchorResponse response;
  RETURN_IF_ERROR(session.Call("GetAnchor", request, response).status());
  const SignedAnchor& anchor = response.anchor();
  RETURN_IF_ERROR(evidence::CheckAnchor(anchor, before.public_key()));
  if (!flags.since.empty()) {
    RETURN_IF_ERROR(evidence::CheckAnchor(before, before.public_key()));
    RETURN_IF_ERROR(evidence::CheckConsistency(response.consistency(), before, anchor));
    session.environment().err << "the log still begins with what was anchored at position "
                              << before.position() << "\n";
  }
  if (!flags.public_key.empty()) {
    RETURN_IF_ERROR(WriteWholeFile(flags.public_key, PublicKeyToPem(anchor.public_key())));
  }
  if (!flags.out.empty()) return WriteJsonFile(flags.out, anchor);
  if (session.style().format == Format::kTable) {
    session.environment().out << JsonOf(anchor, /*indented=*/true) << "\n";
    return absl::OkStatus();
  }
  return PrintRecord(session.environment().out, session.style(), anchor);
}

absl::Status Prove(Session& session, const EvidenceFlags& flags) {
  SignedAnchor anchor;
  RETURN_IF_ERROR(ReadJsonFile(flags.anchor, anchor));
  crm::v1::GetRangeProofRequest request;
  request.set_from_position(flags.from);
  request.set_to_position(flags.to);
  request.set_anchor_position(anchor.position());
  crm::v1::GetRangeProofResponse response;
  RETURN_IF_ERROR(session.Call("GetRangeProof", request, response).status());
  // A proof that does not hold is said now, and not when somebody needs it.
  RETURN_IF_ERROR(evidence::CheckAnchor(anchor, anchor.public_key()));
  RETURN_IF_ERROR(
      evidence::CheckRangeProof(response.proof(), anchor, [](const log::v1::RecordedEvent&) {}));
  return WriteJsonFile(flags.out, response.proof());
}

// What surrounds a stored event, as the API names it; its data needs the server's types and keys.
crm::v1::Event EnvelopeOf(const log::v1::RecordedEvent& recorded) {
  const auto uuid = [](const std::string& bytes) {
    const std::optional<Uuid> id = Uuid::FromBytes(bytes);
    return id && !id->IsNil() ? id->ToString() : std::string();
  };
  crm::v1::Event event;
  event.set_position(recorded.position());
  event.set_category(recorded.category());
  event.set_stream_id(uuid(recorded.stream_id()));
  event.set_version(recorded.version());
  event.set_type(recorded.type());
  *event.mutable_record_time() = ToTimestamp(absl::FromUnixMicros(recorded.record_time_us()));
  *event.mutable_effective_time() = ToTimestamp(absl::FromUnixMicros(recorded.effective_time_us()));
  if (const std::string actor = uuid(recorded.actor()); !actor.empty())
    event.set_actor(absl::StrCat("members/", actor));
  event.set_causation_id(uuid(recorded.causation_id()));
  event.set_commit_size(recorded.commit_size());
  event.set_index_in_commit(recorded.index_in_commit());
  event.set_hash(recorded.hash());
  return event;
}

absl::Status Check(Session& session, const EvidenceFlags& flags) {
  SignedAnchor anchor;
  RETURN_IF_ERROR(ReadJsonFile(flags.anchor, anchor));
  crm::v1::RangeProof proof;
  RETURN_IF_ERROR(ReadJsonFile(flags.file, proof));
  ASSIGN_OR_RETURN(const std::string trusted, TrustedKey(flags));
  RETURN_IF_ERROR(evidence::CheckAnchor(anchor, trusted));
  std::vector<crm::v1::Event> events;
  RETURN_IF_ERROR(evidence::CheckRangeProof(
      proof, anchor,
      [&](const log::v1::RecordedEvent& event) { events.push_back(EnvelopeOf(event)); }));
  Style plain = session.style();  // names would have to be asked for
  plain.names = nullptr;
  RowPrinter printer(session.environment().out, plain, *crm::v1::Event::descriptor(),
                     {"position", "record_time", "category", "stream_id", "version", "type"});
  RETURN_IF_ERROR(printer.Begin());
  for (const crm::v1::Event& event : events) printer.Add(event);
  printer.Finish();
  session.environment().err << "these events are what " << anchor.organization()
                            << " had recorded, as anchored at position " << anchor.position()
                            << " by the key " << absl::BytesToHexString(anchor.public_key())
                            << "\n";
  if (trusted.empty()) {
    session.environment().err << "which the anchor itself names: give the one you keep with "
                                 "--public-key\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddEvidenceCommands(CommandTree& tree) {
  CLI::App& group = *tree.root().get_subcommand("events");
  auto flags = std::make_shared<EvidenceFlags>();
  const auto leaf = [&](const char* word, const char* help, auto run) -> CLI::App& {
    return tree.AddLeaf(group, word, help,
                        [flags, run](Session& session) { return run(session, *flags); });
  };
  CLI::App& anchor =
      leaf("anchor", "Have the log signed up to a position, to keep it elsewhere", Anchor);
  anchor.add_option("--position", flags->position, "Last position to cover; else the head");
  anchor.add_option("--since", flags->since,
                    "An anchor kept earlier: proves that the log still begins with it");
  anchor.add_option("--out", flags->out, "Where to keep it; else it is shown");
  anchor.add_option("--public-key", flags->public_key, "Where to keep the server's key (PEM)");
  CLI::App& prove = leaf("prove", "Have a range of events proven against an anchor", Prove);
  prove.add_option("--from", flags->from, "First position")->required();
  prove.add_option("--to", flags->to, "Last position; else the first alone");
  prove.add_option("--anchor", flags->anchor, "File of the anchor")->required();
  prove.add_option("--out", flags->out, "Where to keep the proof")->required();
  CLI::App& check = leaf("check", "Check a proof against an anchor, without a server", Check);
  check.add_option("file", flags->file, "File of the proof")->required();
  check.add_option("--anchor", flags->anchor, "File of the anchor")->required();
  check.add_option("--public-key", flags->public_key, "File of the key you trust (PEM)");
}

}  // namespace crm::ctl
