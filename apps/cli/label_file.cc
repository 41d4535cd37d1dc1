#include "label_file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "akin/akin.h"
#include "text_source.h"

namespace akin::cli {
namespace {

constexpr std::size_t kMaxLabels = 100'000'000;

std::string text_of_number(float number) {
  return number == std::floor(number) && std::abs(number) < 1e15F ? std::to_string(static_cast<long long>(number)) : std::to_string(number);
}

std::vector<std::string> of_records(const std::string& path, const std::string& field) {
  const auto source = open_records(path);
  const auto at = static_cast<std::size_t>(std::ranges::find(source->names(), field) - source->names().begin());
  if (at == source->names().size()) throw Error(ErrorCode::not_found, path + ": no field '" + field + "' in the first record");
  std::vector<std::string> labels;
  for (std::vector<std::string> cells; source->next(cells);) {
    if (at >= cells.size()) throw Error(ErrorCode::corrupt, source->where() + ": the record has no '" + field + "'");
    labels.push_back(std::move(cells[at]));
  }
  return labels;
}

}  // namespace

std::vector<std::string> read_label_file(const std::string& path, const std::string& field) {
  const std::string ending = std::filesystem::path(path).extension().string();
  if (ending == ".jsonl" || ending == ".ndjson" || ending == ".csv" || ending == ".tsv") return of_records(path, field);
  if (ending != ".npy") return read_all_texts({path}, {.format = "lines"}, kMaxLabels);
  std::vector<std::string> labels;
  const Matrix<float> numbers = VectorFile(path).read();
  for (std::size_t i = 0; i < numbers.size(); ++i) labels.push_back(text_of_number(numbers.data()[i]));
  return labels;
}

}  // namespace akin::cli
