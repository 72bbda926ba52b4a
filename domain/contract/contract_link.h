// What a contract is to whoever holds its public link (I8 of contract.h). Pure; thread-safe.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crm/v1/public_document_service.pb.h"
#include "domain/contract/contract.h"
#include "domain/document/public_link.h"

namespace crm::domain {

// OK when the link opens a contract at the lookup's instant; else LinkInvalid, whatever the cause.
absl::Status CheckContractLink(const PublicLinkText& link, const Lookup& lookup);

// The link a command came through, which opens this contract on the day of the command; else
// LinkInvalid. A commit rests on it, so a link that is revoked meanwhile decides nothing.
absl::StatusOr<PublicLinkText> RequireLink(const ContractState& state, absl::string_view link,
                                           const DecideContext& context);

// What the paper shows, at the lookup's instant.
absl::StatusOr<v1::PublicDocument> PublicDocumentOf(const Ref<Contract>& self,
                                                    const Lookup& lookup);

}  // namespace crm::domain
