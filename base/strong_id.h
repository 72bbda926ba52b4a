// StrongId<Tag>: a Uuid that cannot be mistaken for another kind of id. No implicit conversions in
// either direction.
#pragma once

#include <compare>
#include <string>
#include <utility>

#include "base/uuid.h"

namespace crm {

template <class Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(const Uuid& uuid) : uuid_(uuid) {}

  const Uuid& uuid() const { return uuid_; }
  bool IsNil() const { return uuid_.IsNil(); }
  std::string ToString() const { return uuid_.ToString(); }

  friend auto operator<=>(const StrongId&, const StrongId&) = default;
  template <class H>
  friend H AbslHashValue(H h, const StrongId& id) {
    return H::combine(std::move(h), id.uuid_);
  }

 private:
  Uuid uuid_;
};

}  // namespace crm
