#include "akin/image/image_processor.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"

namespace akin {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20;
// No model reads pictures as wide as this: sizes that lie are refused before they are multiplied.
constexpr std::size_t kMostPixelsASide = 4096;
// Between resizing and cutting; a picture of 1 × 1000 pixels becomes a band of 224 × 224,000.
constexpr std::size_t kMostResizedPixels = 100'000'000;

constexpr std::size_t kUsualCrop = 224;
constexpr std::array<double, 3> kClipMean = {0.48145466, 0.4578275, 0.40821073}, kClipStd = {0.26862954, 0.26130258, 0.27577711};
constexpr std::array<double, 3> kHalf = {0.5, 0.5, 0.5};

/// What a processor does where its file leaves a key out.
struct Defaults {
  std::string_view name;
  bool shortest_edge;  ///< of a size that is one number
  std::size_t size;
  Resample resample;
  bool crop;
  const std::array<double, 3>&mean, &std;
};

constexpr Defaults kProcessors[] = {
    {"CLIP", true, 224, Resample::bicubic, true, kClipMean, kClipStd}, {"Siglip", false, 224, Resample::bicubic, false, kHalf, kHalf},
    {"ViT", false, 224, Resample::bilinear, false, kHalf, kHalf},      {"Bit", true, 224, Resample::bicubic, true, kClipMean, kClipStd},
    {"DeiT", false, 256, Resample::bicubic, true, kHalf, kHalf},
};

/// "CLIPImageProcessor", "CLIPImageProcessorFast" and, in old files, "CLIPFeatureExtractor".
const Defaults* find_processor(std::string_view type) {
  for (const std::string_view ending : {"ImageProcessor", "ImageProcessorFast", "FeatureExtractor"}) {
    if (!type.ends_with(ending)) continue;
    for (const Defaults& known : kProcessors) {
      if (type.substr(0, type.size() - ending.size()) == known.name) return &known;
    }
  }
  return nullptr;
}

/// Reads preprocessor_config.json's keys.
class Reader {
 public:
  Reader(const Json& json, const std::string& where) : json_(json), where_(where), defaults_(processor()) {}

  ImageProcessorSpec read() {
    for (const char* other : {"do_pad", "do_flip_channel_order", "do_reduce_labels", "do_thumbnail", "do_align_long_axis", "crop_pct"}) {
      if (json_.contains(other) && !json_.at(other).is_null() && json_.at(other) != Json(false)) refuse(other);
    }
    ImageProcessorSpec spec;
    if (flag("do_resize", true)) {
      read_size(spec);
    } else {
      spec.resize = ResizeRule::none;
    }
    const std::size_t resample = json_.contains("resample") && !json_.at("resample").is_null()
                                     ? side(json_.at("resample"), "resample", 0, 5)
                                     : static_cast<std::size_t>(defaults_.resample);
    spec.resample = static_cast<Resample>(resample);
    if (flag("do_center_crop", defaults_.crop)) read_crop(spec);
    spec.rescale = flag("do_rescale", true) ? number("rescale_factor", 1.0 / 255) : 0;
    spec.normalize = flag("do_normalize", true);
    spec.mean = channels("image_mean", defaults_.mean);
    spec.std = channels("image_std", defaults_.std);
    if (spec.normalize && std::ranges::any_of(spec.std, [](float x) { return x == 0; })) fail("image_std", "no 0");
    return spec;
  }

 private:
  [[noreturn]] void fail(const char* key, const std::string& wanted) const {
    const std::string found = json_.contains(key) ? json_.at(key).dump(-1, ' ', false, Json::error_handler_t::replace) : "nothing";
    throw Error(ErrorCode::corrupt, where_ + ": key '" + key + "' must be " + wanted + ", found " + found.substr(0, 80));
  }
  [[noreturn]] void refuse(const char* key) const {
    throw Error(ErrorCode::unsupported, where_ + ": key '" + key + "' asks for a step that akin does not do");
  }

  [[nodiscard]] const Defaults& processor() const {
    std::string type, known;
    for (const char* key : {"image_processor_type", "feature_extractor_type"}) {
      if (type.empty() && json_.contains(key) && json_.at(key).is_string()) type = json_.at(key).get<std::string>();
    }
    if (const Defaults* found = find_processor(type)) return *found;
    for (const Defaults& one : kProcessors) known += (known.empty() ? "" : ", ") + std::string(one.name) + "ImageProcessor";
    throw Error(ErrorCode::unsupported, where_ + ": image_processor_type '" + type + "' is not known; known are " + known);
  }

  [[nodiscard]] bool flag(const char* key, bool missing) const {
    if (!json_.contains(key) || json_.at(key).is_null()) return missing;
    if (!json_.at(key).is_boolean()) fail(key, "true or false");
    return json_.at(key).get<bool>();
  }

  [[nodiscard]] double number(const char* key, double missing) const {
    if (!json_.contains(key) || json_.at(key).is_null()) return missing;
    if (!json_.at(key).is_number() || !std::isfinite(json_.at(key).get<double>())) fail(key, "a finite number");
    return json_.at(key).get<double>();
  }

  [[nodiscard]] std::size_t side(const Json& value, const char* key, std::size_t least = 1, std::size_t most = kMostPixelsASide) const {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least || value.get<std::uint64_t>() > most) {
      fail(key, "whole numbers from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return value.get<std::size_t>();
  }

  [[nodiscard]] std::optional<std::size_t> member(const Json& object, const char* key, const char* name) const {
    const auto at = object.find(name);
    if (at == object.end() || at->is_null()) return std::nullopt;
    return side(*at, key);
  }

  /// A list (height, width), or an object with both.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> height_and_width(const Json& value, const char* key) const {
    if (value.is_array() && value.size() == 2) return std::pair(side(value[0], key), side(value[1], key));
    if (!value.is_object()) return std::nullopt;
    const auto height = member(value, key, "height"), width = member(value, key, "width");
    return height && width ? std::optional(std::pair(*height, *width)) : std::nullopt;
  }

  void read_size(ImageProcessorSpec& spec) const {
    const Json value = json_.contains("size") && !json_.at("size").is_null() ? json_.at("size") : Json(defaults_.size);
    if (const auto sides = height_and_width(value, "size")) {
      std::tie(spec.height, spec.width) = *sides;
      return;
    }
    if (value.is_number()) {
      spec.resize = defaults_.shortest_edge ? ResizeRule::shortest_edge : ResizeRule::exact;
      spec.shortest = spec.width = spec.height = side(value, "size");
      return;
    }
    const auto shortest = value.is_object() ? member(value, "size", "shortest_edge") : std::nullopt;
    const auto longest = value.is_object() ? member(value, "size", "longest_edge") : std::nullopt;
    if (!shortest && !longest) fail("size", "a number, (height, width), shortest_edge or longest_edge");
    spec.resize = shortest ? ResizeRule::shortest_edge : ResizeRule::longest_edge;
    spec.shortest = shortest.value_or(0);
    spec.longest = longest.value_or(0);
  }

  void read_crop(ImageProcessorSpec& spec) const {
    const Json value = json_.contains("crop_size") && !json_.at("crop_size").is_null() ? json_.at("crop_size") : Json(kUsualCrop);
    if (const auto sides = height_and_width(value, "crop_size")) {
      std::tie(spec.crop_height, spec.crop_width) = *sides;
    } else if (value.is_number()) {
      spec.crop_height = spec.crop_width = side(value, "crop_size");
    } else {
      fail("crop_size", "a number or (height, width)");
    }
  }

  [[nodiscard]] std::array<float, 3> channels(const char* key, const std::array<double, 3>& missing) const {
    std::array<float, 3> result{};
    const bool given = json_.contains(key) && !json_.at(key).is_null();
    for (std::size_t c = 0; c < 3; ++c) {
      if (!given) {
        result[c] = static_cast<float>(missing[c]);
      } else if (json_.at(key).is_number()) {
        result[c] = static_cast<float>(number(key, 0));
      } else {
        if (!json_.at(key).is_array() || json_.at(key).size() != 3 || !json_.at(key)[c].is_number()) fail(key, "three numbers");
        result[c] = json_.at(key)[c].get<float>();
      }
    }
    return result;
  }

  const Json& json_;
  const std::string& where_;
  const Defaults& defaults_;
};

struct Size {
  std::size_t width, height;
};

/// The long side in proportion, cut to a whole number as Python's int() does.
std::size_t in_proportion(std::size_t wanted, std::size_t other, std::size_t same) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(wanted * other) / static_cast<double>(same)));
}

Size resized(const ImageProcessorSpec& spec, Size from) {
  switch (spec.resize) {
    case ResizeRule::none:
      return from;
    case ResizeRule::exact:
      return {spec.width, spec.height};
    case ResizeRule::shortest_edge:
      if (from.width <= from.height) return {spec.shortest, in_proportion(spec.shortest, from.height, from.width)};
      return {in_proportion(spec.shortest, from.width, from.height), spec.shortest};
    case ResizeRule::longest_edge:
      break;
  }
  if (from.width >= from.height) return {spec.longest, in_proportion(spec.longest, from.height, from.width)};
  return {in_proportion(spec.longest, from.width, from.height), spec.longest};
}

/// Where the middle begins in the old and in the new picture, on one axis.
struct Middle {
  std::size_t from, to, n;
};

/// One that fits is cut from half the rest, rounded down; one that does not is put after half the missing, rounded as the reference does.
Middle middle_of(std::size_t old, std::size_t wanted) {
  if (old >= wanted) return {(old - wanted) / 2, 0, wanted};
  // There the picture is put behind ⌈missing / 2⌉ of padding and cut at ⌊−missing / 2⌋ + ⌈missing / 2⌉, which is 0.
  return {0, (wanted - old + 1) / 2, old};
}

Image cut_middle(const Image& image, std::size_t width, std::size_t height) {
  const Middle x = middle_of(image.width(), width), y = middle_of(image.height(), height);
  Image out{Matrix<std::uint8_t>(height, 3 * width)};
  for (std::size_t r = 0; r < y.n; ++r) {
    std::copy_n(image.rows.row(y.from + r).data() + 3 * x.from, 3 * x.n, out.rows.row(y.to + r).data() + 3 * x.to);
  }
  return out;
}

}  // namespace

ImageProcessor::ImageProcessor(const ImageProcessorSpec& spec) : spec_(spec) {
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < 256; ++i) {
      // The product in double, then all in float: as numpy does it there.
      const auto byte = static_cast<double>(i);
      const auto value = static_cast<float>(spec.rescale == 0 ? byte : byte * spec.rescale);
      table_[c][i] = spec.normalize ? (value - spec.mean[c]) / spec.std[c] : value;
    }
  }
}

ImageProcessor ImageProcessor::from_json(std::string_view json, const std::string& where) {
  const Json parsed = Json::parse(json, nullptr, false);
  if (!parsed.is_object()) throw Error(ErrorCode::corrupt, where + ": a JSON object is wanted");
  return ImageProcessor(Reader(parsed, where).read());
}

ImageProcessor ImageProcessor::from_folder(const std::filesystem::path& folder) {
  const std::filesystem::path own = folder / "preprocessor_config.json", newer = folder / "processor_config.json";
  if (std::filesystem::exists(own)) return from_json(read_file(own, kMaxConfigBytes), own.string());
  if (std::filesystem::exists(newer)) {
    const Json parsed = Json::parse(read_file(newer, kMaxConfigBytes), nullptr, false);
    if (parsed.is_object() && parsed.contains("image_processor")) return from_json(parsed.at("image_processor").dump(), newer.string());
  }
  throw Error(ErrorCode::not_found, own.string() + ": no such file: it says how pictures are prepared for the model");
}

std::string ImageProcessor::text() const {
  const auto list = [](std::initializer_list<double> numbers) {
    std::string text;
    for (const double x : numbers) text += " " + Json(x).dump();
    return text;
  };
  const auto n = [](std::size_t x) { return static_cast<double>(x); };
  return "rule " + std::to_string(static_cast<int>(spec_.resize)) +
         list({n(spec_.width), n(spec_.height), n(spec_.shortest), n(spec_.longest)}) + " filter " +
         std::to_string(static_cast<int>(spec_.resample)) + " crop" + list({n(spec_.crop_width), n(spec_.crop_height)}) + " scale" +
         list({spec_.rescale}) + (spec_.normalize ? " mean" : " no mean") +
         list({spec_.mean[0], spec_.mean[1], spec_.mean[2], spec_.std[0], spec_.std[1], spec_.std[2]});
}

FittedImage ImageProcessor::fit(const Image& image) const {
  const Size from{image.width(), image.height()}, size = resized(spec_, from);
  if (size.width > kMostResizedPixels / size.height) {
    throw Error(ErrorCode::limit, "a picture of " + std::to_string(from.width) + " × " + std::to_string(from.height) +
                                      " pixels is too narrow: resized for the model it would have " + std::to_string(size.width) + " × " +
                                      std::to_string(size.height));
  }
  Image result = resize(image, size.width, size.height, spec_.resample);
  if (spec_.crop_width == 0) return {std::move(result)};
  return {cut_middle(result, spec_.crop_width, spec_.crop_height)};
}

ImageNumbers ImageProcessor::numbers(const FittedImage& image) const {
  const std::size_t height = image.pixels.height(), width = image.pixels.width();
  ImageNumbers result{std::vector<float>(3 * height * width), height, width};
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* row = image.pixels.rows.row(y).data();
    for (std::size_t c = 0; c < 3; ++c) {
      float* out = result.values.data() + (c * height + y) * width;
      for (std::size_t x = 0; x < width; ++x) out[x] = table_[c][row[3 * x + c]];
    }
  }
  return result;
}

}  // namespace akin
