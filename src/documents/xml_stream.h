// XML as a stream of elements and text, by expat within bounds: entity declarations are refused (so that nothing expands), nothing outside
// the bytes is loaded, depth and time are bounded, memory follows the longest tag and not the document. Names are told by their name space
// and not by the prefix a file happens to choose: "w:p" is a paragraph of WordprocessingML whatever stands in the file, in its transitional
// or strict form; the table of prefixes is in the .cc. Tested by xml_stream_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "reading.h"

namespace akin::documents {

/// Canonical names for names of expat's.
class XmlNames {
 public:
  virtual ~XmlNames() = default;
  virtual std::string_view canonical(const char* name) = 0;
};

/// An element's start tag; valid during the call only.
class XmlElement {
 public:
  XmlElement(std::string_view name, const char** attributes, XmlNames& names) : name_(name), attributes_(attributes), names_(names) {}

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  /// The value of an attribute ("w:val", or "Id" without a name space); empty if there is none.
  [[nodiscard]] std::string_view attribute(std::string_view name) const;

 private:
  std::string_view name_;
  const char** attributes_;
  XmlNames& names_;
};

/// What a reader of XML is told.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  /// False: nothing of this element is wanted; neither its content nor its end is told.
  virtual bool start(const XmlElement& element) = 0;
  virtual void end(std::string_view name) = 0;
  virtual void text(std::string_view text) = 0;
};

/// Throws Error{corrupt} for what is not well-formed or declares entities, Error{limit}; the message names `part` and the line. What the
/// handler throws comes out as it is.
void read_xml(std::string_view bytes, const std::string& part, const Reading& reading, XmlHandler& handler);

/// Told apart by their names in a table of (name, tag); `other` for the rest.
template <class Tag, std::size_t n>
constexpr Tag tag_of(const std::array<std::pair<std::string_view, Tag>, n>& table, std::string_view name, Tag other) {
  for (const auto& [key, tag] : table)
    if (key == name) return tag;
  return other;
}

}  // namespace akin::documents
