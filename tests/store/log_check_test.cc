#include "log_check.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "base/temporary_folder.h"
#include "schema.h"
#include "store_fixture.h"

namespace akin::store {
namespace {

namespace fs = std::filesystem;
using akin::testing::put;
using akin::testing::space_of;
using akin::testing::TemporaryFolder;

constexpr std::size_t kFrame = 24 + 4096;

/// A collection whose last commits stand in the log, as a killed process leaves it.
class LogCheck : public ::testing::Test {
 protected:
  LogCheck() : folder_(parent_.path() / "c"), log_(folder_ / (std::string(kDatabaseName) + "-wal")) {
    const pid_t child = ::fork();
    if (child == 0) {
      Store store = Store::create(folder_, space_of());
      store.compact(0);
      for (std::uint64_t i = 0; i < 3; ++i) put(store, std::to_string(i), 3, i);
      ::_exit(0);  // nothing is closed
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    bytes_ = read_file(log_, std::size_t{1} << 30);
  }
  [[nodiscard]] LogState check() const { return check_log(std::as_bytes(std::span(bytes_)), "the log"); }
  void flip(std::size_t at) { bytes_[at] = static_cast<char>(bytes_[at] ^ 16); }
  [[nodiscard]] std::size_t n_frames() const { return (bytes_.size() - 32) / kFrame; }

  TemporaryFolder parent_;
  fs::path folder_, log_;
  std::string bytes_;
};

TEST_F(LogCheck, FindsAWholeLogGood) {
  const LogState state = check();
  EXPECT_GT(state.n_frames, 5u);
  EXPECT_EQ(state.damage, "");
  EXPECT_EQ(state.doubt, "");
  EXPECT_EQ(check_log(log_).n_frames, state.n_frames);
  EXPECT_EQ(check_log(folder_ / "none").n_frames, 0u);
}

TEST_F(LogCheck, TakesWhatAnInterruptedWriteLeavesForTheEnd) {
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{31}, std::size_t{40}, 32 + kFrame - 1, bytes_.size() - 1, bytes_.size() - 4097}) {
    const std::string whole = bytes_;
    bytes_.resize(cut);
    EXPECT_EQ(check().damage, "") << cut;
    bytes_ = whole;
  }
}

TEST_F(LogCheck, NamesTheFrameThatAFlippedBitIsIn) {
  for (std::size_t frame = 0; frame + 1 < n_frames(); ++frame) {
    for (const std::size_t in_frame : {0, 5, 9, 14, 17, 22, 24, 1000, 4119}) {
      const std::size_t at = 32 + frame * kFrame + in_frame;
      flip(at);
      const LogState state = check();
      EXPECT_EQ(state.n_frames, frame);
      EXPECT_NE(state.damage.find("the log: frame " + std::to_string(frame + 1) + " (byte " + std::to_string(32 + frame * kFrame) + ")"),
                std::string::npos)
          << state.damage << ", byte " << at;
      // SQLite's sum tells the place of a bit by the bits above it in its word: there are none above the highest. The page's last
      // eight bytes hold nothing, and are not told from the sum.
      if ((state.wrong_bit || in_frame % 4 != 3) && in_frame < 4112) {
        EXPECT_EQ(state.wrong_bit, 8 * at + 4) << "and the very bit";
      }
      flip(at);
    }
  }
}

TEST_F(LogCheck, NamesADamagedHeader) {
  std::size_t n_told = 0;
  for (std::size_t at = 0; at < 32; ++at) {
    flip(at);
    EXPECT_NE(check().damage, "") << at;
    EXPECT_EQ(check().wrong_bit.value_or(8 * at + 4), 8 * at + 4) << at;
    n_told += check().wrong_bit ? 1 : 0;
    flip(at);
  }
  EXPECT_GE(n_told, 24u);
}

TEST_F(LogCheck, NamesASingleWrongBitInTheLastFrameToo) {
  for (const std::size_t back : {9, 100, 2'001, 4'100, 4'105, 4'119}) {
    flip(bytes_.size() - back);
    EXPECT_NE(check().damage.find("the last"), std::string::npos) << back;
    EXPECT_EQ(check().wrong_bit.value_or(8 * (bytes_.size() - back) + 4), 8 * (bytes_.size() - back) + 4) << back;
    flip(bytes_.size() - back);
  }
}

TEST_F(LogCheck, LeavesALastFrameWithMoreWrongInDoubt) {
  for (const std::size_t back : {100, 200, 300}) flip(bytes_.size() - back);
  EXPECT_EQ(check().damage, "");
  EXPECT_NE(check().doubt, "");
  EXPECT_FALSE(check().wrong_bit);
}

TEST_F(LogCheck, TurnsWrongBitsBack) {
  for (const std::size_t at : {std::size_t{5}, std::size_t{35}, 32 + 2 * kFrame + 999, 32 + 3 * kFrame + 18})
    akin::testing::flip_bit(log_, at);
  EXPECT_EQ(mend_log(log_), 4u);
  EXPECT_EQ(read_file(log_, std::size_t{1} << 30), bytes_);
  EXPECT_EQ(mend_log(log_), 0u);
}

TEST_F(LogCheck, IsMadeBeforeAnythingIsLost) {
  akin::testing::flip_bit(log_, 32 + kFrame + 100);
  for (const bool for_writing : {true, false}) {
    try {
      (void)Store::open(folder_, for_writing);
      ADD_FAILURE() << "a collection with a damaged log was opened";
    } catch (const Error& error) {
      EXPECT_EQ(name_of(error.code()), name_of(ErrorCode::corrupt));
      EXPECT_NE(std::string(error.what()).find("frame 2"), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("akin doctor"), std::string::npos) << error.what();
    }
  }
  EXPECT_NE(check_log(log_).damage, "");  // and it is all still there
}

}  // namespace
}  // namespace akin::store
