// What the program and the module that stands on poppler (pdf_module.cc) have between them: one function, and what it writes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace akin::documents {

/// Of a record in the stream: a tag, the length of the payload (host order: both ends are one program), the payload.
enum class PdfTag : char {
  info = 'I',
  page = 'P',
  line = 'L',
  encrypted = 'E',
  broken = 'B',
  too_many_pages = 'N',
  no_memory = 'M',
  done = 'D'
};

inline constexpr std::size_t kPdfHeader = 1 + sizeof(std::uint32_t);

/// The type of the module's function kPdfFunction: writes the records of the PDF in `bytes` to the file descriptor `fd`, `done` at last.
/// Returns the status to leave the child with, 0 if the stream is whole. Throws nothing.
using ExtractPdf = int(const char* bytes, std::size_t size, std::size_t max_pages, int fd);
inline constexpr const char* kPdfFunction = "akin_extract_pdf";

}  // namespace akin::documents
