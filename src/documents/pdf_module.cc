// The only code that calls poppler: text boxes of pages, put together to lines. It is linked to a shared module of its own, which the
// library carries in itself and loads at the first PDF (pdf_library.h). It runs in a child process (pdf_text.h) and takes no lock of
// akin's. Tested by pdf_text_test.cc.
#include "pdf_module.h"

#include <poppler/cpp/poppler-document.h>
#include <poppler/cpp/poppler-page.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace akin::documents {
namespace {

class PipeWriter {
 public:
  explicit PipeWriter(int fd) : fd_(fd) {}
  void write(PdfTag tag, std::string_view payload = {}) {
    const auto size = static_cast<std::uint32_t>(payload.size());
    buffer_ += static_cast<char>(tag);
    buffer_.append(reinterpret_cast<const char*>(&size), sizeof size);
    buffer_ += payload;
    if (buffer_.size() > (1U << 15) || tag == PdfTag::done) flush();
  }
  void flush() {
    for (std::size_t at = 0; at < buffer_.size();) {
      const ssize_t n = ::write(fd_, buffer_.data() + at, buffer_.size() - at);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) _exit(2);  // the parent has given up
      at += static_cast<std::size_t>(n);
    }
    buffer_.clear();
  }

 private:
  int fd_;
  std::string buffer_;
};

std::string to_utf8(const poppler::ustring& text) {
  const poppler::byte_array bytes = text.to_utf8();
  return {bytes.data(), bytes.size()};
}

/// Puts the words of a page together to lines, by where they stand.
class LineBuilder {
 public:
  explicit LineBuilder(PipeWriter& out) : out_(out) {}

  void add(const poppler::text_box& box) {
    const poppler::rectf place = box.bbox();
    const double size = box.has_font_info() ? box.get_font_size() : 0;
    const double height = std::max(place.height(), 1.0);
    const bool same_line =
        !text_.empty() && std::abs(middle(place) - middle(last_)) < 0.5 * std::max(height, last_.height()) && place.x() >= last_.x();
    if (!same_line) {
      flush();
      const double gap = place.y() - last_.y();
      new_paragraph_ =
          !any_ || gap < -height || gap > 1.6 * std::max(height, last_.height()) || std::abs(size - size_) > 0.1 * std::max(size, size_);
      size_ = size;
    } else if (space_after_ || place.x() - last_.right() > 0.15 * height) {
      text_ += ' ';
    }
    text_ += to_utf8(box.text());
    space_after_ = box.has_space_after();
    last_ = place;
    any_ = true;
  }

  void flush() {
    if (text_.empty()) return;
    const auto size = static_cast<float>(size_);
    std::string payload(reinterpret_cast<const char*>(&size), sizeof size);
    payload += new_paragraph_ ? '\1' : '\0';
    payload += text_;
    out_.write(PdfTag::line, payload);
    text_.clear();
    space_after_ = false;
  }

 private:
  static double middle(const poppler::rectf& place) { return place.y() + place.height() / 2; }

  PipeWriter& out_;
  std::string text_;
  poppler::rectf last_;
  double size_ = 0;
  bool space_after_ = false;
  bool new_paragraph_ = true;
  bool any_ = false;
};

void extract(std::string_view bytes, std::size_t max_pages, PipeWriter& out) {
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
  const std::unique_ptr<poppler::document> document(poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
  if (document == nullptr) return out.write(PdfTag::broken);
  if (document->is_locked()) return out.write(PdfTag::encrypted);
  const int n_pages = document->pages();
  if (n_pages > 0 && static_cast<std::size_t>(n_pages) > max_pages) return out.write(PdfTag::too_many_pages, std::to_string(n_pages));
  const auto info = [&](const char* key, const poppler::ustring& value) {
    const std::string text = to_utf8(value);
    if (!text.empty()) out.write(PdfTag::info, std::string(key) + '\0' + text);
  };
  info("title", document->get_title());
  info("author", document->get_author());
  info("subject", document->get_subject());
  info("keywords", document->get_keywords());
  for (int i = 0; i < n_pages; ++i) {
    out.write(PdfTag::page);
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    if (page == nullptr) continue;
    LineBuilder lines(out);
    for (const poppler::text_box& box : page->text_list(poppler::page::text_list_include_font)) lines.add(box);
    lines.flush();
  }
}

}  // namespace
}  // namespace akin::documents

extern "C" __attribute__((visibility("default"))) int akin_extract_pdf(const char* bytes, std::size_t size, std::size_t max_pages, int fd) {
  using namespace akin::documents;
  try {
    PipeWriter out(fd);
    try {
      extract({bytes, size}, max_pages, out);
    } catch (const std::bad_alloc&) {
      out.write(PdfTag::no_memory);
    }
    out.write(PdfTag::done);
    return 0;
  } catch (...) {
    return 3;
  }
}
