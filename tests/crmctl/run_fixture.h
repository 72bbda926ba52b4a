// crmctl against a server that knows a few members, one pipeline and one opportunity.
#pragma once

#include <memory>
#include <string>

#include "crm/v1/member_service.pb.h"
#include "crm/v1/opportunity_service.pb.h"
#include "crm/v1/pipeline_service.pb.h"
#include "gmock/gmock.h"
#include "tests/crmctl/command_line.h"
#include "tests/crmctl/fake_server.h"

namespace crm::ctl::testing {

template <class T>
T As(const std::shared_ptr<google::protobuf::Message>& message) {
  T typed;
  typed.CopyFrom(*message);
  return typed;
}

class RunTest : public ::testing::Test {
 protected:
  RunTest() : cli_(server_.target()) {
    crm::v1::ListMembersResponse members;
    AddMember(members, "members/1", "Moses Frase", "moses@example.com");
    AddMember(members, "members/2", "Twin", "a@example.com");
    AddMember(members, "members/3", "twin", "b@example.com");
    server_.Return("ListMembers", members);
    crm::v1::ListPipelinesResponse pipelines;
    crm::v1::Pipeline& pipeline = *pipelines.add_pipelines();
    pipeline.set_name("pipelines/1");
    pipeline.set_display_name("Sales");
    pipeline.add_stages()->set_name("pipelines/1/stages/1");
    pipeline.mutable_stages(0)->set_display_name("Engaging");
    server_.Return("ListPipelines", pipelines);
    crm::v1::Opportunity opportunity;
    opportunity.set_name("opportunities/1");
    opportunity.set_display_name("Big one");
    server_.Return("CreateOpportunity", opportunity);
    server_.Return("UpdateOpportunity", opportunity);
    server_.Return("MoveStage", opportunity);
    server_.Return("GetOpportunity", opportunity);
  }

  static void AddMember(crm::v1::ListMembersResponse& list, const std::string& name,
                        const std::string& display_name, const std::string& email) {
    crm::v1::Member& member = *list.add_members();
    member.set_name(name);
    member.set_display_name(display_name);
    member.set_email(email);
  }

  template <class T>
  T Last(const std::string& method) {
    const auto requests = server_.Requests(method);
    EXPECT_FALSE(requests.empty()) << method << " was not called";
    return requests.empty() ? T() : As<T>(requests.back());
  }

  FakeServer server_;
  CommandLine cli_;
};

}  // namespace crm::ctl::testing
