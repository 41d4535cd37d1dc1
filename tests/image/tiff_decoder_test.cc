#include "pictures.h"

namespace akin {
namespace {

TEST(TiffDecoder, ReadsWhatPilReads) { testing::expect_as_pil(".tif", 30); }

TEST(TiffDecoder, RefusesOrReadsSpoiltFiles) {
  for (const std::string& name : testing::pictures(".tif")) testing::expect_safe(name);
}

}  // namespace
}  // namespace akin
