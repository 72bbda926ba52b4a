// The ids, instants and members that tests talk about: the same in every test, so that a failure
// reads the same everywhere. ExampleId<TeamId>() is the first team, ExampleId<TeamId>(2) another.
#pragma once

#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "domain/types/ids.h"

namespace crm::testing {

// Monday 2026-03-16 10:00 UTC: when commands are given.
constexpr absl::Time kExampleNow = absl::FromUnixSeconds(1'773'655'200);
// Sunday 2026-03-01 09:00 UTC: when what is given happened.
constexpr absl::Time kExampleBefore = absl::FromUnixSeconds(1'772'355'600);

inline Uuid ExampleUuid(absl::string_view kind, int n) {
  static const Uuid kSpace = *Uuid::Parse("5f1f3ab8-31c3-4bd8-bd21-7f6f1a0f4d11");
  return Uuid::FromName(kSpace, absl::StrCat(kind, "/", n));
}

namespace internal {
template <class Tag>
StrongId<Tag> ExampleOf(std::type_identity<StrongId<Tag>>, int n) {
  if constexpr (requires { Tag::kCategory; }) return StrongId<Tag>(ExampleUuid(Tag::kCategory, n));
  return StrongId<Tag>(ExampleUuid("stage", n));
}
}  // namespace internal

// The n-th example of a kind of id, counted from 1.
template <class Id>
Id ExampleId(int n = 1) {
  return internal::ExampleOf(std::type_identity<Id>{}, n);
}

// Its resource name, and its form in events.
template <class Id>
std::string ExampleName(int n = 1) {
  return domain::NameOf(ExampleId<Id>(n));
}
template <class Id>
std::string ExampleBytes(int n = 1) {
  return domain::ToBytes(ExampleId<Id>(n));
}

inline Uuid ExampleRequestId(int n = 1) { return ExampleUuid("request", n); }

}  // namespace crm::testing
