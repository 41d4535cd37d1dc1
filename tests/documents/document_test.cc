#include "akin/documents/document.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/throws.h"
#include "outline.h"
#include "tiny_pdf.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::outline;

TEST(Documents, ChooseTheReaderByContentAndName) {
  const std::array<std::array<std::string, 3>, 9> cases = {{{"a.txt", "text", "text"},
                                                            {"README", "text", "text"},
                                                            {"a.md", "# x", "markdown"},
                                                            {"a.html", "<p>x", "html"},
                                                            {"page", "<!doctype html><p>x", "html"},
                                                            {"a.py", "x = 1", "code"},
                                                            {"a.csv", "a,b\n1,2", "csv"},
                                                            {"a.jsonl", "{\"a\":1}", "jsonl"},
                                                            {"b.txt", testing::TinyPdf{{{{72, 700, 10, "x"}}}, "", ""}.bytes(), "pdf"}}};
  for (const auto& [name, bytes, format] : cases) {
    SCOPED_TRACE(name);
    const auto documents = read_documents(bytes, name);
    ASSERT_EQ(documents.size(), 1U);
    EXPECT_EQ(documents[0].format, format);
  }
}

TEST(Documents, CallAPlaceByTheNameThatTheirFormatHasForIt) {
  EXPECT_EQ(place_text("pdf", 3, 0), "page 3");
  EXPECT_EQ(place_text("pptx", 3, 0), "slide 3");
  EXPECT_EQ(place_text("odp", 1, 0), "slide 1");
  EXPECT_EQ(place_text("xlsx", 2, 14), "sheet 2, row 14");
  EXPECT_EQ(place_text("ods", 2, 14), "sheet 2, row 14");
  EXPECT_EQ(place_text("notebook", 4, 0), "cell 4");
  EXPECT_EQ(place_text("epub", 2, 0), "part 2");
  EXPECT_EQ(place_text("markdown", 0, 7), "line 7");
  EXPECT_EQ(place_text("docx", 0, 0), "");
}

TEST(Documents, AreRefusedWithTheReason) {
  expect_error(ErrorCode::corrupt, "a.docx: is a broken ZIP archive: it has no directory at its end, it may be cut short",
               [] { read_documents("PK\x03\x04..word/document.xml", "a.docx"); });
  const std::string locked("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 41);
  expect_error(ErrorCode::unsupported, "a.xlsx: is an encrypted Office file, which needs a password",
               [&] { read_documents(locked, "a.xlsx"); });
  expect_error(ErrorCode::unsupported, "a.bin: is binary data of an unknown kind", [] { read_documents(std::string(50, '\1'), "a.bin"); });
  expect_error(ErrorCode::corrupt, "a.pdf: has no PDF header", [] { read_documents("text", "a.pdf"); });
  expect_error(ErrorCode::limit, "a.txt: has 9 bytes, the bound is 8", [] { read_documents("123456789", "a.txt", {.max_file_bytes = 8}); });
  expect_error(ErrorCode::limit, "more text than the bound", [] { read_documents("123456789", "a.txt", {.max_text_bytes = 4}); });
  expect_error(ErrorCode::corrupt, "a.txt.gz: ", [] { read_documents("\x1F\x8B\x08 broken", "a.txt.gz"); });
  expect_error(ErrorCode::not_found, "no-such-file.txt", [] { read_documents(std::filesystem::path("no-such-file.txt")); });
}

TEST(Documents, OfNothingHoldNothing) {
  for (const char* name : {"a.txt", "a.md", "a.html", "a.py"}) {
    const auto documents = read_documents("", name);
    ASSERT_EQ(documents.size(), 1U) << name;
    EXPECT_TRUE(documents[0].blocks.empty()) << name;
  }
  EXPECT_TRUE(read_documents("", "a.csv").empty());
  EXPECT_TRUE(read_documents("", "a.jsonl").empty());
}

// Whatever the bytes, each format reads them or says why not.
TEST(Documents, OfStrangeBytesAreReadOrRefused) {
  std::string all_bytes;
  for (int i = 0; i < 4096; ++i) all_bytes += static_cast<char>(32 + (i * 37) % 224);
  const std::array<std::string, 6> inputs = {all_bytes,
                                             std::string(1'000'000, '<'),
                                             std::string(1'000'000, '&'),
                                             std::string(1'000'000, '"'),
                                             std::string(1'000'000, '\n'),
                                             std::string(1'000'000, '\x80')};
  for (const std::string& bytes : inputs) {
    for (const char* name : {"a.txt", "a.md", "a.html", "a.py", "a.csv", "a.tsv", "a.json", "a.jsonl"}) {
      SCOPED_TRACE(std::string(name) + " of " + bytes.substr(0, 1));
      try {
        for (const Document& document : read_documents(bytes, name)) EXPECT_FALSE(document.title.empty());
      } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()).rfind(name, 0), 0U) << error.what();
      }
    }
  }
}

TEST(Documents, NameTheirFormatsForHelp) { EXPECT_NE(supported_formats().find(".pdf"), std::string::npos); }

}  // namespace
}  // namespace akin
