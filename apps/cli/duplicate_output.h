// What `akin duplicates` shows and writes of what it found.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "duplicate_run.h"

namespace akin::cli {

/// Groups, the largest first, as a table or as one JSON object. `top`: so many of them; nothing: ten, of JSON all.
void print_duplicates(const DuplicateRun& run, std::optional<std::size_t> top, bool as_json);

/// Throws UsageError for an ending that rows cannot be written to.
void check_rows_file(const std::string& path);
/// A row for each of the input, to .csv or .jsonl: its name, whether it stays, for whom it goes, how similar they are, and its text.
void write_row_list(const std::string& path, const DuplicateRun& run);

/// Throws UsageError if what stays of such inputs cannot be written to a file of that ending.
void check_deduplicated_file(const std::string& path, const DuplicateRunOptions& options);
/// What stays, in the order of the input: records as they were written, texts one a line, or vectors with what is known of them.
void write_deduplicated(const std::string& path, const DuplicateRun& run);

}  // namespace akin::cli
