// tokenize_file FOLDER FILE [--ids]: one text a line → ids on one thread. Prints the speed as JSON, or with --ids the ids of
// each line (without special tokens) for comparison with another tokenizer.
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/text/tokenizer.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void print_ids(const akin::Encoding& encoding) {
  std::string line;
  for (const std::int32_t id : encoding.ids) line += std::to_string(id) + ' ';
  std::puts(line.c_str());
}

int run(const std::string& folder, const std::string& path, bool ids) {
  const auto load_start = Clock::now();
  const akin::Tokenizer tokenizer = akin::Tokenizer::from_folder(folder);
  const double load_seconds = seconds_since(load_start);
  const std::string text = akin::read_file(path, std::size_t{1} << 32);
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
  double seconds[2] = {0, 0};
  std::size_t n_tokens = 0;
  for (double& pass : seconds) {
    n_tokens = 0;
    const auto start = Clock::now();
    for (const std::string_view line : lines) {
      const akin::Encoding encoding = tokenizer.encode(line, {.special_tokens = false});
      n_tokens += encoding.ids.size();
      if (ids) print_ids(encoding);
    }
    pass = seconds_since(start);
    if (ids) return 0;
  }
  const double mb = static_cast<double>(text.size()) / 1e6;
  std::printf("{\"load_ms\": %.2f, \"mb\": %.2f, \"lines\": %zu, \"tokens\": %zu, \"mb_per_s\": [%.1f, %.1f]}\n", load_seconds * 1e3, mb,
              lines.size(), n_tokens, mb / seconds[0], mb / seconds[1]);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: tokenize_file FOLDER FILE [--ids]\n", stderr);
    return 2;
  }
  try {
    return run(argv[1], argv[2], argc > 3 && std::string_view(argv[3]) == "--ids");
  } catch (const akin::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
