#include "prepare.h"

#include <filesystem>
#include <new>
#include <set>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/base/sha256.h"
#include "akin/documents/document.h"
#include "akin/image/image.h"

namespace akin::retrieval {
namespace {

/// Raised when readers or the chunker give other text for the same bytes, so that collections are brought up to date.
constexpr int kReadersVersion = 3;
/// The same for pictures.
constexpr int kImagesVersion = 1;

PreparedDocument prepare_document(Document& document, const std::string& path, const TokenCounter& counter, const ChunkOptions& options) {
  PreparedDocument prepared;
  StoredDocument& stored = prepared.stored;
  for (Chunk& chunk : chunk_document(document, counter, options)) {
    prepared.n_tokens += chunk.n_tokens;
    prepared.embedded.push_back(std::move(chunk.embedded_text));
    stored.chunks.push_back(
        {std::move(chunk.text), std::move(chunk.headings), chunk.page, chunk.line, static_cast<std::uint32_t>(chunk.n_tokens)});
  }
  stored.uri = std::move(document.uri);
  stored.title = std::move(document.title);
  stored.format = std::move(document.format);
  stored.metadata = std::move(document.metadata);
  stored.source = path;
  stored.content_hash = content_hash_of(prepared, prepared.stored.title);
  return prepared;
}

/// Records may carry the same id: the second becomes "…#id~2".
void make_unique(std::string& uri, std::set<std::string>& taken) {
  const std::string first = uri;
  for (std::size_t n = 2; !taken.insert(uri).second; ++n) uri = first + "~" + std::to_string(n);
}

/// A document of one chunk, whose words are the picture's name, kind and size.
PreparedDocument prepare_image(ImageFormat format, const std::string& bytes, const SourceState& source, const Embedder& embedder) {
  const Image image = decode_image(std::as_bytes(std::span(bytes)), source.path);
  const std::string width = std::to_string(image.width()), height = std::to_string(image.height()), kind(name_of(format));
  PreparedDocument prepared;
  StoredDocument& stored = prepared.stored;
  stored.uri = stored.source = source.path;
  stored.title = std::filesystem::path(source.path).filename().string();
  stored.format = "image";
  stored.metadata = {{"height", height}, {"kind", kind}, {"width", width}};
  stored.chunks.push_back({stored.title + ", " + kind + " picture of " + width + " × " + height + " pixels", {}, 0, 0, 0});
  prepared.embedded.push_back("image " + source.content_hash);
  prepared.image = embedder.fit_image(image, source.path);
  prepared.n_tokens = kTokensOfAnImage;
  stored.content_hash = content_hash_of(prepared, prepared.stored.title);
  return prepared;
}

void read_into(PreparedFile& prepared, const std::string& bytes, const Preparation& how) {
  const std::string& path = prepared.source.path;
  const std::optional<ImageFormat> format = image_format_of(std::as_bytes(std::span(bytes)));
  if (format && how.images != nullptr) {
    prepared.documents.push_back(prepare_image(*format, bytes, prepared.source, *how.images));
    return;
  }
  if (format) {
    throw Error(ErrorCode::unsupported,
                path + ": is a " + std::string(name_of(*format)) + " picture; the collection's model '" + how.model + "' takes no images");
  }
  if (!how.counter) {
    throw Error(ErrorCode::unsupported, path + ": is no picture; the collection's model '" + how.model + "' takes images only");
  }
  std::set<std::string> uris;
  std::vector<Document> documents = read_documents(bytes, path);
  for (Document& document : documents) {
    prepared.n_invalid += document.n_invalid;
    PreparedDocument one = prepare_document(document, path, *how.counter, how.chunks);
    document = {};
    if (one.embedded.empty()) continue;
    make_unique(one.stored.uri, uris);
    prepared.documents.push_back(std::move(one));
  }
  if (prepared.documents.empty()) throw Error(ErrorCode::unsupported, path + ": holds no text");
}

void refuse(PreparedFile& prepared, FileState state, std::string reason) {
  const std::string& path = prepared.source.path;
  prepared.state = state;
  prepared.documents.clear();
  prepared.source.refusal = reason.starts_with(path) ? std::move(reason) : path + ": " + reason;
}

/// The file's bytes; nothing if that is already the file's outcome.
std::optional<std::string> load(PreparedFile& prepared) {
  try {
    return read_file(prepared.source.path, ReadLimits().max_file_bytes);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) {
      prepared.state = FileState::vanished;
    } else {
      refuse(prepared, error.code() == ErrorCode::limit ? FileState::refused : FileState::unreadable, error.what());
    }
  }
  return std::nullopt;
}

}  // namespace

std::string content_hash_of(const PreparedDocument& document, const std::string& title) {
  const StoredDocument& stored = document.stored;
  Sha256 hash;
  hash.field(title).field(stored.format);
  for (const auto& [key, value] : stored.metadata) hash.field(key).field(value);
  for (std::size_t i = 0; i < stored.chunks.size(); ++i) {
    const StoredChunk& chunk = stored.chunks[i];
    hash.field(chunk.text).field(document.embedded[i]);
    hash.field(std::to_string(chunk.page) + " " + std::to_string(chunk.line) + " " + std::to_string(chunk.headings.size()));
    for (const std::string& heading : chunk.headings) hash.field(heading);
  }
  return hash.hex();
}

std::string settings_text(const Preparation& how) {
  const ChunkOptions& options = how.chunks;
  return "readers " + std::to_string(kReadersVersion) + ", chunks of " + std::to_string(options.max_tokens) + " tokens, overlap " +
         std::to_string(options.overlap_tokens) + (options.with_headings ? ", headings" : ", no headings") +
         (how.images != nullptr ? ", images " + std::to_string(kImagesVersion) : "");
}

PreparedFile prepare_file(const FoundFile& file, const std::optional<SourceState>& known, const Preparation& how) {
  PreparedFile prepared;
  prepared.source = {file.path, file.size, file.mtime_ns, "", settings_text(how), ""};
  try {
    const std::optional<std::string> bytes = load(prepared);
    if (!bytes) return prepared;
    prepared.source.content_hash = sha256_hex(*bytes);
    if (known && known->content_hash == prepared.source.content_hash && known->settings == prepared.source.settings) {
      prepared.state = FileState::unchanged;
      prepared.source.refusal = known->refusal;
      return prepared;
    }
    read_into(prepared, *bytes, how);
  } catch (const Error& error) {
    refuse(prepared, FileState::refused, error.what());
  } catch (const std::bad_alloc&) {
    refuse(prepared, FileState::unreadable, "not enough memory to read it");
  }
  return prepared;
}

}  // namespace akin::retrieval
