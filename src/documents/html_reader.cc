// HTML → blocks: headings, paragraphs, list items, quotes, rows of tables, preformatted text. What a reader of the page does not see
// (scripts, styles, templates, navigation, hidden elements) is left out. The tree is walked with a stack of our own, so that depth costs no
// stack. Tested by html_reader_test.cc.
#include <gumbo.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "charset.h"
#include "html_parse.h"
#include "readers.h"

namespace akin::documents {
namespace {

enum class Role { inline_text, block, heading, list_item, quote, preformatted, row, cell, line_break, dropped };

Role role_of(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_CANVAS:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_NOFRAMES:
      return Role::dropped;
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
      return Role::heading;
    case GUMBO_TAG_LI:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_DT:
      return Role::list_item;
    case GUMBO_TAG_BLOCKQUOTE:
      return Role::quote;
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_LISTING:
    case GUMBO_TAG_XMP:
    case GUMBO_TAG_PLAINTEXT:
      return Role::preformatted;
    case GUMBO_TAG_TR:
      return Role::row;
    case GUMBO_TAG_TD:
    case GUMBO_TAG_TH:
      return Role::cell;
    case GUMBO_TAG_BR:
      return Role::line_break;
    case GUMBO_TAG_P:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_THEAD:
    case GUMBO_TAG_TBODY:
    case GUMBO_TAG_TFOOT:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_FIELDSET:
    case GUMBO_TAG_LEGEND:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_HTML:
    case GUMBO_TAG_HGROUP:
    case GUMBO_TAG_DIR:
    case GUMBO_TAG_MENU:
      return Role::block;
    default:
      return Role::inline_text;
  }
}

const GumboVector* children_of(const GumboNode* node) {
  if (node->type == GUMBO_NODE_DOCUMENT) return &node->v.document.children;
  return node->type == GUMBO_NODE_ELEMENT ? &node->v.element.children : nullptr;
}

const char* attribute(const GumboNode* node, const char* name) {
  const GumboAttribute* found = gumbo_get_attribute(&node->v.element.attributes, name);
  return found == nullptr ? nullptr : found->value;
}

bool is_hidden(const GumboNode* node) {
  if (attribute(node, "hidden") != nullptr) return true;
  const char* role = attribute(node, "role");
  return role != nullptr && std::string_view(role) == "navigation";
}

class HtmlReader {
 public:
  HtmlReader(DocumentBuilder& builder, Reading& reading, bool is_part) : reading_(reading), builder_(builder), is_part_(is_part) {}

  void read(std::string_view bytes, std::string_view charset) {
    const Decoded decoded = decode_text(bytes, charset);
    builder_.count_invalid(decoded.n_invalid);
    if (decoded.encoding != "utf-8" && !is_part_) builder_.meta("encoding", decoded.encoding);
    const HtmlTree tree(decoded.text, reading_);
    walk(tree.root());
    flush();
  }

 private:
  struct Open {
    const GumboNode* node;
    Role role;
    unsigned next_child = 0;
  };

  void walk(const GumboNode* root) {
    open_.push_back({root, Role::inline_text});
    while (!open_.empty()) {
      Open& top = open_.back();
      const GumboVector* children = children_of(top.node);
      if (children == nullptr || top.next_child == children->length) {
        const Open closed = top;
        open_.pop_back();
        leave(closed);
        continue;
      }
      visit(static_cast<const GumboNode*>(children->data[top.next_child++]));
    }
  }

  void visit(const GumboNode* node) {
    if (++n_nodes_ % 4096 == 0) reading_.check_time();
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA || node->type == GUMBO_NODE_WHITESPACE) return text(node->v.text);
    if (node->type != GUMBO_NODE_ELEMENT) return;
    if (node->v.element.tag == GUMBO_TAG_HTML && !is_part_) read_language(node);
    if (node->v.element.tag == GUMBO_TAG_HEAD && !is_part_) read_head(node);
    const Role role = role_of(node->v.element.tag);
    if (role == Role::dropped || is_hidden(node)) return;
    reading_.check_depth(open_.size());
    enter(role);
    open_.push_back({node, role});
  }

  void enter(Role role) {
    switch (role) {
      case Role::block:
        part();
        break;
      case Role::heading:
      case Role::row:
        flush();
        break;
      case Role::list_item:
        flush();
        ++n_items_;
        break;
      case Role::quote:
        flush();
        ++n_quotes_;
        break;
      case Role::preformatted:
        flush();
        code_.clear();
        code_line_ = 0;
        ++n_preformatted_;
        break;
      case Role::cell:
        flow_.separator(" | ");
        ++n_cells_;
        break;
      case Role::line_break:
        if (n_preformatted_ > 0) {
          code_ += '\n';
        } else {
          flow_.line_break();
        }
        break;
      default:
        break;
    }
  }

  void leave(const Open& closed) {
    switch (closed.role) {
      case Role::block:
        part();
        break;
      case Role::heading:
        builder_.heading(static_cast<int>(closed.node->v.element.tag) - GUMBO_TAG_H1 + 1, flow_.take());
        break;
      case Role::list_item:
        flush();
        --n_items_;
        break;
      case Role::quote:
        flush();
        --n_quotes_;
        break;
      case Role::preformatted:
        if (--n_preformatted_ == 0) builder_.add_code(code_, code_line_);
        break;
      case Role::row:
        builder_.add(BlockKind::table_row, flow_.take());
        break;
      case Role::cell:
        --n_cells_;
        break;
      default:
        break;
    }
  }

  void text(const GumboText& text) {
    const std::uint32_t line = is_part_ ? 0 : text.start_pos.line;
    if (n_preformatted_ > 0) {
      if (code_line_ == 0) code_line_ = line;
      code_ += text.text;
    } else {
      flow_.append(text.text, line);
    }
  }

  /// Between blocks. In a cell they only part words: a row stays one block.
  void part() {
    if (n_cells_ > 0) {
      flow_.append(" ", 0);
    } else {
      flush();
    }
  }

  void flush() {
    const BlockKind kind = n_items_ > 0 ? BlockKind::list_item : n_quotes_ > 0 ? BlockKind::quote : BlockKind::paragraph;
    builder_.add(n_cells_ > 0 ? BlockKind::table_row : kind, flow_.take());
  }

  void read_language(const GumboNode* html) {
    if (const char* language = attribute(html, "lang")) builder_.meta("language", language);
  }

  void read_head(const GumboNode* head) {
    const GumboVector& children = head->v.element.children;
    for (unsigned i = 0; i < children.length; ++i) {
      const auto* node = static_cast<const GumboNode*>(children.data[i]);
      if (node->type != GUMBO_NODE_ELEMENT) continue;
      if (node->v.element.tag == GUMBO_TAG_TITLE && node->v.element.children.length > 0 && !builder_.has_title()) {
        const auto* title = static_cast<const GumboNode*>(node->v.element.children.data[0]);
        if (title->type == GUMBO_NODE_TEXT) builder_.set_title(title->v.text.text);
      } else if (node->v.element.tag == GUMBO_TAG_META) {
        read_meta(node);
      }
    }
  }

  void read_meta(const GumboNode* meta) {
    const char* name = attribute(meta, "name");
    const char* content = attribute(meta, "content");
    if (name == nullptr || content == nullptr) return;
    constexpr std::array<std::string_view, 4> kWanted = {"author", "description", "keywords", "date"};
    const std::string key = to_lower_ascii(name);
    if (std::find(kWanted.begin(), kWanted.end(), key) != kWanted.end()) builder_.meta(key, std::string(trimmed(content)));
  }

  Reading& reading_;
  DocumentBuilder& builder_;
  bool is_part_;
  FlowText flow_;
  std::vector<Open> open_;
  std::string code_;
  std::uint32_t code_line_ = 0;
  std::size_t n_nodes_ = 0;
  std::size_t n_items_ = 0;
  std::size_t n_quotes_ = 0;
  std::size_t n_cells_ = 0;
  std::size_t n_preformatted_ = 0;
};

}  // namespace

std::vector<Document> read_html(std::string_view bytes, Reading& reading) {
  DocumentBuilder builder(reading, "html");
  HtmlReader(builder, reading, false).read(bytes, declared_charset(bytes));
  std::vector<Document> documents;
  documents.push_back(builder.finish());
  return documents;
}

void add_html(DocumentBuilder& builder, std::string_view bytes, std::string_view charset, Reading& reading) {
  HtmlReader(builder, reading, true).read(bytes, charset.empty() ? declared_charset(bytes) : std::string(charset));
}

}  // namespace akin::documents
