// ProviderSecrets: whether a notice was made by the payment provider it names. The secrets are
// files that the operator puts into a folder, `{folder}/{organization}/{provider}`, read anew with
// every notice, so that one can be replaced while the server runs. Thread-safe.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "crm/v1/payment_callback_service.pb.h"
#include "domain/types/ids.h"

namespace crm::services {

class ProviderSecrets {
 public:
  // `folder` is empty when no notices are taken.
  explicit ProviderSecrets(std::string folder) : folder_(std::move(folder)) {}

  // OK when the signature is the HMAC-SHA256 of the payload under the provider's secret, of at
  // least 16 characters without the blanks around it. Else PERMISSION_DENIED
  // NOTICE_SIGNATURE_INVALID, the same whether provider, secret or signature is wrong. The request
  // is well formed.
  absl::Status Check(const domain::OrganizationId& organization,
                     const v1::ReceiveProviderNoticeRequest& notice) const;

 private:
  const std::string folder_;
};

}  // namespace crm::services
