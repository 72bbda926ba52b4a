#include "services/papers/pdf.h"

#include <cairo-pdf.h>

#include <algorithm>
#include <memory>
#include <numbers>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/reason.h"
#include "services/papers/pages.h"
#include "services/papers/pdf_table.h"
#include "services/papers/type_setter.h"

namespace crm::services::papers {
namespace {

constexpr double kWidth = 595.276;  // A4
constexpr double kHeight = 841.89;
constexpr double kLeft = 57;  // 2 cm
constexpr double kRight = kWidth - 48;
constexpr double kTop = 45;
constexpr double kBottom = kHeight - 66;
constexpr double kFooterY = kHeight - 46;
constexpr double kAddressY = 132;  // where the window of an envelope shows it
constexpr double kFactsX = 340;
constexpr double kOverhang = 6;  // of the table: its text is flush with the rest
constexpr double kTotalsX = 300;
constexpr int kMostHeaderLines = 20;  // of the letterhead, of the address
constexpr size_t kMostBytes = 3 << 20;

struct SurfaceRelease {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};

cairo_status_t Append(void* out, const unsigned char* bytes, unsigned int size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

// Lays out one paper and draws it.
class PdfDrawing {
 public:
  explicit PdfDrawing(const Paper& paper)
      : paper_(paper), table_(paper, setter_, kLeft - kOverhang, kRight + kOverhang) {}

  absl::StatusOr<Pdf> Draw();

 private:
  void AddHeader();
  void AddTotals();
  void AddText(const std::string& text, double above);
  void DrawPage(cairo_t* cairo, const Page& page, int number, size_t count) const;
  void DrawWatermark(cairo_t* cairo) const;
  void DrawFooter(cairo_t* cairo, int number, size_t count) const;
  // From `y` down; answer with where they end. Without a surface they only measure.
  double DrawSender(cairo_t* cairo, double y) const;
  double DrawAddress(cairo_t* cairo, double y) const;
  double DrawFacts(cairo_t* cairo, double y) const;
  double DrawTitle(cairo_t* cairo, double y) const;

  const Paper& paper_;
  const TypeSetter setter_;
  const PdfTable table_;
  std::vector<Strip> strips_;
};

// Draws, or without a surface only measures.
double Put(cairo_t* cairo, const SetText& text, double x, double y, int most_lines = 1 << 20) {
  if (cairo != nullptr) return text.Draw(cairo, x, y, most_lines);
  for (int line = 0; line < std::min(text.line_count(), most_lines); ++line) {
    y += text.LineHeight(line);
  }
  return y;
}

double PdfDrawing::DrawSender(cairo_t* cairo, double y) const {
  const double name_end =
      Put(cairo, setter_.Set(paper_.sender_name, {15, /*bold=*/true}, 250), kLeft, y);
  const double details_end =
      Put(cairo, setter_.Set(paper_.letterhead, {8, false, kGray}, kRight - kFactsX, Align::kLeft),
          kFactsX, y + 3, kMostHeaderLines);
  return std::max(name_end, details_end);
}

double PdfDrawing::DrawAddress(cairo_t* cairo, double y) const {
  int left = kMostHeaderLines;
  for (const std::string& line : paper_.recipient) {
    const SetText text = setter_.Set(line, {10}, kFactsX - kLeft - 24);
    if (left > 0) y = Put(cairo, text, kLeft, y, left);
    left -= text.line_count();
  }
  return y;
}

double PdfDrawing::DrawFacts(cairo_t* cairo, double y) const {
  double label_width = 0;
  for (const PaperFact& fact : paper_.facts) {
    label_width = std::max(label_width, setter_.Set(fact.label, {9, false, kGray}).width());
  }
  const double value_x = kFactsX + label_width + 12;
  for (const PaperFact& fact : paper_.facts) {
    Put(cairo, setter_.Set(fact.label, {9, false, kGray}), kFactsX, y);
    y = Put(cairo, setter_.Set(fact.value, {9}, kRight - value_x), value_x, y) + 2;
  }
  return y;
}

double PdfDrawing::DrawTitle(cairo_t* cairo, double y) const {
  y = Put(cairo, setter_.Set(paper_.title, {17, /*bold=*/true}, kRight - kLeft), kLeft, y);
  if (!paper_.subject.empty()) {
    y = Put(cairo, setter_.Set(paper_.subject, {11, false, kGray}, kRight - kLeft), kLeft, y + 2);
  }
  return y;
}

// All that stands above the table, in one strip.
void PdfDrawing::AddHeader() {
  const auto draw = [this](cairo_t* cairo, double y) {
    const double sender_end = DrawSender(cairo, y);
    const double address_y = std::max(kAddressY, sender_end + 22);
    const double address_end = DrawAddress(cairo, address_y);
    const double facts_end = DrawFacts(cairo, address_y);
    const double title_y = std::max({address_end, facts_end, address_y + 74}) + 30;
    return DrawTitle(cairo, title_y) + 14;
  };
  strips_.push_back({.height = draw(nullptr, kTop) - kTop,
                     .draw = [draw](cairo_t* cairo, double y) { draw(cairo, y); },
                     .joined = true});
}

void PdfDrawing::AddTotals() {
  strips_.push_back({.height = 6, .draw = [](cairo_t*, double) {}, .joined = true});
  for (size_t i = 0; i < paper_.totals.size(); ++i) {
    const PaperTotal& total = paper_.totals[i];
    const TextStyle style = {total.strong ? 11.0 : 9.0, total.strong};
    const SetText amount = setter_.Set(total.amount, style);
    const double amount_x = kRight - amount.width();
    const double width = std::max(amount_x - 14 - kTotalsX, 60.0);
    const SetText label = setter_.Set(total.label, style, width);
    const double above = total.strong ? 7 : 2;
    strips_.push_back({.height = label.height() + above + 2,
                       .draw =
                           [=, strong = total.strong](cairo_t* cairo, double y) {
                             if (strong) {
                               cairo_set_source_rgb(cairo, kBlack.red, kBlack.green, kBlack.blue);
                               cairo_set_line_width(cairo, 0.9);
                               cairo_move_to(cairo, kTotalsX, y + 3);
                               cairo_line_to(cairo, kRight, y + 3);
                               cairo_stroke(cairo);
                             }
                             label.Draw(cairo, kTotalsX, y + above);
                             amount.Draw(cairo, amount_x, y + above);
                           },
                       .joined = i + 1 < paper_.totals.size()});
  }
}

// Line by line, so that it may go over to the next sheet.
void PdfDrawing::AddText(const std::string& text, double above) {
  if (text.empty()) return;
  const SetText set = setter_.Set(text, {9}, kRight - kLeft);
  strips_.push_back({.height = above, .draw = [](cairo_t*, double) {}, .joined = true});
  for (int line = 0; line < set.line_count(); ++line) {
    strips_.push_back(
        {.height = set.LineHeight(line),
         .draw = [set, line](cairo_t* cairo, double y) { set.DrawLine(cairo, line, kLeft, y); }});
  }
}

void PdfDrawing::DrawWatermark(cairo_t* cairo) const {
  if (paper_.watermark.empty()) return;
  const SetText text = setter_.Set(paper_.watermark, {96, /*bold=*/true, {0.92, 0.92, 0.93}});
  cairo_save(cairo);
  cairo_translate(cairo, kWidth / 2, kHeight / 2);
  cairo_rotate(cairo, -std::numbers::pi / 4);
  text.Draw(cairo, -text.width() / 2, -text.height() / 2);
  cairo_restore(cairo);
}

void PdfDrawing::DrawFooter(cairo_t* cairo, int number, size_t count) const {
  const TextStyle style = {8, false, kGray};
  cairo_set_source_rgb(cairo, 0.8, 0.8, 0.82);
  cairo_set_line_width(cairo, 0.5);
  cairo_move_to(cairo, kLeft, kFooterY - 6);
  cairo_line_to(cairo, kRight, kFooterY - 6);
  cairo_stroke(cairo);
  setter_.Set(absl::StrCat(paper_.sender_name, " · ", paper_.title), style, 380)
      .Draw(cairo, kLeft, kFooterY, 1);
  setter_.Set(absl::StrCat("Page ", number, " of ", count), style, 100, Align::kRight)
      .Draw(cairo, kRight - 100, kFooterY);
}

void PdfDrawing::DrawPage(cairo_t* cairo, const Page& page, int number, size_t count) const {
  DrawWatermark(cairo);
  if (page.head_y >= 0) table_.DrawHead(cairo, page.head_y);
  if (!page.brought.empty()) {
    table_.DrawCarry(cairo, "Brought forward", page.brought, page.brought_y);
  }
  for (const Placed& placed : page.strips) placed.strip->draw(cairo, placed.y);
  if (!page.carried.empty()) {
    table_.DrawCarry(cairo, "Carried forward", page.carried, page.carried_y);
  }
  DrawFooter(cairo, number, count);
  cairo_show_page(cairo);
}

absl::StatusOr<Pdf> PdfDrawing::Draw() {
  AddHeader();
  table_.AppendStrips(strips_);
  AddTotals();
  AddText(paper_.closing, 16);
  AddText(paper_.note, 12);
  const std::vector<Page> pages = Paginate(strips_, {.top = kTop,
                                                     .bottom = kBottom,
                                                     .head_height = table_.head_height(),
                                                     .carry_height = table_.carry_height()});
  Pdf pdf;
  pdf.page_count = static_cast<int>(pages.size());
  const std::unique_ptr<cairo_surface_t, SurfaceRelease> surface(
      cairo_pdf_surface_create_for_stream(&Append, &pdf.content, kWidth, kHeight));
  const auto note = [&](cairo_pdf_metadata_t field, const std::string& text) {
    cairo_pdf_surface_set_metadata(surface.get(), field, text.c_str());
  };
  note(CAIRO_PDF_METADATA_TITLE, paper_.title);
  note(CAIRO_PDF_METADATA_AUTHOR, paper_.sender_name);
  note(CAIRO_PDF_METADATA_CREATE_DATE,
       absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", paper_.instant, absl::UTCTimeZone()));
  {
    const std::unique_ptr<cairo_t, SurfaceRelease> cairo(cairo_create(surface.get()));
    for (size_t i = 0; i < pages.size(); ++i) {
      DrawPage(cairo.get(), pages[i], static_cast<int>(i) + 1, pages.size());
    }
  }
  cairo_surface_finish(surface.get());
  const cairo_status_t status = cairo_surface_status(surface.get());
  if (status != CAIRO_STATUS_SUCCESS) return absl::InternalError(cairo_status_to_string(status));
  if (pdf.content.size() > kMostBytes) {
    return WithReason(absl::StatusCode::kResourceExhausted, "PAPER_TOO_LARGE",
                      "the document is too long to be printed in one piece",
                      {{"maximum_bytes", absl::StrCat(kMostBytes)}});
  }
  return pdf;
}

}  // namespace

absl::StatusOr<Pdf> DrawPdf(const Paper& paper) { return PdfDrawing(paper).Draw(); }

}  // namespace crm::services::papers
