// Tests of what is kept in a safetensors file: written, read, and refused where one thing was put wrong.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/error.h"
#include "akin/formats/safetensors.h"

namespace akin::analysis {

/// A folder for one test, with a file for a T, which Write writes and Read reads.
template <class T, void (*Write)(const std::filesystem::path&, const T&), T (*Read)(const std::filesystem::path&)>
class KeptFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("akin-kept-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path file() const { return folder_ / "kept.safetensors"; }
  /// What it is after it was written and read.
  T again(const T& kept) {
    Write(file(), kept);
    return Read(file());
  }
  /// What is said of one in which one thing was put wrong.
  template <class Break>
  std::string broken(const T& kept, const Break& put_wrong) {
    Write(file(), kept);
    const auto old = open_safetensors(file());
    std::vector<TensorView> tensors = old->tensors();
    auto metadata = old->metadata();
    put_wrong(tensors, metadata);
    const std::filesystem::path other = folder_ / "broken.safetensors";
    write_safetensors(other, tensors, metadata);
    try {
      Read(other);
    } catch (const Error& error) {
      const std::string what = error.what();
      EXPECT_EQ(what.find(other.string() + ": "), 0U) << what;
      return what.substr(other.string().size() + 2);
    }
    return "";
  }

  std::filesystem::path folder_;
};

}  // namespace akin::analysis
