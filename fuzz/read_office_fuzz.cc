// Any bytes as the main part of an office file in a sound archive: the first byte chooses the kind.
#include "../tests/documents/tiny_office.h"
#include "read_documents_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string part(reinterpret_cast<const char*>(data) + 1, size - 1);
  akin::testing::TinyZip zip;
  switch (data[0] % 8) {
    case 0:
      zip = akin::testing::tiny_docx(part);
      break;
    case 1:
      zip = akin::testing::tiny_odf("text", part);
      break;
    case 2:
      zip = akin::testing::tiny_odf("spreadsheet", part);
      break;
    case 3:
      zip = akin::testing::tiny_odf("presentation", part);
      break;
    case 4:
      zip = akin::testing::tiny_xlsx(part);
      break;
    case 5:
      zip = akin::testing::tiny_xlsx("<x:row><x:c t='s' s='1'><x:v>1</x:v></x:c></x:row>", part, part);
      break;
    case 6:
      zip = akin::testing::tiny_pptx({part, part});
      break;
    default:
      zip.add("mimetype", "application/epub+zip", false);
      zip.add("META-INF/container.xml", part);
      zip.add("book.opf", part);
  }
  const std::string bytes = zip.bytes();
  akin::fuzz::read_as("fuzz.office", reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return 0;
}
