#include "text_file.h"

#include "temporary_files.h"

namespace akin {
namespace {

using Lines = std::vector<std::string_view>;

TEST(TextFile, IsReadAsItIsOrUnpacked) {
  const TemporaryFiles files;
  EXPECT_EQ(read_text_file(files.write("a.txt", "one\ntwo")), "one\ntwo");
  EXPECT_EQ(read_text_file(files.write_gz("a.txt.gz", "one\ntwo")), "one\ntwo");
  EXPECT_EQ(read_text_file(files.write_gz("empty.gz", "")), "");
}

TEST(TextFile, IsRefusedOverItsBoundPackedOrNot) {
  const TemporaryFiles files;
  const std::string text(3'000'000, 'a');
  EXPECT_EQ(error_of([&] { read_text_file(files.write("a", text), 2'999'999); }).code(), ErrorCode::limit);
  EXPECT_EQ(error_of([&] { read_text_file(files.write_gz("a.gz", text), 2'999'999); }).code(), ErrorCode::limit);
  EXPECT_EQ(read_text_file(files.write_gz("b.gz", text), 3'000'000).size(), text.size());
}

TEST(TextFile, IsCalledCorruptWhenItsGzipIsCutOrBroken) {
  const TemporaryFiles files;
  const std::filesystem::path whole = files.write_gz("a.gz", std::string(100'000, 'a') + "end of it");
  std::filesystem::copy_file(whole, files.folder() / "cut.gz");
  std::filesystem::resize_file(files.folder() / "cut.gz", std::filesystem::file_size(whole) - 6);
  for (const std::filesystem::path& path : {files.folder() / "cut.gz", files.write("plain.gz", "no gzip"), files.write("none.gz", "")}) {
    const Error error = error_of([&] { read_text_file(path); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt) << path;
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
  }
}

TEST(TextFile, ThatIsMissingIsNamed) {
  EXPECT_EQ(error_of([] { read_text_file("nowhere/at-all.txt"); }).code(), ErrorCode::not_found);
  EXPECT_EQ(error_of([] { read_text_file("nowhere/at-all.gz"); }).code(), ErrorCode::not_found);
}

TEST(TextFile, IsCutIntoLines) {
  EXPECT_EQ(lines_of("\xEF\xBB\xBF"
                     "a\r\n\nb"),
            (Lines{"a", "", "b"}));
  EXPECT_EQ(lines_of("a\n"), (Lines{"a"}));
  EXPECT_TRUE(lines_of("").empty());
}

}  // namespace
}  // namespace akin
