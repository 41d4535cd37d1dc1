// A graph that cannot be written is told of, and what was committed stays.
#include "graph_refresh.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string_view>

#include "akin/base/error.h"
#include "akin/base/io_hook.h"
#include "akin/base/rng.h"
#include "base/temporary_folder.h"

namespace akin::retrieval {
namespace {

using akin::testing::TemporaryFolder;

constexpr std::size_t kRows = 20'000, kDim = 4;

int no_room_for_graphs(const IoEvent& event) { return event.path.find("vectors.graph") == std::string_view::npos ? 0 : ENOSPC; }

class GraphRefreshTest : public ::testing::Test {
 protected:
  GraphRefreshTest() : store_(Store::create(folder_.path() / "c", {"m", "f", kDim, "cosine"})) {
    Matrix<float> vectors(kRows, kDim);
    Rng rng(5);
    for (std::size_t i = 0; i < vectors.size(); ++i) vectors.data()[i] = rng.normal();
    StoreChange change;
    change.put.emplace_back().uri = "all";
    change.put.back().chunks.resize(kRows);
    change.vectors = std::as_const(vectors).view();
    store_.apply(change);
    context_.log = [this](LogLevel level, std::string_view line) {
      if (level == LogLevel::warning) warned_ += line;
    };
  }
  ~GraphRefreshTest() override { set_io_hook(nullptr); }

  TemporaryFolder folder_;
  Store store_;
  Context context_{2};
  std::string warned_;
};

TEST_F(GraphRefreshTest, SaysWhyTheGraphCouldNotBeWritten) {
  set_io_hook(no_room_for_graphs);
  const std::string why = refresh_graph(store_, context_);
  EXPECT_NE(why.find("vectors.graph"), std::string::npos) << why;
  EXPECT_NE(warned_.find(why), std::string::npos) << warned_;
  EXPECT_EQ(store_.snapshot().counts().n_vectors, kRows);
  set_io_hook(nullptr);
  EXPECT_EQ(refresh_graph(store_, context_), "");
  EXPECT_TRUE(store_.graph().has_value());
}

TEST_F(GraphRefreshTest, IsCancelledLikeOtherWork) {
  context_.cancel.cancel();
  try {
    refresh_graph(store_, context_);
    FAIL() << "was not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace akin::retrieval
