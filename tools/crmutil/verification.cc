#include "tools/crmutil/verification.h"

#include <filesystem>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "base/status_macros.h"
#include "eventstore/log_verifier.h"

namespace crm::util {
namespace {

absl::Status VerifyOrganization(const eventstore::DurableStores& stores, const Uuid& organization,
                                Report& report) {
  report["id"] = organization.ToString();
  absl::flat_hash_set<std::string> persons;
  ASSIGN_OR_RETURN(const eventstore::LogReport log,
                   eventstore::VerifyWholeLog(stores.storage(), organization,
                                              [&](const eventstore::RecordedEvent& event) {
                                                if (!event.sealed().empty())
                                                  persons.insert(event.subject());
                                                return absl::OkStatus();
                                              }));
  for (const std::string& person : persons) {
    RETURN_IF_ERROR(
        stores.keys().Find(organization, Uuid::FromBytes(person).value_or(Uuid{})).status());
  }
  report["events"] = log.chain.events;
  report["streams"] = log.chain.streams;
  report["requests"] = log.requests;
  report["persons"] = persons.size();
  report["hash"] = absl::BytesToHexString(AsView(log.chain.hash));
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyStores(const eventstore::StoreFolders& folders,
                          const eventstore::DurableStores& stores, Report& report) {
  ::rocksdb::Env& env = *::rocksdb::Env::Default();
  RETURN_IF_ERROR(eventstore::VerifyFiles(folders.log, env));
  RETURN_IF_ERROR(eventstore::VerifyFiles(folders.keys, env));
  RETURN_IF_ERROR(eventstore::VerifyOrganizations(stores.storage()));
  ASSIGN_OR_RETURN(const auto rows, stores.storage().ReadOrganizations());
  report["organizations"] = Report::array();
  for (const auto& row : rows) {
    RETURN_IF_ERROR(
        VerifyOrganization(stores, row.id, report["organizations"].emplace_back(Report::object())));
  }
  return absl::OkStatus();
}

absl::Status VerifyViews(const std::string& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder + "/CURRENT", error)) return absl::OkStatus();
  return eventstore::VerifyFiles(folder, *::rocksdb::Env::Default());
}

}  // namespace crm::util
