// Office files of a few parts, so that a test shows the markup that it is about.
#pragma once

#include <string>

#include "tiny_zip.h"

namespace akin::testing {

inline std::string relations(const std::string& rows) {
  return "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>" + rows + "</Relationships>";
}

inline std::string relation(const std::string& id, const std::string& type, const std::string& target) {
  return "<Relationship Id='" + id + "' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/" + type + "' Target='" +
         target + "'/>";
}

/// A DOCX of this body; `styles` are the w:style elements.
inline TinyZip tiny_docx(const std::string& body, const std::string& styles = "") {
  const std::string space =
      "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' "
      "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'";
  return {{"_rels/.rels", relations(relation("r1", "officeDocument", "word/document.xml"))},
          {"word/document.xml", "<w:document " + space + "><w:body>" + body + "</w:body></w:document>"},
          {"word/_rels/document.xml.rels", relations(relation("r1", "styles", "styles.xml"))},
          {"word/styles.xml", "<w:styles " + space + ">" + styles + "</w:styles>"}};
}

/// An OpenDocument file; `kind` is "text", "spreadsheet" or "presentation", `body` what lies in it.
inline TinyZip tiny_odf(const std::string& kind, const std::string& body, const std::string& styles = "") {
  std::string space;
  for (const char* name : {"office", "text", "table", "style", "presentation", "meta", "manifest"})
    space += std::string(" xmlns:") + name + "='urn:oasis:names:tc:opendocument:xmlns:" + name + ":1.0'";
  space += " xmlns:draw='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0'";
  TinyZip zip;
  zip.add("mimetype", "application/vnd.oasis.opendocument." + kind, false);
  zip.add("content.xml", "<office:document-content" + space + "><office:automatic-styles>" + styles +
                             "</office:automatic-styles><office:body><office:" + kind + ">" + body + "</office:" + kind +
                             "></office:body></office:document-content>");
  return zip;
}

}  // namespace akin::testing
