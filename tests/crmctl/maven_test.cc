// The mappings of the acceptance run, with a few invented rows in the files' own format; with
// CRM_DATA_DIR set also with the whole data set.
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "crm/v1/customer_service.pb.h"
#include "crm/v1/member_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/organization_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "crm/v1/team_service.pb.h"
#include "gmock/gmock.h"
#include "tests/crmctl/command_line.h"
#include "tests/crmctl/fake_server.h"

namespace crm::ctl {
namespace {

using google::protobuf::Message;
using testing::Answer;
using testing::CommandLine;
using ::testing::ElementsAre;
using testing::FakeServer;
using ::testing::IsEmpty;
using testing::Ran;
using ::testing::SizeIs;

constexpr char kTeams[] =
    "sales_agent,manager,regional_office\n"
    "Ada Agent,Mia Boss,Central\n"
    "Ben Agent,Mia Boss,Central\n"
    "Cy Agent,Noa Boss,West\n";
constexpr char kAccounts[] =
    "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
    "Parent Inc,technolgy,1996,1100.04,2822,Philipines,\n"
    "Child Ltd,retail,1997,2.5,10,United States,Parent Inc\n";
constexpr char kProducts[] = "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\n";
constexpr char kPipeline[] =
    "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    "W1,Ada Agent,GTXPro,Child Ltd,Won,2016-10-20,2017-03-01,4514\n"
    "L1,Ben Agent,MG Special,Parent Inc,Lost,2016-10-21,2017-03-02,0\n"
    "E1,Cy Agent,GTXPro,,Engaging,2016-10-22,,\n"
    "P1,Cy Agent,MG Special,,Prospecting,,,\n";

// Keeps what is created and lists it, so that later files find the names of earlier ones.
class MavenTest : public ::testing::Test {
 protected:
  MavenTest() : cli_(server_.target()), maven_("tests/acceptance/maven") {
    folder_ = std::filesystem::temp_directory_path() / Uuid::Random().ToString();
    std::filesystem::create_directories(folder_);
    Write("sales_teams.csv", kTeams);
    Write("accounts.csv", kAccounts);
    Write("products.csv", kProducts);
    Write("sales_pipeline.csv", kPipeline);
    Keep<crm::v1::CreateMemberRequest>("Member", "members/", &crm::v1::CreateMemberRequest::member,
                                       members_);
    Keep<crm::v1::CreateTeamRequest>("Team", "teams/", &crm::v1::CreateTeamRequest::team, teams_);
    Keep<crm::v1::CreateCustomerRequest>("Customer", "customers/",
                                         &crm::v1::CreateCustomerRequest::customer, customers_);
    Keep<crm::v1::CreatePipelineRequest>("Pipeline", "pipelines/",
                                         &crm::v1::CreatePipelineRequest::pipeline, pipelines_);
    server_.On("CreateOpportunity", [this](const Message&) {
      auto made = std::make_shared<crm::v1::Opportunity>();
      made->set_name(absl::StrCat("opportunities/", ++made_));
      return Answer{{made}, grpc::Status::OK, 0};
    });
    server_.Return("AddTeamMember", crm::v1::Team());
    server_.Return("DefineLossReason", crm::v1::Organization());
    server_.Return("UpdateCustomer", crm::v1::Customer());
    server_.Return("WinOpportunity", crm::v1::Opportunity());
    server_.Return("LoseOpportunity", crm::v1::Opportunity());
  }
  ~MavenTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  template <class Request, class Resource>
  void Keep(const std::string& noun, const std::string& prefix,
            const Resource& (Request::*resource_of)() const, std::vector<Resource>& kept) {
    server_.On("Create" + noun, [this, prefix, resource_of, &kept](const Message& message) {
      Request request;
      request.CopyFrom(message);
      auto made = std::make_shared<Resource>((request.*resource_of)());
      made->set_name(absl::StrCat(prefix, ++made_));
      if constexpr (std::is_same_v<Resource, crm::v1::Pipeline>) {
        for (auto& stage : *made->mutable_stages()) {
          stage.set_name(absl::StrCat(made->name(), "/stages/", ++made_));
        }
      }
      MutexLock lock(mutex_);
      kept.push_back(*made);
      return Answer{{made}, grpc::Status::OK, 0};
    });
  }

  // From now on what was created is found by name.
  void Publish() {
    MutexLock lock(mutex_);
    crm::v1::ListMembersResponse members;
    for (const auto& member : members_) *members.add_members() = member;
    server_.Return("ListMembers", members);
    crm::v1::ListTeamsResponse teams;
    for (const auto& team : teams_) *teams.add_teams() = team;
    server_.Return("ListTeams", teams);
    crm::v1::ListCustomersResponse customers;
    for (const auto& customer : customers_) *customers.add_customers() = customer;
    server_.Return("ListCustomers", customers);
    crm::v1::ListPipelinesResponse pipelines;
    for (const auto& pipeline : pipelines_) *pipelines.add_pipelines() = pipeline;
    server_.Return("ListPipelines", pipelines);
  }

  void Import(const std::string& folder, const std::string& file, const std::string& mapping) {
    std::vector<std::string> arguments = {"import", folder + "/" + file, "--mapping",
                                          absl::StrCat(maven_, "/", mapping, ".toml")};
    if (mapping == "opportunities") {
      for (const std::string lookup : {"products=products.csv", "agents=sales_teams.csv"}) {
        const size_t equals = lookup.find('=');
        arguments.push_back("--lookup");
        arguments.push_back(lookup.substr(0, equals + 1) + folder + "/" +
                            lookup.substr(equals + 1));
      }
    }
    const Ran ran = cli_.Run(arguments);
    EXPECT_EQ(ran.code, ExitCode::kOk) << mapping << "\n" << ran.err;
    Publish();
  }

  void ImportAll(const std::string& folder) {
    Import(folder, "sales_teams.csv", "organization");
    Import(folder, "accounts.csv", "customers");
    Import(folder, "accounts.csv", "customer_parents");
    Import(folder, "sales_pipeline.csv", "opportunities");
  }

  template <class T>
  std::map<std::string, T> Sent(const std::string& method,
                                const std::function<std::string(const T&)>& key) {
    std::map<std::string, T> all;
    for (const auto& message : server_.Requests(method)) {
      T typed;
      typed.CopyFrom(*message);
      all[key(typed)] = typed;
    }
    return all;
  }

  FakeServer server_;
  CommandLine cli_;
  const std::string maven_;
  std::filesystem::path folder_;
  std::atomic<int> made_{0};
  Mutex mutex_;
  std::vector<crm::v1::Member> members_;
  std::vector<crm::v1::Team> teams_;
  std::vector<crm::v1::Customer> customers_;
  std::vector<crm::v1::Pipeline> pipelines_;
};

TEST_F(MavenTest, TheMappingsMakeWhatTheAcceptanceTextAsksFor) {
  ImportAll(folder_.string());
  ASSERT_THAT(members_, SizeIs(5));
  ASSERT_THAT(teams_, SizeIs(2));
  ASSERT_THAT(pipelines_, SizeIs(1));
  EXPECT_THAT(server_.Requests("DefineLossReason"), SizeIs(1));
  EXPECT_THAT(server_.Requests("AddTeamMember"), SizeIs(3));
  EXPECT_EQ(pipelines_[0].stages(1).probability_bp(), 5000);
  for (const auto& member : members_) {
    const bool boss = member.display_name() == "Mia Boss" || member.display_name() == "Noa Boss";
    EXPECT_THAT(member.roles(), ElementsAre(boss ? "roles/sales_manager" : "roles/sales_agent"));
  }
  EXPECT_EQ(customers_.size(), 2U);
  for (const auto& customer : customers_) {
    const bool parent = customer.display_name() == "Parent Inc";
    EXPECT_EQ(customer.region_code(), parent ? "PH" : "US");
    EXPECT_EQ(customer.industry(), parent ? "technology" : "retail");
    EXPECT_EQ(customer.annual_revenue().units(), parent ? 1'100'040'000 : 2'500'000);
  }
  EXPECT_THAT(server_.Requests("UpdateCustomer"), SizeIs(1));

  const auto created = Sent<crm::v1::CreateOpportunityRequest>(
      "CreateOpportunity",
      [](const auto& request) { return request.opportunity().display_name().substr(0, 2); });
  ASSERT_THAT(created, SizeIs(4));
  EXPECT_EQ(created.at("W1").effective_time().seconds(), 1476921600);
  EXPECT_EQ(created.at("W1").opportunity().expected_revenue().units(), 4821);
  EXPECT_EQ(created.at("W1").opportunity().stage(), pipelines_[0].stages(1).name());
  EXPECT_THAT(created.at("E1").opportunity().customer(), IsEmpty());
  EXPECT_EQ(created.at("P1").effective_time().seconds(), 1514678400);
  EXPECT_EQ(created.at("P1").opportunity().stage(), pipelines_[0].stages(0).name());
  EXPECT_EQ(created.at("L1").opportunity().team(), created.at("W1").opportunity().team());
  EXPECT_NE(created.at("P1").opportunity().team(), created.at("W1").opportunity().team());
  crm::v1::WinOpportunityRequest won;
  won.CopyFrom(*server_.Requests("WinOpportunity").at(0));
  EXPECT_EQ(won.won_revenue().units(), 4514);
  EXPECT_EQ(won.effective_time().seconds(), 1488326400);
  EXPECT_THAT(server_.Requests("WinOpportunity"), SizeIs(1));
  EXPECT_THAT(server_.Requests("LoseOpportunity"), SizeIs(1));
}

TEST_F(MavenTest, EveryRowOfTheDataSetGetsIn) {
  const char* folder = std::getenv("CRM_DATA_DIR");
  if (folder == nullptr) GTEST_SKIP() << "CRM_DATA_DIR names no data set";
  ImportAll(folder);
  EXPECT_THAT(members_, SizeIs(41));
  EXPECT_THAT(teams_, SizeIs(6));
  EXPECT_THAT(customers_, SizeIs(85));
  EXPECT_THAT(server_.Requests("UpdateCustomer"), SizeIs(15));
  EXPECT_THAT(server_.Requests("CreateOpportunity"), SizeIs(8800));
  EXPECT_THAT(server_.Requests("WinOpportunity"), SizeIs(4238));
  EXPECT_THAT(server_.Requests("LoseOpportunity"), SizeIs(2473));
}

}  // namespace
}  // namespace crm::ctl
