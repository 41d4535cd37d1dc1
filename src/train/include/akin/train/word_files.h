// Learnt word vectors as files that akin and other tools open. Tested by word_files_test.cc; by the tools themselves in
// tests/peers/words.py.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "akin/base/matrix.h"

namespace akin {

enum class WordFileKind {
  word2vec_text,    ///< also fastText's .vec; gensim, spaCy and others read it
  word2vec_binary,  ///< the same vectors, a third of the size
  glove_text,       ///< without a first line
  static_folder,    ///< sentence-transformers' StaticEmbedding: the mean of the words of a text
};
std::string_view name_of(WordFileKind kind) noexcept;

/// By the ending: .vec and .txt are text, .bin is binary, no ending is a folder. Throws Error{invalid_argument} for another.
WordFileKind word_file_kind_of(const std::filesystem::path& path);

/// Whole or not at all; a folder's modules.json, without which it is none, is written last. `vectors` has a row a word; words are UTF-8
/// without white space. Throws Error{io}, Error{not_found} for a parent folder that is not there, Error{invalid_argument}.
void save_words(const std::filesystem::path& path, WordFileKind kind, std::span<const std::string> words, MatrixView<const float> vectors);

}  // namespace akin
