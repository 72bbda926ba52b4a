// The server is killed while it makes a backup, at every crash point and at random moments: it
// starts again, lists only backups that are whole, and the operator who asks again gets one.
// Mutations seen to fail: CreateBackup that writes the manifest before it copies the keys (both
// tests), that clears nothing away, or that does not look for the request among the backups.
#include <filesystem>
#include <set>
#include <thread>

#include "crm/v1/backup_service.grpc.pb.h"
#include "crm/v1/lead_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "tests/crash/child_server.h"
#include "tests/crash/crash_points.h"
#include "tests/support/seed.h"

namespace crm::testing {
namespace {

using Backups = v1::BackupService::Stub;

class BackupCrashTest : public ::testing::Test {
 protected:
  // The log grows, so that no two backups are the same.
  void Work() {
    ASSERT_TRUE(server_.Start()) << server_.Log();
    server_.Administrator().Do(&v1::LeadService::Stub::CaptureLead,
                               "lead { given_name: 'Grace' family_name: 'Crash' }");
    server_.Kill();
  }

  // Asks for a backup and loses the server over it; what was asked.
  v1::CreateBackupRequest AskUntilItIsGone() {
    v1::CreateBackupRequest request;
    request.set_request_id(Uuid::Random().ToString());
    const auto answer = server_.Operator().Try(&Backups::CreateBackup, request);
    EXPECT_FALSE(answer.status.ok());
    EXPECT_TRUE(server_.AwaitEnd(20'000));
    server_.Kill();
    return request;
  }

  // The names of the backups, each of them proven whole.
  std::set<std::string> Listed() {
    std::set<std::string> names;
    const v1::ListBackupsResponse listed = server_.Operator().Do(&Backups::ListBackups);
    for (const v1::Backup& backup : listed.backups()) {
      const auto verified = server_.Operator().Do(&Backups::VerifyBackup, NameIs(backup));
      EXPECT_TRUE(verified.valid()) << backup.name() << ": " << verified.problem();
      EXPECT_GT(verified.checked_count(), 0);
      names.insert(backup.name());
    }
    return names;
  }

  // What RocksDB keeps of copies of the log: half-made ones too.
  size_t CountCopies() const {
    const std::filesystem::directory_iterator copies(server_.BackupFolder() + "/copies/private");
    return static_cast<size_t>(std::distance(begin(copies), end(copies)));
  }

  // Starts the server again and asks again; `counted` says whether the backup was there already.
  void CheckAfter(const v1::CreateBackupRequest& request, bool counted) {
    ASSERT_TRUE(server_.Start()) << server_.Log();
    const std::set<std::string> before = Listed();
    EXPECT_EQ(before.size(), whole_.size() + (counted ? 1 : 0));
    const auto again = server_.Operator().Try(&Backups::CreateBackup, request);
    ASSERT_THAT(again, Succeeded());
    EXPECT_EQ(again.replayed, counted);
    EXPECT_EQ(before.contains(again.response.backup().name()), counted);
    whole_.insert(again.response.backup().name());
    EXPECT_EQ(Listed(), whole_);
    EXPECT_EQ(CountCopies(), whole_.size()) << "something half-made is left";
    server_.Kill();
  }

  ChildServer server_;
  std::set<std::string> whole_;
};

TEST_F(BackupCrashTest, WhatIsHalfMadeIsNoBackup) {
  for (const char* point : kBackupPoints) {
    SCOPED_TRACE(point);
    ASSERT_NO_FATAL_FAILURE(Work());
    ASSERT_TRUE(server_.Start(std::string(point) + ":1")) << server_.Log();
    const v1::CreateBackupRequest request = AskUntilItIsGone();
    const bool counted = point == std::end(kBackupPoints)[-1];
    ASSERT_NO_FATAL_FAILURE(CheckAfter(request, counted));
    if (HasFailure()) return;
  }
}

// A tenth of the rounds of crash_test.cc.
TEST_F(BackupCrashTest, NorIsItAtAnyOtherMoment) {
  std::mt19937_64 random(DrawSeed());
  ASSERT_NO_FATAL_FAILURE(Work());
  const int64_t rounds = NumberFromEnvironment("CRM_CRASH_ROUNDS", 20) / 10;
  for (int64_t round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    ASSERT_TRUE(server_.Start()) << server_.Log();
    v1::CreateBackupRequest request;
    request.set_request_id(Uuid::Random().ToString());
    const auto moment = static_cast<int>(Between(random, 0, 60));
    bool answered = false;
    std::thread asking([&, caller = server_.Operator()] {
      answered = caller.Try(&Backups::CreateBackup, request).status.ok();
    });
    server_.AwaitEnd(moment);
    server_.Kill();
    asking.join();
    ASSERT_TRUE(server_.Start()) << server_.Log();
    const std::set<std::string> listed = Listed();
    EXPECT_LE(listed.size(), whole_.size() + 1);
    const bool counted = listed.size() > whole_.size();
    EXPECT_TRUE(counted || !answered) << "an answered backup is gone";
    server_.Kill();
    ASSERT_NO_FATAL_FAILURE(CheckAfter(request, counted));
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace crm::testing
