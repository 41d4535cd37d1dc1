#include "xml_stream.h"

#include <expat.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <unordered_map>

#include "akin/base/utf8.h"

namespace akin::documents {
namespace {

// Name space → prefix. OOXML has two for each part: ECMA-376's (transitional) and ISO 29500's strict one.
constexpr std::array<std::pair<std::string_view, std::string_view>, 31> kPrefixes = {{
    {"http://schemas.openxmlformats.org/wordprocessingml/2006/main", "w"},
    {"http://purl.oclc.org/ooxml/wordprocessingml/main", "w"},
    {"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "x"},
    {"http://purl.oclc.org/ooxml/spreadsheetml/main", "x"},
    {"http://schemas.openxmlformats.org/presentationml/2006/main", "p"},
    {"http://purl.oclc.org/ooxml/presentationml/main", "p"},
    {"http://schemas.openxmlformats.org/drawingml/2006/main", "a"},
    {"http://purl.oclc.org/ooxml/drawingml/main", "a"},
    {"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "r"},
    {"http://purl.oclc.org/ooxml/officeDocument/relationships", "r"},
    {"http://schemas.openxmlformats.org/officeDocument/2006/math", "m"},
    {"http://purl.oclc.org/ooxml/officeDocument/math", "m"},
    {"http://schemas.openxmlformats.org/package/2006/relationships", "rel"},
    {"http://schemas.openxmlformats.org/package/2006/metadata/core-properties", "cp"},
    {"http://schemas.openxmlformats.org/markup-compatibility/2006", "mc"},
    {"http://purl.org/dc/elements/1.1/", "dc"},
    {"http://purl.org/dc/terms/", "dcterms"},
    {"urn:oasis:names:tc:opendocument:xmlns:office:1.0", "office"},
    {"urn:oasis:names:tc:opendocument:xmlns:text:1.0", "text"},
    {"urn:oasis:names:tc:opendocument:xmlns:table:1.0", "table"},
    {"urn:oasis:names:tc:opendocument:xmlns:style:1.0", "style"},
    {"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0", "draw"},
    {"urn:oasis:names:tc:opendocument:xmlns:presentation:1.0", "presentation"},
    {"urn:oasis:names:tc:opendocument:xmlns:meta:1.0", "meta"},
    {"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0", "manifest"},
    {"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0", "svg"},
    {"urn:oasis:names:tc:opendocument:xmlns:container", "container"},
    {"http://www.idpf.org/2007/opf", "opf"},
    {"http://www.w3.org/2001/04/xmlenc#", "enc"},
    {"http://www.w3.org/1999/xlink", "xlink"},
    {"http://www.w3.org/XML/1998/namespace", "xml"},
}};

constexpr char kGap = '|';  // between name space and name; neither may hold it

/// "name space|name" → "prefix:name", "?:name" for a name space of no interest. Each is worked out once.
class CachedNames : public XmlNames {
 public:
  std::string_view canonical(const char* name) override {
    const auto known = names_.find(std::string_view(name));
    if (known != names_.end()) return known->second.second;
    auto held = std::make_unique<std::string>(name);
    const std::string_view key = *held;
    return names_.emplace(key, std::pair(std::move(held), worked_out(key))).first->second.second;
  }

  /// Files have some hundred names; one with more is hostile, and starts over. What canonical() gave is void then.
  void tidy() {
    if (names_.size() >= 4096) names_.clear();
  }

 private:
  static std::string worked_out(std::string_view name) {
    const std::size_t gap = name.rfind(kGap);
    if (gap == name.npos) return std::string(name);
    const std::string_view space = name.substr(0, gap);
    const auto* row = std::find_if(kPrefixes.begin(), kPrefixes.end(), [&](const auto& prefix) { return prefix.first == space; });
    return std::string(row == kPrefixes.end() ? "?" : row->second) + ":" + std::string(name.substr(gap + 1));
  }

  std::unordered_map<std::string_view, std::pair<std::unique_ptr<std::string>, std::string>> names_;
};

class XmlStream {
 public:
  XmlStream(const std::string& part, const Reading& reading, XmlHandler& handler)
      : part_(part), reading_(reading), handler_(handler), parser_(XML_ParserCreateNS(nullptr, kGap)) {
    if (parser_ == nullptr) reading.fail(ErrorCode::limit, "not enough memory to read it");
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(
        parser_, [](void* self, const XML_Char* name, const XML_Char** attributes) { guarded(self).start(name, attributes); },
        [](void* self, const XML_Char* name) { guarded(self).end(name); });
    XML_SetCharacterDataHandler(parser_, [](void* self, const XML_Char* text, int n) {
      guarded(self).text({text, static_cast<std::size_t>(n)});
    });
    XML_SetEntityDeclHandler(parser_, [](void* self, const XML_Char*, int, const XML_Char*, int, const XML_Char*, const XML_Char*,
                                         const XML_Char*, const XML_Char*) { guarded(self).entity(); });
  }
  ~XmlStream() { XML_ParserFree(parser_); }
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;

  void run(std::string_view bytes) {
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    do {
      const std::string_view piece = bytes.substr(0, kPiece);
      bytes.remove_prefix(piece.size());
      const XML_Status status = XML_Parse(parser_, piece.data(), static_cast<int>(piece.size()), bytes.empty() ? 1 : 0);
      if (error_) std::rethrow_exception(error_);
      if (status != XML_STATUS_OK) fail(XML_ErrorString(XML_GetErrorCode(parser_)));
      reading_.check_time();
    } while (!bytes.empty());
  }

 private:
  /// A call-back must not throw through expat's frames: it keeps the exception, and the parser stops.
  struct Guard {
    XmlStream& stream;
    void start(const char* name, const char** attributes) {
      keep([&] { stream.start(name, attributes); });
    }
    void end(const char* name) {
      keep([&] { stream.end(name); });
    }
    void text(std::string_view text) {
      keep([&] {
        if (stream.n_skipped_ == 0) stream.handler_.text(text);
      });
    }
    void entity() {
      keep([&] { stream.fail("it declares entities, which akin does not expand"); });
    }
    template <class Body>
    void keep(Body&& body) {
      if (stream.error_) return;
      try {
        body();
      } catch (...) {
        stream.error_ = std::current_exception();
        XML_StopParser(stream.parser_, XML_FALSE);
      }
    }
  };
  static Guard guarded(void* self) { return {*static_cast<XmlStream*>(self)}; }

  void start(const char* name, const char** attributes) {
    if (++n_elements_ % 4096 == 0) reading_.check_time();
    reading_.check_depth(++depth_);
    names_.tidy();
    if (n_skipped_ > 0 || !handler_.start(XmlElement(names_.canonical(name), attributes, names_))) ++n_skipped_;
  }

  void end(const char* name) {
    --depth_;
    if (n_skipped_ > 0) {
      --n_skipped_;
    } else {
      handler_.end(names_.canonical(name));
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    reading_.fail(ErrorCode::corrupt,
                  "'" + part_ + "' in it, line " + std::to_string(XML_GetCurrentLineNumber(parser_)) + ": broken XML: " + what);
  }

  const std::string& part_;
  const Reading& reading_;
  XmlHandler& handler_;
  XML_Parser parser_;
  CachedNames names_;
  std::size_t depth_ = 0;
  std::size_t n_skipped_ = 0;  // open elements from the one on that is not wanted
  std::size_t n_elements_ = 0;
  std::exception_ptr error_;
};

}  // namespace

std::string_view XmlElement::attribute(std::string_view name) const {
  for (const char** at = attributes_; *at != nullptr; at += 2)
    if (names_.canonical(*at) == name) return at[1];
  return {};
}

void read_xml(std::string_view bytes, const std::string& part, const Reading& reading, XmlHandler& handler) {
  XmlStream(part, reading, handler).run(bytes);
}

}  // namespace akin::documents
