// Where `embed` and `similar` get their texts: arguments, files (one text a line, JSONL, CSV) and standard input, one text at a time in
// bounded memory, so that input may be endless.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace akin::cli {

struct TextSourceOptions {
  bool literal = false;         ///< every argument is a text, even if a file of that name exists
  std::string field = "text";   ///< of JSONL records and CSV headers
  std::string format = "auto";  ///< auto (by the file's ending; lines for standard input), lines, jsonl, csv
};

/// --field and --format.
void add_record_options(CLI::App& verb, TextSourceOptions& options);

/// A stream of texts.
class TextSource {
 public:
  virtual ~TextSource() = default;
  /// False at the end. Throws Error naming the file and line.
  virtual bool next(std::string& text) = 0;
};

/// A stream of records of one file, each with the cells of several fields.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  /// The columns of a CSV's first row, or the texts and numbers of the first JSON object.
  [[nodiscard]] virtual const std::vector<std::string>& names() const = 0;
  /// One cell a name; a row of a CSV may have fewer or more. False at the end. Throws Error naming the file and line.
  virtual bool next(std::vector<std::string>& cells) = 0;
  /// File and line of the last record.
  [[nodiscard]] virtual std::string where() const = 0;
  /// The last record as the file has it, without its line end; of a CSV with line ends in quoted cells as "\n".
  [[nodiscard]] virtual const std::string& raw() const = 0;
  /// The row that names a CSV's columns; empty for others.
  [[nodiscard]] virtual const std::string& raw_head() const = 0;
};

/// By the file's ending: .jsonl, .ndjson, .csv, .tsv; "-" is JSONL from standard input.
std::unique_ptr<RecordSource> open_records(const std::string& path);

/// `inputs` in order: "-" is standard input, the name of an existing file is that file, all else is a text. Throws Error{not_found} for
/// what looks like a path but is not there, so that a mistyped file name is not embedded as a text.
std::unique_ptr<TextSource> open_texts(const std::vector<std::string>& inputs, const TextSourceOptions& options);

/// All but the empty ones, some thousand and some megabytes at a time; the first `max_texts` if that is not 0.
void for_each_batch(TextSource& source, std::size_t max_texts, const std::function<void(std::span<const std::string>)>& take);

/// All texts at once, for the verbs that compare them. Throws Error{limit} past `max_texts`.
std::vector<std::string> read_all_texts(const std::vector<std::string>& inputs, const TextSourceOptions& options, std::size_t max_texts);

}  // namespace akin::cli
