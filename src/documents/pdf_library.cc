#include "pdf_library.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <span>
#include <string>

#include "akin/base/error.h"

// The module's file as it lies, between two names. AKIN_PDF_MODULE is its path in the build folder.
__asm__(
    ".pushsection .rodata\n"
    ".balign 16\n"
    ".global akin_pdf_module_begin\n"
    ".hidden akin_pdf_module_begin\n"
    "akin_pdf_module_begin:\n"
    ".incbin \"" AKIN_PDF_MODULE
    "\"\n"
    ".global akin_pdf_module_end\n"
    ".hidden akin_pdf_module_end\n"
    "akin_pdf_module_end:\n"
    ".popsection\n");
extern "C" {
extern const char akin_pdf_module_begin[] __attribute__((visibility("hidden")));
extern const char akin_pdf_module_end[] __attribute__((visibility("hidden")));
}

namespace akin::documents {
namespace {

/// A file without a name, in memory.
struct MemoryFile {
  int fd = ::memfd_create("akin_pdf", MFD_CLOEXEC);
  ~MemoryFile() {
    if (fd >= 0) ::close(fd);
  }
};

void append(int fd, std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n <= 0) throw_errno("the PDF module", "write it to memory");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

PdfLibrary load() {
  const MemoryFile file;
  if (file.fd < 0) throw_errno("the PDF module", "make a file in memory for it");
  append(file.fd, {akin_pdf_module_begin, akin_pdf_module_end});
  // Never closed: poppler keeps what it has set up to the end of the process.
  void* module = ::dlopen(("/proc/self/fd/" + std::to_string(file.fd)).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr)
    throw Error(ErrorCode::unsupported, std::string("PDF cannot be read here; is the package libpoppler-cpp0v5 installed? ") + ::dlerror());
  PdfLibrary library{reinterpret_cast<ExtractPdf*>(::dlsym(module, kPdfFunction))};
  if (library.extract == nullptr) throw Error(ErrorCode::unsupported, std::string("the PDF module has no function ") + kPdfFunction);
  return library;
}

}  // namespace

const PdfLibrary& pdf_library() {
  static const PdfLibrary library = load();
  return library;
}

}  // namespace akin::documents
