// Texts and images to vectors as a whole: throughput, latency of one query, peak memory; one JSON line a task, with the fields that the
// comparison scripts of other libraries print, so that bench/compare can set them side by side.
//
//   embed_bench --model FOLDER [--precision f32|bf16|int8] [--threads N] [--seconds S] --task NAME=FILE ...
//
// NAME: `latency` (the file's first text, one a call), `stream` (the whole file once, in bounded memory: what peak_rss_mb is for), `images`
// (FILE lists picture files, all of them a call: prepared pixels to vectors), `image_files` (the same from the files on), or
// `NAME:CHUNK` (throughput over CHUNK texts a call until S seconds are over; without :CHUNK the whole file is one call).
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/error.h"
#include "akin/embed/embedder.h"

namespace {

struct Task {
  std::string name;
  std::size_t chunk = 0;  ///< texts a call; 0 = all
  std::string file;
};

struct Options {
  std::string model;
  std::string precision = "f32";
  int threads = 1;
  double seconds = 4;
  std::vector<Task> tasks;
};

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

struct Usage {
  double user, system, peak_mb;
};

Usage usage() {
  rusage info{};
  ::getrusage(RUSAGE_SELF, &info);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return {seconds(info.ru_utime), seconds(info.ru_stime), static_cast<double>(info.ru_maxrss) / 1024};
}

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  akin::require(in.good(), ("cannot open " + file).c_str());
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  akin::require(!lines.empty(), (file + " has no lines").c_str());
  return lines;
}

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options), context_(options.threads), embedder_(load()) {
    std::printf("{%s,\"task\":\"load\",\"seconds\":%.5g,\"peak_rss_mb\":%.1f}\n", who().c_str(), load_seconds_, usage().peak_mb);
  }

  void run(const Task& task) {
    const std::vector<std::string> texts = lines_of(task.file);
    if (task.name == "latency") {
      latency(texts.front());
    } else if (task.name == "stream") {
      stream(task.file);
    } else if (task.name == "images" || task.name == "image_files") {
      images(task.name, {texts.begin(), texts.end()});
    } else {
      throughput(task, texts);
    }
    std::fflush(stdout);
  }

 private:
  akin::Embedder load() {
    const double start = now();
    akin::EmbedderOptions wanted;
    wanted.precision = akin::precision_from(options_.precision);
    akin::Embedder embedder = akin::Embedder::load(options_.model, wanted, context_);
    load_seconds_ = now() - start;
    return embedder;
  }

  [[nodiscard]] std::string who() const {
    return "\"peer\":\"akin\",\"version\":\"" AKIN_VERSION "\",\"precision\":\"" + options_.precision +
           "\",\"threads\":" + std::to_string(options_.threads);
  }

  void count(const akin::EmbedResult& result) {
    texts_ += result.reports.size();
    for (const akin::TextReport& report : result.reports) {
      tokens_ += report.n_tokens;
      dropped_ += report.n_tokens_dropped;
    }
  }

  void start_counting() {
    texts_ = tokens_ = dropped_ = 0;
    before_ = usage();
    start_ = now();
  }

  void print_throughput(const std::string& task, double seconds) const {
    const Usage after = usage();
    const auto n = static_cast<double>(texts_);
    std::printf(
        "{%s,\"task\":\"%s\",\"n\":%zu,\"tokens_per_text\":%.1f,\"texts_per_s\":%.5g,\"tokens_per_s\":%.5g,\"tokens_dropped\":%zu,"
        "\"peak_rss_mb\":%.1f,\"seconds\":%.5g,\"user_seconds\":%.5g,\"sys_seconds\":%.5g}\n",
        who().c_str(), task.c_str(), texts_, static_cast<double>(tokens_) / n, n / seconds, static_cast<double>(tokens_) / seconds,
        dropped_, after.peak_mb, seconds, after.user - before_.user, after.system - before_.system);
  }

  void throughput(const Task& task, const std::vector<std::string>& texts) {
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const std::span<const std::string_view> all(views);
    const std::size_t chunk = task.chunk == 0 ? all.size() : task.chunk;
    embedder_.embed(all.first(std::min<std::size_t>(64, all.size())), akin::TextRole::plain, context_);  // warm up
    start_counting();
    for (std::size_t at = 0; now() - start_ < options_.seconds; at = at + chunk < all.size() ? at + chunk : 0)
      count(embedder_.embed(all.subspan(at, std::min(chunk, all.size() - at)), akin::TextRole::plain, context_));
    print_throughput(task.name, now() - start_);
  }

  void images(const std::string& task, const std::vector<std::filesystem::path>& files) {
    std::vector<akin::FittedImage> fitted;
    for (const auto& file : files) fitted.push_back(embedder_.fit_image(akin::read_image(file)));
    const auto call = [&] {
      return task == "images" ? embedder_.embed_images(fitted, context_) : embedder_.embed_image_files(files, context_);
    };
    call();  // warm up
    start_counting();
    do texts_ += call().rows();
    while (now() - start_ < options_.seconds);
    const double seconds = now() - start_;
    std::printf("{%s,\"task\":\"%s\",\"n\":%zu,\"images_per_s\":%.5g,\"peak_rss_mb\":%.1f,\"seconds\":%.5g}\n", who().c_str(), task.c_str(),
                texts_, static_cast<double>(texts_) / seconds, usage().peak_mb, seconds);
  }

  void stream(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    start_counting();
    embedder_.embed_stream([&](std::string& text) { return static_cast<bool>(std::getline(in, text)); },
                           [&](std::span<const std::string>, const akin::EmbedResult& result) { count(result); }, akin::TextRole::plain,
                           context_);
    print_throughput("stream", now() - start_);
  }

  void latency(const std::string& text) {
    constexpr std::size_t kWarmUp = 50;
    constexpr std::size_t kCalls = 500;
    std::vector<double> ms;
    double sink = 0;
    for (std::size_t call = 0; call < kWarmUp + kCalls; ++call) {
      const double start = now();
      sink += static_cast<double>(embedder_.embed_one(text, akin::TextRole::plain, context_)[0]);
      if (call >= kWarmUp) ms.push_back(1e3 * (now() - start));
    }
    double sum = 0;
    for (const double one : ms) sum += one;
    std::sort(ms.begin(), ms.end());
    std::printf(
        "{%s,\"task\":\"latency\",\"n\":%zu,\"tokens_per_text\":%zu,\"p50_ms\":%.5g,\"p99_ms\":%.5g,\"texts_per_s\":%.5g,"
        "\"seconds\":%.5g,\"peak_rss_mb\":%.1f,\"first\":%.6g}\n",
        who().c_str(), ms.size(), embedder_.tokenizer().count(text) + embedder_.tokenizer().n_special_tokens(), ms[ms.size() / 2],
        ms[ms.size() * 99 / 100], 1e3 * static_cast<double>(ms.size()) / sum, sum / 1e3, usage().peak_mb,
        sink / static_cast<double>(kWarmUp + kCalls));
  }

  Options options_;
  akin::Context context_;
  double load_seconds_ = 0;
  akin::Embedder embedder_;
  std::size_t texts_ = 0, tokens_ = 0, dropped_ = 0;
  Usage before_{};
  double start_ = 0;
};

Task task_from(const std::string& text) {
  const std::size_t equals = text.find('=');
  akin::require(equals != std::string::npos && equals > 0, "--task wants NAME=FILE or NAME:CHUNK=FILE");
  Task task{.name = text.substr(0, equals), .chunk = 0, .file = text.substr(equals + 1)};
  const std::size_t colon = task.name.find(':');
  if (colon != std::string::npos) {
    task.chunk = std::strtoull(task.name.c_str() + colon + 1, nullptr, 10);
    task.name.resize(colon);
  }
  return task;
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--model") {
      options.model = value;
    } else if (name == "--precision") {
      options.precision = value;
    } else if (name == "--threads") {
      options.threads = std::atoi(value);
    } else if (name == "--seconds") {
      options.seconds = std::atof(value);
    } else if (name == "--task") {
      options.tasks.push_back(task_from(value));
    } else {
      throw akin::Error(akin::ErrorCode::invalid_argument, "unknown option " + std::string(name));
    }
  }
  akin::require(argc % 2 == 1 && !options.model.empty() && !options.tasks.empty(),
                "usage: embed_bench --model FOLDER [--precision P] [--threads N] [--seconds S] --task NAME[:CHUNK]=FILE ...");
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = read_options(argc, argv);
    Bench bench(options);
    for (const Task& task : options.tasks) bench.run(task);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "embed_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
