#include "akin/retrieval/collection.h"

#include <fstream>

#include "akin/store/store.h"
#include "base/throws.h"
#include "library.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

TEST(Collection, DescribesItself) {
  Library library;
  library.write("a.md", "# Ships\n\nA ship.\n");
  library.index();
  const CollectionInfo info = library.collection.info();
  EXPECT_EQ(info.path, library.files.folder() / "collection");
  EXPECT_EQ(info.model, "pool-mean");
  EXPECT_EQ(info.fingerprint, library.embedder.fingerprint());
  EXPECT_EQ(info.dim, 32U);
  EXPECT_EQ(info.n_documents, 1U);
  EXPECT_EQ(info.n_chunks, 1U);
  EXPECT_GT(info.n_bytes, 0U);
  EXPECT_EQ(info.metric, "cosine");
  const auto documents = library.collection.documents();
  ASSERT_EQ(documents.size(), 1U);
  EXPECT_EQ(documents[0].uri, library.path("a.md"));
  EXPECT_EQ(documents[0].title, "Ships");
  EXPECT_EQ(documents[0].format, "markdown");
  EXPECT_EQ(documents[0].n_chunks, 1U);
}

TEST(Collection, IsFoundUpward) {
  Library library;
  const fs::path project = library.files.folder() / "project";
  fs::create_directories(project / "deep/er");
  EXPECT_EQ(Collection::find_upward(project / "deep/er"), fs::path());
  Collection::create(project / ".akin", "pool-mean", library.embedder);
  EXPECT_EQ(Collection::find_upward(project / "deep/er"), project / ".akin");
  EXPECT_EQ(Collection::find_upward(project), project / ".akin");
  EXPECT_EQ(Collection::find_upward(library.files.folder()), fs::path());
}

TEST(Collection, FindsInEveryMode) {
  Library library;
  library.write("ships.txt", "A spinnaker is a large sail.");
  library.write("houses.txt", "A gable is a part of a roof.");
  library.index();
  const auto words = library.search("spinnakers", SearchMode::text);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].uri, library.path("ships.txt"));
  EXPECT_EQ(words[0].snippet, "A spinnaker is a large sail.");
  // A text asked for itself is its own nearest neighbour, whatever the model: cosine 1 up to float rounding.
  const auto dense = library.search("A gable is a part of a roof.", SearchMode::dense);
  ASSERT_EQ(dense.size(), 2U);
  EXPECT_EQ(dense[0].uri, library.path("houses.txt"));
  EXPECT_NEAR(dense[0].score, 1, 1e-5);
  const auto hybrid = library.search("A gable is a part of a roof.", SearchMode::hybrid);
  ASSERT_EQ(hybrid.size(), 2U);
  EXPECT_EQ(hybrid[0].uri, library.path("houses.txt"));
  EXPECT_NEAR(hybrid[0].score, 2.0 / 61, 1e-12) << "first in both lists";
  EXPECT_EQ(library.search("A gable", SearchMode::hybrid, 1).size(), 1U);
}

TEST(Collection, SaysWhereAHitIs) {
  Library library;
  library.write("a.md", "# Ships\n\nShips sail.\n\n## Sails\n\nA spinnaker\nis a large sail.\n");
  library.index();
  const Hit hit = library.search("spinnaker", SearchMode::text).at(0);
  EXPECT_EQ(hit.headings, (std::vector<std::string>{"Ships", "Sails"}));
  EXPECT_EQ(hit.line, 5U);
  EXPECT_EQ(hit.page, 0U);
  EXPECT_EQ(hit.place, "line 5");
  EXPECT_EQ(hit.title, "Ships");
  EXPECT_EQ(hit.text, "Sails\nA spinnaker is a large sail.");
  EXPECT_EQ(hit.snippet, "A spinnaker is a large sail.") << "headings are shown by themselves";
}

TEST(Collection, CallsThePlaceOfAHitByItsFormatsName) {
  Library library;
  library.write("a.ipynb", R"({"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "markdown", "source": "# One\n\nA ship."},)"
                           R"({"cell_type": "markdown", "source": "# Two\n\nA spinnaker."}]})");
  library.index();
  const Hit hit = library.search("spinnaker", SearchMode::text).at(0);
  EXPECT_EQ(hit.page, 2U);
  EXPECT_EQ(hit.place, "cell 2");
}

TEST(Collection, SearchesOnlyWhatPassesTheFilter) {
  Library library;
  library.write("a.jsonl", R"({"id":"x","colour":"red","text":"A ship."})"
                           "\n"
                           R"({"id":"y","colour":"blue","text":"A ship."})"
                           "\n");
  library.index();
  for (const SearchMode mode : {SearchMode::dense, SearchMode::text, SearchMode::hybrid}) {
    const auto hits = library.collection.search("ship", &library.embedder, {.k = 5, .mode = mode, .where = parse_filter("colour = blue")},
                                                library.context);
    ASSERT_EQ(hits.size(), 1U);
    EXPECT_EQ(hits[0].uri, library.path("a.jsonl") + "#y");
    EXPECT_EQ(hits[0].metadata, (std::vector<std::pair<std::string, std::string>>{{"colour", "blue"}, {"id", "y"}}));
  }
}

TEST(Collection, RefusesAnotherModelAndSaysBoth) {
  Library library;
  library.write("a.txt", "A ship.");
  library.index();
  const Embedder other = Embedder::load(golden::path("sentence-transformers/pool-cls"), {}, library.context);
  const std::vector<fs::path> paths = {library.files.folder() / "docs"};
  const Error error = error_of([&] { library.collection.index(paths, other, {}, library.context); });
  EXPECT_EQ(error.code(), ErrorCode::mismatch);
  for (const std::string& part : {std::string("'pool-mean'"), std::string("'pool-cls'"), other.fingerprint().substr(0, 12)})
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  EXPECT_EQ(error_of([&] { library.collection.search("ship", &other, {}, library.context); }).code(), ErrorCode::mismatch);
  EXPECT_EQ(library.collection.search("ship", nullptr, {.mode = SearchMode::text, .where = {}}, library.context).size(), 1U);
}

TEST(Collection, RemembersThePrecisionOfItsVectors) {
  Library library;
  EXPECT_EQ(library.collection.info().precision, Precision::f32);
  const Embedder int8 = Embedder::load(golden::path("sentence-transformers/pool-mean"),
                                       {.precision = Precision::int8, .prompt = {}, .prompt_name = {}}, library.context);
  Collection::create(library.files.folder() / "int8", "pool-mean", int8);
  const CollectionInfo info = Collection::open(library.files.folder() / "int8", false).info();
  EXPECT_EQ(info.precision, Precision::int8);
  EXPECT_EQ(info.model, "pool-mean");
}

TEST(Collection, NeedsAModelToSearchByMeaning) {
  Library library;
  EXPECT_EQ(error_of([&] { library.collection.search("ship", nullptr, {}, library.context); }).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of([&] { library.search("ship", SearchMode::text, 0); }).code(), ErrorCode::invalid_argument);
  EXPECT_TRUE(library.search("ship", SearchMode::hybrid).empty());
}

TEST(Collection, RemovesADocumentOrAllUnderAFolder) {
  Library library;
  library.write("one/a.txt", "A ship.");
  library.write("one/b.txt", "A house.");
  library.write("onetwo.txt", "A hill.");
  library.write("r.jsonl", "{\"text\":\"x\"}\n{\"text\":\"y\"}\n");
  library.index();
  EXPECT_EQ(library.collection.remove(library.path("one")), 2U);
  EXPECT_EQ(library.collection.remove(library.path("r.jsonl")), 2U);
  EXPECT_EQ(library.collection.remove(library.path("nothing")), 0U);
  EXPECT_EQ(library.uris(), (std::vector<std::string>{"onetwo.txt"}));
  EXPECT_EQ(library.index().n_added, 4U) << "what was removed by hand and is still there comes back";
}

TEST(Collection, RemovesExactlyTheDocumentsThatAreNamed) {
  Library library;
  library.write("one/a.txt", "alpha");
  library.write("one/b.txt", "beta");
  library.write("c.txt", "gamma");
  library.index();
  const std::vector<std::string> uris = {library.path("one/b.txt"), library.path("one"), library.path("gone.txt")};
  EXPECT_EQ(library.collection.remove_documents(uris), 1U);
  EXPECT_EQ(library.collection.info().n_documents, 2U);
  EXPECT_EQ(library.uris(), (std::vector<std::string>{"c.txt", "one/a.txt"}));
  EXPECT_EQ(library.index().n_added, 1U) << "what was removed by hand and is still there comes back";
}

TEST(Collection, IsReadWhileItIsWritten) {
  Library library;
  library.write("a.txt", "A ship.");
  library.index();
  const Collection reader = Collection::open(library.files.folder() / "collection", false);
  EXPECT_EQ(reader.info().n_documents, 1U);
  library.write("b.txt", "A house.");
  library.index();
  EXPECT_EQ(reader.info().n_documents, 2U);
  EXPECT_EQ(error_of([&] { Collection::open(library.files.folder() / "collection", true); }).code(), ErrorCode::busy);
}

TEST(Collection, EmbedsDamagedVectorsAgain) {
  Library library;
  library.write("a.txt", "A ship.");
  library.index();
  const std::string digest = library.collection.content_digest();
  fs::path segment;
  for (const auto& entry : fs::directory_iterator(library.files.folder() / "collection"))
    if (entry.path().extension() == ".seg") segment = entry.path();
  ASSERT_FALSE(segment.empty());
  {
    std::fstream file(segment, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(fs::file_size(segment)) - 3);
    file.put('\x55');
  }
  library.collection = Collection::open(library.files.folder() / "collection", false);
  library.collection = Collection::open(library.files.folder() / "collection", true);
  EXPECT_TRUE(library.search("ship", SearchMode::dense).empty());
  EXPECT_EQ(library.index().n_chunks_embedded, 1U);
  EXPECT_EQ(library.search("ship", SearchMode::dense).size(), 1U);
  EXPECT_EQ(library.collection.content_digest(), digest);
}

TEST(Collection, KnowsTheNamesOfItsModes) {
  EXPECT_EQ(search_mode_from("dense"), SearchMode::dense);
  EXPECT_EQ(search_mode_from("text"), SearchMode::text);
  EXPECT_EQ(search_mode_from("hybrid"), SearchMode::hybrid);
  EXPECT_NE(std::string(error_of([] { search_mode_from("best"); }).what()).find("dense, text, hybrid"), std::string::npos);
}

/// A collection of a model of images and texts (random weights), with the golden pictures and a text in it.
struct Album {
  TemporaryFiles files;
  Context context{2};
  Embedder embedder = Embedder::load(golden::path("models/clip"), {}, context);
  Collection collection = Collection::create(files.folder() / "collection", "clip", embedder);

  Album() {
    std::filesystem::copy(golden::path("models/clip/images"), files.folder() / "docs");
    files.write("docs/note.txt", "A note about ships.");
  }
  IndexReport index() {
    const std::vector<std::filesystem::path> paths = {files.folder() / "docs"};
    return collection.index(paths, embedder, {}, context);
  }
};

TEST(CollectionOfPictures, HoldsPicturesAndTextsInOneSpace) {
  Album album;
  const IndexReport first = album.index();
  EXPECT_EQ(first.n_added, 5U);
  EXPECT_EQ(first.n_images_embedded, 4U);
  EXPECT_EQ(first.n_chunks_embedded, 5U);
  EXPECT_GT(first.n_tokens, 2U);
  EXPECT_LT(first.n_tokens, 40U);  // pictures have none
  const IndexReport second = album.index();
  EXPECT_EQ(second.n_unchanged, 5U);
  EXPECT_EQ(second.n_images_embedded, 0U);
}

TEST(CollectionOfPictures, FindsAPictureByItself) {
  Album album;
  album.index();
  for (int i = 0; i < 4; ++i) {
    const std::string path = album.files.path("docs/" + std::to_string(i) + ".png");
    const std::vector<Hit> hits = album.collection.search(read_image(path), album.embedder, {.k = 2, .where = {}}, album.context);
    ASSERT_EQ(hits.size(), 2U);
    EXPECT_EQ(hits[0].uri, path);
    EXPECT_NEAR(hits[0].score, 1, 1e-5);  // float products of vectors of unit length
    EXPECT_NE(hits[0].snippet.find("PNG picture of"), std::string::npos);
  }
}

TEST(CollectionOfPictures, RanksPicturesForATextAsTheirVectorsDo) {
  Album album;
  album.index();
  const std::vector<float> query = album.embedder.embed_one("a red car", TextRole::query, album.context);
  const std::vector<Hit> hits = album.collection.search(
      "a red car", &album.embedder, {.k = 10, .mode = SearchMode::dense, .where = parse_filter("kind = PNG")}, album.context);
  ASSERT_EQ(hits.size(), 4U);
  for (const Hit& hit : hits) {
    const std::filesystem::path file = hit.uri;
    const Matrix<float> vector = album.embedder.embed_image_files(std::span(&file, 1), album.context);
    double cosine = 0;
    for (std::size_t d = 0; d < query.size(); ++d) cosine += static_cast<double>(query[d] * vector(0, d));
    EXPECT_NEAR(hit.score, cosine, 1e-5);  // sums of 24 float products in another order
  }
}

TEST(CollectionOfPictures, FindsAPictureByItsName) {
  Album album;
  std::filesystem::copy(golden::path("images/colour.jpg"), album.files.folder() / "docs" / "harbour-at-night.jpg");
  album.index();
  const std::vector<Hit> hits =
      album.collection.search("harbour", nullptr, {.k = 10, .mode = SearchMode::text, .where = {}}, album.context);
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].title, "harbour-at-night.jpg");
}

TEST(CollectionOfPictures, IsNotAskedWithAPictureWhereTheModelTakesNone) {
  Library library;
  library.write("a.txt", "A ship.");
  library.index();
  const Image image = read_image(golden::path("images/rgb8.png"));
  testing::expect_error(ErrorCode::unsupported, "takes no images",
                        [&] { library.collection.search(image, library.embedder, {}, library.context); });
}

TEST(Collection, KnowsAModelAgainByItsFiles) {
  Library library;
  // Golden files are older than the two seconds within which nothing is said of them.
  const std::string stamp = library.embedder.fingerprint_stamp("f");
  ASSERT_EQ(stamp.size(), 64U) << "the golden files were written within the last two seconds";
  const std::size_t dim = library.embedder.dim();
  const fs::path known = library.files.folder() / "known", unknown = library.files.folder() / "unknown";
  // With a fingerprint that is not the model's, only the stamp can let it in: a hash over the weights would not.
  Store::create(known, {"pool-mean", "f", dim, "cosine", stamp});
  Store::create(unknown, {"pool-mean", "g", dim, "cosine", stamp});
  Context context(1);
  EXPECT_NO_THROW(Collection::open(known, false).search("ships", &library.embedder, {}, context));
  testing::expect_error(ErrorCode::mismatch, "fingerprint g",
                        [&] { Collection::open(unknown, false).search("ships", &library.embedder, {}, context); });
}

TEST(Collection, RemembersTheModelsFiles) {
  Library library;
  library.write("a.txt", "A ship.");
  library.index();
  const StoreSpace space = Store::open(library.files.folder() / "collection", false).space();
  EXPECT_EQ(space.stamp, library.embedder.fingerprint_stamp(space.fingerprint));
  EXPECT_EQ(space.stamp.size(), 64U);
}

}  // namespace
}  // namespace akin
