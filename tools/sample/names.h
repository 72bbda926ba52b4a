// What people, companies and things of the sample are called. All invented: names are put together
// from parts, addresses end in .example, phone numbers come from ranges reserved for fiction.
// Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "tools/sample/random.h"

namespace crm::sample {

// Where somebody is.
struct Place {
  absl::string_view region_code;  // ISO 3166-1 alpha-2
  absl::string_view language_code;
  absl::string_view locality;
  absl::string_view postal_code;
  absl::string_view phone_prefix;  // followed by `phone_digits` free digits
  int phone_digits;
};

struct Person {
  std::string given_name;
  std::string family_name;
  std::string email;
  std::string phone;
  std::string job_title;
};

struct Company {
  std::string display_name;
  std::string domain;  // of its site and addresses
  std::string industry;
  int64_t employee_count = 0;
};

// The company `ordinal`; different ordinals below 4,000 have different names.
Company CompanyNamed(int64_t ordinal, Random& random);
Place AnyPlace(Random& random);
// Somebody who works at a company with this domain.
Person PersonAt(absl::string_view domain, const Place& place, Random& random);
// The member `ordinal` of the organization; different ordinals below 60 have different addresses.
Person MemberNamed(int64_t ordinal);

// What a lead or an opportunity about hardware or software is about.
absl::string_view AnyHardwareSubject(Random& random);
absl::string_view AnySoftwareSubject(Random& random);
// A remark a seller makes along the way.
absl::string_view AnyRemark(Random& random);
// A street and number.
std::string AnyStreet(Random& random);

}  // namespace crm::sample
