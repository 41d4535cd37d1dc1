// Keys and tensor names of a sentence model in GGUF that llama.cpp has no word for. Written by convert.cc, read by gguf_model.cc,
// specified in docs/formats/gguf.md.
#pragma once

#include <string>

namespace akin::gguf {

inline constexpr char kPooling[] = "akin.pooling";                // strings: modes in order
inline constexpr char kIncludePrompt[] = "akin.include_prompt";   // bool
inline constexpr char kSteps[] = "akin.steps";                    // strings: "dense:tanh", "layer_norm", "normalize"
inline constexpr char kPromptNames[] = "akin.prompts.names";      // strings
inline constexpr char kPromptTexts[] = "akin.prompts.texts";      // strings
inline constexpr char kDefaultPrompt[] = "akin.prompts.default";  // string
inline constexpr char kSimilarity[] = "akin.similarity";          // string
inline constexpr char kMaxTokens[] = "akin.max_tokens";           // u32
inline constexpr char kLowercase[] = "akin.lowercase";            // bool: before the tokenizer
inline constexpr char kTokenizerLowercase[] = "akin.tokenizer.lowercase";
inline constexpr char kTokenizerStripAccents[] = "akin.tokenizer.strip_accents";
inline constexpr char kTokenizerCleanText[] = "akin.tokenizer.clean_text";
inline constexpr char kTokenizerChinese[] = "akin.tokenizer.handle_chinese_chars";
inline constexpr char kTokenizerMaxChars[] = "akin.tokenizer.max_chars_per_word";
inline constexpr char kTokenizerPlain[] = "akin.tokenizer.plain_pieces";  // bool: pieces keep "##" instead of llama.cpp's form

/// The whole tokenizer.json, the key that the GGUF specification gives it.
inline constexpr char kTokenizerJson[] = "tokenizer.huggingface.json";

/// "akin.step.2": the tensors' prefix of step `i` in akin.steps.
inline std::string step_tensor(std::size_t i) { return "akin.step." + std::to_string(i); }

// llama.cpp marks the start of a word where BERT marks the continuation: "##ing" is stored as "ing", "play" as "▁play", "[CLS]" as it is.
inline constexpr char kWordStart[] = "\xE2\x96\x81";

}  // namespace akin::gguf
