#include "pipeline.h"

#include <utility>

namespace akin::text {

void Pipeline::tokenize(std::string_view text, TokenSink& sink) const {
  std::vector<Segment> segments;
  added_.literal().split(text, segments);
  for (const Segment& segment : segments) {
    if (segment.token != nullptr) {
      sink.add(segment.token->id, {static_cast<std::uint32_t>(segment.begin), static_cast<std::uint32_t>(segment.end)});
    } else {
      tokenize_segment(text.substr(segment.begin, segment.end - segment.begin), segment.begin, sink);
    }
  }
}

void Pipeline::tokenize_segment(std::string_view segment, std::size_t offset, TokenSink& sink) const {
  NormalizedText text(segment, offset);
  sink.n_invalid += text.n_invalid();
  if (parts_.normalizer) parts_.normalizer->apply(text);
  if (added_.normalized().empty()) return tokenize_normalized(text, sink);
  std::vector<Segment> segments;
  added_.normalized().split(text.text(), segments);
  for (const Segment& part : segments) {
    if (part.token != nullptr) {
      sink.add(part.token->id, text.origin(part.begin, part.end));
    } else {
      NormalizedText between = text.slice(part.begin, part.end);
      tokenize_normalized(between, sink);
    }
  }
}

void Pipeline::tokenize_normalized(NormalizedText& text, TokenSink& sink) const {
  if (text.text().empty()) return;
  std::vector<WordRange> words = {{0, text.text().size()}};
  if (parts_.pre_tokenizer) parts_.pre_tokenizer->split(text, words);
  std::vector<WordToken> tokens;
  for (const WordRange& word : words) {
    tokens.clear();
    parts_.model->tokenize(std::string_view(text.text()).substr(word.begin, word.end - word.begin), tokens);
    for (const WordToken& token : tokens) sink.add(token.id, text.origin(word.begin + token.begin, word.begin + token.end));
  }
}

}  // namespace akin::text
