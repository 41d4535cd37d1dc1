// Picture files among the inputs of `embed`, `similar`, `search` and `classify`: told by content, not by name.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "akin/embed/embedder.h"

namespace akin::cli {

/// Whether an input names an existing file that is a picture.
bool is_picture(const std::string& input);

struct PictureSize {
  std::size_t width = 0, height = 0;
};

/// Reads, fits and embeds pictures some at a time, in order: `sink` gets the files of a window, their sizes and vectors. Throws the first
/// file's Error.
using PictureSink =
    std::function<void(std::span<const std::string> files, std::span<const PictureSize> sizes, const Matrix<float>& vectors)>;
void embed_pictures(const Embedder& embedder, std::span<const std::string> files, const PictureSink& sink, Context& context);

/// One row an input: a picture file's vector (unless `pictures` is false), any other input as one text. Throws Error{unsupported} where the
/// model does not take one of them.
Matrix<float> embed_mixed(const Embedder& embedder, const std::vector<std::string>& inputs, bool pictures, Context& context);

}  // namespace akin::cli
