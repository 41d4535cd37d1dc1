// Text → token ids, as the model's own tokenizer gives them, and back. Immutable after loading; every thread may share one.
// Reference: Hugging Face tokenizers. Tested by tokenizer_test.cc against its ids and offsets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace akin {

/// Half-open byte range [begin, end) of the text as given (before normalisation). Special tokens have {0, 0}.
struct TextSpan {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const TextSpan&, const TextSpan&) = default;
};

struct EncodeOptions {
  bool special_tokens = true;  ///< add [CLS] … [SEP] or what the model uses
  std::size_t max_tokens =
      0;  ///< cut to this many, special tokens counted, at the end unless the files say left; 0 = no limit. Reported, never silent
  bool offsets = false;  ///< fill Encoding::offsets
};

struct Encoding {
  std::vector<std::int32_t> ids;
  std::vector<std::int32_t> type_ids;  ///< segment of a pair: 0 or 1; same length as ids
  std::vector<TextSpan> offsets;       ///< same length as ids if asked for, else empty
  std::vector<std::uint8_t> special;   ///< 1 where the post-processor added the token; same length as ids if offsets were asked for
  std::size_t n_tokens_seen = 0;       ///< tokens of the whole text, special ones counted, before the cut
  std::size_t n_tokens_dropped = 0;    ///< n_tokens_seen − ids.size()
  std::size_t n_invalid = 0;           ///< malformed UTF-8 subparts read as U+FFFD
};

/// The same spans counted in code points of `text` (malformed subparts count as one each), as Python indexes strings.
std::vector<TextSpan> to_code_points(std::string_view text, const std::vector<TextSpan>& offsets);

/// The parts of a BERT-kind (WordPiece) tokenizer, for vocabularies that do not come from a folder (GGUF).
struct WordPieceParts {
  std::vector<std::string> pieces;  ///< index = id; continuations begin with `continuing_prefix`
  std::string continuing_prefix = "##";
  std::string unknown = "[UNK]", cls = "[CLS]", sep = "[SEP]", pad = "[PAD]", mask = "[MASK]";
  bool lowercase = true;
  bool strip_accents = true;
  bool clean_text = true;
  bool handle_chinese_chars = true;
  std::size_t max_chars_per_word = 100;
};

/// A vocabulary as GGUF files keep it (keys tokenizer.ggml.…), filled by who reads the file. An id of −1 or an empty list: the key is
/// absent.
struct GgufVocabulary {
  std::string model;                      ///< "bert", "llama" (SentencePiece BPE), "gpt2" (byte-level BPE), "t5" (Unigram)
  std::string pre;                        ///< names the regular expression of "gpt2"; empty is "gpt-2"
  std::vector<std::string> tokens;        ///< index = id
  std::vector<float> scores;              ///< one a token; "llama" and "t5" need them
  std::vector<std::int32_t> token_types;  ///< 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte; one a token or none
  std::vector<std::string> merges;        ///< "left right", first learned first; "gpt2" needs them
  std::int32_t bos_id = -1, eos_id = -1, unknown_id = -1, separator_id = -1, padding_id = -1, cls_id = -1, mask_id = -1;
  std::optional<bool> add_bos, add_eos, add_space_prefix, remove_extra_whitespaces;
  std::string precompiled_charsmap;  ///< bytes
};

class Tokenizer {
 public:
  /// Reads tokenizer.json, else vocab.txt, else vocab.json with merges.txt, else a SentencePiece .model file, as from_sentence_piece()
  /// does; tokenizer_config.json's options go over each, as in transformers. Of truncation and padding that the files carry only the
  /// side that is cut is taken: the caller decides on the rest. Throws Error{not_found}, Error{corrupt}, Error{unsupported} naming the
  /// file and the kind.
  static Tokenizer from_folder(const std::filesystem::path& folder);
  /// One tokenizer.json as text; `name` is for messages.
  static Tokenizer from_json(std::string_view json, const std::string& name);
  static Tokenizer from_word_piece(const WordPieceParts& parts);
  /// The bytes of a SentencePiece .model file (Unigram or BPE). `config` is the text of the tokenizer_config.json beside it, whose
  /// "tokenizer_class" says which model family's rules apply; without one ("") the file's name and pieces say it:
  /// docs/formats/tokenizers.md.
  static Tokenizer from_sentence_piece(std::string_view model, std::string_view config, const std::string& name);
  /// Throws Error{corrupt} if lists do not fit each other or an id is out of range, Error{unsupported} for another model or regular
  /// expression; both name `name` and the key.
  static Tokenizer from_gguf(const GgufVocabulary& vocabulary, const std::string& name);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  [[nodiscard]] Encoding encode(std::string_view text, const EncodeOptions& options = {}) const;
  /// Two texts as one sequence (cross-encoders): the longer one is cut first.
  [[nodiscard]] Encoding encode_pair(std::string_view first, std::string_view second, const EncodeOptions& options = {}) const;
  /// Tokens of `text` without special ones. Cheaper than encode().
  [[nodiscard]] std::size_t count(std::string_view text) const;
  [[nodiscard]] std::string decode(const std::vector<std::int32_t>& ids, bool skip_special_tokens = true) const;

  [[nodiscard]] std::size_t vocabulary_size() const noexcept;
  /// The piece of an id. Throws Error{invalid_argument} if out of range.
  [[nodiscard]] const std::string& piece(std::int32_t id) const;
  /// The id of a piece, −1 if there is none.
  [[nodiscard]] std::int32_t id_of(std::string_view piece) const noexcept;
  /// Special tokens that encode() adds to one text (2 for BERT).
  [[nodiscard]] std::size_t n_special_tokens() const noexcept;
  /// Parts of a WordPiece tokenizer, for writing it to GGUF. Throws Error{unsupported} for another kind.
  [[nodiscard]] WordPieceParts word_piece_parts() const;
  /// Lower-case hexadecimal SHA-256 over everything that decides ids: the tokenizer's part of a fingerprint. Equal whichever file form it
  /// came from.
  [[nodiscard]] std::string fingerprint() const;

 private:
  struct Impl;
  explicit Tokenizer(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace akin
