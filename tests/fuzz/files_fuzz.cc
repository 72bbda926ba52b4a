// Small files: contexts and tokens of crmctl, anchors and proofs as JSON, keys in PEM
// and what is sealed with keys.

#include <stdlib.h>

#include <filesystem>
#include <optional>
#include <string>

#include "base/sealing.h"
#include "base/signing.h"
#include "crm/v1/event_service.pb.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/memory_file.h"
#include "tools/crmctl/contexts.h"
#include "tools/crmctl/files.h"

namespace crm::fuzz {
namespace {

// A folder of this process, gone when it ends.
const std::string& OwnFolder() {
  static const struct Folder {
    Folder() { Require(mkdtemp(path.data()) != nullptr, "there is room for a folder"); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string path = "/dev/shm/crm_fuzz_XXXXXX";  // in memory: files are synced
  } folder;
  return folder.path;
}

void Contexts(absl::string_view text) {
  const MemoryFile file(text);
  ctl::ReadSecret(file.path()).IgnoreError();
  const absl::StatusOr<ctl::Contexts> contexts = ctl::ReadContexts(file.path());
  if (!contexts.ok()) {
    return Require(absl::IsFailedPrecondition(contexts.status()), "a bad file is refused");
  }
  const std::string path = OwnFolder() + "/contexts.toml";
  Require(ctl::WriteContexts(path, *contexts).ok(), "contexts can be kept");
  const absl::StatusOr<ctl::Contexts> again = ctl::ReadContexts(path);
  Require(again.ok() && again->current == contexts->current &&
              again->by_name.size() == contexts->by_name.size(),
          "contexts come back from their file");
  for (const auto& [name, context] : contexts->by_name) {
    const auto found = again->by_name.find(name);
    Require(found != again->by_name.end() && found->second.target == context.target &&
                found->second.token_file == context.token_file,
            "and each is as it was");
  }
}

void Json(absl::string_view text) {
  v1::SignedAnchor anchor;
  const MemoryFile file(text);
  const absl::Status status = ctl::ReadJsonFile(file.path(), anchor);
  if (!status.ok()) {
    return Require(absl::IsFailedPrecondition(status), "a bad file is refused");
  }
  const std::string path = OwnFolder() + "/anchor.json";
  v1::SignedAnchor again;
  if (!ctl::WriteJsonFile(path, anchor).ok()) return;
  Require(ctl::ReadJsonFile(path, again).ok() &&
              again.SerializeAsString() == anchor.SerializeAsString(),
          "a message comes back from its file");
}

void Pem(absl::string_view text) {
  if (const auto pair = SigningPair::FromPem(text)) {
    const auto again = SigningPair::FromPem(pair->ToPem());
    Require(again && again->public_key() == pair->public_key(), "a pair comes back from its PEM");
  }
  if (const auto key = PublicKeyFromPem(text)) {
    Require(PublicKeyFromPem(PublicKeyToPem(*key)) == key, "a key comes back from its PEM");
  }
}

void Sealed(FuzzInput input) {
  SealingKey key{};
  key[0] = input.Byte();
  const uint64_t where = input.Number();
  const uint8_t flip = input.Byte();
  const absl::string_view context = input.Text();
  std::string sealed = Seal(key, context, input.Rest());
  Require(Unseal(key, context, sealed) == std::string(input.Rest()), "what is sealed comes back");
  Require(!Unseal(key, context, input.Rest()), "what nobody sealed does not");
  sealed[where % sealed.size()] = static_cast<char>(sealed[where % sealed.size()] ^ flip);
  Require(flip == 0 || !Unseal(key, context, sealed), "nor what was changed");
}

void Signed(FuzzInput input) {
  static const SigningPair pair = SigningPair::Generate();
  const uint64_t where = input.Number();
  const uint8_t flip = input.Byte();
  std::string signature = pair.Sign(input.Rest());
  Require(IsSignedBy(pair.public_key(), input.Rest(), signature), "a signature is one");
  signature[where % signature.size()] =
      static_cast<char>(signature[where % signature.size()] ^ flip);
  Require(flip == 0 || !IsSignedBy(pair.public_key(), input.Rest(), signature),
          "a changed one not");
  IsSignedBy(input.Rest(), input.Rest(), input.Rest());
}

}  // namespace

CRM_FUZZ_TARGET(files) {
  FuzzInput input(bytes);
  switch (input.Pick(5)) {
    case 0:
      return Contexts(input.Rest());
    case 1:
      return Json(input.Rest());
    case 2:
      return Pem(input.Rest());
    case 3:
      return Sealed(input);
    default:
      return Signed(input);
  }
}

}  // namespace crm::fuzz
