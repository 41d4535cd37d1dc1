// A SentencePiece .model file as the parts of a tokenizer: what transformers' converters make of it for the model families that ship one,
// and what the file itself says for others. Tested by load_sentence_piece_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "pipeline.h"

namespace akin::text {

/// `config` is the text of a tokenizer_config.json, or empty. `name` is the file's path or name: where `config` names no class, its last
/// part tells the family ("spiece.model": T5, "sentencepiece.bpe.model": XLM-RoBERTa, "tokenizer.model" with BPE pieces: Llama or Gemma).
PipelineParts load_sentence_piece(std::string_view model, std::string_view config, const std::string& name);

}  // namespace akin::text
