// TypeSetter: lines of text in any script, set with Pango and drawn with cairo. Fonts are whatever
// fontconfig finds for "sans-serif"; outlines are not hinted, so that the same text has the same
// width at every size.
//
// One drawing has a TypeSetter of its own; not thread-safe. Different ones are independent.
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace crm::services::papers {

struct Ink {
  double red = 0;
  double green = 0;
  double blue = 0;
};

inline constexpr Ink kBlack = {0.1, 0.1, 0.1};
inline constexpr Ink kGray = {0.4, 0.4, 0.4};

struct TextStyle {
  double size = 9;  // in units of the surface
  bool bold = false;
  Ink ink = kBlack;
};

enum class Align { kLeft, kCenter, kRight };

// Text that is set: some lines of one width. Drawn line by line, so that a page may end between.
class SetText {
 public:
  int line_count() const;
  // Of one line, leading included.
  double LineHeight(int line) const;
  double height() const;
  // Of the widest line.
  double width() const;
  // From the top of the first line down to its base line.
  double Baseline() const;
  // Draws one line, `y` being the top of it.
  void DrawLine(cairo_t* cairo, int line, double x, double y) const;
  // Draws the first `most_lines` of them from `y` down; answers with where they end.
  double Draw(cairo_t* cairo, double x, double y, int most_lines = 1 << 20) const;

 private:
  friend class TypeSetter;
  struct Release {
    void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  };

  SetText(PangoLayout* layout, double width, Align align, Ink ink)
      : layout_(layout, Release()), width_(width), align_(align), ink_(ink) {}

  std::shared_ptr<PangoLayout> layout_;
  double width_;  // to align in; not positive: as wide as the text
  Align align_;
  Ink ink_;
};

class TypeSetter {
 public:
  TypeSetter();

  // Wrapped at `width`, within words where one is longer; not positive: never wrapped.
  SetText Set(absl::string_view text, const TextStyle& style, double width = 0,
              Align align = Align::kLeft) const;

 private:
  struct Release {
    void operator()(gpointer object) const { g_object_unref(object); }
  };
  std::unique_ptr<PangoFontMap, Release> fonts_;
  std::unique_ptr<PangoContext, Release> context_;
};

}  // namespace crm::services::papers
