// Folders with one vector a token in place of a transformer: Model2Vec and StaticEmbedding. Private. Tested by static_backend_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>

#include "model_files.h"

namespace akin {

/// A token's vector is weights[id] · rows[mapping[id]], without the two where the file has them not.
struct StaticTable {
  const TensorView* rows = nullptr;     ///< (n_rows, dim)
  const TensorView* weights = nullptr;  ///< (n_ids)
  const TensorView* mapping = nullptr;  ///< (n_ids), each < n_rows
  bool is_model2vec = false;            ///< its rules for unknown tokens and lengths apply
  std::int32_t unknown_id = -1;         ///< Model2Vec's rule: this token is left out of the mean. −1 for none
  bool cut_first = false;               ///< max_tokens counts unknown tokens too (Model2Vec from 0.10 on), else what is left of them
  bool cut_characters = false;          ///< Model2Vec's rule: a text over max_tokens · (median length of a token) characters is cut there
};

/// `model` has family, dim and vocabulary size only; `table` looks into `weights`.
struct StaticFiles {
  ModelFiles files;
  StaticTable table;
};

/// False for anything that is no folder of this kind.
bool is_static_folder(const std::filesystem::path& folder);
/// Throws Error naming file, tensor or key, what was wanted and found.
StaticFiles read_static_folder(const std::filesystem::path& folder);

}  // namespace akin
