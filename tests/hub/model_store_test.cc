// Names against a cache and a folder of embedded models made for each test.
#include "akin/hub/model_store.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "akin/base/error.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

class ModelStore : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / ("akin_model_store_" + std::string(info->name()));
    fs::remove_all(root_);
    for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "AKIN_MODELS"}) keep(name);
    set("HF_HUB_CACHE", root_ / "cache");
    set("AKIN_MODELS", root_ / "models");
    write(root_ / "models" / "all-MiniLM-L6-v2-q8_0.gguf");
  }
  void TearDown() override {
    for (const auto& [name, value] : kept_) {
      if (value) {
        ::setenv(name.c_str(), value->c_str(), 1);
      } else {
        ::unsetenv(name.c_str());
      }
    }
    fs::remove_all(root_);
  }

  static void set(const char* name, const fs::path& value) { ::setenv(name, value.c_str(), 1); }
  static void unset(const char* name) { ::unsetenv(name); }
  static void write(const fs::path& path, const std::string& text = "x") {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  // A snapshot as the Hugging Face tools lay it out.
  fs::path add_cached(const std::string& folder, const std::string& commit, bool is_main, const fs::path& cache) {
    const fs::path snapshot = cache / folder / "snapshots" / commit;
    write(snapshot / "config.json", "{}");
    write(snapshot / "model.safetensors");
    if (is_main) write(cache / folder / "refs" / "main", commit + "\n");
    return snapshot;
  }
  fs::path add_cached(const std::string& folder, const std::string& commit, bool is_main) {
    return add_cached(folder, commit, is_main, root_ / "cache");
  }
  static std::string message_of(std::string_view name) {
    try {
      const LocalModel model = resolve_model(name);
      return "resolved to " + model.path.string();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::not_found);
      return error.what();
    }
  }

  fs::path root_;

 private:
  void keep(const char* name) {
    const char* value = std::getenv(name);
    kept_.emplace_back(name, value == nullptr ? std::nullopt : std::optional<std::string>(value));
    ::unsetenv(name);
  }
  std::vector<std::pair<std::string, std::optional<std::string>>> kept_;
};

TEST_F(ModelStore, GivesTheEmbeddedDefaultForNoNameAndForItsNames) {
  for (const char* name : {"", "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2-q8_0"}) {
    const LocalModel model = resolve_model(name);
    EXPECT_EQ(model.path, root_ / "models" / "all-MiniLM-L6-v2-q8_0.gguf") << name;
    EXPECT_EQ(model.origin, "embedded") << name;
    EXPECT_EQ(model.name, kDefaultModel) << name;
  }
}

TEST_F(ModelStore, TakesAPathAsItIs) {
  write(root_ / "mine" / "config.json", "{}");
  write(root_ / "mine" / "model.safetensors");
  for (const fs::path& path : {root_ / "mine", root_ / "models" / "all-MiniLM-L6-v2-q8_0.gguf"}) {
    const LocalModel model = resolve_model(path.string());
    EXPECT_EQ(model.path, path);
    EXPECT_EQ(model.origin, "path");
    EXPECT_EQ(model.name, path.string());
  }
}

TEST_F(ModelStore, LetsTheReaderSayWhatIsWrongWithAFolderThatWasSpelledAsAPath) {
  fs::create_directories(root_ / "empty");
  EXPECT_EQ(resolve_model((root_ / "empty").string()).origin, "path");
}

TEST_F(ModelStore, FindsAFullNameInTheCacheWhereMainPoints) {
  add_cached("models--BAAI--bge-small-en-v1.5", "ffff", false);
  const fs::path main = add_cached("models--BAAI--bge-small-en-v1.5", "aaaa", true);
  const LocalModel model = resolve_model("BAAI/bge-small-en-v1.5");
  EXPECT_EQ(model.path, main);
  EXPECT_EQ(model.origin, "cache");
  EXPECT_EQ(model.name, "BAAI/bge-small-en-v1.5");
}

TEST_F(ModelStore, FindsABareNameUnderItsUsualOwnerFirst) {
  add_cached("models--aaa--paraphrase", "1", true);
  const fs::path usual = add_cached("models--sentence-transformers--paraphrase", "2", true);
  EXPECT_EQ(resolve_model("paraphrase").path, usual);
  add_cached("models--bbb--other", "3", true);
  EXPECT_EQ(resolve_model("other").name, "bbb/other");
}

TEST_F(ModelStore, PrefersTheCacheForTheFullNameOnly) {
  const fs::path cached = add_cached("models--sentence-transformers--all-MiniLM-L6-v2", "1", true);
  EXPECT_EQ(resolve_model("sentence-transformers/all-MiniLM-L6-v2").path, cached);
  EXPECT_EQ(resolve_model("all-MiniLM-L6-v2").origin, "embedded");
  EXPECT_EQ(resolve_model("").origin, "embedded");
}

TEST_F(ModelStore, PassesOverASnapshotWhoseDownloadWasBrokenOff) {
  write(root_ / "cache" / "models--a--b" / "snapshots" / "9" / "config.json", "{}");
  write(root_ / "cache" / "models--a--b" / "refs" / "main", "9");
  EXPECT_NE(message_of("a/b").find("no model 'a/b'"), std::string::npos);
  const fs::path whole = add_cached("models--a--b", "1", false);
  EXPECT_EQ(resolve_model("a/b").path, whole);
}

TEST_F(ModelStore, DoesNotLeaveTheCacheThroughARef) {
  write(root_ / "outside" / "config.json", "{}");
  write(root_ / "outside" / "model.safetensors");
  write(root_ / "cache" / "models--a--b" / "refs" / "main", "../../../outside");
  fs::create_directories(root_ / "cache" / "models--a--b" / "snapshots");
  EXPECT_NE(message_of("a/b").find("no model"), std::string::npos);
}

TEST_F(ModelStore, LooksWhereTheHuggingFaceToolsLook) {
  unset("HF_HUB_CACHE");
  set("HF_HOME", root_ / "home");
  const fs::path in_home = add_cached("models--a--b", "1", true, root_ / "home" / "hub");
  EXPECT_EQ(resolve_model("a/b").path, in_home);
  unset("HF_HOME");
  set("XDG_CACHE_HOME", root_ / "xdg");
  const fs::path in_xdg = add_cached("models--a--b", "1", true, root_ / "xdg" / "huggingface" / "hub");
  EXPECT_EQ(resolve_model("a/b").path, in_xdg);
}

TEST_F(ModelStore, SaysWhatWasMeantWhereItLookedAndWhatToDo) {
  const std::string message = message_of("all-MiniML-L6-v2");
  EXPECT_NE(message.find("did you mean 'all-MiniLM-L6-v2'?"), std::string::npos) << message;
  EXPECT_NE(message.find((root_ / "cache").string()), std::string::npos) << message;
  EXPECT_NE(message.find((root_ / "models").string()), std::string::npos) << message;
  EXPECT_NE(message.find("pass a model folder or a .gguf file"), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  EXPECT_EQ(message_of("nothing-like-it-at-all-here").find("did you mean"), std::string::npos);
}

TEST_F(ModelStore, ListsTheDefaultFirstAndNothingTwice) {
  add_cached("models--b--two", "1", true);
  add_cached("models--b--two", "2", false);
  add_cached("models--a--one", "1", true);
  write(root_ / "cache" / "datasets--a--x" / "config.json");
  write(root_ / "models" / "another.gguf");
  std::vector<std::string> names;
  for (const LocalModel& model : list_models()) names.push_back(model.name);
  EXPECT_EQ(names, (std::vector<std::string>{"all-MiniLM-L6-v2", "another", "a/one", "b/two"}));
}

TEST_F(ModelStore, ListsNothingWhereNothingIs) {
  set("AKIN_MODELS", root_ / "nowhere");
  set("HF_HUB_CACHE", root_ / "nowhere");
  EXPECT_TRUE(list_models().empty());
  EXPECT_NE(message_of("").find("no model 'all-MiniLM-L6-v2'"), std::string::npos);
}

TEST_F(ModelStore, FallsBackToTheSourceTree) {
  unset("AKIN_MODELS");
  EXPECT_EQ(embedded_models_folder(), fs::current_path() / "models");
}

}  // namespace
}  // namespace akin
