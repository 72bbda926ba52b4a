// What works on the server while it is killed: clients that write, alone and in bulk, right and
// wrong, new and again; cashiers, who sell (tests/crash/cashier.h); and an operator who rebuilds
// views.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/crash/cashier.h"
#include "tests/crash/child_server.h"
#include "tests/crash/history.h"

namespace crm::testing {

// What they share: an opportunity that all of them write to, and a shop.
struct Workplace {
  std::string opportunity;
  Shop shop;
};
Workplace FurnishWorkplace(const ApiCaller& administrator);

// The names of all projections.
std::vector<std::string> ProjectionsOf(const ApiCaller& caller);

// Clients, cashiers and operator, at work from the construction on until nobody answers them any
// more.
class Clients {
 public:
  // Requests go to `requests`, which must outlive them.
  Clients(const ChildServer& server, const Workplace& workplace, RequestLog& requests, int count,
          bool with_operator, uint64_t seed);
  // Returns when the server is gone and all of them have noticed.
  ~Clients();
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

 private:
  std::vector<std::thread> threads_;
};

}  // namespace crm::testing
