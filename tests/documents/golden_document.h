// The files of tests/golden/documents: one text in every format, made by pandoc and openpyxl (see its README.md).
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace akin::testing {

inline std::string golden_document(const std::string& name) {
  std::ifstream file("tests/golden/documents/" + name, std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

}  // namespace akin::testing
