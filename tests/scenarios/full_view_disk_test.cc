// The disk of the views is full: views stop, commands go on, and resume mends them once there is
// room, without a restart. Needs a small file system of its own, and so the right to mount one.
#include <sys/mount.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "crm/v1/projection_service.grpc.pb.h"
#include "tests/scenarios/sales_office.h"

namespace crm::testing {
namespace {

using Projections = v1::ProjectionService::Stub;

// A file system of `size` at a path, until it goes out of scope; what uses it must be gone by then.
class SmallDisk {
 public:
  SmallDisk(std::string path, const std::string& size) : path_(std::move(path)) {
    std::filesystem::create_directories(path_);
    mounted_ = mount("none", path_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(path_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

  // Takes so much, or leaves no byte free.
  void Fill(int64_t bytes = INT64_MAX) const {
    std::ofstream ballast(Ballast(), std::ios::binary | std::ios::app);
    const std::string block(4096, 'x');  // a page: less is less than a block
    for (int64_t left = bytes; left > 0; left -= static_cast<int64_t>(block.size())) {
      if (!ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) return;
    }
  }
  void MakeRoom() const { std::filesystem::remove(Ballast()); }

 private:
  std::string Ballast() const { return path_ + "/ballast"; }

  const std::string path_;
  bool mounted_ = false;
};

v1::Projection Get(const ApiCaller& caller, absl::string_view view) {
  return caller.Do(&Projections::GetProjection, With("name", absl::StrCat("projections/", view)));
}

// RocksDB looks for room every five seconds, and wants 32 MiB of it; the 35.2 MiB that it would set
// aside for its write-ahead log do not fit at first, and twice once there is room: it may begin
// another before it has deleted the last.
// Mutation seen to fail: Recover that takes it for an answer that the database is busy.
TEST(FullViewDiskTest, ResumeMendsWhatAFullDiskStopped) {
  SystemClock clock;
  std::unique_ptr<SmallDisk> disk;
  RunningServer server(clock, [&disk](services::Config& config) {
    disk = std::make_unique<SmallDisk>(config.data_dir + "/views", "82m");
    disk->Fill(47 << 20);
  });
  if (!disk->mounted()) {
    server.Stop();
    GTEST_SKIP() << "no right to mount a file system: " << std::strerror(errno);
  }
  const SalesOffice office(server);
  const auto open = [&office](absl::string_view name) {
    return office.Open(office.administrator, name, 100,
                       office.OwnedBy(office.ada_name, office.north));
  };
  open("Mill");
  office.administrator.Do(&Opportunities::ListOpportunities);
  disk->Fill();
  // Until the last block of a file that was begun is full as well.
  v1::Projection board = Get(office.administrator, "pipeline_board");
  int opened = 1;
  for (; board.state() != v1::PROJECTION_STATE_STOPPED; ++opened) {
    ASSERT_LT(opened, 1000);
    open(absl::StrCat("Mill ", opened));
    board = Get(office.administrator, "pipeline_board");
  }
  EXPECT_THAT(board.problem(), ::testing::HasSubstr("No space left"));
  EXPECT_THAT(office.administrator.Try(&Opportunities::ListOpportunities),
              Refused(grpc::StatusCode::UNAVAILABLE, "VIEW_STOPPED"));

  disk->MakeRoom();
  const std::vector<std::string> views = [&office] {
    std::vector<std::string> names;
    const auto listed = office.administrator.Do(&Projections::ListProjections);
    for (const v1::Projection& view : listed.projections()) names.push_back(view.name());
    return names;
  }();
  for (const std::string& view : views) {
    office.administrator.Do(&Projections::ResumeProjection, With("name", view));
  }
  const absl::Time patience = clock.Now() + absl::Seconds(20);
  while (Get(office.administrator, "pipeline_board").state() == v1::PROJECTION_STATE_STOPPED) {
    ASSERT_LT(clock.Now(), patience) << Get(office.administrator, "pipeline_board").problem();
  }
  // Waits for what was just opened.
  open("After the flood");
  const auto answer =
      office.administrator.Try(&Opportunities::ListOpportunities, "page_size: 1000");
  ASSERT_THAT(answer, Succeeded());
  EXPECT_EQ(answer.response.opportunities_size(), opened + 1);
  server.Stop();
}

}  // namespace
}  // namespace crm::testing
