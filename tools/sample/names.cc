#include "tools/sample/names.h"

#include <array>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crm::sample {
namespace {

using Word = absl::string_view;

constexpr std::array<Word, 40> kGivenNames = {
    "Adela",  "Anton",  "Bela",   "Birte", "Carlo",  "Celina", "Dario",   "Edda",
    "Emil",   "Enno",   "Fenja",  "Fiona", "Gero",   "Greta",  "Hanno",   "Henrike",
    "Ida",    "Ilja",   "Jaro",   "Jette", "Kilian", "Klara",  "Leander", "Lotte",
    "Malte",  "Marit",  "Nele",   "Nino",  "Olga",   "Pavel",  "Quentin", "Rieke",
    "Samira", "Silvan", "Tamara", "Thore", "Ulla",   "Viktor", "Wanda",   "Yannis"};

constexpr std::array<Word, 40> kFamilyNames = {
    "Achterhof",  "Ambrosel",   "Birkfeld",    "Blankenried",   "Brombach",   "Corvendal",
    "Dornquist",  "Eschkamp",   "Falkenrot",   "Fennhuber",     "Gantenau",   "Grimmvald",
    "Haselquell", "Immerthal",  "Jorvisson",   "Kaltenmoor",    "Kranichsee", "Lindenquast",
    "Lohbrunn",   "Marwick",    "Mirabelli",   "Nesselbeck",    "Oldenfurt",  "Ostrowin",
    "Pellandini", "Quellmalz",  "Rabenholt",   "Rosenkreutzer", "Sandvoort",  "Silberquist",
    "Talmering",  "Thornbeck",  "Ulmenried",   "Valdemarin",    "Vossgard",   "Wackerlund",
    "Weidensang", "Wintermoor", "Ysselbrandt", "Zirbenau"};

constexpr std::array<Word, 40> kCompanyStems = {
    "Aldor",  "Bremik", "Caldex", "Dravon",  "Eltira", "Feroma",  "Galvor", "Hestra",
    "Imdal",  "Jovena", "Kelmor", "Lurvik",  "Mandor", "Nortexa", "Orvane", "Pelisto",
    "Quorin", "Rastal", "Selvic", "Tormund", "Ulvera", "Vastor",  "Welkin", "Xandor",
    "Ystrad", "Zelmar", "Arkona", "Borvel",  "Cintra", "Dulmar",  "Estova", "Fjorn",
    "Gremal", "Havlin", "Iskara", "Jurmal",  "Kostra", "Lomvar",  "Mirex",  "Novalt"};

// A trade, and the industry it makes of a company.
struct Trade {
  Word word;
  Word industry;
};
constexpr std::array<Trade, 20> kTrades = {{{"Antriebe", "Machinery"},
                                            {"Automation", "Machinery"},
                                            {"Bau", "Construction"},
                                            {"Chemie", "Chemicals"},
                                            {"Dental", "Health care"},
                                            {"Druck", "Printing"},
                                            {"Energie", "Energy"},
                                            {"Foods", "Food"},
                                            {"Glas", "Materials"},
                                            {"Kliniken", "Health care"},
                                            {"Labs", "Research"},
                                            {"Logistics", "Logistics"},
                                            {"Media", "Media"},
                                            {"Metall", "Metals"},
                                            {"Optik", "Optics"},
                                            {"Pharma", "Pharmaceuticals"},
                                            {"Retail", "Retail"},
                                            {"Schulen", "Education"},
                                            {"Stadtwerke", "Public sector"},
                                            {"Verkehr", "Public sector"}}};

constexpr std::array<Word, 5> kLegalForms = {"GmbH", "AG", "KG", "Ltd", "Group"};

// Berlin, London, New York and the like; the phone ranges are reserved for fiction.
constexpr std::array<Place, 7> kPlaces = {{{"DE", "de", "Berlin", "10115", "+49 30 23125", 3},
                                           {"DE", "de", "Hamburg", "20095", "+49 40 66969", 3},
                                           {"DE", "de", "Munich", "80331", "+49 89 99998", 3},
                                           {"DE", "de", "Cologne", "50667", "+49 221 4710", 3},
                                           {"GB", "en", "London", "EC1A 1BB", "+44 20 7946 0", 3},
                                           {"US", "en", "New York", "10001", "+1 212 555 01", 2},
                                           {"US", "en", "Chicago", "60601", "+1 312 555 01", 2}}};

constexpr std::array<Word, 8> kJobTitles = {
    "Purchasing manager",  "Head of IT",       "Managing director",   "Plant manager",
    "Operations director", "Facility manager", "Procurement officer", "IT administrator"};

constexpr std::array<Word, 12> kHardware = {"Rugged tablets for the warehouse",
                                            "Edge servers for three sites",
                                            "Replacement of office switches",
                                            "Barcode scanners and printers",
                                            "Meeting room equipment",
                                            "Storage expansion",
                                            "Industrial gateways",
                                            "Workstations for engineering",
                                            "Uninterruptible power supply",
                                            "Access control terminals",
                                            "Sensor network for the plant",
                                            "Wireless network of the campus"};

constexpr std::array<Word, 10> kSoftware = {"Fleet monitoring, 50 seats",
                                            "Device management for all sites",
                                            "Inventory suite",
                                            "Support contract with software",
                                            "Energy dashboard subscription",
                                            "Maintenance planning, 20 seats",
                                            "Shop floor data collection",
                                            "Document archive in the cloud",
                                            "Single sign-on for contractors",
                                            "Analytics add-on"};

constexpr std::array<Word, 16> kRemarks = {
    "Called, asked for a call back next week.",
    "Sent the data sheets; they compare with two others.",
    "The budget is approved, the order waits for a signature.",
    "They want delivery in two parts.",
    "Met on site, measured the rooms together.",
    "Asked for references from the same industry.",
    "Price is fine, the service level is not yet.",
    "Their IT wants to see the security paper first.",
    "Decision moved to the next board meeting.",
    "Agreed on a trial of four weeks.",
    "New contact in purchasing, introduced ourselves.",
    "They want a framework contract instead.",
    "Waiting for the subsidy to be granted.",
    "Spoke with engineering: requirements grew.",
    "Offered a service package on top.",
    "Left a message, no answer so far."};

constexpr std::array<Word, 8> kStreets = {"Am Kanal", "Lindenallee", "Mill Lane", "Hafenstrasse",
                                          "Park Row", "Werkstrasse", "Gartenweg", "Station Road"};

std::string Email(absl::string_view given_name, absl::string_view family_name,
                  absl::string_view domain) {
  return absl::AsciiStrToLower(absl::StrCat(given_name, ".", family_name, "@", domain));
}

int64_t PowerOfTen(int digits) { return digits == 0 ? 1 : 10 * PowerOfTen(digits - 1); }

}  // namespace

Company CompanyNamed(int64_t ordinal, Random& random) {
  // 23 has no factor in common with the 4,000 names: neighbours differ, and nothing repeats.
  const auto name = static_cast<size_t>(ordinal * 23 % 4000);
  const Word stem = kCompanyStems[name % kCompanyStems.size()];
  const Trade& trade = kTrades[name / kCompanyStems.size() % kTrades.size()];
  const Word form = kLegalForms[name / (kCompanyStems.size() * kTrades.size())];
  Company company;
  company.display_name = absl::StrCat(stem, " ", trade.word, " ", form);
  company.domain =
      absl::AsciiStrToLower(absl::StrCat(stem, "-", trade.word, "-", form, ".example"));
  company.industry = std::string(trade.industry);
  constexpr std::array<int64_t, 5> kSizes = {8, 40, 150, 600, 3000};
  company.employee_count = random.Pick(kSizes) * random.Between(70, 160) / 100;
  return company;
}

Place AnyPlace(Random& random) { return random.Pick(kPlaces); }

Person PersonAt(absl::string_view domain, const Place& place, Random& random) {
  Person person;
  person.given_name = std::string(random.Pick(kGivenNames));
  person.family_name = std::string(random.Pick(kFamilyNames));
  person.email = Email(person.given_name, person.family_name, domain);
  person.phone = absl::StrFormat("%s%0*d", place.phone_prefix, place.phone_digits,
                                 random.Below(PowerOfTen(place.phone_digits)));
  person.job_title = std::string(random.Pick(kJobTitles));
  return person;
}

Person MemberNamed(int64_t ordinal) {
  Person member;
  const auto index = static_cast<size_t>(ordinal);
  member.given_name = std::string(kGivenNames[index * 7 % kGivenNames.size()]);
  member.family_name =
      std::string(kFamilyNames[(index * 11 + index / kFamilyNames.size()) % kFamilyNames.size()]);
  member.email = Email(member.given_name, member.family_name, "velmora-systems.example");
  return member;
}

absl::string_view AnyHardwareSubject(Random& random) { return random.Pick(kHardware); }
absl::string_view AnySoftwareSubject(Random& random) { return random.Pick(kSoftware); }
absl::string_view AnyRemark(Random& random) { return random.Pick(kRemarks); }

std::string AnyStreet(Random& random) {
  return absl::StrCat(random.Pick(kStreets), " ", random.Between(1, 120));
}

}  // namespace crm::sample
