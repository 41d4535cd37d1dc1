#include "akin/train/text_input.h"

#include <string>

#include "base/gzip.h"
#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::as_gzip;
using testing::expect_error;
using testing::TemporaryFolder;

std::string all_of(TextInput& input, std::size_t piece) {
  std::string all, buffer(piece, '\0');
  for (std::size_t n = 0; (n = input.read(buffer)) > 0;) {
    all.append(buffer, 0, n);
    if (n == piece) continue;
    EXPECT_EQ(input.read(buffer), 0U);  // less only at the end
    break;
  }
  return all;
}

TEST(TextInput, JoinsFilesPlainAndPackedWithALineEndBetween) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 50000; ++i) text += "line " + std::to_string(i) + "\n";
  const auto a = folder.write("a.txt", "one two"), b = folder.write("b.gz", as_gzip(text) + as_gzip("more"));
  for (const std::size_t piece : {7U, 4096U, 1U << 20}) {
    const auto input = open_text_input({a, b, a});
    EXPECT_TRUE(all_of(*input, piece) == "one two\n" + text + "more\none two\n") << piece;
  }
}

TEST(TextInput, UnpacksZstandard) {
  const TemporaryFolder folder;
  const std::string frame("\x28\xB5\x2F\xFD\x20\x04\x21\x00\x00one ", 13);
  for (const std::size_t piece : {1U, 4096U})
    EXPECT_EQ(all_of(*open_text_input({folder.write("a.zst", frame + frame)}), piece), "one one \n");
  expect_error(ErrorCode::corrupt, "cut.zst: the Zstandard data ends early",
               [&] { all_of(*open_text_input({folder.write("cut.zst", frame.substr(0, 10))}), 16); });
}

TEST(TextInput, AnEmptyFileIsAnEmptyLine) {
  const TemporaryFolder folder;
  EXPECT_EQ(all_of(*open_text_input({folder.write("empty", "")}), 16), "\n");
}

TEST(TextInput, SaysWhichFileIsWrongBeforeAnyIsRead) {
  const TemporaryFolder folder;
  const auto good = folder.write("good.txt", "x");
  expect_error(ErrorCode::not_found, "nowhere.txt: no such file", [&] { open_text_input({good, folder.path() / "nowhere.txt"}); });
  expect_error(ErrorCode::invalid_argument, "a folder", [&] { open_text_input({good, folder.path()}); });
  expect_error(ErrorCode::invalid_argument, "no text", [] { open_text_input({}); });
}

TEST(TextInput, ADamagedGzipFileIsCorrupt) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::to_string(i * i) + " ";
  const std::string whole = as_gzip(text);
  std::string flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 0x55);
  for (const std::string& bytes : {whole.substr(0, whole.size() / 2), whole.substr(0, 2), flipped, whole + "rest"}) {
    const auto input = open_text_input({folder.write("bad.gz", bytes)});
    expect_error(ErrorCode::corrupt, "bad.gz", [&] { all_of(*input, 4096); });
  }
}

}  // namespace
}  // namespace akin
