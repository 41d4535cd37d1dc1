// Vectors in .csv and .tsv files: rows of plain numbers as `akin embed --out x.csv` writes them, a column "vector" or "embedding" of lists,
// or a table whose columns are the numbers.
#pragma once

#include <memory>
#include <string>

#include "akin/retrieval/vector_rows.h"

namespace akin::cli {

/// Columns that are no numbers of a vector.
struct TableColumns {
  std::string text = "text", label;
};

/// Whether a table holds vectors and not texts: it has no column of texts, or one of vectors.
bool is_vector_table(const std::string& path, const TableColumns& columns);

/// Columns of the first row that are not numbers, "id" and the label become metadata. Throws Error{corrupt} naming file and line.
std::unique_ptr<VectorRows> open_vector_table(const std::string& path, const TableColumns& columns);

}  // namespace akin::cli
