// What the verbs share: the options that most take, how a verb is declared, how a model is found and loaded.
// A verb is one file: it declares its options and returns what to run; it parses and prints, the library does the work.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/embed/embedder.h"
#include "akin/hub/load_embedder.h"

namespace akin::cli {

/// A mistake in how the command was called: exit code 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Options that have the same name and meaning in every verb that takes them.
struct Common {
  std::string model;  ///< empty = the default, or what the collection was made with
  std::string precision = "f32";
  bool precision_given = false;
  std::string pooling = "mean";  ///< of word vectors
  bool pooling_given = false;
  int threads = 0;
  std::uint64_t seed = 42;
  bool json = false;
  bool verbose = false;
};

/// Returns the exit code: 0, or 1 where the work came to a "no" (verify).
using Run = std::function<int(Context& context)>;

struct Verb {
  const char* name;
  const char* summary;
  const char* example;  ///< shown at the end of --help
  Run (*add)(CLI::App& verb, Common& common);
};

/// The table of verbs, in the order of the help.
const std::vector<Verb>& verbs();

/// --precision.
void add_precision_option(CLI::App& verb, Common& common);

/// --model, --precision and --pooling.
void add_model_options(CLI::App& verb, Common& common);

/// Throws UsageError unless `value` is one of `allowed`; the message has the nearest.
void check_choice(const std::string& option, const std::string& value, const std::vector<std::string>& allowed);

/// Resolves and loads common.model; `options` gets the precision and the pooling of `common`.
LoadedEmbedder load_model(const Common& common, EmbedderOptions options, Context& context);

/// The name under which a collection should remember a model: absolute for a path.
std::string lasting_name(const LocalModel& local);

}  // namespace akin::cli
