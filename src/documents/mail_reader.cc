// Mail (.eml) and mailboxes (mbox) → one document a message: the subject as its heading, the text as paragraphs, what it quotes as quotes.
// Of alternatives the plain text is read, else the HTML. Attachments are read by the reader of their own format, as documents beside the
// message; one that cannot be read is told in the message's metadata, with the reason. Tested by mail_reader_test.cc.
#include <algorithm>
#include <array>

#include "akin/base/utf8.h"
#include "charset.h"
#include "mime.h"
#include "readers.h"

namespace akin::documents {
namespace {

constexpr std::size_t kMaxParts = 10'000;  // of one message
constexpr std::size_t kMaxDepth = 32;      // of parts in parts

/// The text of a message: paragraphs by blank lines, and stretches that begin with '>'.
void add_mail_text(DocumentBuilder& builder, std::string_view text) {
  FlowText flow;
  bool is_quote = false;
  const auto flush = [&] { builder.add(is_quote ? BlockKind::quote : BlockKind::paragraph, flow.take()); };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool quotes = row.starts_with('>');
    while (!row.empty() && (row[0] == '>' || is_space(row[0]))) row.remove_prefix(1);
    if (row.empty() || quotes != is_quote) flush();
    is_quote = quotes;
    flow.append(row, 0);
    flow.append(" ", 0);
  }
  flush();
}

std::string file_name_of(const MimePart& part) {
  const MimeField disposition = part.field("content-disposition"), type = part.field("content-type");
  for (const auto& [field, key] : {std::pair{&disposition, "filename"}, std::pair{&type, "name"}}) {
    const auto at = field->words.find(key);
    if (at == field->words.end()) continue;
    std::size_t n_replaced = 0;
    std::string name = replace_invalid_utf8(at->second, n_replaced);
    name = name.substr(name.find_last_of("/\\") + 1);  // it is a name, wherever it says that it lay
    for (char& c : name)
      if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    if (!trimmed(name).empty()) return std::string(trimmed(name));
  }
  return {};
}

class MailReader {
 public:
  MailReader(Reading& reading, std::string uri) : reading_(reading), uri_(std::move(uri)), builder_(reading, "mail") {}

  std::vector<Document> read(std::string_view bytes) {
    const MimePart message = parse_mime(bytes);
    builder_.set_uri(uri_);
    read_headers(message);
    read_part(message, 0);
    std::vector<Document> documents;
    if (!names_.empty()) builder_.meta("attachments", names_);
    if (!unread_.empty()) builder_.meta("attachments_not_read", unread_);
    documents.push_back(builder_.finish());
    std::move(attached_.begin(), attached_.end(), std::back_inserter(documents));
    return documents;
  }

 private:
  void read_headers(const MimePart& message) {
    const std::string subject = decode_words(message.header("subject"));
    FlowText flow;
    flow.append(subject, 0);
    builder_.set_title(subject);
    builder_.heading(1, flow.take());
    constexpr std::array<std::pair<const char*, const char*>, 4> kFields = {
        {{"from", "author"}, {"to", "to"}, {"cc", "cc"}, {"message-id", "message_id"}}};
    for (const auto& [header, key] : kFields) builder_.meta(key, decode_words(message.header(header)));
    builder_.meta("date", iso_date(decode_words(message.header("date"))));
  }

  void read_part(const MimePart& part, std::size_t depth) {
    if (++n_parts_ > kMaxParts) reading_.fail(ErrorCode::limit, "a message has more than " + std::to_string(kMaxParts) + " parts");
    if (depth > kMaxDepth) reading_.fail(ErrorCode::limit, "parts of a message lie in each other deeper than " + std::to_string(kMaxDepth));
    reading_.check_time();
    const MimeField type = part.field("content-type");
    const std::string kind = kind_of(type);
    if (kind == "application/pgp-signature" || kind.ends_with("pkcs7-signature")) return;  // for programs
    if (kind.starts_with("multipart/")) return read_multipart(part, type, kind.substr(10), depth);
    const std::string name = file_name_of(part);
    const bool is_attached = part.field("content-disposition").value == "attachment";
    const bool is_text = kind.starts_with("text/") || kind == "message/delivery-status";
    if (kind == "message/rfc822") {
      attach(name.empty() ? "message.eml" : name, decode_body(part));
    } else if (is_text && !is_attached && name.empty()) {
      add_body(part, type, kind == "text/html");
    } else if (!name.empty() || is_attached) {
      attach(name.empty() ? "attachment" + ending_of(kind) : name, decode_body(part));
    }
  }

  /// A kind without a subtype is text (RFC 2045, section 5.2).
  static std::string kind_of(const MimeField& type) { return type.value.find('/') == std::string::npos ? "text/plain" : type.value; }

  static std::string ending_of(const std::string& kind) {
    constexpr std::array<std::pair<std::string_view, const char*>, 4> kEndings = {
        {{"text/html", ".html"}, {"text/csv", ".csv"}, {"text/markdown", ".md"}, {"application/json", ".json"}}};
    for (const auto& [type, ending] : kEndings)
      if (type == kind) return ending;
    return "";
  }

  void read_multipart(const MimePart& part, const MimeField& type, const std::string& kind, std::size_t depth) {
    const auto boundary = type.words.find("boundary");
    const std::vector<std::string_view> bodies =
        boundary == type.words.end() ? std::vector<std::string_view>() : split_multipart(part.body, boundary->second, kMaxParts + 1);
    if (bodies.empty()) return add_body(part, type, false);
    std::vector<MimePart> parts;
    parts.reserve(bodies.size());
    for (const std::string_view body : bodies) parts.push_back(parse_mime(body));
    if (kind == "digest")
      for (MimePart& one : parts) one.headers.emplace("content-type", "message/rfc822");
    if (kind != "alternative") {
      for (const MimePart& one : parts) read_part(one, depth + 1);
      return;
    }
    const auto is_plain = [](const MimePart& one) {
      return kind_of(one.field("content-type")) == "text/plain" && !trimmed(one.body).empty();
    };
    const auto plain = std::find_if(parts.begin(), parts.end(), is_plain);
    read_part(plain != parts.end() ? *plain : parts.back(), depth + 1);
  }

  void add_body(const MimePart& part, const MimeField& type, bool is_html) {
    const auto charset = type.words.find("charset");
    const std::string encoding = charset == type.words.end() ? "" : charset->second;
    const std::string body = decode_body(part);
    if (is_html) return add_html(builder_, body, encoding, reading_);
    const Decoded decoded = decode_text(body, encoding);
    builder_.count_invalid(decoded.n_invalid);
    add_mail_text(builder_, decoded.text);
  }

  void attach(const std::string& name, const std::string& bytes) {
    names_ += (names_.empty() ? "" : ", ") + name;
    try {
      Reading inner = reading_.inside(name);
      for (Document& document : read_any(bytes, inner)) {
        std::size_t n_bytes = 0;
        for (const Block& block : document.blocks) n_bytes += block.text.size();
        reading_.charge(n_bytes);
        document.uri = uri_ + (uri_.size() > reading_.uri().size() ? "/" : "#") + document.uri;
        attached_.push_back(std::move(document));
      }
    } catch (const Error& error) {
      // The whole file's time and text are gone for good; else the attachment alone is to blame.
      reading_.check_time();
      unread_ += (unread_.empty() ? "" : "; ") + std::string(error.what());
    }
  }

  Reading& reading_;
  std::string uri_;
  DocumentBuilder builder_;
  std::vector<Document> attached_;
  std::string names_, unread_;
  std::size_t n_parts_ = 0;
};

}  // namespace

std::vector<Document> read_mail(std::string_view bytes, Reading& reading) { return MailReader(reading, reading.uri()).read(bytes); }

std::vector<Document> read_mbox(std::string_view bytes, Reading& reading) {
  const std::vector<std::string_view> messages = split_mbox(bytes, reading.limits().max_records + 1);
  if (messages.size() > reading.limits().max_records)
    reading.fail(ErrorCode::limit, "has more than " + std::to_string(reading.limits().max_records) + " messages");
  std::vector<Document> documents;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    MailReader reader(reading, reading.uri() + "#" + std::to_string(i + 1));
    for (Document& document : reader.read(messages[i])) documents.push_back(std::move(document));
  }
  return documents;
}

}  // namespace akin::documents
