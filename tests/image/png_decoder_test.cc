#include "pictures.h"

namespace akin {
namespace {

TEST(PngDecoder, ReadsWhatPilReads) { testing::expect_as_pil(".png", 20); }

TEST(PngDecoder, RefusesOrReadsSpoiltFiles) {
  for (const std::string& name : testing::pictures(".png")) testing::expect_safe(name);
}

}  // namespace
}  // namespace akin
