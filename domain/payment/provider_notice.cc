// The decision about what a payment provider reports (I6 of payment.h).
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/payment/payment.h"
#include "domain/payment/payment_rules.h"
#include "domain/rejection.h"
#include "google/protobuf/util/json_util.h"

namespace crm::domain {
namespace {

using v1::ReceiveProviderNoticeRequest;

constexpr size_t kMostCharacters = 200;

absl::StatusOr<v1::ProviderNotice> NoticeFrom(const ReceiveProviderNoticeRequest& command) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  v1::ProviderNotice notice;
  const auto read =
      google::protobuf::util::JsonStringToMessage(command.payload(), &notice, options);
  if (read.ok() && !notice.external_id().empty() &&
      notice.external_id().size() <= kMostCharacters &&
      notice.reference().size() <= kMostCharacters) {
    return notice;
  }
  return Invalid("NOTICE_UNREADABLE", "the payload is no notice of a payment",
                 {{"field", "payload"}});
}

}  // namespace

absl::StatusOr<PaymentId> Payment::TargetOf(const ReceiveProviderNoticeRequest& command,
                                            const Caller&) {
  ASSIGN_OR_RETURN(const v1::ProviderNotice notice, NoticeFrom(command));
  return PaymentId(Uuid::FromName({}, absl::StrCat(command.provider(), "/", notice.external_id())));
}

Payment::Result Payment::Decide(const State& state, const ReceiveProviderNoticeRequest& command,
                                const DecideContext& context) {
  ASSIGN_OR_RETURN(const v1::ProviderNotice notice, NoticeFrom(command));
  ASSIGN_OR_RETURN(const PaymentId id, TargetOf(command, context.caller()));
  ASSIGN_OR_RETURN(const Money amount, PositiveAmount(notice.amount()));
  if (state.amount.has_value()) {
    if (*state.amount == amount) return Decision<Event>();
    return Refuse("NOTICE_CONTRADICTED", "this payment was reported with another amount",
                  {{"payment", NameOf(id)}});
  }
  v1::Payment wanted;
  *wanted.mutable_amount() = notice.amount();
  wanted.set_method("provider");
  wanted.set_reference(notice.reference());
  wanted.set_customer(notice.customer());
  wanted.set_provider(command.provider());
  wanted.set_external_id(notice.external_id());
  if (!notice.invoice().empty()) {
    v1::PaymentAllocation& allocation = *wanted.add_allocations();
    allocation.set_invoice(notice.invoice());
    *allocation.mutable_amount() = notice.amount();
  }
  return RecordAs(id, wanted, /*keep_excess=*/true, context);
}

absl::StatusOr<v1::ReceiveProviderNoticeResponse> Payment::Respond(
    const ReceiveProviderNoticeRequest&, const Ref<Payment>& self, const Lookup& lookup) {
  v1::ReceiveProviderNoticeResponse response;
  ASSIGN_OR_RETURN(*response.mutable_payment(), Render(self, lookup));
  return response;
}

}  // namespace crm::domain
