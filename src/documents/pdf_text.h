// Text out of PDF by poppler, in a child process. Tested by pdf_text_test.cc.
//
// poppler may crash, hang or eat memory on hostile files. The extraction runs in a child made by fork(), with bounds on memory, CPU time
// and wall-clock time, that writes what it finds to a pipe; whatever befalls the child becomes an Error here. Why fork() without exec() is
// sound in a program with threads: the child has one thread; glibc's fork handlers leave malloc and stdio usable in it; the child touches
// no lock of ours, and none of poppler's can be held since akin calls poppler in such children only. It closes every inherited descriptor
// first, so that locks of the parent do not live on in it, dies with its parent, and leaves by _exit().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reading.h"

namespace akin::documents {

struct PdfLine {
  std::string text;
  float font_size = 0;  ///< of most of its characters, in points; 0 if not known
  bool new_paragraph = false;
};

struct PdfText {
  std::vector<std::pair<std::string, std::string>> info;  ///< title, author, …
  std::vector<std::vector<PdfLine>> pages;
};

/// Throws Error{unsupported} for an encrypted file, Error{corrupt} for a broken one (or one that crashes poppler), Error{limit}.
PdfText extract_pdf(std::string_view bytes, const Reading& reading);

}  // namespace akin::documents
