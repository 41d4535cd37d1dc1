#include "pictures.h"

namespace akin {
namespace {

TEST(JpegDecoder, ReadsWhatPilReads) { testing::expect_as_pil(".jpg", 8); }

TEST(JpegDecoder, RefusesOrReadsSpoiltFiles) {
  for (const std::string& name : testing::pictures(".jpg")) testing::expect_safe(name);
}

}  // namespace
}  // namespace akin
