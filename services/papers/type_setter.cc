#include "services/papers/type_setter.h"

#include <algorithm>

namespace crm::services::papers {
namespace {

constexpr double kPointsPerInch = 72;  // a unit of the surface is a point
constexpr double kLeading = 1.18;      // of a line's own height

double Units(int pango) { return static_cast<double>(pango) / PANGO_SCALE; }

PangoRectangle Extents(PangoLayout* layout, int line) {
  PangoRectangle logical;
  pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, line), nullptr, &logical);
  return logical;
}

}  // namespace

int SetText::line_count() const { return pango_layout_get_line_count(layout_.get()); }

double SetText::LineHeight(int line) const {
  return Units(Extents(layout_.get(), line).height) * kLeading;
}

double SetText::height() const {
  double height = 0;
  for (int line = 0; line < line_count(); ++line) height += LineHeight(line);
  return height;
}

double SetText::width() const {
  int width = 0;
  for (int line = 0; line < line_count(); ++line) {
    width = std::max(width, Extents(layout_.get(), line).width);
  }
  return Units(width);
}

double SetText::Baseline() const { return -Units(Extents(layout_.get(), 0).y); }

void SetText::DrawLine(cairo_t* cairo, int line, double x, double y) const {
  const PangoRectangle logical = Extents(layout_.get(), line);
  const double spare = width_ - Units(logical.width);
  if (align_ == Align::kRight) x += spare;
  if (align_ == Align::kCenter) x += spare / 2;
  cairo_set_source_rgb(cairo, ink_.red, ink_.green, ink_.blue);
  cairo_move_to(cairo, x - Units(logical.x), y - Units(logical.y));
  pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(layout_.get(), line));
  cairo_new_path(cairo);  // text leaves a point behind, from which the next line would start
}

double SetText::Draw(cairo_t* cairo, double x, double y, int most_lines) const {
  const int lines = std::min(line_count(), most_lines);
  for (int line = 0; line < lines; ++line) {
    DrawLine(cairo, line, x, y);
    y += LineHeight(line);
  }
  return y;
}

TypeSetter::TypeSetter()
    : fonts_(pango_cairo_font_map_new()), context_(pango_font_map_create_context(fonts_.get())) {
  pango_cairo_context_set_resolution(context_.get(), kPointsPerInch);
  cairo_font_options_t* const options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context_.get(), options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(context_.get(), FALSE);
}

SetText TypeSetter::Set(absl::string_view text, const TextStyle& style, double width,
                        Align align) const {
  PangoLayout* const layout = pango_layout_new(context_.get());
  PangoFontDescription* const font = pango_font_description_new();
  pango_font_description_set_family(font, "sans-serif");
  pango_font_description_set_size(font, static_cast<int>(style.size * PANGO_SCALE));
  pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
  if (width > 0) {
    pango_layout_set_width(layout, static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  }
  return SetText(layout, width, align, style.ink);
}

}  // namespace crm::services::papers
