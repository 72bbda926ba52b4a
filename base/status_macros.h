// RETURN_IF_ERROR and ASSIGN_OR_RETURN, named after their upstream namesakes so that they can be
// dropped when Debian's Abseil ships them.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define CRM_CONCAT_INNER(x, y) x##y
#define CRM_CONCAT(x, y) CRM_CONCAT_INNER(x, y)

// Returns from the enclosing function when `expr` (an absl::Status) is not OK. The name is unique
// so that `expr` may hold a lambda that uses the macro too.
#define RETURN_IF_ERROR(expr) RETURN_IF_ERROR_INNER(CRM_CONCAT(crm_status_, __COUNTER__), expr)
#define RETURN_IF_ERROR_INNER(status, expr)                        \
  do {                                                             \
    if (absl::Status status = (expr); !status.ok()) return status; \
  } while (false)

// Evaluates `expr` (an absl::StatusOr<T>); returns its status when not OK, else assigns its value
// to `lhs`.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_INNER(CRM_CONCAT(crm_status_or_, __COUNTER__), lhs, expr)
#define ASSIGN_OR_RETURN_INNER(result, lhs, expr)      \
  auto result = (expr);                                \
  if (!result.ok()) return std::move(result).status(); \
  lhs = std::move(result).value()
