#include "akin/hub/pull.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/hub/model_store.h"
#include "blob_download.h"
#include "cache_layout.h"
#include "file_choice.h"
#include "hub_client.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using namespace hub;

// Under which a bare name is looked for too.
constexpr const char* kUsualOwner = "sentence-transformers";

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(ErrorCode::io, folder.string() + ": cannot create it: " + error.message());
}

/// From `link`, snapshots/COMMIT/a/b, to blobs/ETAG: "../../../blobs/ETAG".
fs::path relative_target(const std::string& name, const std::string& etag) {
  fs::path target = fs::path("..") / "..";
  for (const char c : name)
    if (c == '/') target /= "..";
  return target / "blobs" / etag;
}

/// Makes or replaces a symbolic link; others see the old one or the new one.
void place_link(const fs::path& link, const fs::path& target) {
  std::error_code ignored;
  if (fs::is_symlink(link, ignored) && fs::read_symlink(link, ignored) == target) return;
  make_folder(link.parent_path());
  const fs::path fresh = link.string() + "." + std::to_string(::getpid()) + ".new";
  ::unlink(fresh.c_str());
  if (::symlink(target.c_str(), fresh.c_str()) != 0) throw_errno(fresh.string(), "make a symbolic link");
  if (::rename(fresh.c_str(), link.c_str()) != 0) {
    const int reason = errno;
    ::unlink(fresh.c_str());
    errno = reason;
    throw_errno(link.string(), "put the link in its place");
  }
}

void write_ref(const fs::path& file, const std::string& commit) {
  make_folder(file.parent_path());
  AtomicFile ref(file);
  ref.write(commit);
  ref.commit();
}

/// The order of the pull: a folder looks like a model when its weights are there, so they come last, and a list of parts after the parts.
int place_of(const RepositoryFile& file) {
  if (file.name.ends_with(".safetensors.index.json")) return 2;
  return file.name.ends_with(".safetensors") || file.name.ends_with(".gguf") ? 1 : 0;
}

class Pull {
 public:
  Pull(const HubClient& hub, const PullOptions& options, Context& context) : hub_(hub), options_(options), context_(context) {}

  PullReport run(const std::string& name, const RepositoryInfo& info) {
    FileChoice choice = choose_files(info, options_.include, options_.exclude, name);
    cache_ = cache_folder();
    if (cache_.empty()) throw Error(ErrorCode::io, "no home folder for the cache: set HF_HUB_CACHE");
    repository_ = cache_ / repository_folder(name);
    report_.name = name;
    report_.revision = options_.revision;
    report_.commit = info.commit;
    report_.folder = repository_ / "snapshots" / info.commit;
    report_.left_out = std::move(choice.left_out);
    begin_progress(choice);
    std::ranges::stable_sort(choice.wanted, {}, place_of);
    make_folder(repository_ / "blobs");
    for (const RepositoryFile& file : choice.wanted) report_.files.push_back(pull_file(file));
    if (!is_commit(options_.revision)) write_ref(repository_ / "refs" / options_.revision, info.commit);
    context_.progress.end();
    return std::move(report_);
  }

 private:
  void begin_progress(const FileChoice& choice) {
    std::uint64_t total = 0;
    bool known = true;
    for (const RepositoryFile& file : choice.wanted) {
      known = known && file.size.has_value();
      total += file.size.value_or(0);
    }
    context_.progress.begin("pulling " + report_.name, known ? total : 0, "bytes");
  }

  PulledFile pull_file(const RepositoryFile& file) {
    context_.cancel.check();
    const fs::path link = report_.folder / file.name;
    std::error_code error;
    // A commit's files never change: what is in its snapshot is what the Hub has.
    const std::uintmax_t there = fs::is_regular_file(link, error) ? fs::file_size(link, error) : 0;
    if (!error && fs::exists(link, error) && (!file.size || *file.size == there)) {
      context_.progress.advance(there);
      return {file.name, there, "there", false};
    }
    const FileMetadata metadata = hub_.metadata(report_.name, report_.commit, file.name, context_);
    const fs::path lock = cache_ / ".locks" / repository_.filename() / (metadata.etag + ".lock");
    const Blob blob{report_.name + ": " + file.name,
                    hub_.file_request(report_.name, report_.commit, file.name),
                    metadata.etag,
                    metadata.size,
                    repository_ / "blobs" / metadata.etag,
                    lock};
    const BlobReport done = download_blob(hub_.http(), blob, context_);
    place_link(link, relative_target(file.name, metadata.etag));
    report_.n_bytes_fetched += done.n_fetched;
    return {file.name, metadata.size, done.state, done.checked};
  }

  const HubClient& hub_;
  const PullOptions& options_;
  Context& context_;
  fs::path cache_, repository_;
  PullReport report_;
};

/// Without a network: what is in the cache.
PullReport pull_offline(const std::string& name, const PullOptions& options) {
  const fs::path repository = cache_folder() / repository_folder(name);
  const auto commit = commit_of(repository, options.revision);
  if (!commit)
    throw Error(ErrorCode::not_found, "no '" + name + "' of revision '" + options.revision + "' in the cache " + cache_folder().string() +
                                          ", and HF_HUB_OFFLINE is set: unset it to pull");
  PullReport report{name, options.revision, *commit, repository / "snapshots" / *commit, {}, {}, 0, 0};
  std::error_code error;
  for (fs::recursive_directory_iterator it(report.folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code broken;
    if (!it->is_regular_file(broken)) continue;
    report.files.push_back({it->path().lexically_relative(report.folder).string(), it->file_size(broken), "there", false});
  }
  return report;
}

/// The first of the names that the Hub knows.
std::pair<std::string, RepositoryInfo> find_model(const HubClient& hub, const std::string& name, const std::string& revision,
                                                  Context& context) {
  try {
    return {name, hub.info(name, revision, context)};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    std::string message = error.what();
    if (name.find('/') == std::string::npos) {
      const std::string usual = std::string(kUsualOwner) + "/" + name;
      try {
        return {usual, hub.info(usual, revision, context)};
      } catch (const Error& second) {
        if (second.code() != ErrorCode::not_found) throw;
        message += ", nor '" + usual + "'";
      }
    }
    const std::string nearest = nearest_model(name);
    throw Error(ErrorCode::not_found, message + (nearest.empty() ? "" : "; here is '" + nearest + "': did you mean it?"));
  }
}

}  // namespace

PullReport pull_model(std::string_view name_given, const PullOptions& options, Context& context) {
  const auto start = std::chrono::steady_clock::now();
  const std::string name(name_given);
  if (!is_repository_name(name))
    throw Error(ErrorCode::invalid_argument,
                "'" + name + "' is not a model's name: 'org/model' is wanted, of letters, digits, '-', '_' and '.'");
  if (!is_revision(options.revision))
    throw Error(ErrorCode::invalid_argument, "'" + options.revision + "' is not a branch, a tag or a commit");
  HubSettings settings = HubSettings::from_environment();
  PullReport report;
  if (settings.offline) {
    report = pull_offline(name, options);
  } else {
    const HubClient hub(std::move(settings));
    const auto [found, info] = find_model(hub, name, options.revision, context);
    report = Pull(hub, options, context).run(found, info);
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace akin
