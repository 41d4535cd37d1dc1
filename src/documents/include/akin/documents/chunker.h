// Documents → chunks that fit a model, counted by that model's own tokenizer (or by an estimate), along the document's structure. Tested by
// chunker_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/documents/document.h"
#include "akin/documents/token_counter.h"

namespace akin {

struct ChunkOptions {
  std::size_t max_tokens = 0;  ///< of a chunk, special tokens counted; must be > special tokens. Callers pass at most the model's limit
  std::size_t overlap_tokens =
      0;  ///< repeated from the end of the chunk before it, in the same section, cut at a sentence or word; < max_tokens / 2
  bool with_headings = true;  ///< put the headings' path in front of the text that is embedded (its tokens are counted)
};

struct Chunk {
  std::string text;           ///< what a person is shown
  std::string embedded_text;  ///< what is given to the model: headings path + text. Never longer than max_tokens
  std::vector<std::string> headings;
  std::uint32_t page = 0;    ///< of its first character
  std::uint32_t line = 0;    ///< of its first character
  std::size_t n_tokens = 0;  ///< of embedded_text, special tokens counted
};

/// Every character of the document that is not white space is in at least one chunk. Deterministic. A Tokenizer is a TokenCounter.
std::vector<Chunk> chunk_document(const Document& document, const TokenCounter& counter, const ChunkOptions& options);

/// What a model with another tokenizer is given for a chunk that is there already: its text with the path of headings before it that its
/// tokenizer's count allows, as chunk_document() puts it. May be longer than max_tokens.
std::string embedded_text_of(std::string_view text, std::span<const std::string> headings, const TokenCounter& counter,
                             const ChunkOptions& options);

}  // namespace akin
