#include "graph_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "akin/base/crc32c.h"
#include "akin/base/error.h"

namespace akin {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is read as it lies");

constexpr std::string_view kMagic = "AKINGRF\n";
constexpr std::uint32_t kVersion = 2;

// In the order in which they lie; each begins at a cache line.
enum Section { kMean, kRecall, kRows, kFactors, kSums, kCodes, kLinks, kNote, kSections };
constexpr std::array<std::string_view, kSections> kNames = {"mean", "recall", "rows", "factors", "sums", "codes", "links", "note"};

/// Codes and links are proved by the sums when a walk comes to them.
constexpr bool is_proved_later(std::size_t which) { return which == kCodes || which == kLinks; }

struct StoredRecall {
  std::uint32_t ef;
  float recall;
};

/// The header's fields, where they stand in the file.
struct Header {
  std::array<char, 8> magic;
  std::uint32_t version, header_bytes;
  std::uint32_t metric, code_bits, degree, build_beam;
  float alpha, longest2;
  std::uint32_t dim, n_recall;
  std::uint64_t n_nodes, n_entries, note_bytes;
  std::uint32_t asked_code_bits, zero;
  std::array<std::uint32_t, kSections> checksums;
};
static_assert(sizeof(Header) == 112 && offsetof(Header, n_nodes) == 48 && offsetof(Header, checksums) == 80);

constexpr std::uint64_t padded(std::uint64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

std::array<std::uint64_t, kSections> sizes_of(const Header& h) {
  return {h.dim * sizeof(float),
          h.n_recall * sizeof(StoredRecall),
          h.n_nodes * sizeof(std::uint32_t),
          h.n_nodes * sizeof(CodeFactor),
          2 * proof_blocks(h.n_nodes) * sizeof(std::uint32_t),
          h.n_nodes * kernels::code_row_bytes(h.dim, static_cast<int>(h.code_bits)),
          h.n_nodes * h.degree * sizeof(std::uint32_t),
          h.note_bytes};
}

constexpr std::array kMetrics = {Metric::cosine, Metric::dot, Metric::euclidean};

class Parser {
 public:
  Parser(std::span<const std::byte> bytes, std::string_view name) : bytes_(bytes), name_(name) { read_header(); }

  HnswDescription describe() const {
    for (const Section which : {kRecall, kNote}) prove(which);
    const std::span<const std::byte> note = section(kNote);
    return {header_.n_nodes, static_cast<int>(header_.code_bits), recall(), {note.begin(), note.end()}};
  }

  GraphFile read(std::shared_ptr<const void> owner) const {
    for (std::size_t which = 0; which < kSections; ++which)
      if (is_proved_later(which)) {
        check_padding(which);
      } else {
        prove(which);
      }
    GraphFile file;
    file.options = options();
    const auto mean = numbers<float>(kMean);
    if (!std::ranges::all_of(mean, [](float x) { return std::isfinite(x); })) bad("a number of its mean is not finite");
    file.recall = recall();
    const auto factors = numbers<CodeFactor>(kFactors);
    for (const CodeFactor& factor : factors)
      if (!std::isfinite(factor.scale) || !(factor.norm2 >= 0) || !std::isfinite(factor.norm2)) bad("a factor of its codes is not one");
    const auto codes = numbers<std::uint8_t>(kCodes);
    const std::size_t row_bytes = kernels::code_row_bytes(header_.dim, static_cast<int>(header_.code_bits));
    CodeFrame frame{file.options.metric, header_.dim, {mean.begin(), mean.end()}, header_.longest2};
    file.graph.codes = CodeTable(std::move(frame), static_cast<int>(header_.code_bits),
                                 MatrixView<const std::uint8_t>(codes.data(), header_.n_nodes, row_bytes), factors, owner);
    file.graph.rows = rows();
    file.graph.links = MatrixView<const std::uint32_t>(numbers<std::uint32_t>(kLinks).data(), header_.n_nodes, header_.degree);
    const auto sums = numbers<std::uint32_t>(kSums);
    const std::size_t n_blocks = proof_blocks(header_.n_nodes);
    file.graph.proof = std::make_shared<const GraphProof>(
        GraphProof::Parts{file.graph.codes.codes(), file.graph.links, sums.first(n_blocks), sums.subspan(n_blocks)}, name_);
    file.graph.n_entries = header_.n_entries;
    file.graph.owner = std::move(owner);
    file.note = section(kNote);
    return file;
  }

 private:
  [[noreturn]] void bad(const std::string& what) const { throw Error(ErrorCode::corrupt, name_ + ": " + what); }

  void prove(std::size_t which) const {
    const std::size_t end = which == kNote ? bytes_.size() : offsets_[which + 1];
    if (crc32c(0, bytes_.subspan(offsets_[which], end - offsets_[which])) != header_.checksums[which])
      bad("the checksum of its " + std::string(kNames[which]) + " is not what the header says");
  }

  /// Behind a part that the sums cover.
  void check_padding(std::size_t which) const {
    const std::size_t end = offsets_[which] + sizes_[which];
    if (!std::ranges::all_of(bytes_.subspan(end, offsets_[which + 1] - end), [](std::byte b) { return b == std::byte{0}; }))
      bad("behind its " + std::string(kNames[which]) + " there is something else than zeros");
  }

  [[nodiscard]] std::span<const std::byte> section(Section which) const { return bytes_.subspan(offsets_[which], sizes_[which]); }

  void read_header() {
    if (bytes_.size() < kGraphHeaderBytes) bad("a graph's file begins with " + std::to_string(kGraphHeaderBytes) + " bytes of header");
    std::memcpy(&header_, bytes_.data(), sizeof header_);
    if (std::string_view(header_.magic.data(), header_.magic.size()) != kMagic) bad("this is no graph's file");
    std::uint32_t checksum = 0;
    std::memcpy(&checksum, bytes_.data() + kGraphChecksumAt, sizeof checksum);
    if (checksum != crc32c(0, bytes_.first(kGraphChecksumAt))) bad("the header's checksum is wrong");
    if (header_.version != kVersion || header_.header_bytes != kGraphHeaderBytes) {
      throw Error(ErrorCode::unsupported,
                  name_ + ": a graph's file of version " + std::to_string(header_.version) + "; this akin reads version 2");
    }
    if (header_.metric >= kMetrics.size() || (header_.code_bits != 4 && header_.code_bits != 8) || header_.dim == 0 ||
        header_.dim > 65536 || header_.degree < 8 || header_.degree > 256 || header_.n_nodes > kMostNodes ||
        header_.n_entries > header_.n_nodes || (header_.n_entries == 0) != (header_.n_nodes == 0) || header_.n_recall > 1024 ||
        !(header_.longest2 >= 0) || !std::isfinite(header_.longest2) || header_.note_bytes > bytes_.size())
      bad("a field of the header is out of range");
    sizes_ = sizes_of(header_);
    std::uint64_t at = kGraphHeaderBytes;
    for (std::size_t i = 0; i < kSections; ++i) {
      offsets_[i] = at;
      at += i == kNote ? sizes_[i] : padded(sizes_[i]);
    }
    if (at != bytes_.size()) bad("the header asks for " + std::to_string(at) + " bytes, the file has " + std::to_string(bytes_.size()));
  }

  template <class T>
  [[nodiscard]] std::span<const T> numbers(Section which) const {
    const std::span<const std::byte> part = section(which);
    return {reinterpret_cast<const T*>(part.data()), part.size() / sizeof(T)};
  }

  [[nodiscard]] HnswOptions options() const {
    const bool known = header_.asked_code_bits == 0 || header_.asked_code_bits == 4 || header_.asked_code_bits == 8;
    if (!known || header_.build_beam < header_.degree / 2 || header_.build_beam > 4096 || !(header_.alpha >= 1 && header_.alpha <= 2))
      bad("an option in the header is out of range");
    return {kMetrics[header_.metric], static_cast<int>(header_.degree), static_cast<int>(header_.build_beam), header_.alpha,
            static_cast<int>(header_.asked_code_bits)};
  }

  [[nodiscard]] std::vector<RecallAtEf> recall() const {
    std::vector<RecallAtEf> curve;
    for (const StoredRecall& point : numbers<StoredRecall>(kRecall)) {
      const RecallAtEf last = curve.empty() ? RecallAtEf{} : curve.back();
      if (point.ef <= last.ef || !(point.recall >= last.recall && point.recall <= 1)) bad("its recall does not rise with ef");
      curve.push_back({point.ef, point.recall});
    }
    return curve;
  }

  [[nodiscard]] std::span<const std::uint32_t> rows() const {
    const auto rows = numbers<std::uint32_t>(kRows);
    std::vector<bool> named(rows.size());
    for (const std::uint32_t row : rows) {
      if (row >= rows.size() || named[row]) bad("row " + std::to_string(row) + " of a node is not there or another node's");
      named[row] = true;
    }
    return rows;
  }

  std::span<const std::byte> bytes_;
  std::string name_;
  Header header_{};
  std::array<std::uint64_t, kSections> sizes_{}, offsets_{};
};

std::span<const std::byte> bytes_of(MatrixView<const std::uint8_t> view) {
  return std::as_bytes(std::span(view.data(), view.rows() * view.cols()));
}
std::span<const std::byte> bytes_of(MatrixView<const std::uint32_t> view) {
  return std::as_bytes(std::span(view.data(), view.rows() * view.cols()));
}

}  // namespace

void write_graph(const GraphFile& file, const std::function<void(std::span<const std::byte>)>& write) {
  const CodeTable& codes = file.graph.codes;
  std::vector<StoredRecall> recall;
  for (const RecallAtEf& point : file.recall) recall.push_back({static_cast<std::uint32_t>(point.ef), point.recall});
  std::vector<std::uint32_t> sums = block_sums(bytes_of(codes.codes()), file.graph.size());
  const std::vector<std::uint32_t> link_sums = block_sums(bytes_of(file.graph.links), file.graph.size());
  sums.insert(sums.end(), link_sums.begin(), link_sums.end());
  const std::array<std::span<const std::byte>, kSections> sections = {std::as_bytes(std::span(codes.frame().mean)),
                                                                      std::as_bytes(std::span(recall)),
                                                                      std::as_bytes(file.graph.rows),
                                                                      std::as_bytes(codes.factors()),
                                                                      std::as_bytes(std::span(sums)),
                                                                      bytes_of(codes.codes()),
                                                                      bytes_of(file.graph.links),
                                                                      file.note};
  Header header{};
  std::ranges::copy(kMagic, header.magic.begin());
  header.version = kVersion;
  header.header_bytes = kGraphHeaderBytes;
  header.metric = static_cast<std::uint32_t>(std::ranges::find(kMetrics, file.options.metric) - kMetrics.begin());
  header.code_bits = static_cast<std::uint32_t>(codes.bits());
  header.degree = static_cast<std::uint32_t>(file.options.degree);
  header.build_beam = static_cast<std::uint32_t>(file.options.build_beam);
  header.alpha = file.options.alpha;
  header.longest2 = codes.frame().longest2;
  header.dim = static_cast<std::uint32_t>(codes.frame().dim);
  header.n_recall = static_cast<std::uint32_t>(recall.size());
  header.n_nodes = file.graph.size();
  header.n_entries = file.graph.n_entries;
  header.note_bytes = file.note.size();
  header.asked_code_bits = static_cast<std::uint32_t>(file.options.code_bits);
  const std::array<std::byte, kAlignment> zeros{};
  const auto padding = [&](std::size_t i) {
    return std::span(zeros).first(i == kNote ? 0 : padded(sections[i].size()) - sections[i].size());
  };
  for (std::size_t i = 0; i < kSections; ++i)
    if (!is_proved_later(i)) header.checksums[i] = crc32c(crc32c(0, sections[i]), padding(i));
  std::array<std::byte, kGraphHeaderBytes> bytes{};
  std::memcpy(bytes.data(), &header, sizeof header);
  const std::uint32_t checksum = crc32c(0, std::span(bytes).first(kGraphChecksumAt));
  std::memcpy(bytes.data() + kGraphChecksumAt, &checksum, sizeof checksum);
  write(bytes);
  for (std::size_t i = 0; i < kSections; ++i) {
    write(sections[i]);
    write(padding(i));
  }
}

GraphFile parse_graph(std::span<const std::byte> bytes, std::string_view name, std::shared_ptr<const void> owner) {
  return Parser(bytes, name).read(std::move(owner));
}

HnswDescription parse_graph_description(std::span<const std::byte> bytes, std::string_view name) { return Parser(bytes, name).describe(); }

}  // namespace akin
