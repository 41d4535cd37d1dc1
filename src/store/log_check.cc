#include "log_check.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <functional>
#include <system_error>
#include <vector>

#include "akin/base/error.h"
#include "open_file.h"

namespace akin::store {
namespace {

constexpr std::size_t kHeaderBytes = 32, kFrameHeaderBytes = 24;
constexpr std::uint32_t kMagic = 0x377F0682;  // the last bit tells the byte order of the checksums

std::uint32_t big_endian(std::span<const std::byte> bytes, std::size_t at) noexcept {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out = (out << 8) | std::to_integer<std::uint32_t>(bytes[at + i]);
  return out;
}

std::uint32_t little_endian(std::span<const std::byte> bytes, std::size_t at) noexcept {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i > 0; --i) out = (out << 8) | std::to_integer<std::uint32_t>(bytes[at + i - 1]);
  return out;
}

/// SQLite's running checksum over pairs of words.
struct Checksum {
  std::uint32_t a = 0, b = 0;
  bool is_big_endian = false;

  void add(std::span<const std::byte> bytes) noexcept {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      a += (is_big_endian ? big_endian(bytes, at) : little_endian(bytes, at)) + b;
      b += (is_big_endian ? big_endian(bytes, at + 4) : little_endian(bytes, at + 4)) + a;
    }
  }
  [[nodiscard]] bool stands_at(std::span<const std::byte> bytes, std::size_t at) const noexcept {
    return big_endian(bytes, at) == a && big_endian(bytes, at + 4) == b;
  }
};

/// What of a running checksum changes, for a change of one in a word, once
/// further pairs of words were added.
struct Effect {
  std::uint32_t a = 0, b = 0;
  /// One pair more stands behind the word.
  void step() noexcept {
    a += b;
    b += a;
  }
};

/// Bits of which any one, turned, would make a checksum right. The sum is weak
/// in the high bits of words: there may be several.
struct Candidates {
  std::size_t n = 0;
  std::uint64_t first = 0;
  void add(std::uint64_t bit) noexcept {
    if (n++ == 0) first = bit;
  }
};

/// Those of `bytes`, whole pairs of words, whose turning changes the checksum
/// at their end from `is` to `wanted`.
Candidates wrong_bits(std::span<const std::byte> bytes, const Checksum& is, const Checksum& wanted) noexcept {
  Candidates found;
  const std::uint32_t da = wanted.a - is.a, db = wanted.b - is.b;
  Effect first{1, 1}, second{0, 1};
  for (std::size_t pair = bytes.size() / 8; pair > 0; --pair, first.step(), second.step()) {
    for (const std::size_t word : {0, 1}) {
      const std::size_t at = (pair - 1) * 8 + word * 4;
      const Effect& effect = word == 0 ? first : second;
      const std::uint32_t value = is.is_big_endian ? big_endian(bytes, at) : little_endian(bytes, at);
      for (std::uint32_t bit = 0; bit < 32; ++bit) {
        const std::uint32_t change = ((value >> bit) & 1U) != 0 ? 0U - (1U << bit) : 1U << bit;
        if (effect.a * change == da && effect.b * change == db) found.add(8 * (at + (is.is_big_endian ? 3 - bit / 8 : bit / 8)) + bit % 8);
      }
    }
  }
  return found;
}

/// The only bit in which two fields differ, counted from `at` bytes before
/// them.
void add_single_difference(std::span<const std::byte> a, std::span<const std::byte> b, std::size_t at, Candidates& found) {
  Candidates differing;
  for (std::size_t bit = 0; bit < 8 * a.size(); ++bit) {
    if (((std::to_integer<unsigned>(a[bit / 8] ^ b[bit / 8]) >> (bit % 8)) & 1U) != 0) differing.add(8 * at + bit);
  }
  if (differing.n == 1) found.add(differing.first);
}

bool is_page_size(std::uint32_t n) noexcept { return n >= 512 && n <= 65536 && (n & (n - 1)) == 0; }

/// Gives bytes from a place on, fewer at the end.
using ReadAt = std::function<std::size_t(std::uint64_t offset, std::span<std::byte> out)>;

/// The log, frame by frame.
class LogReader {
 public:
  LogReader(const ReadAt& read, const std::string& name) : read_(read), name_(name) {}

  LogState run() {
    std::array<std::byte, kHeaderBytes + kFrameHeaderBytes> start{};
    if (read_(0, start) < start.size()) return {};  // no frame was ever written
    const auto header = std::span(start).first(kHeaderBytes);
    std::copy_n(header.begin() + 16, salts_.size(), salts_.begin());
    checksum_.is_big_endian = (big_endian(header, 0) & 1) != 0;
    checksum_.add(header.first(kHeaderBytes - 8));
    const std::uint32_t page = big_endian(header, 8);
    if ((big_endian(header, 0) & ~1U) != kMagic || !is_page_size(page) || !checksum_.stands_at(header, kHeaderBytes - 8))
      return {0,
              name_ +
                  ": the header is damaged; what was committed in the log "
                  "cannot be read",
              "", wrong_bit_of_header(start)};
    frame_.resize(kFrameHeaderBytes + page);
    LogState state;
    while (next_is_good(state.n_frames)) ++state.n_frames;
    look_behind(state);
    return state;
  }

 private:
  [[nodiscard]] std::uint64_t place(std::uint64_t frame) const noexcept { return kHeaderBytes + frame * frame_.size(); }
  /// Whether there is such a frame, whole and of this log by the two salts that
  /// each log has anew.
  bool is_there(std::uint64_t frame) {
    return read_(place(frame), frame_) == frame_.size() && std::equal(salts_.begin(), salts_.end(), frame_.begin() + 8);
  }
  bool next_is_good(std::uint64_t frame) {
    if (!is_there(frame)) return false;
    const std::span<const std::byte> bytes = frame_;
    Checksum next = checksum_;
    next.add(bytes.first(8));
    next.add(bytes.subspan(kFrameHeaderBytes));
    if (!next.stands_at(bytes, 16)) return false;
    checksum_ = next;
    return true;
  }
  /// By trying, there are 256 bits; the salts must be those of the first frame.
  std::optional<std::uint64_t> wrong_bit_of_header(std::span<const std::byte> start) const {
    Candidates found;
    std::array<std::byte, kHeaderBytes> tried{};
    for (std::size_t bit = 0; bit < 8 * kHeaderBytes; ++bit) {
      std::copy_n(start.begin(), tried.size(), tried.begin());
      tried[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
      Checksum checksum;
      checksum.is_big_endian = (big_endian(tried, 0) & 1) != 0;
      checksum.add(std::span(tried).first(kHeaderBytes - 8));
      const bool is_header = (big_endian(tried, 0) & ~1U) == kMagic && is_page_size(big_endian(tried, 8));
      const bool has_salts = std::equal(tried.begin() + 16, tried.begin() + 24, start.begin() + kHeaderBytes + 8);
      if (is_header && has_salts && checksum.stands_at(tried, kHeaderBytes - 8)) found.add(bit);
    }
    return found.n == 1 ? std::optional(found.first) : std::nullopt;
  }
  /// Of the frame behind the good ones, which lies in frame_; counted from its
  /// begin.
  [[nodiscard]] Candidates wrong_bits_of_frame() const {
    const std::span<const std::byte> bytes = frame_;
    Candidates found;
    Checksum is = checksum_;
    is.add(bytes.first(8));
    is.add(bytes.subspan(kFrameHeaderBytes));
    if (is.stands_at(bytes, 16)) {  // a salt is wrong
      add_single_difference(salts_, bytes.subspan(8, 8), 8, found);
      return found;
    }
    if (!std::equal(salts_.begin(), salts_.end(), bytes.begin() + 8)) return found;
    std::array<std::byte, 8> sum{};
    for (std::size_t i = 0; i < 4; ++i) {
      sum[i] = static_cast<std::byte>(is.a >> (24 - 8 * i));
      sum[4 + i] = static_cast<std::byte>(is.b >> (24 - 8 * i));
    }
    add_single_difference(sum, bytes.subspan(16, 8), 16, found);
    Checksum wanted = is;
    wanted.a = big_endian(bytes, 16);
    wanted.b = big_endian(bytes, 20);
    std::vector<std::byte> summed(bytes.begin(), bytes.begin() + 8);
    summed.insert(summed.end(), bytes.begin() + kFrameHeaderBytes, bytes.end());
    // A bit of the sum's second word looks like one of the page's last eight
    // bytes. Those are what the page keeps free for its own checksum when it is
    // folded in, and hold nothing here.
    Candidates in_sum = wrong_bits(summed, is, wanted);
    if (found.n == 1 && in_sum.n == 1 && in_sum.first >= 8 * (summed.size() - 8)) in_sum = {};
    if (in_sum.n > 0) found.add(in_sum.first < 64 ? in_sum.first : in_sum.first + 8 * (kFrameHeaderBytes - 8));
    found.n += in_sum.n > 1 ? in_sum.n - 1 : 0;
    return found;
  }
  void look_behind(LogState& state) {
    const std::string at =
        name_ + ": frame " + std::to_string(state.n_frames + 1) + " (byte " + std::to_string(place(state.n_frames)) + ")";
    const bool is_whole = read_(place(state.n_frames), frame_) == frame_.size();
    const bool is_ours = is_whole && std::equal(salts_.begin(), salts_.end(), frame_.begin() + 8);
    const Candidates wrong = is_whole ? wrong_bits_of_frame() : Candidates();
    if (wrong.n == 1) state.wrong_bit = 8 * place(state.n_frames) + wrong.first;
    std::uint64_t n_behind = 0;
    for (std::uint64_t frame = state.n_frames + 1; read_(place(frame), frame_) == frame_.size(); ++frame)
      n_behind += std::equal(salts_.begin(), salts_.end(), frame_.begin() + 8) ? 1 : 0;
    if (n_behind > 0) {
      state.damage = at + " is damaged; what was committed in it and in the " + std::to_string(n_behind) + " behind it cannot be read";
    } else if (wrong.n > 0) {
      state.damage = at + ", the last, is damaged; the commit that it ends cannot be read";
    } else if (is_ours) {
      state.doubt = at +
                    ", the last, is not whole: an interrupted write, or "
                    "damage to the last commit";
    }
  }

  const ReadAt& read_;
  const std::string& name_;
  std::array<std::byte, 8> salts_{};
  Checksum checksum_;
  std::vector<std::byte> frame_;
};

}  // namespace

LogState check_log(std::span<const std::byte> bytes, const std::string& name) {
  const ReadAt read = [&](std::uint64_t offset, std::span<std::byte> out) {
    const std::size_t n = offset >= bytes.size() ? 0 : std::min<std::size_t>(out.size(), bytes.size() - offset);
    if (n > 0) std::memcpy(out.data(), bytes.data() + offset, n);
    return n;
  };
  return LogReader(read, name).run();
}

std::size_t mend_log(const std::filesystem::path& log) {
  std::size_t n_mended = 0;
  while (true) {
    const LogState state = check_log(log);
    if (state.damage.empty() || !state.wrong_bit) return n_mended;
    std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(*state.wrong_bit / 8);
    file.seekg(at);
    const int byte = file.get();
    file.seekp(at);
    file.put(static_cast<char>(byte ^ (1 << (*state.wrong_bit % 8))));
    file.close();
    if (!file) throw Error(ErrorCode::io, log.string() + ": cannot turn a wrong bit back");
    ++n_mended;
  }
}

LogState check_log(const std::filesystem::path& log) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(log, ignored)) return {};
  try {
    const OpenFile file(log);
    const ReadAt read = [&](std::uint64_t offset, std::span<std::byte> out) { return file.read_at(offset, out); };
    return LogReader(read, log.string()).run();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return {};  // folded in meanwhile
    throw;
  }
}

}  // namespace akin::store
