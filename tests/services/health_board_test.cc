#include "services/health_board.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crm::services {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class HealthBoardTest : public ::testing::Test {
 protected:
  void Attach() {
    board_.Attach(
        [this](const std::string& name, bool serving) { told_.emplace_back(name, serving); });
  }
  std::vector<std::pair<std::string, bool>> Told() { return std::exchange(told_, {}); }

  const Uuid north_ = Uuid::FromName(Uuid{}, "north");
  const Uuid south_ = Uuid::FromName(Uuid{}, "south");
  HealthBoard board_{{"board", "tiles"}};
  std::vector<std::pair<std::string, bool>> told_;
};

TEST_F(HealthBoardTest, WhatHappenedBeforeIsToldWhenSomebodyListens) {
  board_.SetStopped("tiles", north_, true);
  Attach();
  EXPECT_THAT(Told(), ElementsAre(Pair("crm.view.board", true), Pair("crm.view.tiles", false)));
  board_.SetReady();
  EXPECT_THAT(Told(), ElementsAre(Pair("crm.ready", true)));
  Attach();
  EXPECT_THAT(Told(), ::testing::Contains(Pair("crm.ready", true)));
}

TEST_F(HealthBoardTest, AViewServesWhenItIsStoppedForNobody) {
  Attach();
  Told();
  board_.SetStopped("board", north_, true);
  board_.SetStopped("board", south_, true);
  board_.SetStopped("board", north_, false);
  board_.SetStopped("board", south_, false);
  EXPECT_THAT(Told(), ElementsAre(Pair("crm.view.board", false), Pair("crm.view.board", false),
                                  Pair("crm.view.board", false), Pair("crm.view.board", true)));
}

TEST_F(HealthBoardTest, NobodyIsToldAfterDetaching) {
  Attach();
  Told();
  board_.Detach();
  board_.SetReady();
  board_.SetStopped("board", north_, true);
  EXPECT_THAT(Told(), IsEmpty());
}

}  // namespace
}  // namespace crm::services
