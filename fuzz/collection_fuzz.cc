// A collection's database with pages written over, their checksums put right, so that damage reaches SQLite and the readers behind it:
// every question ends in an answer or an Error, and mending in a collection that can be asked or an Error. The input: page, place, length,
// bytes, again and again. Needs no seeds.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "akin/base/crc32c.h"
#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/store/doctor.h"
#include "akin/store/store.h"

namespace {

namespace fs = std::filesystem;
constexpr std::size_t kPage = 4096, kDim = 3;

/// Made once: the files of a small collection, closed.
struct Original {
  fs::path folder = fs::temp_directory_path() / ("akin-fuzz-collection-" + std::to_string(::getpid()));
  std::string database, segment;

  Original() {
    fs::remove_all(folder);
    {
      akin::Store store = akin::Store::create(folder, {"m", "f", kDim, "cosine"});
      for (int i = 0; i < 8; ++i) {
        akin::StoreChange change;
        change.put.emplace_back().uri = "document " + std::to_string(i);
        change.put.back().metadata = {{"year", std::to_string(1990 + i)}};
        for (int j = 0; j < 5; ++j) change.put.back().chunks.push_back({"lamp " + std::to_string(i * 5 + j), {"Part"}, 1, 2, 3});
        const std::vector<float> numbers(5 * kDim, 0.5F);
        change.vectors = akin::MatrixView<const float>(numbers.data(), 5, kDim);
        if (i == 6) change.remove = {"document 2"};
        store.apply(change);
      }
      store.compact(0);
    }
    database = akin::read_file(folder / "akin.db", std::size_t{1} << 30);
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".seg") segment = entry.path().filename().string();
    fs::copy_file(folder / segment, folder.string() + ".seg", fs::copy_options::overwrite_existing);
  }
  void put_back(const std::string& pages) const {
    for (const auto& entry : fs::directory_iterator(folder)) fs::remove_all(entry.path());
    std::ofstream(folder / "akin.db", std::ios::binary) << pages;
    fs::copy_file(folder.string() + ".seg", folder / segment);
  }
};

template <class Work>
void guarded(Work&& work) {
  try {
    work();
  } catch (const akin::Error&) {
  }
}

void ask(const fs::path& folder, akin::Context& context) {
  guarded([&] {
    const akin::Store store = akin::Store::open(folder, false);
    const akin::Snapshot snapshot = store.snapshot();
    const std::vector<float> query(snapshot.space().dim < 1000 ? snapshot.space().dim : 1, 0.25F);
    guarded([&] { (void)snapshot.counts(); });
    guarded([&] { (void)snapshot.documents(); });
    guarded([&] { (void)snapshot.search_text("lamp 3", 5, {}); });
    guarded([&] { (void)snapshot.search_dense(query, 5, {}, context); });
    guarded([&] { (void)snapshot.chunks_after(0, 100); });
    guarded([&] { (void)snapshot.damaged_documents(context); });
    guarded([&] { (void)snapshot.next_space(); });
    guarded([&] { (void)snapshot.content_digest(); });
  });
}

std::string damaged(const std::string& whole, std::span<const std::uint8_t> input) {
  std::string pages = whole;
  const std::size_t n_pages = pages.size() / kPage;
  while (input.size() > 4) {
    const std::size_t page = input[0] % n_pages;
    const std::size_t at = (input[1] * 256U + input[2]) % (kPage - 8);
    const std::size_t n = std::min<std::size_t>({input[3] % 64U + 1, input.size() - 4, kPage - 8 - at});
    std::memcpy(pages.data() + page * kPage + at, input.data() + 4, n);
    const auto bytes = std::as_bytes(std::span(pages).subspan(page * kPage, kPage));
    const auto number = static_cast<std::uint32_t>(page + 1);
    std::uint32_t crc = akin::crc32c(0, bytes.first(kPage - 8));
    crc = akin::crc32c(crc, std::as_bytes(std::span(&number, 1)));
    std::memcpy(pages.data() + page * kPage + kPage - 8, &crc, sizeof crc);
    input = input.subspan(4 + n);
  }
  return pages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Original original;
  static akin::Context context(1);
  original.put_back(damaged(original.database, {data, size}));
  ask(original.folder, context);
  guarded([&] { (void)akin::examine_collection(original.folder, context); });
  guarded([&] { (void)akin::mend_collection(original.folder, context); });
  ask(original.folder, context);
  return 0;
}
