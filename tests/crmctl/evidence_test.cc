// crmctl events anchor, prove and check: what is written can be checked later, without a server,
// and what was changed meanwhile is named.
// Mutations seen to fail: Check without CheckAnchor, with whatever key the anchor names, or that
// shows events whose proof does not hold; Prove that keeps what it did not check, or does not look
// at the anchor; Anchor without CheckAnchor, without CheckConsistency, by another key than that of
// the one kept, or that believes the one kept unseen.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/merkle_tree.h"
#include "base/signing.h"
#include "crm/log/v1/log.pb.h"
#include "evidence/signed_anchor.h"
#include "tests/crmctl/run_fixture.h"

namespace crm::ctl {
namespace {

using ::testing::HasSubstr;
using testing::Ran;
using testing::RunTest;

constexpr char kOrganization[] = "organizations/00112233-4455-6677-8899-aabbccddeeff";

class EvidenceTest : public RunTest {
 protected:
  EvidenceTest() : folder_(std::filesystem::temp_directory_path() / Uuid::Random().ToString()) {
    std::filesystem::create_directory(folder_);
    // A log of one event.
    log::v1::RecordedEvent event;
    event.set_position(1);
    event.set_category("opportunity");
    event.set_type("crm.events.v1.OpportunityOpened");
    event.set_organization(evidence::OrganizationOf(kOrganization)->ToBytes());
    const std::string bytes = event.SerializeAsString();
    const Digest hash = Sha256(AsView(Digest{}), bytes);
    crm::v1::SignedAnchor& anchor = *anchored_.mutable_anchor();
    anchor.set_organization(kOrganization);
    anchor.set_position(1);
    anchor.set_chain_hash(std::string(AsView(hash)));
    anchor.set_merkle_root(std::string(AsView(MerkleLeafHash(AsView(hash)))));
    EXPECT_TRUE(evidence::SignAnchor(pair_, anchor).ok());
    server_.Return("GetAnchor", anchored_);
    crm::v1::RangeProof& proof = *proven_.mutable_proof();
    proof.set_organization(kOrganization);
    proof.set_from_position(1);
    proof.set_to_position(1);
    proof.set_anchor_position(1);
    proof.set_hash_before(std::string(32, '\0'));
    proof.add_events(bytes);
    server_.Return("GetRangeProof", proven_);
  }
  ~EvidenceTest() override { std::filesystem::remove_all(folder_); }

  std::string In(const char* name) const { return folder_ / name; }
  void Keep() {
    const Ran anchor =
        cli_.Run({"events", "anchor", "--out", In("anchor"), "--public-key", In("key")});
    ASSERT_EQ(anchor.code, ExitCode::kOk) << anchor.err;
    const Ran proof = cli_.Run(
        {"events", "prove", "--from", "1", "--anchor", In("anchor"), "--out", In("proof")});
    ASSERT_EQ(proof.code, ExitCode::kOk) << proof.err;
    cli_.Variable("CRMCTL_TARGET") = "127.0.0.1:1";  // from here on there is no server
  }
  Ran Check(const char* key = "key") {
    return cli_.Run(
        {"events", "check", In("proof"), "--anchor", In("anchor"), "--public-key", In(key)});
  }
  void Replace(const char* name, const std::string& old, const std::string& by) const {
    std::stringstream text;
    text << std::ifstream(In(name)).rdbuf();
    const std::string changed = absl::StrReplaceAll(text.str(), {{old, by}});
    ASSERT_NE(changed, text.str());
    std::ofstream(In(name)) << changed;
  }

  const std::filesystem::path folder_;
  const SigningPair pair_ = SigningPair::Generate();
  crm::v1::GetAnchorResponse anchored_;
  crm::v1::GetRangeProofResponse proven_;
};

TEST_F(EvidenceTest, WhatWasKeptIsCheckedWithoutAServer) {
  ASSERT_NO_FATAL_FAILURE(Keep());
  const Ran ran = Check();
  EXPECT_EQ(ran.code, ExitCode::kOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("OpportunityOpened"));
  EXPECT_THAT(ran.err, HasSubstr("anchored at position 1"));
  EXPECT_THAT(ran.err, ::testing::Not(HasSubstr("itself names")));
  EXPECT_THAT(cli_.Run({"events", "check", In("proof"), "--anchor", In("anchor")}).err,
              HasSubstr("the anchor itself names"));
}

TEST_F(EvidenceTest, WhatWasChangedIsNamed) {
  ASSERT_NO_FATAL_FAILURE(Keep());
  std::ofstream(In("other key")) << PublicKeyToPem(SigningPair::Generate().public_key());
  EXPECT_THAT(Check("other key").err, HasSubstr("ANCHOR_KEY_DIFFERS"));
  Replace("proof", kOrganization, "organizations/00112233-4455-6677-8899-aabbccddee00");
  const Ran foreign = Check();
  EXPECT_EQ(foreign.code, ExitCode::kFailed);
  EXPECT_THAT(foreign.err, HasSubstr("PROOF_FOREIGN"));
  Replace("anchor", kOrganization, "organizations/00112233-4455-6677-8899-aabbccddee00");
  EXPECT_THAT(Check().err, HasSubstr("ANCHOR_SIGNATURE_WRONG"));
  std::ofstream(In("proof")) << "{ \"no_such_field\": 1 }";
  EXPECT_THAT(Check().err, HasSubstr("is not a RangeProof"));
}

TEST_F(EvidenceTest, AProofThatDoesNotHoldIsNotKept) {
  (*proven_.mutable_proof()->mutable_hash_before())[3] = 'x';
  server_.Return("GetRangeProof", proven_);
  ASSERT_EQ(cli_.Run({"events", "anchor", "--out", In("anchor")}).code, ExitCode::kOk);
  const Ran ran =
      cli_.Run({"events", "prove", "--from", "1", "--anchor", In("anchor"), "--out", In("proof")});
  EXPECT_EQ(ran.code, ExitCode::kFailed);
  EXPECT_THAT(ran.err, HasSubstr("PROOF_WRONG"));
  EXPECT_FALSE(std::filesystem::exists(In("proof")));
}

TEST_F(EvidenceTest, AnAnchorThatDoesNotHoldIsNeitherKeptNorBelieved) {
  const crm::v1::GetAnchorResponse truth = anchored_;
  anchored_.mutable_anchor()->set_merkle_root(std::string(32, 'x'));
  server_.Return("GetAnchor", anchored_);
  const Ran unsigned_change = cli_.Run({"events", "anchor", "--out", In("anchor")});
  EXPECT_EQ(unsigned_change.code, ExitCode::kFailed);
  EXPECT_THAT(unsigned_change.err, HasSubstr("ANCHOR_SIGNATURE_WRONG"));
  EXPECT_FALSE(std::filesystem::exists(In("anchor")));

  server_.Return("GetAnchor", truth);
  ASSERT_EQ(cli_.Run({"events", "anchor", "--out", In("anchor")}).code, ExitCode::kOk);
  anchored_ = truth;
  ASSERT_TRUE(evidence::SignAnchor(SigningPair::Generate(), *anchored_.mutable_anchor()).ok());
  server_.Return("GetAnchor", anchored_);
  EXPECT_THAT(cli_.Run({"events", "anchor", "--since", In("anchor")}).err,
              HasSubstr("ANCHOR_KEY_DIFFERS"));

  // What was kept was changed where it was kept.
  server_.Return("GetAnchor", truth);
  Replace("anchor", "\"position\": \"1\"", "\"position\": \"2\"");
  EXPECT_THAT(cli_.Run({"events", "anchor", "--since", In("anchor")}).err,
              HasSubstr("ANCHOR_SIGNATURE_WRONG"));
  const Ran proof =
      cli_.Run({"events", "prove", "--from", "1", "--anchor", In("anchor"), "--out", In("proof")});
  EXPECT_THAT(proof.err, HasSubstr("ANCHOR_SIGNATURE_WRONG"));
  EXPECT_FALSE(std::filesystem::exists(In("proof")));
}

TEST_F(EvidenceTest, AnAnchorMustContinueTheOneKept) {
  ASSERT_EQ(cli_.Run({"events", "anchor", "--out", In("anchor")}).code, ExitCode::kOk);
  anchored_.mutable_consistency()->set_organization(kOrganization);
  anchored_.mutable_consistency()->set_first_position(1);
  anchored_.mutable_consistency()->set_second_position(1);
  server_.Return("GetAnchor", anchored_);
  const Ran same = cli_.Run({"events", "anchor", "--since", In("anchor")});
  EXPECT_EQ(same.code, ExitCode::kOk) << same.err;
  crm::v1::SignedAnchor& anchor = *anchored_.mutable_anchor();
  anchor.set_merkle_root(std::string(32, 'x'));
  ASSERT_TRUE(evidence::SignAnchor(pair_, anchor).ok());
  server_.Return("GetAnchor", anchored_);
  EXPECT_THAT(cli_.Run({"events", "anchor", "--since", In("anchor")}).err,
              HasSubstr("PROOF_WRONG"));
}

}  // namespace
}  // namespace crm::ctl
