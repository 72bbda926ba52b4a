// A client of the crash test that sells: from proposal to invoice, payments, what is paid back, and
// the receipt of who sold. Between any two steps the server may be gone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/crash/requester.h"

namespace crm::testing {

// Who sells to whom.
struct Shop {
  std::string customer;
  std::string agent;
  std::string team;
};
// A customer, a ladder that everybody earns by, and proposals that become invoices when accepted.
Shop FurnishShop(const ApiCaller& administrator);

class Cashier {
 public:
  Cashier(ApiCaller caller, Shop shop, RequestLog& requests, uint64_t seed);

  // Works until nobody answers any more.
  void Run();

 private:
  struct Sale {
    std::string proposal;
    bool sent = false;
    std::string invoice;
    bool issued = false;
    int64_t total_cents = 0;
    int64_t due_cents = 0;
    std::vector<std::string> payments;  // not taken back
  };

  // Each answers how it ended, and remembers what it led to.
  Reply Offer();
  Reply Proceed(Sale& sale);
  Reply Accept(Sale& sale);
  Reply Issue(Sale& sale);
  Reply Pay(Sale& sale);
  Reply PayTooMuch(const Sale& sale);
  Reply TakeBack(Sale& sale);
  Reply Credit(Sale& sale);
  Reply PayOut();

  const Shop shop_;
  Requester requester_;
  std::vector<Sale> sales_;  // that go on
};

}  // namespace crm::testing
