// Backups of a server that goes on working, and what comes out of them: the log as it was, proven,
// on which a server starts; one organization cut at a position; nobody who was erased.
// Mutations seen to fail: CreateBackup that writes the manifest before it copies the keys;
// NextNumber that looks at what is listed alone; VerifyBackup without CheckHeads; CheckOrigin that
// always agrees; DiscardBackup that keeps no copy; CheckCut that cuts inside commits.
#include <filesystem>
#include <fstream>
#include <thread>

#include "crm/events/v1/member_events.pb.h"
#include "crm/v1/backup_service.grpc.pb.h"
#include "eventstore/data_directory.h"
#include "eventstore/rocksdb/restore.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using BackupRpcs = v1::BackupService::Stub;
using eventstore::BackupFolders;
using eventstore::RestoreReport;

// As crmutil restore knows it.
std::optional<Uuid> ErasedIn(const log::v1::RecordedEvent& event) {
  if (event.type() != events::v1::SubjectErased::descriptor()->full_name()) return std::nullopt;
  events::v1::SubjectErased erased;
  return erased.ParseFromString(event.data()) ? Uuid::FromBytes(erased.subject_id()) : std::nullopt;
}

class BackupTest : public ::testing::Test {
 protected:
  BackupFolders Folders() const {
    return {server_.config().backup_dir, server_.config().keys_backup_dir};
  }
  v1::Backup Create() const { return server_.Operator().Do(&BackupRpcs::CreateBackup).backup(); }
  static eventstore::BackupNumber NumberOf(const v1::Backup& backup) {
    return static_cast<eventstore::BackupNumber>(std::stoul(backup.name().substr(8)));
  }
  std::string Target() { return folder_ / absl::StrCat("restored", ++targets_); }
  absl::StatusOr<RestoreReport> Restore(const v1::Backup& backup, const std::string& target,
                                        const BackupFolders& folders) const {
    return eventstore::RestoreDirectory(folders, NumberOf(backup), target, ErasedIn);
  }
  // A server on what was restored.
  std::unique_ptr<RunningServer> Serve(const std::string& directory) {
    return std::make_unique<RunningServer>(
        clock_, [&](services::Config& config) { config.data_dir = directory; });
  }
  Uuid Organization() const {
    return services::ParseToken(office_.administrator.token())->organization.uuid();
  }

  SystemClock clock_;
  ScratchFolder folder_;
  RunningServer server_{clock_};
  SalesOffice office_{server_};
  int targets_ = 0;
};

// Seen to fail when keys were copied before the log (KEY_MISSING while leads were captured).
TEST_F(BackupTest, WhatWasAcknowledgedIsInABackupTakenWhileOthersWrite) {
  std::atomic<bool> stop{false};
  std::atomic<int> captured{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&, caller = server_.Reconnect(office_.ada)] {
      while (!stop) {
        caller.Do(&Leads::CaptureLead, absl::StrCat("lead { given_name: 'Lead", captured++, "' }"));
      }
    });
  }
  std::vector<v1::Backup> backups;
  std::vector<std::string> acknowledged;
  for (int i = 0; i < 3; ++i) {
    acknowledged.push_back(
        office_.ben
            .Do(&Leads::CaptureLead,
                absl::StrCat("lead { ", With("given_name", absl::StrCat("Before", i)),
                             office_.OwnedBy(office_.ben_name, office_.north), "}"))
            .name());
    backups.push_back(Create());
  }
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GT(captured, 0);
  EXPECT_LT(backups[0].heads(0).position(), backups[2].heads(0).position());

  const auto listed = server_.Operator().Do(&BackupRpcs::ListBackups);
  ASSERT_EQ(listed.backups_size(), 3);
  for (int i = 0; i < 3; ++i) {
    const v1::Backup& backup = backups[static_cast<size_t>(i)];
    EXPECT_EQ(listed.backups(i).DebugString(), backup.DebugString());
    const auto verified = server_.Operator().Do(&BackupRpcs::VerifyBackup, NameIs(backup));
    EXPECT_TRUE(verified.valid()) << verified.problem();
    EXPECT_EQ(verified.checked_count(), backup.heads(0).position());
    const std::string target = Target();
    const auto report = Restore(backup, target, Folders());
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->events, backup.heads(0).position());
    EXPECT_TRUE(eventstore::DataDirectory::OpenExisting(target).ok())
        << "crmutil looks at it before any server has";
    const auto restored = Serve(target);
    const ApiCaller ben = restored->Reconnect(office_.ben);
    for (int j = 0; j <= i; ++j) {
      EXPECT_EQ(
          ben.Do(&Leads::GetLead, With("name", acknowledged[static_cast<size_t>(j)])).given_name(),
          absl::StrCat("Before", j));
    }
    const auto chain =
        restored->Reconnect(office_.administrator)
            .Do(&Events::VerifyLog, absl::StrCat("to_position: ", backup.heads(0).position()));
    EXPECT_TRUE(chain.valid()) << chain.problem();
    EXPECT_EQ(chain.hash(), backup.heads(0).hash());
  }
}

// The last restore is the mutation: with the keys of the backup's own time, the person is back.
TEST_F(BackupTest, NobodyWhoWasErasedComesBack) {
  const auto lead = office_.ada.Do(
      &Leads::CaptureLead, absl::StrCat("lead { given_name: 'Zerelda' company_name: 'Mill' ",
                                        office_.OwnedBy(office_.ada_name, office_.north), "}"));
  const v1::Backup before = Create();
  const std::string old_keys = folder_ / "old_keys";
  std::filesystem::copy(Folders().keys, old_keys, std::filesystem::copy_options::recursive);
  office_.administrator.Do(&Privacy::ErasePerson,
                           absl::StrCat(With("record", lead.name()), "reason: 'asked'"));
  const v1::Backup after = Create();

  const auto given_name_in = [&](const std::string& directory) {
    const auto restored = Serve(directory);
    return restored->Reconnect(office_.ada).Do(&Leads::GetLead, NameIs(lead)).given_name();
  };
  // The log from before, with the keys as they are now.
  const std::string first = Target();
  ASSERT_TRUE(Restore(before, first, Folders()).ok());
  EXPECT_EQ(given_name_in(first), "");
  // The log from afterwards, with keys somebody had kept: the log knows better.
  const std::string second = Target();
  const auto report = Restore(after, second, {Folders().log, old_keys});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->destroyed_keys, 1);
  EXPECT_EQ(given_name_in(second), "");
  // Cut before the erasure: what is left out of the log still counts.
  const std::string third = Target();
  const auto cut =
      eventstore::RestoreOrganization({Folders().log, old_keys}, NumberOf(after), Organization(),
                                      before.heads(0).position(), third, ErasedIn);
  ASSERT_TRUE(cut.ok()) << cut.status();
  EXPECT_EQ(cut->destroyed_keys, 1);
  EXPECT_EQ(given_name_in(third), "");
  // It is the old keys that would have told.
  const std::string fourth = Target();
  ASSERT_TRUE(Restore(before, fourth, {Folders().log, old_keys}).ok());
  EXPECT_EQ(given_name_in(fourth), "Zerelda") << "else the test shows nothing";
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(Folders().keys + "/copies/meta"),
                          std::filesystem::directory_iterator()),
            1)
      << "older copies of the keys are given up";
}

TEST_F(BackupTest, OneOrganizationIsCutAtTheEndOfACommit) {
  const ApiCaller other = server_.Organization("Other");
  other.Do(&Leads::CaptureLead, "lead { given_name: 'Elsewhere' }");
  const std::string request =
      absl::StrCat(With("request_id", Uuid::Random().ToString()), "lead { given_name: 'Early' ",
                   office_.OwnedBy(office_.ada_name, office_.north), "}");
  const auto early = office_.ada.Do(&Leads::CaptureLead, request);
  const auto anchor = office_.avi.Do(&Events::GetAnchor).anchor();
  const auto late = office_.ada.Do(&Leads::CaptureLead, "lead { given_name: 'Late' }");
  const v1::Backup backup = Create();
  ASSERT_EQ(backup.heads_size(), 2);

  const auto cut_at = [&](const Uuid& organization, int64_t position, const std::string& target) {
    return eventstore::RestoreOrganization(Folders(), NumberOf(backup), organization, position,
                                           target, ErasedIn);
  };
  const std::string target = Target();
  EXPECT_EQ(ReasonOf(cut_at(Organization(), backup.heads(0).position() + 1, target).status()),
            "POSITION_BEYOND_HEAD");
  const absl::Status inside = cut_at(Organization(), 1, target).status();
  EXPECT_EQ(ReasonOf(inside), "POSITION_INSIDE_COMMIT");
  EXPECT_GT(std::stoi(ReasonMetadataValue(inside, "commit_end")), 1);
  EXPECT_EQ(ReasonOf(cut_at(Uuid::Random(), 1, target).status()), "ORGANIZATION_NOT_FOUND");
  EXPECT_FALSE(std::filesystem::exists(target));

  const auto report = cut_at(Organization(), anchor.position(), target);
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->organizations.size(), 1U);
  EXPECT_EQ(report->organizations[0].position, anchor.position());
  EXPECT_EQ(std::string(AsView(report->organizations[0].hash)), anchor.chain_hash());
  EXPECT_EQ(ReasonOf(cut_at(Organization(), anchor.position(), target).status()),
            "RESTORE_TARGET_NOT_EMPTY");

  const auto restored = Serve(target);
  const ApiCaller ada = restored->Reconnect(office_.ada);
  EXPECT_EQ(ada.Do(&Leads::GetLead, NameIs(early)).given_name(), "Early");
  const auto missing =
      restored->Reconnect(office_.administrator).Try(&Leads::GetLead, NameIs(late));
  EXPECT_EQ(missing.status.error_code(), grpc::StatusCode::NOT_FOUND) << missing;
  const auto again = ada.Try(&Leads::CaptureLead, request);
  EXPECT_THAT(again, Succeeded());
  EXPECT_TRUE(again.replayed) << "requests up to the cut stay known";
  EXPECT_EQ(
      restored->Operator().Do(&v1::OperatorService::Stub::ListOrganizations).organizations_size(),
      1);
}

// Nor would it be true: the commit it speaks of is not there.
// Mutation seen to fail: CopyRecords that looks at no request's last position.
TEST_F(BackupTest, NoRequestFromBeyondTheCutIsKnown) {
  const std::string capture = absl::StrCat(With("request_id", Uuid::Random().ToString()),
                                           "lead { given_name: 'Late' company_name: 'Mill' ",
                                           office_.OwnedBy(office_.ada_name, office_.north), "}");
  const int64_t cut = office_.HeadPosition();
  const auto late = office_.ada.Do(&Leads::CaptureLead, capture);
  const v1::Backup backup = Create();
  const std::string target = Target();
  const auto report = eventstore::RestoreOrganization(Folders(), NumberOf(backup), Organization(),
                                                      cut, target, ErasedIn);
  ASSERT_TRUE(report.ok()) << report.status();
  const auto last_known = [](const std::string& directory) {
    const auto storage = *eventstore::RocksDbStorage::Open(directory + "/log");
    int64_t last = 0;
    const absl::Status visited =
        storage->VisitRequests(1, [&last](const eventstore::RequestRow& row) {
          log::v1::RequestRecord record;
          EXPECT_TRUE(record.ParseFromString(row.record));
          last = std::max(last, record.last_position());
          return absl::OkStatus();
        });
    EXPECT_TRUE(visited.ok()) << visited;
    return last;
  };
  EXPECT_GT(last_known(target), 0) << "else the test shows nothing";
  ASSERT_LE(last_known(target), cut);

  // Whoever asks again there is heard for the first time.
  const auto restored = Serve(target);
  const auto again = restored->Reconnect(office_.ada).Try(&Leads::CaptureLead, capture);
  ASSERT_THAT(again, Succeeded());
  EXPECT_FALSE(again.replayed);
  EXPECT_EQ(again.response.given_name(), late.given_name());
}

TEST_F(BackupTest, ABackupThatFailedHalfwayIsNotListed) {
  std::filesystem::create_directories(Folders().keys);
  std::ofstream(Folders().keys + "/copies") << "in the way";
  EXPECT_EQ(server_.Operator().Try(&BackupRpcs::CreateBackup).status.error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(server_.Operator().Do(&BackupRpcs::ListBackups).backups_size(), 0);
  std::filesystem::remove(Folders().keys + "/copies");
  const std::string request = With("request_id", Uuid::Random().ToString());
  const auto made = server_.Operator().Try(&BackupRpcs::CreateBackup, request);
  ASSERT_THAT(made, Succeeded());
  EXPECT_FALSE(made.replayed);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(Folders().log + "/copies/meta"),
                          std::filesystem::directory_iterator()),
            1)
      << "what the failed one left was cleared away";
  const auto again = server_.Operator().Try(&BackupRpcs::CreateBackup, request);
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.response.DebugString(), made.response.DebugString());
  EXPECT_EQ(server_.Operator().Do(&BackupRpcs::ListBackups).backups_size(), 1);
}

// Also damage that no reading of the log meets: of the request index, of settings. Mutation seen to
// fail: VerifyCopyFiles that always agrees, or that compares sizes alone.
TEST_F(BackupTest, DamageIsFoundAndNothingIsRestoredFromIt) {
  server_.Restart();  // rows go from the write-ahead log into tables
  const v1::Backup backup = Create();
  const std::string manifest =
      absl::StrCat(Folders().log, "/manifests/", NumberOf(backup), ".json");
  const auto verify = [&] {
    return server_.Operator().Do(&BackupRpcs::VerifyBackup, NameIs(backup));
  };
  const auto copy_of = [](const std::string& path) {
    std::stringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    return content.str();
  };
  const std::string truth = copy_of(manifest);
  std::string lie = truth;
  lie.replace(lie.find("\"position\""), 14, "\"position\": \"9");
  std::ofstream(manifest) << lie;
  EXPECT_THAT(verify().problem(), ::testing::StartsWith("BACKUP_DIFFERS"));
  EXPECT_EQ(ReasonOf(Restore(backup, Target(), Folders()).status()), "BACKUP_DIFFERS");
  std::ofstream(manifest) << truth;
  ASSERT_TRUE(verify().valid());

  int damaged = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(Folders().log + "/copies")) {
    const std::string path = entry.path().string();
    // What RocksDB notes about a copy is no part of it.
    if (!entry.is_regular_file() || path.find("/copies/meta/") != std::string::npos) continue;
    std::string bytes = copy_of(path);
    if (bytes.empty()) continue;
    ++damaged;
    const std::string whole = bytes;
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    std::ofstream(path, std::ios::binary) << bytes;
    const auto verified = verify();
    EXPECT_FALSE(verified.valid()) << path;
    EXPECT_NE(verified.problem(), "");
    const std::string target = Target();
    EXPECT_EQ(Restore(backup, target, Folders()).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_FALSE(std::filesystem::exists(target));
    std::ofstream(path, std::ios::binary) << whole;
  }
  EXPECT_GT(damaged, 0);
  EXPECT_TRUE(verify().valid());
}

TEST_F(BackupTest, ABackupIsGivenUpWithoutHarmToOthers) {
  const v1::Backup first = Create();
  office_.ada.Do(&Leads::CaptureLead, "lead { given_name: 'Grace' }");
  const v1::Backup second = Create();
  server_.Operator().Do(&BackupRpcs::DiscardBackup, NameIs(first));
  server_.Operator().Do(&BackupRpcs::DiscardBackup, NameIs(first));
  EXPECT_THAT(server_.Operator().Try(&BackupRpcs::VerifyBackup, NameIs(first)),
              Refused(grpc::StatusCode::NOT_FOUND, "BACKUP_NOT_FOUND"));
  EXPECT_TRUE(server_.Operator().Do(&BackupRpcs::VerifyBackup, NameIs(second)).valid());
  EXPECT_EQ(server_.Operator().Do(&BackupRpcs::ListBackups).backups_size(), 1);
}

// Whoever asks again to discard one, not knowing that it was heard, must not hit another.
TEST_F(BackupTest, ANumberIsNeverGivenAgain) {
  const v1::Backup first = Create();
  const v1::Backup newest = Create();
  EXPECT_GT(NumberOf(newest), NumberOf(first));
  server_.Operator().Do(&BackupRpcs::DiscardBackup, NameIs(newest));
  const v1::Backup next = Create();
  EXPECT_GT(NumberOf(next), NumberOf(newest));
  server_.Operator().Do(&BackupRpcs::DiscardBackup, NameIs(newest));
  EXPECT_TRUE(server_.Operator().Do(&BackupRpcs::VerifyBackup, NameIs(next)).valid());
  const auto restored = Restore(next, Target(), Folders());
  EXPECT_TRUE(restored.ok()) << restored.status();
  server_.Operator().Do(&BackupRpcs::DiscardBackup, NameIs(next));
  server_.Operator().Do(&BackupRpcs::DiscardBackup, NameIs(first));
  EXPECT_GT(NumberOf(Create()), NumberOf(next));
}

TEST_F(BackupTest, FoldersOfAnotherLogAreRefused) {
  Create();
  RunningServer other(clock_, [&](services::Config& config) {
    config.backup_dir = Folders().log;
    config.keys_backup_dir = Folders().keys;
  });
  EXPECT_THAT(other.Operator().Try(&BackupRpcs::CreateBackup),
              Refused(grpc::StatusCode::FAILED_PRECONDITION, "BACKUP_FOLDER_FOREIGN"));
  RunningServer without(clock_, [](services::Config& config) {
    config.backup_dir.clear();
    config.keys_backup_dir.clear();
  });
  EXPECT_THAT(without.Operator().Try(&BackupRpcs::CreateBackup),
              Refused(grpc::StatusCode::FAILED_PRECONDITION, "BACKUP_NOT_CONFIGURED"));
}

}  // namespace
}  // namespace crm::testing
