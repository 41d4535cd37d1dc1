#include "office_package.h"

#include <array>

namespace akin::documents {
namespace {

class RelationshipReader : public XmlHandler {
 public:
  explicit RelationshipReader(std::string part) : part_(std::move(part)) {}

  bool start(const XmlElement& element) override {
    if (element.name() != "rel:Relationship") return true;
    const std::string_view type = element.attribute("Type");
    Relationship relationship{std::string(type.substr(type.rfind('/') + 1)), {}};
    if (element.attribute("TargetMode") != "External") relationship.target = resolve_entry(part_, element.attribute("Target"));
    relationships.emplace(element.attribute("Id"), std::move(relationship));
    return true;
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}

  std::map<std::string, Relationship, std::less<>> relationships;

 private:
  std::string part_;
};

/// "word/document.xml" → "word/_rels/document.xml.rels".
std::string relations_part_of(const std::string& part) {
  const std::size_t slash = part.rfind('/');
  const std::size_t name = slash == part.npos ? 0 : slash + 1;
  return part.substr(0, name) + "_rels/" + part.substr(name) + ".rels";
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kProperties = {{
    {"dc:title", "title"},
    {"dc:creator", "author"},
    {"meta:initial-creator", "author"},
    {"dcterms:created", "created"},
    {"meta:creation-date", "created"},
    {"dcterms:modified", "date"},
    {"dc:date", "date"},
    {"dc:subject", "subject"},
    {"dc:description", "description"},
    {"dc:language", "language"},
    {"dc:publisher", "publisher"},
    {"dc:identifier", "identifier"},
    {"cp:keywords", "keywords"},
    {"meta:keyword", "keywords"},
    {"cp:category", "category"},
}};

std::string_view property_of(std::string_view name) { return tag_of(kProperties, name, std::string_view{}); }

}  // namespace

std::map<std::string, Relationship, std::less<>> OfficePackage::relationships(const std::string& part) {
  const std::string name = relations_part_of(part);
  if (!archive_.has(name)) return {};
  RelationshipReader reader(part);
  read(name, reader);
  return std::move(reader.relationships);
}

std::string OfficePackage::related(const std::string& part, std::string_view type) {
  for (const auto& [id, relationship] : relationships(part))
    if (relationship.type == type && archive_.has(relationship.target)) return relationship.target;
  return {};
}

std::string OfficePackage::main_part() {
  std::string part = related("", "officeDocument");
  if (!part.empty()) return part;
  for (const char* usual : {"word/document.xml", "ppt/presentation.xml", "xl/workbook.xml"})
    if (archive_.has(usual)) return usual;
  return {};
}

void OfficePackage::read(const std::string& part, XmlHandler& handler) { read_xml(archive_.read(part), part, reading_, handler); }

PropertyReader OfficePackage::properties() {
  PropertyReader properties;
  if (const std::string part = related("", "core-properties"); !part.empty()) read(part, properties);
  return properties;
}

bool PropertyReader::start(const XmlElement&) {
  value_.clear();
  return true;
}

void PropertyReader::end(std::string_view name) {
  const std::string_view key = property_of(name);
  const std::string value(trimmed(value_));
  value_.clear();
  if (key.empty() || value.empty()) return;
  std::string& found = found_[std::string(key)];
  const bool listed = key == "author" || key == "keywords" || key == "subject";
  if (found.empty()) {
    found = value;
  } else if (listed && found != value) {
    found += ", " + value;
  }
}

void PropertyReader::apply(DocumentBuilder& builder) const {
  for (const auto& [key, value] : found_) {
    if (key == "title") {
      if (!builder.has_title()) builder.set_title(value);
    } else {
      builder.meta(key, value);
    }
  }
  if (const auto created = found_.find("created"); created != found_.end()) builder.meta("date", created->second);
}

}  // namespace akin::documents
