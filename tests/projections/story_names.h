// What tests of views call things, and the ids, resource names, instants and dates that come of it.
//
// Include from tests only.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "crm/events/v1/types.pb.h"
#include "domain/types/ids.h"
#include "google/type/date.pb.h"
#include "gtest/gtest.h"

namespace crm::projections::testing {

// The id of what a story calls `name`; nil for "".
inline Uuid Named(const std::string& name) {
  return name.empty() ? Uuid() : Uuid::FromName({}, name);
}
inline std::string BytesOf(const std::string& name) {
  return name.empty() ? std::string() : Named(name).ToBytes();
}
template <class Id>
std::string ResourceOf(const std::string& name) {
  return domain::NameOf(Id(Named(name)));
}
inline std::string StageOf(const std::string& pipeline, const std::string& stage) {
  return domain::NameOf(
      domain::StageName{domain::PipelineId(Named(pipeline)), domain::StageId(Named(stage))});
}
inline events::v1::Ownership OwnershipOf(const std::string& team, const std::string& owner,
                                         const std::vector<std::string>& contributors = {}) {
  events::v1::Ownership ownership;
  ownership.set_team_id(BytesOf(team));
  ownership.set_owner_id(BytesOf(owner));
  for (const std::string& member : contributors) ownership.add_contributor_ids(BytesOf(member));
  return ownership;
}
// "2026-03-02" (noon) or "2026-03-02T09:30:00", UTC.
inline absl::Time TimeAt(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%dT%H:%M:%S", text.size() > 10 ? text : text + "T12:00:00",
                              &time, &error))
      << error;
  return time;
}
inline google::type::Date DateOf(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

}  // namespace crm::projections::testing
