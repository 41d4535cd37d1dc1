// What DOCX, PPTX and XLSX share (Open Packaging Conventions, ECMA-376 part 2): parts in a ZIP archive, the relations between them, and the
// properties of the document. Tested by office_package_test.cc.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "reading.h"
#include "xml_stream.h"
#include "zip_archive.h"

namespace akin::documents {

struct Relationship {
  std::string type;    ///< the last word of its type: "slide", "styles", "officeDocument"
  std::string target;  ///< the part's name in the archive; empty for what lies outside of it
};

/// Gathers the properties that office files and books have as elements ("dc:title", "dcterms:created", "meta:keyword" …).
class PropertyReader : public XmlHandler {
 public:
  bool start(const XmlElement& element) override;
  void end(std::string_view name) override;
  void text(std::string_view text) override { value_ += text; }
  /// Title, author, dates, subject, keywords, description, language, as far as they are there.
  void apply(DocumentBuilder& builder) const;

 private:
  std::string value_;
  std::map<std::string, std::string> found_;
};

/// An OPC archive while it is read.
class OfficePackage {
 public:
  OfficePackage(std::string_view bytes, const Reading& reading) : archive_(bytes, reading), reading_(reading) {}
  OfficePackage(ZipArchive archive, const Reading& reading) : archive_(std::move(archive)), reading_(reading) {}

  ZipArchive& archive() noexcept { return archive_; }
  /// The relations of a part by their ids; of the package itself for "". None if it has none.
  std::map<std::string, Relationship, std::less<>> relationships(const std::string& part);
  /// The target of the part's relation of a type; empty if there is none or the archive lacks it.
  std::string related(const std::string& part, std::string_view type);
  /// The part that is the document; empty if there is none.
  std::string main_part();
  /// Streams a part to a handler.
  void read(const std::string& part, XmlHandler& handler);
  [[nodiscard]] PropertyReader properties();

 private:
  ZipArchive archive_;
  const Reading& reading_;
};

}  // namespace akin::documents
