// Office files of a few parts, so that a test shows the markup that it is about.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

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

/// An XLSX of one sheet "S"; rows, shared strings and styles are in the name space "x".
inline TinyZip tiny_xlsx(const std::string& rows, const std::string& strings = "", const std::string& styles = "") {
  const std::string space =
      " xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main' "
      "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>";
  return {
      {"_rels/.rels", relations(relation("r1", "officeDocument", "xl/workbook.xml"))},
      {"xl/workbook.xml", "<x:workbook" + space + "<x:sheets><x:sheet name='S' r:id='r1'/></x:sheets></x:workbook>"},
      {"xl/_rels/workbook.xml.rels", relations(relation("r1", "worksheet", "sheet.xml") + relation("r2", "sharedStrings", "strings.xml") +
                                               relation("r3", "styles", "styles.xml"))},
      {"xl/sheet.xml", "<x:worksheet" + space + "<x:sheetData>" + rows + "</x:sheetData></x:worksheet>"},
      {"xl/strings.xml", "<x:sst" + space + strings + "</x:sst>"},
      {"xl/styles.xml", "<x:styleSheet" + space + styles + "</x:styleSheet>"}};
}

/// A slide ("p:sld") or its notes ("p:notes") of these shapes; one that begins with "HIDDEN" is not shown.
inline std::string slide_xml(const std::string& root, const std::string& shapes) {
  const bool is_hidden = shapes.starts_with("HIDDEN");
  return "<" + root + (is_hidden ? " show='0'" : "") +
         " xmlns:p='http://schemas.openxmlformats.org/presentationml/2006/main' "
         "xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'><p:cSld><p:spTree>" +
         shapes.substr(is_hidden ? 6 : 0) + "</p:spTree></p:cSld></" + root + ">";
}

inline TinyZip tiny_pptx(const std::vector<std::string>& slides) {
  std::string order, targets;
  TinyZip zip;
  for (std::size_t i = 0; i < slides.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    order += "<p:sldId r:id='s" + number + "'/>";
    targets += relation("s" + number, "slide", "slides/" + number + ".xml");
    zip.add("ppt/slides/" + number + ".xml", slide_xml("p:sld", slides[i]));
  }
  zip.add("_rels/.rels", relations(relation("r1", "officeDocument", "ppt/presentation.xml")));
  zip.add("ppt/_rels/presentation.xml.rels", relations(targets));
  zip.add("ppt/presentation.xml",
          "<p:presentation xmlns:p='http://schemas.openxmlformats.org/presentationml/2006/main' "
          "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><p:sldIdLst>" +
              order + "</p:sldIdLst></p:presentation>");
  return zip;
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
