// What cluster and its kin work on, read in one place: a collection, files of vectors (.npy, .fvecs, .safetensors, .jsonl, .csv), or texts
// and pictures, which a model turns into vectors as `akin embed` does.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "command.h"
#include "text_source.h"

namespace akin::cli {

struct AnalysisSourceOptions {
  std::vector<std::string> inputs;  ///< empty: a collection
  std::string collection;
  std::string by = "chunk";          ///< of a collection: chunk or document
  std::string default_by = "chunk";  ///< what --by is if nothing is said; set both before add_analysis_source()
  std::vector<std::string> where;
  TextSourceOptions texts;
  std::string as = "plain";
  std::string label_field;    ///< empty: no labels are read, unless a file has them
  std::string label_file;     ///< a label a row
  bool with_vectors = true;   ///< false: texts and pictures are not embedded, a collection's vectors not read; files of vectors are
  bool whole_texts = false;   ///< of a document of a collection: the text of all its chunks, not of the first
  bool keep_records = false;  ///< of files of records: each one as it is written there
};

/// The inputs, --collection, --by, --where, --field, --format, --text, --as, --label-field,
/// --label-file and the model's options.
void add_analysis_source(CLI::App& verb, AnalysisSourceOptions& options, Common& common);

/// Vectors with what people know their rows by. Lists have an entry a row, or none at all.
struct AnalysisItems {
  Matrix<float> vectors;
  std::vector<std::string> names;   ///< where each is from: "notes/a.md#2", "row 7", "titles.csv:12", the picture's file
  std::vector<std::string> texts;   ///< empty where only vectors are known
  std::vector<std::string> labels;  ///< of --label-field or --label-file; "" where a row has none
  std::string label_field;          ///< what they are called among the fields; "label" if only a file of them is named
  std::vector<std::vector<std::pair<std::string, std::string>>> fields;  ///< what else is told of a row: metadata, columns
  std::vector<std::string> records;                                      ///< of keep_records, where there are any
  std::string records_head;                                              ///< the first row of a table, which names its columns
  std::string source;                                                    ///< the collection's folder, or the first input
  std::string model, fingerprint, metric;                                ///< of the vectors' space; "" where nothing says
  bool are_pictures = false;
  bool is_collection = false;

  [[nodiscard]] std::size_t size() const noexcept { return names.size(); }
  /// A row's text, or its name.
  [[nodiscard]] const std::string& shown(std::size_t row) const { return texts.empty() || texts[row].empty() ? names[row] : texts[row]; }
  /// What a row says under a name: "" where nothing.
  [[nodiscard]] std::string_view field(std::size_t row, std::string_view name) const;
};

/// Reads all of it. Warns of tokens that the model dropped. Throws Error naming file and place, Error{not_found} for a label field that no
/// row has, Error{invalid_argument} where there is nothing.
AnalysisItems read_analysis_items(const AnalysisSourceOptions& options, const Common& common, Context& context);

/// The vectors of texts or pictures that were read without, of these rows; zeros for all others. Says in `items` of which space they are.
void embed_items(const AnalysisSourceOptions& options, const Common& common, std::span<const std::uint32_t> rows, AnalysisItems& items,
                 Context& context);

}  // namespace akin::cli
