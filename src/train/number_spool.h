// A text as numbers on disk: written once, then looked at as if they were in memory. Private. Tested by word_corpus_test.cc and
// labelled_corpus_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "akin/base/mapped_spool.h"

namespace akin {

/// Where they lie: beside `wanted`, or, if it is empty, in the system's folder for such.
inline std::filesystem::path spool_place(const std::filesystem::path& wanted) {
  return wanted.empty() ? std::filesystem::temp_directory_path() / "akin-corpus" : wanted;
}

class NumberSpool {
 public:
  explicit NumberSpool(const std::filesystem::path& place) : file_(place) {}

  void write(std::span<const std::uint32_t> numbers) { file_.write(std::as_bytes(numbers)); }
  /// Ends the writing.
  void finish() {
    file_.finish();
    numbers_ = {reinterpret_cast<const std::uint32_t*>(file_.bytes().data()), file_.bytes().size() / sizeof(std::uint32_t)};
  }
  /// All of them; after finish().
  [[nodiscard]] std::span<const std::uint32_t> numbers() const noexcept { return numbers_; }
  /// Gives back the memory of `part`: it is read again when it is next looked at.
  void forget(std::span<const std::uint32_t> part) const noexcept { file_.forget(std::as_bytes(part)); }

 private:
  MappedSpool file_;
  std::span<const std::uint32_t> numbers_;
};

}  // namespace akin
