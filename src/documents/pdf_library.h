// poppler, loaded at the first PDF: it brings some twenty shared libraries, 4 ms of every start of a program that may never read one.
// poppler's interface is C++, so that its functions are not asked for by name as libcurl's are; a module of our own (pdf_module.cc) is
// linked to it, whose bytes lie in this library, so that there is no file to install, to find or to lose. docs/adr/0014. Tested by
// pdf_library_test.cc.
#pragma once

#include "pdf_module.h"

namespace akin::documents {

struct PdfLibrary {
  ExtractPdf* extract = nullptr;
};

/// Loads it once a process. Throws Error{unsupported} saying what is missing, on every call until it can be loaded.
const PdfLibrary& pdf_library();

}  // namespace akin::documents
