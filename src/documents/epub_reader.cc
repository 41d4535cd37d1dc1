// EPUB 2 and 3 → one document: the book's chapters in reading order, each read as HTML. Tested by epub_reader_test.cc.
#include <map>
#include <set>

#include "office_package.h"
#include "readers.h"

namespace akin::documents {
namespace {

/// The package file: properties, the parts by id, and the order of reading.
class BookReader : public XmlHandler {
 public:
  explicit BookReader(std::string part) : part_(std::move(part)) {}

  bool start(const XmlElement& element) override {
    const std::string_view name = element.name();
    if (name == "opf:item") {
      Item& item = items_[std::string(element.attribute("id"))];
      item.entry = resolve_entry(part_, element.attribute("href"));
      item.is_text = element.attribute("media-type") == "application/xhtml+xml" || element.attribute("media-type") == "text/html";
      const std::string_view roles = element.attribute("properties");
      item.is_contents = roles.find("nav") != roles.npos;
    } else if (name == "opf:itemref") {
      order_.emplace_back(element.attribute("idref"));
    }
    return properties.start(element);
  }
  void end(std::string_view name) override { properties.end(name); }
  void text(std::string_view text) override { properties.text(text); }

  /// The chapters' entries, each once.
  [[nodiscard]] std::vector<std::string> chapters() const {
    std::vector<std::string> entries;
    std::set<std::string_view> seen;
    for (const std::string& id : order_) {
      const auto item = items_.find(id);
      if (item == items_.end() || !item->second.is_text || item->second.is_contents) continue;
      if (seen.insert(item->second.entry).second) entries.push_back(item->second.entry);
    }
    return entries;
  }

  PropertyReader properties;

 private:
  struct Item {
    std::string entry;
    bool is_text = false;
    bool is_contents = false;
  };

  std::string part_;
  std::map<std::string, Item> items_;
  std::vector<std::string> order_;
};

/// An attribute of all elements of a name, in order.
class AttributeReader : public XmlHandler {
 public:
  AttributeReader(std::string_view element, std::string_view attribute) : element_(element), attribute_(attribute) {}
  bool start(const XmlElement& element) override {
    if (element.name() == element_) values.emplace_back(element.attribute(attribute_));
    return true;
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}

  std::vector<std::string> values;

 private:
  std::string_view element_, attribute_;
};

std::vector<std::string> values_in(ZipArchive& archive, const std::string& part, AttributeReader reader, const Reading& reading) {
  if (archive.has(part)) read_xml(archive.read(part), part, reading, reader);
  return std::move(reader.values);
}

}  // namespace

std::vector<Document> read_epub(ZipArchive& archive, Reading& reading) {
  const std::vector<std::string> books = values_in(archive, "META-INF/container.xml", {"container:rootfile", "full-path"}, reading);
  if (books.empty()) reading.fail(ErrorCode::corrupt, "is a broken EPUB book: 'META-INF/container.xml' names no package file");
  const std::string part = resolve_entry("", books.front());
  BookReader book(part);
  read_xml(archive.read(part), part, reading, book);
  // Fonts may be hidden from the curious; an encrypted text means that the book is locked.
  std::set<std::string> locked;
  for (const std::string& uri : values_in(archive, "META-INF/encryption.xml", {"enc:CipherReference", "URI"}, reading))
    locked.insert(resolve_entry("", uri));
  DocumentBuilder builder(reading, "epub");
  book.properties.apply(builder);
  std::uint32_t number = 0;
  for (const std::string& chapter : book.chapters()) {
    if (locked.contains(chapter)) reading.fail(ErrorCode::unsupported, "is an encrypted EPUB book (digital rights management)");
    if (!archive.has(chapter)) continue;
    builder.set_page(++number);
    add_html(builder, archive.read(chapter), {}, reading);
    reading.check_time();
  }
  std::vector<Document> documents;
  documents.push_back(builder.finish());
  return documents;
}

}  // namespace akin::documents
