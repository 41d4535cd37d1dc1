#include "akin/formats/pickle.h"

#include <gtest/gtest.h>

#include "akin/formats/safetensors.h"
#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;
using namespace std::string_literals;

TEST(Pickle, IsKnownByItsFirstBytes) {
  const TemporaryFolder folder;
  EXPECT_TRUE(is_pickle(folder.write("new.bin", "PK\x03\x04\0\0\x08\x08\0\0archive/data.pklFB"s)));
  EXPECT_TRUE(is_pickle(folder.write("old.bin",
                                     "\x80\x02\x8A\x0Alfc\x9C"
                                     "F\xF9 j\xA8P\x19."s)));
  EXPECT_TRUE(is_pickle(folder.write("state.pt", "\x80\x04}q\0."s)));
  EXPECT_FALSE(is_pickle(folder.write("zip.docx", "PK\x03\x04\x14\0\x06\0word/document.xml"s)));
  EXPECT_FALSE(is_pickle(folder.write("vectors.bin", "71291 100\nthe \x80\x02"s)));
  EXPECT_FALSE(is_pickle(folder.write("empty.bin", "")));
  EXPECT_FALSE(is_pickle(folder.path() / "nothing.bin"));
}

TEST(Pickle, InAModelsFolderIsRefusedWithTheReasonAndTheCommand) {
  const TemporaryFolder folder;
  for (const char* name : {"pytorch_model.bin", "pytorch_model.bin.index.json", "model.pt"}) {
    const auto file = folder.write(name, "PK");
    expect_error(ErrorCode::unsupported, std::string(name) + ": the weights are a pickle, and reading one can run code that stands in it",
                 [&] { open_safetensors(folder.path()); });
    expect_error(ErrorCode::unsupported,
                 "AutoModel.from_pretrained('" + folder.path().string() + "').save_pretrained('" + folder.path().string() +
                     "', safe_serialization=True)",
                 [&] { open_safetensors(folder.path()); });
    std::filesystem::remove(file);
  }
}

TEST(Pickle, BesideSafetensorsIsPassedOver) {
  const TemporaryFolder folder;
  folder.write("pytorch_model.bin", "PK");
  std::filesystem::copy(AKIN_GOLDEN "/formats/plain.safetensors", folder.path() / "model.safetensors");
  EXPECT_NE(open_safetensors(folder.path())->find("weight"), nullptr);
}

}  // namespace
}  // namespace akin
