#include "pair_source.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "text_source.h"

namespace akin::cli {
namespace {

struct KnownFields {
  PairKind kind;
  std::vector<std::string> names;
  std::size_t n_needed;
};

const std::vector<KnownFields>& known_fields() {
  static const std::vector<KnownFields> known = {
      {PairKind::pairs, {"anchor", "positive", "negative"}, 2},
      {PairKind::pairs, {"query", "positive", "negative"}, 2},
      {PairKind::scored, {"a", "b", "score"}, 3},
      {PairKind::scored, {"sentence1", "sentence2", "score"}, 3},
      {PairKind::labels, {"text", "label"}, 2},
      {PairKind::labels, {"text", "category"}, 2},
  };
  return known;
}

/// Where the fields of a kind stand in a file's records.
struct Columns {
  PairKind kind = PairKind::pairs;
  std::vector<std::size_t> at;
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name.substr(0, 40);
  return text;
}

std::vector<std::size_t> places_of(const std::vector<std::string>& wanted, const std::vector<std::string>& names) {
  std::vector<std::size_t> places;
  for (const std::string& name : wanted) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) break;
    places.push_back(static_cast<std::size_t>(found - names.begin()));
  }
  return places;
}

/// Fields named by the user: a last one called score or label tells the kind.
PairKind kind_of_names(const std::vector<std::string>& names) {
  for (const KnownFields& known : known_fields()) {
    if (known.kind != PairKind::pairs && names.size() == known.n_needed && names.back() == known.names.back()) return known.kind;
  }
  return PairKind::pairs;
}

Columns columns_of(const std::string& path, const RecordSource& source, const PairFields& fields) {
  if (!fields.names.empty()) {
    const std::vector<std::size_t> places = places_of(fields.names, source.names());
    if (places.size() == fields.names.size() && places.size() >= 2 && places.size() <= 3) return {kind_of_names(fields.names), places};
    throw Error(ErrorCode::not_found,
                path + ": --fields asks for '" + joined(fields.names) + "' (two or three), the file has '" + joined(source.names()) + "'");
  }
  for (const KnownFields& known : known_fields()) {
    const std::vector<std::size_t> places = places_of(known.names, source.names());
    if (places.size() >= known.n_needed) return {known.kind, places};
  }
  throw Error(ErrorCode::corrupt, path + ": fields 'anchor, positive[, negative]', 'a, b, score' or 'text, label' are wanted, found '" +
                                      joined(source.names()) + "'; name them with --fields");
}

/// Calls `take` with the cells of each record, in the order of the kind.
template <class Take>
void for_each_record(const std::string& path, const PairFields& fields, PairKind kind, const Take& take) {
  const auto source = open_records(path);
  const Columns columns = columns_of(path, *source, fields);
  if (columns.kind != kind) throw Error(ErrorCode::mismatch, path + ": has records of another kind than the first file");
  std::vector<std::string> cells, wanted;
  while (source->next(cells)) {
    wanted.clear();
    for (const std::size_t at : columns.at) {
      if (at >= cells.size()) {
        throw Error(ErrorCode::corrupt, source->where() + ": a row of " + std::to_string(cells.size()) + " cells, a text is in column " +
                                            std::to_string(at + 1));
      }
      wanted.push_back(cells[at]);
    }
    if (wanted[0].empty() || wanted[1].empty()) throw Error(ErrorCode::corrupt, source->where() + ": a text is missing");
    take(wanted, *source);
  }
}

float score_of(const std::string& text, double max_score, const RecordSource& source) {
  double score = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), score);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(score)) {
    throw Error(ErrorCode::corrupt, source.where() + ": the score is '" + text.substr(0, 40) + "', a number was wanted");
  }
  score /= max_score;
  if (std::abs(score) > 1) {
    throw Error(ErrorCode::corrupt, source.where() + ": the score is " + text.substr(0, 40) + ", above --max-score");
  }
  return static_cast<float>(score);
}

}  // namespace

PairKind pair_kind_of(const std::string& path, const PairFields& fields) {
  if (path == "-") {
    if (fields.names.empty()) throw Error(ErrorCode::invalid_argument, "standard input: its fields are to be named with --fields");
    return kind_of_names(fields.names);
  }
  return columns_of(path, *open_records(path), fields).kind;
}

TextPairs read_pairs(const std::vector<std::string>& paths, const PairFields& fields, double max_score) {
  TextPairs pairs;
  const PairKind kind = pair_kind_of(paths.front(), fields);
  for (const std::string& path : paths) {
    for_each_record(path, fields, kind, [&](const std::vector<std::string>& cells, const RecordSource& source) {
      TuningPair pair{pairs.add_text(cells[0]), pairs.add_text(cells[1])};
      if (kind == PairKind::scored) {
        pair.score = score_of(cells[2], max_score, source);
      } else if (cells.size() > 2 && !cells[2].empty()) {
        pair.negative = pairs.add_text(cells[2]);
      }
      pairs.add(pair);
    });
  }
  return pairs;
}

LabelledTexts read_labelled(const std::vector<std::string>& paths, const PairFields& fields) {
  LabelledTexts all;
  for (const std::string& path : paths) {
    for_each_record(path, fields, PairKind::labels, [&](const std::vector<std::string>& cells, const RecordSource&) {
      all.texts.push_back(cells[0]);
      all.labels.push_back(cells[1]);
    });
  }
  return all;
}

}  // namespace akin::cli
