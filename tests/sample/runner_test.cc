// The runner against a server in this process: order per script, names put in, retries, ends.
#include "tools/sample/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "crm/v1/contact_service.grpc.pb.h"
#include "crm/v1/customer_service.grpc.pb.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "tools/sample/record_scripts.h"
#include "tools/sample/script.h"

namespace crm::sample {
namespace {

PlanSettings Settings() {
  PlanSettings settings;
  settings.end_date = absl::CivilDay(2026, 3, 2);
  settings.zone = absl::UTCTimeZone();
  return settings;
}

// What the server saw, in the order it saw it, and what it is to refuse.
class Ledger {
 public:
  grpc::Status Admit(const std::string& request_id) {
    MutexLock lock(mutex_);
    ++calls_;
    while (held_) released_.Wait(mutex_);
    grpc::Status status;
    if (refusals_left_ > 0) {
      --refusals_left_;
      status = refusal_;
    } else {
      accepted_.push_back(request_id);
    }
    return status;
  }
  // Answers nothing until Release().
  void Hold() {
    MutexLock lock(mutex_);
    held_ = true;
  }
  void Release() {
    MutexLock lock(mutex_);
    held_ = false;
    released_.NotifyAll();
  }
  void Refuse(int times, grpc::Status status) {
    MutexLock lock(mutex_);
    refusals_left_ = times;
    refusal_ = std::move(status);
  }
  std::vector<std::string> accepted() const {
    MutexLock lock(mutex_);
    return accepted_;
  }
  int calls() const {
    MutexLock lock(mutex_);
    return calls_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::string> accepted_;
  int calls_ = 0;
  CondVar released_;
  bool held_ = false;
  int refusals_left_ = 0;
  grpc::Status refusal_;
};

class Customers final : public v1::CustomerService::Service {
 public:
  explicit Customers(Ledger& ledger) : ledger_(ledger) {}
  grpc::Status CreateCustomer(grpc::ServerContext*, const v1::CreateCustomerRequest* request,
                              v1::Customer* response) override {
    const grpc::Status status = ledger_.Admit(request->request_id());
    EXPECT_THAT(request->customer().team(), testing::StartsWith("teams/"));
    response->set_name(absl::StrCat("customers/", request->request_id()));
    return status;
  }
  grpc::Status NameMainContact(grpc::ServerContext*, const v1::NameMainContactRequest* request,
                               v1::Customer*) override {
    const grpc::Status status = ledger_.Admit(request->request_id());
    EXPECT_THAT(request->name(), testing::StartsWith("customers/"));
    EXPECT_THAT(request->contact(), testing::StartsWith("contacts/"));
    return status;
  }

 private:
  Ledger& ledger_;
};

class Contacts final : public v1::ContactService::Service {
 public:
  explicit Contacts(Ledger& ledger) : ledger_(ledger) {}
  grpc::Status CreateContact(grpc::ServerContext*, const v1::CreateContactRequest* request,
                             v1::Contact* response) override {
    const grpc::Status status = ledger_.Admit(request->request_id());
    EXPECT_THAT(request->contact().links(0).customer(), testing::StartsWith("customers/"));
    response->set_name(absl::StrCat("contacts/", request->request_id()));
    return status;
  }

 private:
  Ledger& ledger_;
};

class RunnerTest : public testing::Test {
 protected:
  RunnerTest() : plan_(Settings()), customers_(ledger_), contacts_(ledger_) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&customers_);
    builder.RegisterService(&contacts_);
    server_ = builder.BuildAndStart();
    RunnerOptions options;
    options.token = "crm_test";
    options.jobs = 4;
    options.most_attempts = 4;
    options.first_pause = absl::Milliseconds(1);
    runner_ = std::make_unique<Runner>(server_->InProcessChannel({}), options, clock_);
    BindDepartment();
  }

  // Names for what earlier phases would have made.
  void BindDepartment() {
    Script script(1, "department");
    for (int i = 0; i < 40; ++i) {
      for (const char* kind : {"team", "member"}) {
        script.Do<v1::CreateCustomerRequest>(absl::UnixEpoch());
        script.Bind(absl::StrCat("@", kind, "/", i));
        v1::Customer named;
        named.set_name(absl::StrCat(kind, "s/", i));
        ASSERT_TRUE(runner_->references().Bind(script.steps().back(), named).ok());
      }
    }
  }

  absl::Status RunCustomers(int64_t count) {
    return runner_->Run(plan_, {Phase::kCustomers, "customers", count, false}, [] {});
  }

  const Plan plan_;
  const SystemClock clock_;
  Ledger ledger_;
  Customers customers_;
  Contacts contacts_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Runner> runner_;
};

TEST_F(RunnerTest, SendsEveryScriptInItsOrder) {
  ASSERT_TRUE(RunCustomers(50).ok());
  std::map<std::string, size_t> place;
  const std::vector<std::string> accepted = ledger_.accepted();
  for (size_t i = 0; i < accepted.size(); ++i) place[accepted[i]] = i;
  size_t commands = 0;
  for (int64_t i = 0; i < 50; ++i) {
    const Script script = CustomerScript(plan_, i);
    size_t before = 0;
    for (const Step& step : script.steps()) {
      const std::string id = step.request->GetReflection()->GetString(
          *step.request, step.request->GetDescriptor()->FindFieldByName("request_id"));
      ASSERT_TRUE(place.contains(id));
      EXPECT_GE(place[id], before);
      before = place[id];
      ++commands;
    }
  }
  EXPECT_EQ(accepted.size(), commands);
  EXPECT_EQ(runner_->tally().commands, static_cast<int64_t>(commands));
}

TEST_F(RunnerTest, BeginsNoMoreScriptsAtOnceThanAllowed) {
  ledger_.Hold();
  int64_t begun = 0;
  const absl::Status done = runner_->Run(plan_, {Phase::kCustomers, "customers", 50, false}, [&] {
    if (begun == 0) begun = runner_->tally().scripts;
    ledger_.Release();
  });
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_EQ(begun, 4);
  EXPECT_EQ(runner_->tally().scripts, 50);
}

TEST_F(RunnerTest, SendsOneScriptAfterTheOtherInAPhaseThatIsInOrder) {
  ledger_.Hold();
  int64_t begun = 0;
  const absl::Status done = runner_->Run(plan_, {Phase::kCustomers, "customers", 9, true}, [&] {
    if (begun == 0) begun = runner_->tally().scripts;
    ledger_.Release();
  });
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_EQ(begun, 1);
}

TEST_F(RunnerTest, SendsAgainWhatTheServerCouldNotDoForNow) {
  for (const grpc::StatusCode code : {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::ABORTED,
                                      grpc::StatusCode::RESOURCE_EXHAUSTED}) {
    ledger_.Refuse(3, grpc::Status(code, "for now"));
    ASSERT_TRUE(RunCustomers(1).ok()) << code;
  }
  EXPECT_EQ(runner_->tally().retries, 9);
}

TEST_F(RunnerTest, GivesUpAfterSoManyAttempts) {
  ledger_.Refuse(4, grpc::Status(grpc::StatusCode::UNAVAILABLE, "for long"));
  EXPECT_EQ(RunCustomers(1).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ledger_.calls(), 4);
}

TEST_F(RunnerTest, EndsWithWhatTheServerRefuses) {
  ledger_.Refuse(1, grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "too early"));
  const absl::Status status = RunCustomers(100);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(absl::StrContains(status.message(), "too early")) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "CreateCustomer of customer/")) << status;
  EXPECT_LT(runner_->tally().scripts, 100);
}

TEST(ReferenceTableTest, RefusesWhatIsNotBound) {
  ReferenceTable table;
  v1::CreateCustomerRequest request;
  request.mutable_customer()->set_team("@team/1");
  EXPECT_EQ(table.Resolve(request).code(), absl::StatusCode::kInternal);
}

TEST(ReferenceTableTest, PutsNamesInEverywhereAndLeavesOtherTextAlone) {
  ReferenceTable table;
  Script script(1, "x");
  script.Do<v1::CreateContactRequest>(absl::UnixEpoch());
  script.Bind("@a");
  script.Bind("@b", "links.1.customer");
  v1::Contact answer;
  answer.set_name("contacts/1");
  answer.add_links();
  answer.add_links()->set_customer("customers/2");
  ASSERT_TRUE(table.Bind(script.steps()[0], answer).ok());
  v1::CreateContactRequest request;
  request.mutable_contact()->set_owner("@a");
  request.mutable_contact()->set_given_name("plain");
  request.mutable_contact()->add_tags("@b");
  request.mutable_contact()->add_links()->set_customer("@b");
  ASSERT_TRUE(table.Resolve(request).ok());
  EXPECT_EQ(request.contact().owner(), "contacts/1");
  EXPECT_EQ(request.contact().given_name(), "plain");
  EXPECT_EQ(request.contact().tags(0), "customers/2");
  EXPECT_EQ(request.contact().links(0).customer(), "customers/2");
}

TEST(ReferenceTableTest, BindsNothingToAnEmptyName) {
  ReferenceTable table;
  Script script(1, "x");
  script.Do<v1::CreateContactRequest>(absl::UnixEpoch());
  script.Bind("@owner", "owner");
  ASSERT_TRUE(table.Bind(script.steps()[0], v1::Contact()).ok());
  EXPECT_FALSE(table.IsBound("@owner"));
}

}  // namespace
}  // namespace crm::sample
