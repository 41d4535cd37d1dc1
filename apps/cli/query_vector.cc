#include "query_vector.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "akin/base/mapped_file.h"
#include "akin/formats/vector_file.h"
#include "command.h"
#include "text_source.h"

namespace akin::cli {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

std::vector<float> parse_numbers(std::string_view text, const std::string& file) {
  constexpr std::string_view between = " \t\r\n,[]";
  std::vector<float> numbers;
  while (true) {
    const std::size_t begin = text.find_first_not_of(between);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    float number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || !std::isfinite(number))
      throw UsageError("--vector: '" + file + "': number " + std::to_string(numbers.size()) + " is none: '" +
                       std::string(text.substr(0, std::min<std::size_t>(20, text.find_first_of(between)))) + "'");
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  if (numbers.empty()) throw UsageError("--vector: '" + file + "' holds no numbers");
  return numbers;
}

}  // namespace

std::vector<float> read_query_vector(const std::string& file) {
  if (file == "-") {
    std::string text;
    for (const std::string& line : read_all_texts({"-"}, {}, 1'000'000)) text += line + "\n";
    return parse_numbers(text, file);
  }
  if (!is_vector_file(file)) return parse_numbers(read_file(file, kMaxBytes), file);
  const VectorFile vectors(file);
  if (vectors.rows() != 1) throw UsageError("--vector: '" + file + "' has " + std::to_string(vectors.rows()) + " rows; one is the query");
  std::vector<float> row(vectors.cols());
  vectors.row_to_float(0, row);
  return row;
}

}  // namespace akin::cli
