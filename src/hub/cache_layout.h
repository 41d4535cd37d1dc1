// Where the Hugging Face cache is and how it is laid out, as huggingface_hub 0.2x and later keep it:
//   models--ORG--NAME/blobs/ETAG              the files, named by what they hold
//   models--ORG--NAME/snapshots/COMMIT/FILE   → ../../blobs/ETAG, relative
//   models--ORG--NAME/refs/REVISION           the commit that a branch or tag means
//   .locks/models--ORG--NAME/ETAG.lock        held by whoever downloads a blob
// Tested by cache_layout_test.cc.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace akin::hub {

/// $HF_HUB_CACHE, $HUGGINGFACE_HUB_CACHE, $HF_HOME/hub, $XDG_CACHE_HOME/huggingface/hub, ~/.cache/huggingface/hub; empty without a home.
std::filesystem::path cache_folder();

/// $HF_HOME, $XDG_CACHE_HOME/huggingface, ~/.cache/huggingface; empty without a home.
std::filesystem::path home_folder();

/// "ORG/NAME" → "models--ORG--NAME".
std::string repository_folder(std::string_view name);
/// The other way; nothing for another kind of folder.
std::optional<std::string> name_of_repository(std::string_view folder);

/// Whether `name` is what the Hub takes as a model's name: one or two parts of letters, digits, "-", "_", ".", no "--" nor "..".
bool is_repository_name(std::string_view name) noexcept;
/// Whether `revision` can be a branch, a tag or a commit, and so a path below refs/.
bool is_revision(std::string_view revision) noexcept;
/// 40 lower-case hexadecimal digits.
bool is_commit(std::string_view text) noexcept;

/// Whether a file name that a server sent stays inside its folder: relative, without "..", ".", empty parts, back slashes or control
/// characters.
bool is_safe_path(std::string_view path) noexcept;

/// The commit that refs/`revision` holds, or `revision` itself if it is one with a snapshot; nothing if there is none.
std::optional<std::string> commit_of(const std::filesystem::path& repository, const std::string& revision);

}  // namespace akin::hub
