// A document's structure as text, one row a block, so that a test can say all that it expects at once.
#pragma once

#include <string>

#include "akin/documents/document.h"

namespace akin::testing {

inline std::string kind_name(const Block& block) {
  switch (block.kind) {
    case BlockKind::heading:
      return "h" + std::to_string(block.level);
    case BlockKind::paragraph:
      return "p";
    case BlockKind::list_item:
      return "item";
    case BlockKind::code:
      return "code";
    case BlockKind::table_row:
      return "row";
    case BlockKind::quote:
      return "quote";
  }
  return "?";
}

/// "kind line[/page] [path > of > headings] text", line ends as "\n" in letters.
inline std::string outline(const Document& document) {
  std::string out;
  for (const Block& block : document.blocks) {
    out += kind_name(block) + " " + std::to_string(block.line);
    if (block.page != 0) out += "/" + std::to_string(block.page);
    out += " [";
    for (std::size_t i = 0; i < block.headings.size(); ++i) out += (i > 0 ? " > " : "") + block.headings[i];
    out += "] ";
    for (const char c : block.text) c == '\n' ? out += "\\n" : out += c;
    out += '\n';
  }
  return out;
}

/// The value of a metadata key; "(none)" without it.
inline std::string meta(const Document& document, const std::string& key) {
  for (const auto& [name, value] : document.metadata)
    if (name == key) return value;
  return "(none)";
}

}  // namespace akin::testing
