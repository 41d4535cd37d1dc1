#include "akin/retrieval/vector_transfer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "akin/base/error.h"
#include "akin/base/matrix.h"
#include "akin/base/rng.h"
#include "akin/formats/vector_file.h"
#include "akin/store/store.h"
#include "base/throws.h"
#include "library.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;

ImportOptions space(const std::string& name, const std::string& metric = "", std::size_t rows_of_a_commit = 8192) {
  ImportOptions options;
  options.space = name;
  options.metric = metric;
  options.rows_of_a_commit = rows_of_a_commit;
  return options;
}

class Transfer : public ::testing::Test {
 protected:
  fs::path path(const std::string& name) const { return files_.folder() / name; }
  fs::path write(const std::string& name, const std::string& content) {
    files_.write(name, content);
    return path(name);
  }
  fs::path random_vectors(const std::string& name, std::size_t n, std::size_t dim, std::uint64_t seed = 1) {
    Rng rng(seed);
    Matrix<float> vectors(n, dim);
    for (std::size_t r = 0; r < n; ++r)
      for (float& x : vectors.row(r)) x = static_cast<float>(rng.below(2001)) / 1000.0F - 1.0F;
    VectorWriter writer(path(name), TensorType::f32, dim);
    writer.append(std::as_const(vectors).view());
    writer.commit();
    return path(name);
  }
  ImportReport import(const fs::path& file, const ImportOptions& options = space("mine")) {
    return import_vectors(file, path("c"), options, context_);
  }

  TemporaryFiles files_;
  Context context_{1};
};

TEST_F(Transfer, BringsVectorsInAndOutAgain) {
  const fs::path in = random_vectors("in.npy", 1000, 8);
  const ImportReport report = import(in, space("mine", "euclidean", 300));
  EXPECT_EQ(report.n_vectors, 1000U);
  EXPECT_EQ(report.dim, 8U);
  EXPECT_EQ(report.model, "vectors:mine");
  EXPECT_EQ(report.n_documents, 1000U);
  for (const char* name : {"out.npy", "out.fvecs", "out.safetensors"}) {
    EXPECT_EQ(export_vectors(path("c"), path(name), {.ids = path("ids.txt"), .metadata = {}}, context_).n_vectors, 1000U);
    const Matrix<float> wanted = VectorFile(in).read(), got = VectorFile(path(name)).read();
    ASSERT_EQ(got.rows(), wanted.rows());
    for (std::size_t r = 0; r < got.rows(); ++r)
      for (std::size_t c = 0; c < got.cols(); ++c) ASSERT_EQ(got(r, c), wanted(r, c));
  }
  EXPECT_TRUE(read_file(path("ids.txt"), 1 << 20).starts_with("in.npy#0\nin.npy#1\n"));
}

TEST_F(Transfer, AnExportIsTheSameCollectionWhenItIsImported) {
  write("in.jsonl",
        "{\"id\": \"a\", \"vector\": [1, 0], \"text\": \"The lamp is lit.\", \"year\": 1999}\n{\"id\": \"b\", \"vector\": [0.25, -3]}\n");
  import(path("in.jsonl"));
  export_vectors(path("c"), path("out.jsonl"), {}, context_);
  import_vectors(path("out.jsonl"), path("again"), {}, context_);
  const Store one = Store::open(path("c"), false), two = Store::open(path("again"), false);
  EXPECT_EQ(one.space().fingerprint, two.space().fingerprint);
  EXPECT_EQ(one.snapshot().chunk(1)->metadata, (std::vector<std::pair<std::string, std::string>>{{"year", "1999"}}));
  EXPECT_EQ(two.snapshot().chunk(1)->chunk.text, "The lamp is lit.");
  EXPECT_EQ(two.snapshot().vector_of(2), (std::vector<float>{0.25F, -3}));
}

TEST_F(Transfer, TheSameRowsAgainTakeTheirOwnPlace) {
  const fs::path in = random_vectors("in.npy", 500, 4);
  import(in);
  const std::string digest = Store::open(path("c"), false).snapshot().content_digest();
  EXPECT_EQ(import(in).n_documents, 500U);
  EXPECT_EQ(Store::open(path("c"), false).snapshot().content_digest(), digest);
  EXPECT_EQ(import(random_vectors("more.npy", 10, 4, 9)).n_documents, 510U);
}

TEST_F(Transfer, NeverMixesSpaces) {
  import(random_vectors("in.npy", 5, 4));
  expect_error(ErrorCode::mismatch, "'vectors:other'", [&] { import(path("in.npy"), space("other")); });
  expect_error(ErrorCode::mismatch, "6 numbers", [&] { import(random_vectors("wide.npy", 5, 6)); });
  expect_error(ErrorCode::mismatch, "by cosine, not by dot", [&] { import(path("in.npy"), space("mine", "dot")); });
  expect_error(ErrorCode::invalid_argument, "which model made", [&] { import(path("in.npy"), {}); });
  write("uneven.jsonl", "{\"vector\": [1, 2, 3, 4]}\n{\"vector\": [1, 2, 3]}\n");
  expect_error(ErrorCode::corrupt, "vector 1 has 3 numbers", [&] { import(path("uneven.jsonl")); });
  EXPECT_EQ(Store::open(path("c"), false).snapshot().counts().n_documents, 5U);
}

TEST_F(Transfer, AModelsVectorsStayThatModels) {
  Library library;
  library.write("a.md", "# Ships\n\nA spinnaker is a large sail.\n\n## More\n\nA gable is a part of a roof.\n");
  library.index();
  const fs::path collection = library.files.folder() / "collection";
  for (const char* name : {"out.safetensors", "out.npy", "out.jsonl"}) {
    export_vectors(collection, path(name), {}, context_);
    const ImportReport report = import_vectors(path(name), path(std::string("from ") + name), {}, context_);
    EXPECT_EQ(report.fingerprint, library.embedder.fingerprint());
    EXPECT_EQ(report.model, "pool-mean");
    const Collection again = Collection::open(path(std::string("from ") + name), false);
    const auto hits = again.search("A gable", &library.embedder, {.k = 1, .mode = SearchMode::dense, .where = {}}, context_);
    EXPECT_EQ(hits.size(), 1U);
  }
  expect_error(ErrorCode::mismatch, "are not mixed in",
               [&] { import_vectors(random_vectors("in.npy", 3, 32), path("from out.npy"), space("mine"), context_); });
}

TEST_F(Transfer, StoppedImportsAreDoneAgain) {
  const fs::path in = random_vectors("in.npy", 5000, 4);
  Context stopped(1);
  stopped.cancel.cancel();
  expect_error(ErrorCode::cancelled, "", [&] { import_vectors(in, path("c"), space("mine", "", 100), stopped); });
  EXPECT_EQ(Store::open(path("c"), false).snapshot().counts().n_documents, 1000U);
  EXPECT_EQ(import(in).n_documents, 5000U);
}

TEST_F(Transfer, ExportsNothingThatIsDamaged) {
  import(random_vectors("in.npy", 200, 4));
  fs::resize_file(path("c") / "vectors-000001.seg", 4096 + 100);
  expect_error(ErrorCode::corrupt, "akin doctor", [&] { export_vectors(path("c"), path("out.npy"), {}, context_); });
  EXPECT_FALSE(fs::exists(path("out.npy")));
  expect_error(ErrorCode::invalid_argument, "exported to", [&] { export_vectors(path("c"), path("out.csv"), {}, context_); });
}

}  // namespace
}  // namespace akin
