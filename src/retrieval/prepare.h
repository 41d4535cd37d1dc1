// One file → what a collection will keep of it: documents with chunks, a picture as a document of one chunk, or the reason why not. Never
// throws for a file's content, so that one file cannot stop a run. Tested by prepare_test.cc.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "akin/documents/chunker.h"
#include "akin/embed/embedder.h"
#include "akin/store/store.h"
#include "walk.h"

namespace akin::retrieval {

struct PreparedDocument {
  StoredDocument stored;              ///< content_hash is over all that is stored and embedded
  std::vector<std::string> embedded;  ///< what the model is given for each chunk; of a picture, what stands for it in the hash
  std::optional<FittedImage> image;   ///< what the model is given instead, for a picture
  std::size_t n_tokens = 0;           ///< of all chunks; of a picture about what it costs, in tokens
};

enum class FileState {
  read,        ///< `documents` holds all of it, maybe nothing new
  unchanged,   ///< its bytes and settings are those of `known`: its documents, or its refusal, stay
  refused,     ///< source.refusal says why; the same bytes would be refused again
  unreadable,  ///< source.refusal says why; later it may work. What is known of it stays
  vanished,
};

struct PreparedFile {
  FileState state = FileState::read;
  SourceState source;
  std::vector<PreparedDocument> documents;
  std::size_t n_invalid = 0;
  bool is_new = false;  ///< the collection knows nothing of it: set by who asks for it
};

/// A picture costs about a micro-batch: a base model makes 50 to 197 tokens of it.
inline constexpr std::size_t kTokensOfAnImage = 256;

/// How files become what a model takes.
struct Preparation {
  std::optional<TokenCounter> counter;  ///< none: the model takes no texts
  ChunkOptions chunks;
  const Embedder* images = nullptr;  ///< null: it takes no images
  std::string model;                 ///< its name, for refusals
};

/// What decides the chunks of a file besides its bytes, in one line.
std::string settings_text(const Preparation& how);

/// Over all of a document that is stored and embedded, its place apart, as if `title` were its title.
std::string content_hash_of(const PreparedDocument& document, const std::string& title);

/// `known`: the file as the collection has it.
PreparedFile prepare_file(const FoundFile& file, const std::optional<SourceState>& known, const Preparation& how);

}  // namespace akin::retrieval
