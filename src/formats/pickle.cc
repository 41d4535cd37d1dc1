#include "akin/formats/pickle.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <string_view>

#include "akin/base/error.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

// The names that transformers and torch save under, the common one first.
constexpr std::array kNames = {"pytorch_model.bin", "pytorch_model.bin.index.json", "pytorch_model.pt", "model.pt", "model.pth",
                               "model.ckpt",        "consolidated.00.pth"};

// An archive of torch holds the pickle as "<name>/data.pkl", its first member.
constexpr std::string_view kArchive = "PK\x03\x04", kMember = "data.pkl";
constexpr std::size_t kHead = 256;

}  // namespace

bool is_pickle(const fs::path& file) {
  std::array<char, kHead> bytes{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(bytes.data(), bytes.size());
  const std::string_view head(bytes.data(), static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  if (head.starts_with(kArchive)) return head.find(kMember) != std::string_view::npos;
  // PROTO with its number, then what torch's old form begins with: a long number or a dictionary.
  return head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5 && (head[2] == '\x8A' || head[2] == '}' || head[2] == 'c');
}

std::optional<fs::path> find_pickle(const fs::path& folder) {
  std::error_code ignored;
  for (const char* name : kNames) {
    if (fs::exists(folder / name, ignored)) return folder / name;
  }
  return std::nullopt;
}

void refuse_pickle(const fs::path& file) {
  const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
  throw Error(ErrorCode::unsupported,
              file.string() +
                  ": the weights are a pickle, and reading one can run code that stands in it; akin reads safetensors and GGUF. "
                  "If you trust the file, convert it once: python3 -c \"from transformers import AutoModel; "
                  "AutoModel.from_pretrained('" +
                  folder + "').save_pretrained('" + folder + "', safe_serialization=True)\"");
}

}  // namespace akin
