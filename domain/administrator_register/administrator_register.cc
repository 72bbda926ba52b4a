#include "domain/administrator_register/administrator_register.h"

#include <utility>

namespace crm::domain {
namespace {

AdministratorRegisterState On(AdministratorRegisterState state,
                              const events::v1::AdministratorNoted& event) {
  const auto member = FromBytes<MemberId>(event.member_id());
  if (event.active()) {
    state.administrators.insert(member);
  } else {
    state.administrators.erase(member);
  }
  return state;
}

}  // namespace

AdministratorRegister::State AdministratorRegister::Evolve(State state, const Event& event,
                                                           const EventMetadata&) {
  return std::visit([&](const auto& e) { return On(std::move(state), e); }, event);
}

}  // namespace crm::domain
