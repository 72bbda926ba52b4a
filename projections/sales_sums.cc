#include "projections/sales_sums.h"

namespace crm::projections {
namespace {

using domain::Money;

// The sum of one currency: none is zero.
views::v1::AmountSum SumIn(const AmountSums& sums, const std::string& currency_code) {
  for (const views::v1::AmountSum& sum : sums) {
    if (sum.currency_code() == currency_code) return sum;
  }
  views::v1::AmountSum none;
  none.set_currency_code(currency_code);
  return none;
}

}  // namespace

void SalesSums::Add(const views::v1::SoldFigures& sold) {
  AddSums(net_, sold.net());
  AddSums(costed_, sold.costed());
  AddSums(cost_, sold.cost());
}

void SalesSums::Add(const views::v1::SalesDay& day, bool sees_invoices, bool sees_payments) {
  if (sees_invoices) {
    AddSums(issued_, day.issued());
    AddSums(credited_, day.credited());
  }
  if (sees_payments) AddSums(received_, day.received());
}

absl::btree_set<std::string> SalesSums::currencies() const {
  absl::btree_set<std::string> codes;
  for (const AmountSums* sums : {&net_, &issued_, &credited_, &received_}) {
    for (const views::v1::AmountSum& sum : *sums) codes.insert(sum.currency_code());
  }
  return codes;
}

absl::StatusOr<v1::SalesFigures> SalesSums::Render(const std::string& currency_code,
                                                   bool of_product) const {
  v1::SalesFigures shown;
  ASSIGN_OR_RETURN(const Money net, MoneyOf(SumIn(net_, currency_code)));
  ASSIGN_OR_RETURN(const Money costed, MoneyOf(SumIn(costed_, currency_code)));
  ASSIGN_OR_RETURN(const Money cost, MoneyOf(SumIn(cost_, currency_code)));
  ASSIGN_OR_RETURN(const Money profit, costed - cost);
  ASSIGN_OR_RETURN(const Money uncosted, net - costed);
  *shown.mutable_net() = net.ToProto();
  *shown.mutable_cost() = cost.ToProto();
  *shown.mutable_profit() = profit.ToProto();
  *shown.mutable_uncosted() = uncosted.ToProto();
  if (of_product) return shown;
  ASSIGN_OR_RETURN(const Money received, MoneyOf(SumIn(received_, currency_code)));
  *shown.mutable_received() = received.ToProto();
  shown.set_invoice_count(static_cast<int32_t>(SumIn(issued_, currency_code).count()));
  shown.set_credit_note_count(static_cast<int32_t>(SumIn(credited_, currency_code).count()));
  return shown;
}

absl::StatusOr<domain::FiscalYearStart> YearStartOf(const ViewReader& rows) {
  ASSIGN_OR_RETURN(const auto year, SalesReport::kFiscalYear.GetOrEmpty(rows, {}));
  if (year.start_month() == 0) return domain::FiscalYearStart();
  return domain::FiscalYearStart::FromMonth(year.start_month());
}

absl::StatusOr<std::string> ProductNameOf(const Uuid& product, const ViewReader& rows) {
  ASSIGN_OR_RETURN(const auto known, SalesReport::kProducts.GetOrEmpty(rows, {product}));
  return known.display_name();
}

}  // namespace crm::projections
