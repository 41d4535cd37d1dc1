#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "akin/akin.h"
#include "terminal.h"
#include "word_question.h"

namespace akin::cli {
namespace {

// More words than can be read on a picture, and as many as are compared with each other in a blink.
constexpr std::size_t kMostOnMap = 2000;

struct Options {
  std::vector<std::string> words;
  std::size_t k = 10;
  std::string map;
};

std::vector<WordHit> neighbours(const WordSpace& space, const AskedWord& asked, std::size_t k, Context& context) {
  std::vector<std::size_t> own;
  if (k == 0) return {};
  if (asked.place) own.push_back(*asked.place);
  return space.nearest(asked.vector, k, own, context);
}

/// Words on the plane that shows most of their unit vectors, each once, in the colour of the question that first has it.
class WordMap {
 public:
  explicit WordMap(const WordSpace& space) : space_(space) {}

  void add(const AskedWord& asked, const std::vector<WordHit>& hits) {
    if (words_.insert(asked.word).second) put(asked.word, asked.vector);
    std::vector<float> vector(space_.dim());
    for (const WordHit& hit : hits) {
      if (!words_.insert(hit.word).second) continue;
      space_.read(hit.place, vector);
      put(hit.word, vector);
    }
    ++n_groups_;
  }
  void save(const std::string& path, const std::string& model, Context& context) const {
    if (points_.size() > kMostOnMap)
      throw UsageError("--map draws " + grouped(kMostOnMap) + " words at most, these are " + grouped(points_.size()) +
                       "; a smaller -k is wanted");
    Matrix<float> rows(points_.size(), space_.dim());
    std::copy(numbers_.begin(), numbers_.end(), rows.data());
    const Matrix<float> plane = principal_plane(rows.view(), context);
    ScatterChart chart{"", {"first direction"}, {"second direction"}, points_};
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      chart.points[r].x = static_cast<double>(plane(r, 0));
      chart.points[r].y = static_cast<double>(plane(r, 1));
    }
    Figure figure{"Words of " + model, {}, 1};
    figure.panels.emplace_back(std::move(chart));
    save_figure(path, figure, {.panel_width = 900, .panel_height = 640});
  }

 private:
  void put(const std::string& word, std::vector<float> vector) {
    normalize(vector);
    numbers_.insert(numbers_.end(), vector.begin(), vector.end());
    points_.push_back({0, 0, word, n_groups_});
  }

  const WordSpace& space_;
  std::set<std::string> words_;
  std::vector<float> numbers_;
  std::vector<LabelledPoint> points_;
  std::size_t n_groups_ = 0;
};

int run(const Options& options, const Common& common, Context& context) {
  if (!options.map.empty()) check_picture_name(options.map);
  const LoadedSpace model = load_space(common, context);
  std::vector<AskedWord> asked;
  for (const std::string& word : options.words) asked.push_back(ask_word(model.space, word));
  nlohmann::json list = nlohmann::json::array();
  WordMap map(model.space);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const std::vector<WordHit> hits = neighbours(model.space, asked[i], options.k, context);
    map.add(asked[i], hits);
    if (common.json) {
      list.push_back({{"word", asked[i].word}, {"in_vocabulary", asked[i].place.has_value()}, {"neighbours", json_of(hits)}});
      continue;
    }
    if (i > 0) print("\n");
    print(bold(asked[i].word) + (asked[i].place ? "" : dim("  not in the vocabulary: its vector is made of its subwords")) + "\n");
    print_hits(hits);
  }
  if (!options.map.empty()) map.save(options.map, model.local.name, context);
  if (common.json) print_json({{"model", model.local.name}, {"words", list}});
  return 0;
}

}  // namespace

Run add_near(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("words", options->words, "Words, each asked alone")->type_name("WORD")->required();
  add_space_options(verb, common, options->k, 0);
  verb.add_option("--map", options->map,
                  "Draw the words and their neighbours on a plane (principal components): .svg or .png; -k 0: the words alone")
      ->type_name("FILE");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
