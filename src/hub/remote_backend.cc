#include "remote_backend.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/sha256.h"
#include "akin/base/utf8.h"
#include "akin/text/token_estimate.h"

namespace akin::hub {
namespace {

// A request's body at most, whatever the texts are.
constexpr std::size_t kMaxRequestBytes = std::size_t{8} << 20;
constexpr std::uint64_t kReplySlack = std::uint64_t{1} << 20;

/// What is sent: with the prompt in front, valid UTF-8.
struct Prepared {
  std::vector<std::string> texts;
  std::vector<std::size_t> n_tokens;  // by estimate
};

void normalize(std::span<float> row) {
  double squares = 0;
  for (const float x : row) squares += static_cast<double>(x) * x;
  if (squares == 0) return;
  const double scale = 1 / std::sqrt(squares);
  for (float& x : row) x = static_cast<float>(x * scale);
}

HttpOptions http_options(const RemoteSpec& spec) {
  HttpOptions options = HttpOptions::from_environment();
  if (variable("AKIN_HTTP_TIMEOUT").empty()) options.idle_seconds = spec.idle_seconds;
  options.is_final = [](const HttpResponse& response) { return server_error_code(response.body) == "insufficient_quota"; };
  return options;
}

class RemoteBackend final : public EmbedderBackend {
 public:
  RemoteBackend(std::unique_ptr<RemoteProvider> provider, const EmbedderOptions& options, Context& context);

  [[nodiscard]] const ModelInfo& info() const noexcept override { return info_; }
  [[nodiscard]] std::string fingerprint() const override;
  [[nodiscard]] const Tokenizer* tokenizer() const noexcept override { return nullptr; }
  [[nodiscard]] const std::string& prompt(TextRole) const override { return prompt_; }
  [[nodiscard]] EmbedResult embed(std::span<const std::string_view> texts, TextRole role, Context& context) const override;

 private:
  [[nodiscard]] Prepared prepare(std::span<const std::string_view> texts, std::vector<TextReport>& reports) const;
  [[nodiscard]] EmbeddingsReply ask(std::span<const std::string_view> texts, std::size_t first, Context& context) const;
  void run(RequestRange range, const Prepared& prepared, EmbedResult& result, Context& context) const;
  void keep(const EmbeddingsReply& reply, RequestRange range, const Prepared& prepared, EmbedResult& result) const;

  std::unique_ptr<RemoteProvider> provider_;
  const RemoteSpec& spec_;
  HttpClient client_;
  bool normalize_;
  std::string prompt_;
  std::size_t reply_dim_ = 0;  // of the vectors that come; the first info_.dim numbers are kept
  ModelInfo info_;
};

RemoteBackend::RemoteBackend(std::unique_ptr<RemoteProvider> provider, const EmbedderOptions& options, Context& context)
    : provider_(std::move(provider)),
      spec_(provider_->spec()),
      client_(http_options(spec_)),
      normalize_(options.normalize),
      prompt_(options.prompt.value_or("")),
      reply_dim_(spec_.dim) {
  check_no_word_pooling(spec_.name, options);
  if (options.precision != Precision::f32)
    throw Error(ErrorCode::invalid_argument, spec_.name + ": how a remote model computes cannot be chosen here: leave out --precision");
  if (options.max_tokens != 0)
    throw Error(ErrorCode::invalid_argument,
                spec_.name + ": a remote model counts its tokens itself, so that texts cannot be cut here: leave out --max-tokens");
  if (reply_dim_ == 0) {
    constexpr std::string_view kProbe[] = {"dimensions"};
    reply_dim_ = ask(kProbe, 0, context).vectors.cols();
  }
  if (options.dims > reply_dim_)
    throw Error(ErrorCode::invalid_argument, spec_.name + ": " + std::to_string(options.dims) +
                                                 " dimensions are asked for, the model gives " + std::to_string(reply_dim_));
  info_.name = spec_.name;
  info_.family = spec_.family;
  info_.dim = options.dims == 0 ? reply_dim_ : options.dims;
  info_.max_tokens = spec_.max_tokens;
  info_.normalized = normalize_ || (spec_.normalized && info_.dim == reply_dim_);
  info_.similarity = "cosine";
}

std::string RemoteBackend::fingerprint() const {
  Sha256 hash;
  hash.field("akin remote space 1").field(spec_.family).field(spec_.model).field(spec_.identity).field(prompt_);
  hash.field(std::to_string(info_.dim)).field(normalize_ ? "normalize" : "").field(spec_.normalized ? "normalized" : "");
  return hash.hex();
}

Prepared RemoteBackend::prepare(std::span<const std::string_view> texts, std::vector<TextReport>& reports) const {
  Prepared prepared;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto refuse = [&](const std::string& what) {
      throw Error(ErrorCode::limit, spec_.name + ": text " + std::to_string(i + 1) + " " + what);
    };
    std::size_t n_invalid = 0;
    std::string text = prompt_ + replace_invalid_utf8(texts[i], n_invalid);
    reports[i].n_invalid = static_cast<std::uint32_t>(n_invalid);
    if (text.empty()) refuse("is empty, which remote models refuse");
    if (text.size() > kMaxRequestBytes)
      refuse("has " + std::to_string(text.size()) + " bytes, at most " + std::to_string(kMaxRequestBytes) + " are sent");
    if (spec_.max_characters != 0 && text.size() > spec_.max_characters)
      if (const std::size_t n = count_code_points(text); n > spec_.max_characters)
        refuse("has " + std::to_string(n) + " characters, the model reads " + std::to_string(spec_.max_characters));
    prepared.n_tokens.push_back(estimate_token_count(text));
    prepared.texts.push_back(std::move(text));
  }
  return prepared;
}

EmbeddingsReply RemoteBackend::ask(std::span<const std::string_view> texts, std::size_t first, Context& context) const {
  HttpRequest last;
  const auto make = [&] {
    last = provider_->request(texts);
    last.max_bytes = kReplySlack + texts.size() * (reply_dim_ == 0 ? kMaxDim : reply_dim_) * kBytesOfANumber;
    return last;
  };
  const HttpResponse response = client_.send(make, {}, context);
  if (response.status == 200) return provider_->parse(response.body, {texts.size(), reply_dim_});
  if (texts.size() > 1 && (response.status == 400 || response.status == 413 || response.status == 422)) return {};  // see run()
  try {
    throw_refused(spec_, last, response);
  } catch (const Error& error) {
    if (texts.size() > 1) throw;
    throw Error(error.code(), std::string(error.what()) + " (of text " + std::to_string(first + 1) + ", about " +
                                  std::to_string(estimate_token_count(texts.front())) + " tokens)");
  }
}

/// A batch that the server finds too large, or of which one text is not as it should be, is sent again in halves: what is wrong then is one
/// text, and is named.
void RemoteBackend::run(RequestRange range, const Prepared& prepared, EmbedResult& result, Context& context) const {
  const std::vector<std::string_view> texts(prepared.texts.begin() + static_cast<std::ptrdiff_t>(range.begin),
                                            prepared.texts.begin() + static_cast<std::ptrdiff_t>(range.end));
  const EmbeddingsReply reply = ask(texts, range.begin, context);
  if (reply.vectors.rows() == texts.size()) return keep(reply, range, prepared, result);
  const std::size_t middle = range.begin + texts.size() / 2;
  context.info(spec_.server + " refuses " + std::to_string(texts.size()) + " texts at once: sending them in halves");
  run({range.begin, middle}, prepared, result, context);
  run({middle, range.end}, prepared, result, context);
}

void RemoteBackend::keep(const EmbeddingsReply& reply, RequestRange range, const Prepared& prepared, EmbedResult& result) const {
  const std::size_t n = range.end - range.begin;
  const auto n_tokens = apportion(reply.n_tokens, std::span(prepared.n_tokens).subspan(range.begin, n));
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<float> row = result.vectors.row(range.begin + i);
    std::ranges::copy(reply.vectors.row(i).first(row.size()), row.begin());
    if (normalize_) normalize(row);
    result.reports[range.begin + i].n_tokens = static_cast<std::uint32_t>(n_tokens[i]);
  }
}

EmbedResult RemoteBackend::embed(std::span<const std::string_view> texts, TextRole, Context& context) const {
  EmbedResult result{Matrix<float>::uninitialized(texts.size(), info_.dim), std::vector<TextReport>(texts.size())};
  const Prepared prepared = prepare(texts, result.reports);
  const std::vector<RequestRange> requests = cut_requests(prepared.n_tokens, spec_.max_texts, spec_.max_request_tokens);
  const std::size_t n_threads = std::min(spec_.n_parallel, requests.size());
  if (n_threads <= 1) {
    for (const RequestRange& range : requests) run(range, prepared, result, context);
    return result;
  }
  // Threads that wait, not threads that compute: as many as the server takes requests, whatever the CPUs are.
  ThreadPool waiters(static_cast<int>(n_threads));
  waiters.parallel_for(
      requests.size(), 1,
      [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) run(requests[i], prepared, result, context);
      },
      &context.cancel);
  return result;
}

}  // namespace

std::vector<RequestRange> cut_requests(std::span<const std::size_t> n_tokens, std::size_t max_texts, std::size_t max_tokens) {
  std::vector<RequestRange> requests;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < n_tokens.size(); ++i) {
    const bool fits = !requests.empty() && i - requests.back().begin < max_texts && (max_tokens == 0 || sum + n_tokens[i] <= max_tokens);
    if (!fits) {
      requests.push_back({i, i});
      sum = 0;
    }
    sum += n_tokens[i];
    requests.back().end = i + 1;
  }
  return requests;
}

std::vector<std::uint64_t> apportion(std::uint64_t total, std::span<const std::size_t> weights) {
  const double sum = static_cast<double>(std::accumulate(weights.begin(), weights.end(), std::uint64_t{0}));
  std::vector<std::uint64_t> parts;
  std::uint64_t given = 0;
  double seen = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    seen += static_cast<double>(weights[i]);
    const bool last = i + 1 == weights.size();
    const double share = sum > 0 ? seen / sum : static_cast<double>(i + 1) / static_cast<double>(weights.size());
    const auto up_to = last ? total : std::clamp(static_cast<std::uint64_t>(static_cast<double>(total) * share), given, total);
    parts.push_back(up_to - given);
    given = up_to;
  }
  return parts;
}

std::unique_ptr<EmbedderBackend> make_remote_backend(std::unique_ptr<RemoteProvider> provider, const EmbedderOptions& options,
                                                     Context& context) {
  return std::make_unique<RemoteBackend>(std::move(provider), options, context);
}

}  // namespace akin::hub
