#include "unigram.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::text {
namespace {

// How much worse than the worst piece an unknown character is; sentencepiece's own constant.
constexpr double kUnknownPenalty = 10.0;
constexpr double kMaxScore = 1e100;

std::string byte_piece(unsigned byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return std::string("<0x") + kDigits[byte >> 4] + kDigits[byte & 15] + ">";
}

std::size_t char_length(unsigned char lead) noexcept { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

void check_piece(const ScoredPiece& piece, std::size_t id, const std::string& where) {
  const std::string place = where + ": piece " + std::to_string(id);
  if (!is_valid_utf8(piece.text)) throw Error(ErrorCode::corrupt, place + " is not valid UTF-8");
  // Sums of scores stay finite, so that the lattice needs no other mark of what is not reached than an infinite score.
  if (!(std::fabs(piece.score) <= kMaxScore)) throw Error(ErrorCode::corrupt, place + " has a score that is not a number or too large");
  if (piece.text.size() > Unigram::kMaxPieceBytes)
    throw Error(ErrorCode::limit, place + " has " + std::to_string(piece.text.size()) + " bytes, at most " +
                                      std::to_string(Unigram::kMaxPieceBytes) + " are supported");
}

}  // namespace

Unigram::Unigram(std::vector<ScoredPiece> pieces, UnigramOptions options, const std::string& where)
    : pieces_(std::move(pieces)), options_(options) {
  if (options_.unknown_id < -1 || (options_.unknown_id >= 0 && static_cast<std::size_t>(options_.unknown_id) >= pieces_.size()))
    throw Error(ErrorCode::corrupt, where + ": the unknown token has the id " + std::to_string(options_.unknown_id) +
                                        ", the vocabulary has " + std::to_string(pieces_.size()) + " pieces");
  double least = 0;
  std::vector<std::string_view> texts;
  texts.reserve(pieces_.size());
  scores_.reserve(pieces_.size() + 1);
  scores_.push_back(-std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    check_piece(pieces_[i], i, where);
    least = i == 0 ? pieces_[i].score : std::min(least, pieces_[i].score);
    scores_.push_back(pieces_[i].score);
    texts.emplace_back(pieces_[i].text);
  }
  unknown_score_ = least - kUnknownPenalty;
  trie_ = PieceTrie(texts);
  for (unsigned byte = 0; byte < 256; ++byte) byte_ids_[byte] = trie_.find(byte_piece(byte));
}

void Unigram::fill(std::string_view word, Lattice& lattice) const {
  using Node = Lattice::Node;
  std::vector<Node>& nodes = lattice.nodes;
  nodes.assign(word.size() + 1, {});
  nodes[0].score = 0;
  // Without a branch: whether a path is better is as good as random.
  const auto reach = [](Node& node, std::size_t begin, std::int32_t id, double score) {
    const bool better = score > node.score;
    node.score = better ? score : node.score;
    node.begin = better ? static_cast<std::uint32_t>(begin) : node.begin;
    node.id = better ? id : node.id;
  };
  const double* const scores = scores_.data() + 1;
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t length = char_length(static_cast<unsigned char>(word[at]));
    const double before = nodes[at].score;
    bool covered = false;  // by a piece of exactly this character
    PieceTrie::Walk walk = trie_.begin();
    for (std::size_t end = at; end < word.size() && trie_.step(walk, static_cast<unsigned char>(word[end]));) {
      ++end;
      const std::int32_t id = trie_.id(walk);
      reach(nodes[end], at, id, scores[id] + before);
      covered = covered || (end - at == length && id >= 0);
    }
    if (!covered) {
      const double score = unknown_score_ + before;
      if (options_.unknown_id < 0 && score > nodes[at + length].score)
        throw Error(ErrorCode::invalid_argument, "the text holds a character that the vocabulary lacks, and it has no unknown token");
      reach(nodes[at + length], at, options_.unknown_id, score);
    }
    at += length;
  }
}

void Unigram::emit(std::string_view word, WordToken token, std::vector<WordToken>& out) const {
  if (token.id == options_.unknown_id) {
    // A run of unknown characters that is a piece as a whole is that piece; else it may be spelled in bytes.
    const std::string_view run = word.substr(token.begin, token.end - token.begin);
    const std::int32_t whole = trie_.find(run);
    const bool in_bytes = whole < 0 && options_.byte_fallback &&
                          std::all_of(run.begin(), run.end(), [&](char c) { return byte_ids_[static_cast<unsigned char>(c)] >= 0; });
    if (in_bytes) {
      for (const char c : run) out.push_back({byte_ids_[static_cast<unsigned char>(c)], token.begin, token.end});
      return;
    }
    if (whole >= 0) token.id = whole;
  }
  out.push_back(token);
}

void Unigram::tokenize(std::string_view word, Lattice& lattice, std::vector<WordToken>& out) const {
  if (word.empty()) return;
  fill(word, lattice);
  // The best path, from its end: each node's way on is turned round, then followed from the front.
  std::vector<Lattice::Node>& nodes = lattice.nodes;
  std::uint32_t next = Lattice::kNowhere;
  std::int32_t next_id = 0;
  for (auto at = static_cast<std::uint32_t>(word.size()); at != 0;) {
    const Lattice::Node node = nodes[at];
    nodes[at].begin = next;
    nodes[at].id = next_id;
    next = at;
    next_id = node.id;
    at = node.begin;
  }
  std::uint32_t begin = 0;
  while (begin < word.size()) {
    const std::int32_t id = next_id;
    std::uint32_t end = next;
    next = nodes[end].begin;
    next_id = nodes[end].id;
    while (id == options_.unknown_id && next != Lattice::kNowhere && next_id == id) {
      end = next;
      next = nodes[end].begin;
      next_id = nodes[end].id;
    }
    emit(word, {id, begin, end}, out);
    begin = end;
  }
}

void Unigram::tokenize(std::string_view word, std::vector<WordToken>& out) const {
  Lattice lattice;
  tokenize(word, lattice, out);
}

void Unigram::describe(Sha256& hash) const {
  hash.field("Unigram").field(std::to_string(options_.unknown_id)).field(options_.byte_fallback ? "bytes" : "");
  hash.field(std::to_string(pieces_.size()));
  for (const ScoredPiece& piece : pieces_) {
    char score[32];
    // As float32: what a .model file holds; a tokenizer.json made of it holds the same number in more digits.
    const auto end = std::to_chars(score, score + sizeof score, static_cast<float>(piece.score)).ptr;
    hash.field(piece.text).field(std::string_view(score, static_cast<std::size_t>(end - score)));
  }
}

double as_read_by_reference(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::scientific).ptr;
  const std::string_view written(text, static_cast<std::size_t>(end - text));
  const std::size_t e = written.find('e');
  std::uint64_t digits = 0;
  int exponent = 0;
  const std::size_t sign = written[e + 1] == '+' ? e + 2 : e + 1;  // from_chars takes no plus
  std::from_chars(written.data() + sign, written.data() + written.size(), exponent);
  for (std::size_t i = 0; i < e; ++i) {
    if (written[i] == '.') continue;
    digits = digits * 10 + static_cast<std::uint64_t>(written[i] - '0');
    if (i > 1) --exponent;
  }
  // Powers of ten beyond 308 do not occur in scores: such numbers stay as they are.
  if (exponent < -300 || exponent > 300) return value;
  double out = static_cast<double>(digits);
  const std::string power = "1e" + std::to_string(std::abs(exponent));
  double ten = 0;
  std::from_chars(power.data(), power.data() + power.size(), ten);
  out = exponent < 0 ? out / ten : out * ten;
  return value < 0 ? -out : out;
}

}  // namespace akin::text
