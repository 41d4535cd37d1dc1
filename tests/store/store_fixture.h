// Small collections for tests: documents of a few chunks whose texts and vectors follow from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"
#include "akin/store/store.h"

namespace akin::testing {

inline constexpr std::size_t kDim = 4;

inline StoreSpace space_of(std::string metric = "cosine") { return {"tiny", "fingerprint-of-tiny", kDim, std::move(metric)}; }

/// Numbers from −1 to 1 in steps of 0.001, so that sums of their products are the same in any order to far below the steps.
inline std::vector<float> random_vector(Rng& rng) {
  std::vector<float> vector(kDim);
  for (float& x : vector) x = (static_cast<float>(rng.below(2001)) - 1000.0f) / 1000.0f;
  return vector;
}

/// A change under way that owns its vectors.
class Draft {
 public:
  /// `seed` decides the vectors and the texts.
  Draft& put(const std::string& uri, std::size_t n_chunks, std::uint64_t seed, const std::string& source = "") {
    Rng rng(seed);
    StoredDocument document;
    document.uri = uri;
    document.title = "Title of " + uri;
    document.format = "text";
    document.content_hash = "hash " + std::to_string(seed);
    document.source = source;
    document.metadata = {{"seed", std::to_string(seed)}};
    for (std::size_t i = 0; i < n_chunks; ++i) {
      StoredChunk chunk;
      chunk.text = "piece " + std::to_string(i) + " of seed" + std::to_string(seed);
      chunk.headings = {"Part", std::to_string(i)};
      chunk.page = 1;
      chunk.line = static_cast<std::uint32_t>(i + 1);
      chunk.n_tokens = 5;
      document.chunks.push_back(std::move(chunk));
      const std::vector<float> vector = random_vector(rng);
      numbers_.insert(numbers_.end(), vector.begin(), vector.end());
    }
    change_.put.push_back(std::move(document));
    return *this;
  }
  /// Its last document, to be changed further.
  StoredDocument& last() { return change_.put.back(); }
  std::vector<float>& numbers() { return numbers_; }
  Draft& remove(const std::string& uri) {
    change_.remove.push_back(uri);
    return *this;
  }
  Draft& remove_source(const std::string& path) {
    change_.remove_sources.push_back(path);
    return *this;
  }
  Draft& source(const std::string& path, const std::string& hash) {
    change_.sources.push_back({path, 10, 20, hash, "settings", ""});
    return *this;
  }
  /// Good as long as the draft.
  [[nodiscard]] const StoreChange& change() {
    change_.vectors = MatrixView<const float>(numbers_.data(), numbers_.size() / kDim, kDim);
    return change_;
  }

 private:
  StoreChange change_;
  std::vector<float> numbers_;
};

inline void put(Store& store, const std::string& uri, std::size_t n_chunks, std::uint64_t seed) {
  store.apply(Draft().put(uri, n_chunks, seed).change());
}

/// Turns one bit of a file over.
inline void flip_bit(const std::filesystem::path& file, std::uint64_t offset) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  const int byte = stream.get();
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.put(static_cast<char>(byte ^ 4));
}

}  // namespace akin::testing
