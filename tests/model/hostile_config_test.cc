// Every number of every family's config.json and of every GGUF file's metadata, changed to what no model has: each is run or refused with
// one line, and takes no memory that the file does not have.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "akin/base/error.h"
#include "akin/formats/gguf.h"
#include "akin/model/vision.h"
#include "family.h"
#include "golden_model.h"

namespace akin {
namespace {

using nlohmann::json;

constexpr long kMostKilobytes = 256 << 10;  // what a lying file may take beyond what the models themselves do

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// Sanitizers hold freed memory back, so that their builds say nothing here.
void expect_little_memory_since([[maybe_unused]] long before) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(peak_kilobytes() - before, kMostKilobytes);
#endif
}

std::vector<std::string> golden_models() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(golden::path("models"))) {
    if (std::filesystem::exists(entry.path() / "config.json")) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

/// Every place in `value` that holds a number, a flag or a word: "/rope_scaling/factor".
void places(const json& value, const json::json_pointer& here, std::vector<json::json_pointer>& found) {
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) places(child, here / key, found);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < std::min<std::size_t>(value.size(), 2); ++i) places(value[i], here / i, found);
  } else {
    found.push_back(here);
  }
}

const std::vector<json>& lies() {
  static const std::vector<json> list = {-1,  0,  1,       3,    std::int64_t{1} << 31, std::int64_t{1} << 60, 0.5, -1e30, 1e300,
                                         "x", "", nullptr, true, json::array({1, "x"}), json::object()};
  return list;
}

/// What `action` says: nothing, or one line that names one of `files`. Anything but an Error is a failure.
template <class Action>
void expect_a_line_or_success(const std::vector<std::string>& files, const std::string& what, Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.find('\n'), std::string::npos) << what << ": " << message;
    EXPECT_TRUE(std::ranges::any_of(files, [&](const std::string& file) { return message.find(file) != std::string::npos; }))
        << what << ": " << message;
    EXPECT_LT(message.size(), 1000U) << what;
  } catch (const std::exception& other) {
    ADD_FAILURE() << what << ": " << other.what();
  }
}

void run(const TensorFile& weights, const ModelDescription& model) {
  Context context(1);
  const Transformer transformer(weights, model, kernels::GemmType::f32, context);
  TransformerBuffers buffers;
  const std::vector<std::int32_t> ids = {1, 2, 3};
  const std::vector<std::size_t> starts = {0, ids.size()};
  Matrix<float> hidden(ids.size(), model.spec.dim);
  if (model.spec.hard_position_limit() >= ids.size()) transformer.forward({ids, {}, starts}, buffers, hidden.view());
}

void see(const TensorFile& weights, const VisionDescription& model) {
  Context context(1);
  const VisionTower tower(weights, model, kernels::GemmType::f32, context);
  TransformerBuffers buffers;
  const std::size_t side = std::min<std::size_t>(model.spec.image_size, 64) / model.spec.patch_size * model.spec.patch_size;
  if (side == 0) return;
  static_cast<void>(tower.forward({std::vector<float>(3 * side * side, 0.5F), side, side}, buffers));
}

/// Errors name the configuration or, where it asks for other tensors than there are, the file of weights.
void try_config(const json& config, bool pictures, const TensorFile& weights, const std::string& what) {
  const std::string text = config.dump();
  const std::vector<std::string> files = {"x/config.json", "model.safetensors"};
  expect_a_line_or_success(files, what, [&] { run(weights, describe_config(text, "x/config.json", weights)); });
  if (!pictures) return;
  expect_a_line_or_success({""}, what, [&] { static_cast<void>(is_vision_config(text)); });
  expect_a_line_or_success(files, what, [&] { see(weights, describe_vision(text, "x/config.json", weights)); });
}

class HostileConfig : public ::testing::TestWithParam<std::string> {};

TEST_P(HostileConfig, IsRunOrRefusedInOneLineWhateverOneKeySays) {
  const auto folder = golden::path("models/" + GetParam());
  const auto weights = open_safetensors(folder);
  const json config = golden::json(folder / "config.json");
  const bool pictures = is_vision_config(config.dump());
  const long before = peak_kilobytes();
  std::vector<json::json_pointer> all;
  places(config, json::json_pointer(), all);
  for (const json::json_pointer& place : all) {
    for (const json& lie : lies()) {
      json changed = config;
      changed[place] = lie;
      try_config(changed, pictures, *weights, place.to_string() + " = " + lie.dump());
    }
  }
  expect_little_memory_since(before);
}

TEST_P(HostileConfig, IsRunOrRefusedInOneLineWhateverOneKeyMisses) {
  const auto folder = golden::path("models/" + GetParam());
  const auto weights = open_safetensors(folder);
  const json config = golden::json(folder / "config.json");
  const bool pictures = is_vision_config(config.dump());
  for (const auto& [key, value] : config.items()) {
    json changed = config;
    changed.erase(key);
    try_config(changed, pictures, *weights, "without " + key);
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, HostileConfig, ::testing::ValuesIn(golden_models()), [](const auto& test) {
  std::string name = test.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

std::string refusal(const std::string& model, const std::string& key, const json& lie) {
  const auto folder = golden::path("models/" + model);
  const auto weights = open_safetensors(folder);
  json config = golden::json(folder / "config.json");
  config[json::json_pointer(key)] = lie;
  try {
    run(*weights, describe_config(config.dump(), "x/config.json", *weights));
  } catch (const Error& error) {
    return std::string(name_of(error.code())) + ": " + error.what();
  }
  return "run";
}

TEST(HostileConfigs, SayFileKeyWantedAndFound) {
  EXPECT_EQ(refusal("bert", "/num_hidden_layers", 0),
            "corrupt: x/config.json: key 'num_hidden_layers' must be a whole number above 0 and under 2147483648, found 0");
  EXPECT_EQ(refusal("bert", "/hidden_size", -48), "corrupt: x/config.json: key 'hidden_size' must be a whole number above 0, found -48");
  EXPECT_NE(refusal("bert", "/num_attention_heads", 5).find("is not a multiple of the number of attention heads 5"), std::string::npos);
  EXPECT_NE(refusal("llama", "/num_key_value_heads", 3).find("key 'num_key_value_heads' must be a divisor"), std::string::npos);
  EXPECT_NE(refusal("llama", "/rope_theta", 0).find("key 'rope_theta' must be above 0"), std::string::npos);
  EXPECT_NE(refusal("mistral", "/sliding_window", -8).find("key 'sliding_window' must be a whole number above 0, found -8"),
            std::string::npos);
  EXPECT_NE(refusal("bert", "/vocab_size", 1 << 30).find("has shape (400, 48), the config asks for (1073741824, 48)"), std::string::npos);
}

template <class T>
std::string bytes_of(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

std::string counted(std::string_view text) { return bytes_of<std::uint64_t>(text.size()) + std::string(text); }

/// A metadata value as it lies in a file: its type, then itself.
std::string stored(GgufType type, const std::string& value) { return bytes_of(static_cast<std::uint32_t>(type)) + value; }

std::string stored(const GgufValue& value) {
  const std::string_view bytes(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
  if (value.type == GgufType::string) return stored(value.type, counted(bytes));
  if (value.type != GgufType::array) return stored(value.type, std::string(bytes));
  return stored(value.type, bytes_of(static_cast<std::uint32_t>(value.element)) + bytes_of(value.count) + std::string(bytes));
}

/// The bytes of a GGUF file with one value of its metadata exchanged; the vocabulary is left out, tensors stay where they are.
std::string exchanged(const GgufFile& file, std::string_view whole, std::string_view key, const std::string& value) {
  constexpr std::size_t kStart = 24, kAlignment = 32;
  std::size_t n_before = kStart;
  std::uint64_t n_entries = 1;
  std::string entries;
  for (const GgufEntry& entry : file.metadata()) {
    n_before += counted(entry.key).size() + stored(entry.value).size();
    if (entry.key.starts_with("tokenizer.")) continue;
    entries += counted(entry.key) + (entry.key == key ? value : stored(entry.value));
    ++n_entries;
  }
  std::string filler = counted("filler") + stored(GgufType::string, counted(""));
  const std::size_t n_pad = (n_before + kAlignment - (kStart + entries.size() + filler.size()) % kAlignment) % kAlignment;
  filler = counted("filler") + stored(GgufType::string, counted(std::string(n_pad, ' ')));
  return std::string(whole.substr(0, 16)) + bytes_of(n_entries) + entries + filler + std::string(whole.substr(n_before));
}

std::vector<std::string> gguf_models() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(golden::path("gguf"))) {
    if (entry.path().extension() == ".gguf") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

class HostileGguf : public ::testing::TestWithParam<std::string> {};

TEST_P(HostileGguf, IsRunOrRefusedInOneLineWhateverOneKeySays) {
  const auto path = golden::path("gguf/" + GetParam() + ".gguf");
  const GgufFile file(path);
  const std::string whole = read_file(path, 1 << 20);
  const std::vector<std::string> values = {
      stored(GgufType::i32, bytes_of(-1)),
      stored(GgufType::u32, bytes_of(0U)),
      stored(GgufType::u32, bytes_of(3U)),
      stored(GgufType::u32, bytes_of(1U << 31)),
      stored(GgufType::u64, bytes_of(std::uint64_t{1} << 60)),
      stored(GgufType::i64, bytes_of(-(std::int64_t{1} << 60))),
      stored(GgufType::f32, bytes_of(0.0F)),
      stored(GgufType::f32, bytes_of(std::numeric_limits<float>::quiet_NaN())),
      stored(GgufType::f32, bytes_of(1e38F)),
      stored(GgufType::f64, bytes_of(-1.0)),
      stored(GgufType::string, counted("x")),
      stored(GgufType::boolean, std::string(1, '\1')),
      stored(GgufType::array, bytes_of(4U) + bytes_of(std::uint64_t{2}) + bytes_of(1U) + bytes_of(0U))};
  const long before = peak_kilobytes();
  std::size_t n_run = 0;
  for (const GgufEntry& entry : file.metadata()) {
    if (entry.key.starts_with("tokenizer.")) continue;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string lie = exchanged(file, whole, entry.key, values[i]);
      expect_a_line_or_success({"lie.gguf"}, std::string(entry.key) + ", value " + std::to_string(i), [&] {
        const GgufFile lying(std::as_bytes(std::span(lie)), "lie.gguf");
        run(lying, describe_gguf(lying));
        ++n_run;
      });
    }
  }
  EXPECT_GT(n_run, 0U) << "general.name may say anything";
  expect_little_memory_since(before);
}

INSTANTIATE_TEST_SUITE_P(Golden, HostileGguf, ::testing::ValuesIn(gguf_models()), [](const auto& test) {
  std::string name = test.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace akin
