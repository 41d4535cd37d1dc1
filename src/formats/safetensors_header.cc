#include "safetensors_header.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "akin/base/error.h"
#include "cursor.h"

namespace akin {
namespace {

// F32 first: the table is searched from the front.
constexpr std::array kTypes = {
    SafetensorsType{"F32", 32, TensorType::f32},
    SafetensorsType{"F16", 16, TensorType::f16},
    SafetensorsType{"BF16", 16, TensorType::bf16},
    SafetensorsType{"I64", 64, TensorType::i64},
    SafetensorsType{"I32", 32, TensorType::i32},
    SafetensorsType{"I16", 16, TensorType::i16},
    SafetensorsType{"I8", 8, TensorType::i8},
    SafetensorsType{"U8", 8, TensorType::u8},
    SafetensorsType{"BOOL", 8, TensorType::boolean},
    SafetensorsType{"F64", 64, TensorType::f64},
    SafetensorsType{"U16", 16, {}},
    SafetensorsType{"U32", 32, {}},
    SafetensorsType{"U64", 64, {}},
    SafetensorsType{"C64", 64, {}},
    SafetensorsType{"F8_E4M3", 8, {}},
    SafetensorsType{"F8_E5M2", 8, {}},
    SafetensorsType{"F8_E8M0", 8, {}},
    SafetensorsType{"F6_E2M3", 6, {}},
    SafetensorsType{"F6_E3M2", 6, {}},
    SafetensorsType{"F4", 4, {}},
};

constexpr std::uint64_t kMaxSize = std::numeric_limits<std::int64_t>::max() / 64;

/// What both texts have in common: every event that the rules do not allow is an error, and no key may come twice in one object.
class Events : public nlohmann::json_sax<nlohmann::json> {
 public:
  Events(const std::filesystem::path& file, const char* what) : file_(file), what_(what) {}

  bool null() override { refuse("null"); }
  bool boolean(bool /*value*/) override { refuse("a boolean"); }
  bool number_integer(number_integer_t /*value*/) override { refuse("a negative number"); }
  bool number_unsigned(number_unsigned_t /*value*/) override { refuse("a number"); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { refuse("a fraction or a number past 2^64"); }
  bool string(string_t& /*value*/) override { refuse("a string"); }
  bool binary(binary_t& /*value*/) override { refuse("bytes"); }
  bool start_array(std::size_t /*n*/) override { refuse("an array"); }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string& /*token*/, const nlohmann::detail::exception& /*error*/) override {
    fail("not JSON at byte " + std::to_string(position));
  }

  [[noreturn]] void fail(const std::string& why) const { throw Error(ErrorCode::corrupt, file_.string() + ": " + what_ + ": " + why); }
  /// An event where something else must stand.
  [[noreturn]] void refuse(const std::string& found) const { fail(found + " where " + wanted() + " is wanted" + place()); }

 protected:
  /// What may come now, and where we are, for messages.
  [[nodiscard]] virtual std::string wanted() const = 0;
  [[nodiscard]] virtual std::string place() const = 0;

 private:
  const std::filesystem::path& file_;
  const char* what_;
};

/// { "__metadata__": {string: string…}, name: {"dtype": string, "shape": [n…], "data_offsets": [n, n]}… }
class HeaderEvents final : public Events {
 public:
  explicit HeaderEvents(const std::filesystem::path& file) : Events(file, "the header") {}

  SafetensorsHeader header;

  bool start_object(std::size_t /*n*/) override {
    if (state_ == State::start) {
      state_ = State::top;
    } else if (state_ == State::top_value) {
      state_ = is_metadata_ ? State::metadata : State::tensor;
    } else {
      refuse("an object");
    }
    return true;
  }

  bool end_object() override {
    if (state_ == State::tensor) finish_tensor();
    state_ = state_ == State::top ? State::end : State::top;
    return true;
  }

  bool key(string_t& name) override {
    if (state_ == State::top) {
      start_entry(name);
    } else if (state_ == State::metadata) {
      if (header.metadata.contains(name)) fail("__metadata__ has the key '" + printable(name) + "' twice");
      key_ = name;
      state_ = State::metadata_value;
    } else {
      start_field(name);
    }
    return true;
  }

  bool string(string_t& value) override {
    if (state_ == State::metadata_value) {
      header.metadata.emplace(key_, value);
      state_ = State::metadata;
    } else if (state_ == State::dtype) {
      entry().type = safetensors_type(value);
      if (entry().type == nullptr) fail("tensor '" + printable(entry().name) + "' has the unknown dtype '" + printable(value) + "'");
      state_ = State::tensor;
    } else {
      refuse("a string");
    }
    return true;
  }

  bool start_array(std::size_t /*n*/) override {
    if (state_ != State::shape && state_ != State::offsets) refuse("an array");
    state_ = state_ == State::shape ? State::shape_number : State::offsets_number;
    return true;
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (state_ == State::shape_number) {
      if (value > kMaxSize) fail("tensor '" + printable(entry().name) + "' has a dimension of " + std::to_string(value));
      if (entry().shape.size() >= kMaxDimensions) fail("tensor '" + printable(entry().name) + "' has more than 32 dimensions");
      entry().shape.push_back(static_cast<std::size_t>(value));
    } else if (state_ == State::offsets_number && n_offsets_ < 2) {
      (n_offsets_++ == 0 ? entry().begin : entry().end) = value;
    } else {
      refuse("a number");
    }
    return true;
  }

  bool end_array() override {
    if (state_ == State::offsets_number && n_offsets_ != 2)
      fail("tensor '" + printable(entry().name) + "': data_offsets has " + std::to_string(n_offsets_) + " numbers, 2 are wanted");
    state_ = State::tensor;
    return true;
  }

 protected:
  std::string wanted() const override {
    switch (state_) {
      case State::start:
        return "an object";
      case State::top_value:
        return "an object";
      case State::metadata_value:
        return "a string (__metadata__ holds strings only)";
      case State::dtype:
        return "a string";
      case State::shape:
      case State::offsets:
        return "an array of whole numbers";
      case State::shape_number:
        return "a whole number";
      case State::offsets_number:
        return n_offsets_ < 2 ? "a whole number" : "the end of two offsets";
      default:
        return "a key";
    }
  }
  std::string place() const override {
    return header.tensors.empty() || is_metadata_ ? std::string() : ", in tensor '" + printable(header.tensors.back().name) + "'";
  }

 private:
  static constexpr std::size_t kMaxDimensions = 32;
  enum class State { start, top, top_value, metadata, metadata_value, tensor, dtype, shape, shape_number, offsets, offsets_number, end };

  SafetensorsEntry& entry() { return header.tensors.back(); }

  void start_entry(const std::string& name) {
    is_metadata_ = name == "__metadata__";
    if (is_metadata_) {
      if (seen_metadata_) fail("__metadata__ is there twice");
      seen_metadata_ = true;
    } else {
      // Names that come twice are found when all are sorted.
      header.tensors.push_back({name, nullptr, {}, 0, 0});
      seen_type_ = seen_shape_ = seen_offsets_ = false;
      n_offsets_ = 0;
    }
    state_ = State::top_value;
  }

  void start_field(const std::string& name) {
    bool* seen = nullptr;
    if (name == "dtype") seen = &seen_type_, state_ = State::dtype;
    if (name == "shape") seen = &seen_shape_, state_ = State::shape;
    if (name == "data_offsets") seen = &seen_offsets_, state_ = State::offsets;
    const std::string where = "tensor '" + printable(entry().name) + "'";
    if (seen == nullptr) fail(where + " has the unknown field '" + printable(name) + "'");
    if (*seen) fail(where + " has the field '" + name + "' twice");
    *seen = true;
  }

  void finish_tensor() {
    if (!seen_type_ || !seen_shape_ || !seen_offsets_) {
      const char* missing = !seen_type_ ? "dtype" : !seen_shape_ ? "shape" : "data_offsets";
      fail("tensor '" + printable(entry().name) + "' has no " + missing);
    }
  }

  State state_ = State::start;
  std::string key_;
  bool is_metadata_ = false;
  bool seen_metadata_ = false;
  bool seen_type_ = false;
  bool seen_shape_ = false;
  bool seen_offsets_ = false;
  int n_offsets_ = 0;
};

/// { "metadata": anything, "weight_map": {tensor: shard…} }
class IndexEvents final : public Events {
 public:
  explicit IndexEvents(const std::filesystem::path& file) : Events(file, "the index") {}

  std::vector<ShardEntry> entries;
  bool seen_map = false;

  bool null() override { return ignore("null"); }
  bool boolean(bool /*value*/) override { return ignore("a boolean"); }
  bool number_integer(number_integer_t /*value*/) override { return ignore("a number"); }
  bool number_unsigned(number_unsigned_t /*value*/) override { return ignore("a number"); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return ignore("a number"); }
  bool start_array(std::size_t /*n*/) override { return descend("an array"); }
  bool end_array() override { return ascend(); }
  bool start_object(std::size_t /*n*/) override {
    if (depth_ == 1 && in_map_) {
      depth_ = 2;
      return true;
    }
    if (depth_ == 0) {
      depth_ = 1;
      return true;
    }
    return descend("an object");
  }
  bool end_object() override { return ascend(); }

  bool key(string_t& name) override {
    if (depth_ == 1) {
      in_map_ = name == "weight_map";
      if (in_map_ && seen_map) fail("weight_map is there twice");
      seen_map |= in_map_;
    } else if (depth_ == 2 && in_map_) {
      if (!names_.insert(name).second) fail("weight_map has the tensor '" + printable(name) + "' twice");
      entries.push_back({name, {}});
    }
    return true;
  }

  bool string(string_t& value) override {
    if (depth_ != 2 || !in_map_) return ignore("a string");
    entries.back().shard = value;
    return true;
  }

 protected:
  std::string wanted() const override { return depth_ == 0 ? "an object" : depth_ == 1 ? "weight_map's object" : "a file's name"; }
  std::string place() const override { return {}; }

 private:
  static constexpr int kMaxDepth = 16;

  bool ignore(const char* found) const {
    if (depth_ == 0 || in_map_) refuse(found);
    return true;
  }
  bool descend(const char* found) {
    if (depth_ == 0 || in_map_) refuse(found);
    if (++depth_ > kMaxDepth) fail("nested more than " + std::to_string(kMaxDepth) + " deep");
    return true;
  }
  bool ascend() {
    --depth_;
    return true;
  }

  std::unordered_set<std::string> names_;
  int depth_ = 0;
  bool in_map_ = false;
};

void parse(std::string_view json, Events& events) {
  // nlohmann takes a NUL for the end of the text; the format has no such end.
  if (json.find('\0') != std::string_view::npos) events.fail("a NUL character");
  if (json.empty() || json.front() != '{') events.fail("it does not start with '{'");
  // Iterative: the depth of the text costs no stack. Our handlers throw on whatever they refuse.
  nlohmann::json::sax_parse(json.begin(), json.end(), &events);
}

}  // namespace

const SafetensorsType* safetensors_type(std::string_view name) noexcept {
  const auto* row = std::ranges::find(kTypes, name, &SafetensorsType::name);
  return row == kTypes.end() ? nullptr : row;
}

SafetensorsHeader parse_safetensors_header(std::string_view json, const std::filesystem::path& file) {
  HeaderEvents events(file);
  parse(json, events);
  return std::move(events.header);
}

std::vector<ShardEntry> parse_safetensors_index(std::string_view json, const std::filesystem::path& file) {
  IndexEvents events(file);
  parse(json, events);
  if (!events.seen_map) events.fail("it has no weight_map");
  return std::move(events.entries);
}

}  // namespace akin
