// The text that is learnt from, as one stream of bytes: files one after another, plain or packed with gzip or Zstandard, and standard
// input. A line ends where a file does. Memory does not grow with the text. Tested by text_input_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace akin {

class TextInput {
 public:
  virtual ~TextInput() = default;
  /// Fills `out` from its beginning and returns how many bytes it got; fewer than there is room for only at the end of the text, 0 past it.
  /// Throws Error{io}, Error{corrupt} naming the file.
  virtual std::size_t read(std::span<char> out) = 0;
};

/// "-" is standard input. Packed files are known by their first bytes. Throws Error{not_found}, Error{io}, and Error{invalid_argument} for
/// a folder or no files at all: all are looked at before the first is read.
std::unique_ptr<TextInput> open_text_input(const std::vector<std::filesystem::path>& files);

}  // namespace akin
