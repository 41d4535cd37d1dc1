// Vectors that somebody already has, into a collection, and a collection's vectors out: .npy, .fvecs, .safetensors (and .ivecs, .bvecs to
// read) with ids and metadata beside them, or .jsonl with all in one. Row by row, so that files may be larger than memory.
// Tested by vector_transfer_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "akin/base/context.h"

namespace akin {

struct ImportOptions {
  /// A name for the space the vectors live in, where no model of akin made them. Empty: what the file says of itself (as `akin embed` and
  /// `akin export` write it), and a model's name there makes the collection one of that model.
  std::string space;
  std::string metric;              ///< "cosine", "dot", "euclidean"; empty: what the file says, else cosine
  std::filesystem::path ids;       ///< a line a row; empty: FILE#ROW, of .jsonl the field "id" where there is one
  std::filesystem::path metadata;  ///< JSONL, an object a row: "text" becomes the chunk's text, other plain values metadata
  std::size_t rows_of_a_commit = 8192;
};

struct ImportReport {
  std::filesystem::path collection;
  std::string model, fingerprint, metric;
  std::size_t dim = 0, n_vectors = 0, n_texts = 0, n_documents = 0;  ///< n_documents: in the collection, afterwards
  std::string graph_failure;  ///< why the graph over the vectors was not brought up to date; empty: it was, or none was needed
  double seconds = 0;
};

/// Adds each row as a document of one chunk, or puts it in the place of the one with its id; `folder` becomes a collection if it is none.
/// Rows are committed some thousand at a time: after a stop the same call takes its place. Throws Error{mismatch} if the collection is of
/// another space, Error{invalid_argument} if no space is named, Error{corrupt} naming file and row, Error{limit} for a line over 64 MiB.
ImportReport import_vectors(const std::filesystem::path& file, const std::filesystem::path& folder, const ImportOptions& options,
                            Context& context);

struct ExportOptions {
  std::filesystem::path ids, metadata;  ///< files to write beside the vectors; empty: none. .jsonl holds both
};

struct ExportReport {
  std::size_t n_vectors = 0, dim = 0;
  double seconds = 0;
};

/// Every chunk's vector, in the order in which they came. An id is the document's uri, behind the first chunk of a document with "#2",
/// "#3", …. Throws Error{corrupt} for a vector that is damaged, Error{invalid_argument} for another ending, Error{io}.
ExportReport export_vectors(const std::filesystem::path& folder, const std::filesystem::path& file, const ExportOptions& options,
                            Context& context);

/// Begins the name of a space that no model of akin makes vectors for.
inline constexpr std::string_view kForeignSpace = "vectors:";

}  // namespace akin
