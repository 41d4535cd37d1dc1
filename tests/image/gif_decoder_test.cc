#include "pictures.h"

namespace akin {
namespace {

TEST(GifDecoder, ReadsWhatPilReads) { testing::expect_as_pil(".gif", 10); }

TEST(GifDecoder, RefusesOrReadsSpoiltFiles) {
  for (const std::string& name : testing::pictures(".gif")) testing::expect_safe(name);
}

}  // namespace
}  // namespace akin
