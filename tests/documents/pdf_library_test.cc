#include "pdf_library.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

namespace akin::documents {
namespace {

TEST(PdfLibrary, IsLoadedOnceAndAnswers) {
  const PdfLibrary& library = pdf_library();
  ASSERT_NE(library.extract, nullptr);
  EXPECT_EQ(&pdf_library(), &library);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  EXPECT_EQ(library.extract("no PDF", 6, 10, ends[1]), 0);
  ::close(ends[1]);
  std::string stream(64, '\0');
  const ssize_t n = ::read(ends[0], stream.data(), stream.size());
  ::close(ends[0]);
  ASSERT_EQ(n, static_cast<ssize_t>(2 * kPdfHeader)) << "a record that it is broken, and one that it is done, without payloads";
  EXPECT_EQ(stream[0], static_cast<char>(PdfTag::broken));
  EXPECT_EQ(stream[kPdfHeader], static_cast<char>(PdfTag::done));
}

}  // namespace
}  // namespace akin::documents
