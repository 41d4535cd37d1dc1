// Which kind of document a ZIP archive is, told by what lies in it, and its reader. Tested by zip_reader_test.cc.
#include <array>

#include "office_package.h"
#include "readers.h"

namespace akin::documents {
namespace {

constexpr std::string_view kOpenDocument = "application/vnd.oasis.opendocument.";

/// Kinds of OpenDocument by media type, templates included.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOdfKinds = {{
    {"text", "odt"},
    {"text-template", "odt"},
    {"spreadsheet", "ods"},
    {"spreadsheet-template", "ods"},
    {"presentation", "odp"},
    {"presentation-template", "odp"},
}};

// What other archives hold, for refusals.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kOthers = {{
    {"META-INF/MANIFEST.MF", "a ZIP archive (JAR)"},
    {"AndroidManifest.xml", "a ZIP archive (APK)"},
    {"FixedDocumentSequence.fdseq", "a ZIP archive (XPS)"},
    {"index.xml", "a ZIP archive (iWork)"},
}};

/// The name of a document's first element.
class RootReader : public XmlHandler {
 public:
  bool start(const XmlElement& element) override {
    name = element.name();
    return false;
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}
  std::string name;
};

}  // namespace

std::vector<Document> read_zip(std::string_view bytes, Reading& reading) {
  OfficePackage package(bytes, reading);
  ZipArchive& archive = package.archive();
  const std::string type = archive.has("mimetype") ? std::string(trimmed(archive.read("mimetype"))) : "";
  if (type == "application/epub+zip" || (type.empty() && archive.has("META-INF/container.xml"))) return read_epub(archive, reading);
  if (type.starts_with(kOpenDocument)) {
    const std::string_view kind = tag_of(kOdfKinds, std::string_view(type).substr(kOpenDocument.size()), std::string_view{});
    if (!kind.empty()) return read_odf(archive, std::string(kind), reading);
    reading.fail(ErrorCode::unsupported, "is an OpenDocument file of type '" + type.substr(kOpenDocument.size(), 40) +
                                             "', akin reads text, spreadsheet and presentation");
  }
  if (const std::string part = package.main_part(); !part.empty()) {
    RootReader root;
    package.read(part, root);
    if (root.name == "w:document") return read_docx(package, part, reading);
    if (root.name == "p:presentation") return read_pptx(package, part, reading);
    if (root.name == "x:workbook") return read_xlsx(package, part, reading);
  }
  for (const auto& [entry, what] : kOthers)
    if (archive.has(entry)) reading.fail(ErrorCode::unsupported, "is " + std::string(what) + ", which akin does not read");
  reading.fail(ErrorCode::unsupported, "is a ZIP archive, which akin does not read");
}

}  // namespace akin::documents
