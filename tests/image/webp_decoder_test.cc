#include "pictures.h"

namespace akin {
namespace {

TEST(WebpDecoder, ReadsWhatPilReads) { testing::expect_as_pil(".webp", 7); }

TEST(WebpDecoder, RefusesOrReadsSpoiltFiles) {
  for (const std::string& name : testing::pictures(".webp")) testing::expect_safe(name);
}

}  // namespace
}  // namespace akin
