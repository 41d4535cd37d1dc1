#include "akin/space/search_code.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"

namespace akin {
namespace {

TEST(SearchCode, HasANameThatGivesItBack) {
  for (const SearchCode code : {SearchCode::f16, SearchCode::bf16, SearchCode::i8, SearchCode::rabitq, SearchCode::bit})
    EXPECT_EQ(search_code_from(name_of(code)), code);
  EXPECT_EQ(search_code_names(), "f16, bf16, i8, rabitq, bit");
}

TEST(SearchCode, OfAnotherNameIsRefusedWithTheList) {
  try {
    (void)search_code_from("int4");
    FAIL() << "int4 was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_STREQ(error.what(), "search code 'int4' is not one of f16, bf16, i8, rabitq, bit");
  }
}

TEST(SearchCode, TellsItsBytes) {
  EXPECT_EQ(bytes_of(SearchCode::f16, 384), 768U);
  EXPECT_EQ(bytes_of(SearchCode::bf16, 384), 768U);
  EXPECT_EQ(bytes_of(SearchCode::i8, 382), 392U);  // up to a multiple of four, and two floats
  EXPECT_EQ(bytes_of(SearchCode::rabitq, 384), 60U);
  EXPECT_EQ(bytes_of(SearchCode::bit, 385), 49U);
}

}  // namespace
}  // namespace akin
