#include "domain/number_register/number_register.h"

#include "absl/strings/str_cat.h"

namespace crm::domain {

NumberRegisterId NumberRegisterOf(const InvoiceSeriesId& series, int fiscal_year) {
  return NumberRegisterId(Uuid::FromName(series.uuid(), absl::StrCat("numbers:", fiscal_year)));
}

}  // namespace crm::domain
