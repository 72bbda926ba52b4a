#include "absl/strings/str_cat.h"
#include "crm/v1/contact_service.pb.h"
#include "crm/v1/customer_service.pb.h"
#include "tools/sample/names.h"
#include "tools/sample/record_scripts.h"
#include "tools/sample/sales_department.h"

namespace crm::sample {
namespace {

void Describe(const Company& company, const Place& place, Random& random, v1::Customer& customer) {
  customer.set_kind(v1::CUSTOMER_KIND_COMPANY);
  customer.set_display_name(company.display_name);
  customer.set_website(absl::StrCat("https://www.", company.domain));
  customer.set_industry(company.industry);
  customer.set_employee_count(company.employee_count);
  customer.add_emails(absl::StrCat("info@", company.domain));
  customer.set_region_code(std::string(place.region_code));
  customer.set_language_code(std::string(place.language_code));
  v1::Address& address = *customer.add_addresses();
  address.set_region_code(std::string(place.region_code));
  address.set_locality(std::string(place.locality));
  address.set_postal_code(std::string(place.postal_code));
  address.add_address_lines(AnyStreet(random));
  if (random.Chance(20)) customer.add_tags("framework-contract");
  if (random.Chance(15)) customer.add_tags("reference");
}

}  // namespace

CustomerDesign CustomerOf(const Plan& plan, int64_t customer) {
  Random random(plan.settings().seed, absl::StrCat("customer/", customer, "/design"));
  CustomerDesign design;
  design.team = AnyTeam(random);
  design.seller = AnySeller(design.team, random);
  design.contact_count = static_cast<int>(random.Between(1, 3));
  return design;
}

std::string CustomerReference(int64_t customer) { return absl::StrCat("@customer/", customer); }

std::string ContactReference(int64_t customer, int64_t contact) {
  return absl::StrCat("@contact/", customer, ".", contact);
}

Script CustomerScript(const Plan& plan, int64_t index) {
  Script script(plan.settings().seed, absl::StrCat("customer/", index));
  Random random(plan.settings().seed, script.key());
  const CustomerDesign design = CustomerOf(plan, index);
  const Company company = CompanyNamed(index, random);
  const Place place = AnyPlace(random);
  absl::Time time =
      plan.begin_time() + absl::Hours(72) + absl::Seconds(random.Below(5 * 24 * 3600));
  const auto next = [&] { return time += absl::Seconds(random.Between(60, 1800)); };

  v1::Customer& customer = *script.Do<v1::CreateCustomerRequest>(next()).mutable_customer();
  Describe(company, place, random, customer);
  customer.set_team(TeamReference(design.team));
  customer.set_account_manager(MemberReference(design.seller));
  script.Bind(CustomerReference(index));

  for (int i = 0; i < design.contact_count; ++i) {
    const Person person = PersonAt(company.domain, place, random);
    v1::Contact& contact = *script.Do<v1::CreateContactRequest>(next()).mutable_contact();
    contact.set_given_name(person.given_name);
    contact.set_family_name(person.family_name);
    contact.add_emails(person.email);
    contact.add_phones(person.phone);
    contact.set_job_title(person.job_title);
    contact.set_language_code(std::string(place.language_code));
    contact.set_team(TeamReference(design.team));
    contact.set_owner(MemberReference(design.seller));
    v1::Contact::Link& link = *contact.add_links();
    link.set_customer(CustomerReference(index));
    link.add_roles(i == 0 ? "buyer" : "user");
    script.Bind(ContactReference(index, i));
  }
  auto& main = script.Do<v1::NameMainContactRequest>(next());
  main.set_name(CustomerReference(index));
  main.set_contact(ContactReference(index, 0));
  return script;
}

}  // namespace crm::sample
