// A path of headings goes into one field and comes out as it was.
#include "headings.h"

#include <gtest/gtest.h>

namespace akin::store {
namespace {

using Path = std::vector<std::string>;

TEST(Headings, ComeBackAsTheyWere) {
  for (const Path& path : {Path{}, Path{"One"}, Path{"One", "Two", "Three"}, Path{"Größe & Maß", "日本語", "a\tb"}}) {
    EXPECT_EQ(split_headings(join_headings(path)), path) << join_headings(path);
  }
}

TEST(Headings, AreOneALine) { EXPECT_EQ(join_headings({"Guide", "Install", "Debian"}), "Guide\nInstall\nDebian"); }

TEST(Headings, LoseTheLineBreaksInsideThem) { EXPECT_EQ(split_headings(join_headings({"two\nlines", "\n"})), (Path{"two lines", " "})); }

TEST(Headings, KeepAnEmptyOneBetweenOthers) {
  EXPECT_EQ(split_headings(join_headings({"Guide", "", "Debian"})), (Path{"Guide", "", "Debian"}));
}

}  // namespace
}  // namespace akin::store
