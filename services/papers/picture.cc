#include "services/papers/picture.h"

#include <cairo.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/papers/figures.h"

namespace crm::services::papers {
namespace {

constexpr int kPixelsPerUnit = 2;
constexpr const char* kDashes = "6 4";

// Not "1.50" but "1.5": exact to a hundredth of a unit.
std::string Number(double value) {
  std::string text = absl::StrFormat("%.2f", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string ColorText(Color color) { return absl::StrFormat("#%06X", color); }

// Without what XML does not know: control characters, and U+FFFE and U+FFFF.
std::string Escaped(absl::string_view text) {
  std::string escaped;
  for (const char c : OnOneLine(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  for (const char* bad : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (size_t at = escaped.find(bad); at != std::string::npos; at = escaped.find(bad, at)) {
      escaped.erase(at, 3);
    }
  }
  return escaped;
}

struct SvgWriter {
  std::string& out;

  void operator()(const Box& box) const {
    absl::StrAppend(&out, "<rect x=\"", Number(box.corner.x), "\" y=\"", Number(box.corner.y),
                    "\" width=\"", Number(box.width), "\" height=\"", Number(box.height),
                    "\" fill=\"", ColorText(box.fill), "\"/>\n");
  }
  void operator()(const Outline& outline) const {
    absl::StrAppend(&out, "<", outline.width > 0 ? "polyline" : "polygon", " points=\"");
    for (const Point& point : outline.points) {
      absl::StrAppend(&out, Number(point.x), ",", Number(point.y), " ");
    }
    out.back() = '"';
    if (outline.width > 0) {
      absl::StrAppend(&out, " fill=\"none\" stroke=\"", ColorText(outline.color),
                      "\" stroke-width=\"", Number(outline.width), "\" stroke-linejoin=\"round\"");
      if (outline.dashed) absl::StrAppend(&out, " stroke-dasharray=\"", kDashes, "\"");
    } else {
      absl::StrAppend(&out, " fill=\"", ColorText(outline.color), "\"");
    }
    absl::StrAppend(&out, "/>\n");
  }
  void operator()(const Dot& dot) const {
    absl::StrAppend(&out, "<circle cx=\"", Number(dot.center.x), "\" cy=\"", Number(dot.center.y),
                    "\" r=\"", Number(dot.radius), "\" fill=\"", ColorText(dot.fill), "\"/>\n");
  }
  void operator()(const Label& label) const {
    const char* anchor = label.align == Align::kLeft     ? "start"
                         : label.align == Align::kCenter ? "middle"
                                                         : "end";
    absl::StrAppend(
        &out, "<text x=\"", Number(label.at.x), "\" y=\"", Number(label.at.y), "\" font-size=\"",
        Number(label.size), "\" text-anchor=\"", anchor, "\" fill=\"", ColorText(label.color), "\"",
        label.bold ? " font-weight=\"bold\"" : "", ">", Escaped(label.text), "</text>\n");
  }
};

struct PngWriter {
  cairo_t* cairo;
  const TypeSetter& setter;

  void Choose(Color color) const {
    constexpr double kFull = 255;
    cairo_set_source_rgb(cairo, ((color >> 16) & 0xFF) / kFull, ((color >> 8) & 0xFF) / kFull,
                         (color & 0xFF) / kFull);
  }
  void operator()(const Box& box) const {
    Choose(box.fill);
    cairo_rectangle(cairo, box.corner.x, box.corner.y, box.width, box.height);
    cairo_fill(cairo);
  }
  void operator()(const Outline& outline) const {
    Choose(outline.color);
    for (const Point& point : outline.points) cairo_line_to(cairo, point.x, point.y);
    if (outline.width <= 0) return cairo_fill(cairo);
    const double dashes[] = {6, 4};
    cairo_set_dash(cairo, dashes, outline.dashed ? 2 : 0, 0);
    cairo_set_line_width(cairo, outline.width);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(cairo);
  }
  void operator()(const Dot& dot) const {
    Choose(dot.fill);
    cairo_arc(cairo, dot.center.x, dot.center.y, dot.radius, 0, 6.2832);
    cairo_fill(cairo);
  }
  void operator()(const Label& label) const {
    constexpr double kFull = 255;
    const Ink ink = {((label.color >> 16) & 0xFF) / kFull, ((label.color >> 8) & 0xFF) / kFull,
                     (label.color & 0xFF) / kFull};
    const SetText text = setter.Set(OnOneLine(label.text), {label.size, label.bold, ink});
    double x = label.at.x;
    if (label.align == Align::kCenter) x -= text.width() / 2;
    if (label.align == Align::kRight) x -= text.width();
    text.DrawLine(cairo, 0, x, label.at.y - text.Baseline());
  }
};

cairo_status_t Append(void* out, const unsigned char* bytes, unsigned int size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

struct Release {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};

// The code point that begins at `at`, and how many bytes it has; of bad bytes one.
size_t LengthAt(absl::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return end - at;
}

// Of one code point in text of size 1. From U+1100 on, letters are as wide as high.
double RoomOf(absl::string_view letter, bool bold) {
  const bool wide =
      letter.size() > 3 || (letter.size() == 3 && static_cast<unsigned char>(letter[0]) != 0xE2 &&
                            letter > absl::string_view("\xE1\x84"));
  if (wide) return 1.05;
  const bool narrow = letter == " " || letter == "." || letter == "," || letter == "i" ||
                      letter == "l" || letter == "-" || letter == "|";
  if (narrow) return bold ? 0.42 : 0.37;
  const bool broad = letter == "m" || letter == "w" || letter == "M" || letter == "W";
  if (broad) return bold ? 1.1 : 1.0;
  return bold ? 0.74 : 0.66;
}

}  // namespace

std::string SvgOf(const Picture& picture) {
  std::string svg = absl::StrCat(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ",
      Number(kPictureWidth), " ", Number(kPictureHeight), "\" width=\"", Number(kPictureWidth),
      "\" height=\"", Number(kPictureHeight),
      "\" font-family=\"sans-serif\" role=\"img\">\n<title>", Escaped(picture.title), "</title>\n");
  for (const Shape& shape : picture.shapes) std::visit(SvgWriter{svg}, shape);
  return absl::StrCat(svg, "</svg>\n");
}

absl::StatusOr<std::string> PngOf(const Picture& picture) {
  std::string png;
  const std::unique_ptr<cairo_surface_t, Release> surface(cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, static_cast<int>(kPictureWidth) * kPixelsPerUnit,
      static_cast<int>(kPictureHeight) * kPixelsPerUnit));
  {
    const TypeSetter setter;
    const std::unique_ptr<cairo_t, Release> cairo(cairo_create(surface.get()));
    cairo_scale(cairo.get(), kPixelsPerUnit, kPixelsPerUnit);
    for (const Shape& shape : picture.shapes) std::visit(PngWriter{cairo.get(), setter}, shape);
  }
  const cairo_status_t status = cairo_surface_write_to_png_stream(surface.get(), &Append, &png);
  if (status != CAIRO_STATUS_SUCCESS) return absl::InternalError(cairo_status_to_string(status));
  return png;
}

double RoomFor(absl::string_view text, double size, bool bold) {
  double room = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t length = LengthAt(text, at);
    room += RoomOf(text.substr(at, length), bold) * size;
    at += length;
  }
  return room;
}

std::string Shortened(absl::string_view text, double size, double room, bool bold) {
  const std::string line = OnOneLine(text);
  if (RoomFor(line, size, bold) <= room) return line;
  double taken = size;  // of the ellipsis
  size_t end = 0;
  while (end < line.size()) {
    const size_t length = LengthAt(line, end);
    taken += RoomOf(absl::string_view(line).substr(end, length), bold) * size;
    if (taken > room) break;
    end += length;
  }
  while (end > 0 && line[end - 1] == ' ') --end;
  return line.substr(0, end) + "…";
}

}  // namespace crm::services::papers
