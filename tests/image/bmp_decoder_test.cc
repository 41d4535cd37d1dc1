#include "pictures.h"

namespace akin {
namespace {

TEST(BmpDecoder, ReadsWhatPilReads) { testing::expect_as_pil(".bmp", 15); }

TEST(BmpDecoder, RefusesOrReadsSpoiltFiles) {
  for (const std::string& name : testing::pictures(".bmp")) testing::expect_safe(name);
}

}  // namespace
}  // namespace akin
