// A PDF written by hand: pages of Helvetica text, so that tests know each letter's place.
#pragma once

#include <string>
#include <vector>

namespace akin::testing {

struct PdfWord {
  double x, y, size;
  std::string text;
};

struct TinyPdf {
  std::vector<std::vector<PdfWord>> pages;
  std::string info;     ///< of the info dictionary: "/Title (…)"
  std::string trailer;  ///< further entries of the trailer: "/Encrypt << … >>"

  [[nodiscard]] std::string bytes() const {
    std::vector<std::string> objects = {"<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
                                        "<< " + info + " >>"};
    std::string kids;
    for (const auto& page : pages) {
      const std::size_t number = objects.size() + 1;
      kids += std::to_string(number) + " 0 R ";
      objects.push_back("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> /Contents " +
                        std::to_string(number + 1) + " 0 R >>");
      std::string content;
      for (const PdfWord& word : page)
        content += "BT /F " + std::to_string(word.size) + " Tf " + std::to_string(word.x) + " " + std::to_string(word.y) + " Td (" +
                   word.text + ") Tj ET\n";
      objects.push_back("<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content + "endstream");
    }
    objects[1] = "<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pages.size()) + " >>";
    std::string out = "%PDF-1.4\n";
    std::string table;
    for (std::size_t i = 0; i < objects.size(); ++i) {
      std::string offset = std::to_string(out.size());
      table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
      out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
    }
    const std::string n = std::to_string(objects.size() + 1);
    const std::string start = std::to_string(out.size());
    return out + "xref\n0 " + n + "\n0000000000 65535 f \n" + table + "trailer\n<< /Size " + n + " /Root 1 0 R /Info 4 0 R " + trailer +
           " >>\nstartxref\n" + start + "\n%%EOF\n";
  }
};

}  // namespace akin::testing
