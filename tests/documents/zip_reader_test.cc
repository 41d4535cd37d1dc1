#include <gtest/gtest.h>

#include <array>

#include "akin/documents/document.h"
#include "base/throws.h"
#include "golden_document.h"
#include "tiny_office.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::golden_document;
using akin::testing::tiny_docx;
using akin::testing::tiny_odf;
using akin::testing::TinyZip;

TEST(ZipReader, TellsTheKindByWhatLiesInTheArchive) {
  const std::string paragraph = "<w:p><w:r><w:t>x</w:t></w:r></w:p>";
  EXPECT_EQ(read_documents(tiny_docx(paragraph).bytes(), "no ending").at(0).format, "docx");
  EXPECT_EQ(read_documents(tiny_odf("text-template", "").bytes(), "a.zip").at(0).format, "odt");
  EXPECT_EQ(read_documents(golden_document("tea.epub"), "book").at(0).format, "epub");
}

TEST(ZipReader, NamesArchivesThatItDoesNotRead) {
  const std::array<std::pair<const char*, const char*>, 4> cases = {{
      {"META-INF/MANIFEST.MF", "a: is a ZIP archive (JAR), which akin does not read"},
      {"AndroidManifest.xml", "a: is a ZIP archive (APK), which"},
      {"photo.jpg", "a: is a ZIP archive, which akin does not read"},
      {"word/other.xml", "a: is a ZIP archive, which akin does not read"},
  }};
  for (const auto& [entry, message] : cases) {
    const std::string bytes = TinyZip{{entry, "x"}}.bytes();
    expect_error(ErrorCode::unsupported, message, [&] { read_documents(bytes, "a"); });
  }
}

// A broken office file is read or refused, whichever byte is wrong.
TEST(ZipReader, SurvivesEveryFlippedByteAndTruncation) {
  for (const char* name : {"tea.docx", "tea.odt", "tea.epub"}) {
    const std::string bytes = golden_document(name);
    for (std::size_t i = 0; i < bytes.size(); i += 41) {
      std::string flipped = bytes;
      flipped[i] = static_cast<char>(flipped[i] ^ 0x55);
      for (const std::string& broken : {flipped, bytes.substr(0, i)}) {
        try {
          for (const Document& document : read_documents(broken, name)) EXPECT_FALSE(document.title.empty());
        } catch (const Error& error) {
          EXPECT_EQ(std::string(error.what()).rfind(name, 0), 0U) << error.what();
        }
      }
    }
  }
}

}  // namespace
}  // namespace akin::documents
