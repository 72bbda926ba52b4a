#include "tools/crmctl/dashboard.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/crmctl/text.h"
#include "tools/crmctl/values.h"

namespace crm::ctl {
namespace {

using crm::v1::TeamDashboard;

constexpr int kBarWidth = 20;
constexpr int kLabelWidth = 14;
constexpr int kCountWidth = 7;

std::string Amounts(const google::protobuf::RepeatedPtrField<google::type::Money>& amounts) {
  return absl::StrJoin(amounts, ", ", [](std::string* out, const google::type::Money& money) {
    absl::StrAppend(out, FormatMoney(money));
  });
}

std::string Named(const Style& style, const std::string& name) {
  return OneLine(style.names == nullptr ? name : style.names->DisplayName(name));
}

void AddLine(std::string& text, absl::string_view label, const std::string& value) {
  if (!value.empty()) absl::StrAppend(&text, "  ", PadRight(label, kLabelWidth), value, "\n");
}

// Counts and amounts under each other, so that the eye can compare them.
class Figures {
 public:
  void Add(absl::string_view label, const TeamDashboard::Figure& figure) {
    if (figure.count() > 0) {
      rows_.push_back({std::string(label), FormatCount(figure.count()), Amounts(figure.amounts())});
    }
  }
  void AddAmounts(absl::string_view label,
                  const google::protobuf::RepeatedPtrField<google::type::Money>& amounts) {
    if (!amounts.empty()) rows_.push_back({std::string(label), "", Amounts(amounts)});
  }

  std::string Draw() const {
    int widest = 0;
    for (const Row& row : rows_) widest = std::max(widest, DisplayWidth(row.amounts));
    std::string text;
    for (const Row& row : rows_) {
      AddLine(text, row.label,
              absl::StrCat(PadLeft(row.count, kCountWidth), "  ", PadLeft(row.amounts, widest)));
    }
    return text;
  }

 private:
  struct Row {
    std::string label;
    std::string count;
    std::string amounts;
  };
  std::vector<Row> rows_;
};

std::string Weeks(const TeamDashboard& tile) {
  std::vector<int> counts;
  for (const auto& week : tile.weeks()) counts.push_back(week.opened_count());
  if (counts.empty()) return "";
  return absl::StrCat(Sparkline(counts), "  week ", tile.weeks(0).week_number(), " to ",
                      tile.weeks(tile.weeks_size() - 1).week_number(), ": ",
                      absl::StrJoin(counts, " "));
}

std::string Target(const TeamDashboard& tile) {
  if (!tile.has_monthly_target()) return "";
  return absl::StrCat(FormatMoney(tile.invoiced_this_month()), " of ",
                      FormatMoney(tile.monthly_target()), "  ",
                      LoadBar(tile.target_attainment_bp(), 10000, kBarWidth), " ",
                      FormatBasisPoints(tile.target_attainment_bp()));
}

// A line a month, under each measure.
void AddMonths(std::string& text, const TeamDashboard& tile) {
  for (const TeamDashboard::Month& month : tile.months()) {
    const std::string label =
        absl::StrFormat("%04d-%02d", month.start_date().year(), month.start_date().month());
    std::string value = absl::StrCat("issued ", FormatMoney(month.issued_net()), "  settled ",
                                     FormatMoney(month.settled_net()), "  received ",
                                     FormatMoney(month.received()));
    if (month.has_target()) {
      absl::StrAppend(&value, "  ", FormatBasisPoints(month.attainment_bp()), " of ",
                      FormatMoney(month.target()));
    }
    AddLine(text, label, value);
  }
}

void AddLoads(std::string& text, const TeamDashboard& tile, const Style& style) {
  int widest = 0;
  for (const auto& load : tile.loads()) {
    widest = std::max(widest, DisplayWidth(Named(style, load.member())));
  }
  for (const auto& load : tile.loads()) {
    const std::string bar =
        load.maximum_leads() > 0
            ? absl::StrCat(LoadBar(load.lead_count(), load.maximum_leads(), kBarWidth), " ",
                           load.lead_count(), "/", load.maximum_leads())
            : absl::StrCat(load.lead_count());
    absl::StrAppend(&text, "    ", PadRight(Named(style, load.member()), widest), "  open ",
                    PadLeft(FormatCount(load.open_opportunity_count()), kCountWidth - 2),
                    "  leads in 30 days ", bar, "\n");
  }
}

}  // namespace

std::string Sparkline(const std::vector<int>& counts) {
  static constexpr const char* kBlocks[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                            "\u2585", "\u2586", "\u2587", "\u2588"};
  const int highest = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  std::string line;
  for (const int count : counts) {
    if (count <= 0) {
      line += "_";
    } else {
      line += kBlocks[(static_cast<int64_t>(count) * 8 + highest - 1) / highest - 1];
    }
  }
  return line;
}

std::string LoadBar(int part, int whole, int width) {
  if (whole <= 0) return "";
  const bool over = part > whole;
  const auto filled =
      static_cast<int>(over ? width : static_cast<int64_t>(std::max(0, part)) * width / whole);
  std::string bar = Repeat("\u2588", filled) + Repeat("\u2591", width - filled);
  return over ? bar + "+" : bar;
}

std::string DrawTile(const TeamDashboard& tile, const Style& style) {
  std::string text = absl::StrCat(style.color ? "\033[1m" : "", tile.favorite() ? "* " : "",
                                  OneLine(tile.display_name()), style.color ? "\033[0m" : "");
  std::vector<std::string> leaders;
  for (const std::string& leader : tile.leaders()) leaders.push_back(Named(style, leader));
  if (!leaders.empty()) absl::StrAppend(&text, "  led by ", absl::StrJoin(leaders, ", "));
  absl::StrAppend(&text, "\n");
  Figures figures;
  figures.Add("open", tile.open());
  figures.AddAmounts("weighted", tile.weighted_revenue());
  figures.Add("overdue", tile.overdue());
  figures.Add("won", tile.won());
  figures.Add("lost", tile.lost());
  figures.Add("quotations", tile.quotations());
  figures.Add("orders", tile.sales_orders());
  figures.Add("to invoice", tile.orders_to_invoice());
  text += figures.Draw();
  AddLine(text, "target", Target(tile));
  AddMonths(text, tile);
  AddLine(text, "new per week", Weeks(tile));
  if (tile.unassigned_lead_count() > 0) {
    AddLine(text, "unassigned", Counted(tile.unassigned_lead_count(), "lead"));
  }
  AddLoads(text, tile, style);
  return text;
}

}  // namespace crm::ctl
