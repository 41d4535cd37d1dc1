#include "sniff.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "mime.h"
#include "reading.h"

namespace akin::documents {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view what;
};

// From the formats' own specifications and the file(1) database's descriptions of them.
constexpr std::array kMagic = {
    Magic{0, "7z\xBC\xAF\x27\x1C"sv, "a 7-Zip archive"},
    Magic{0, "Rar!\x1A\x07"sv, "a RAR archive"},
    Magic{0, "\xFD\x37zXZ\0"sv, "XZ-compressed data"},
    Magic{0, "BZh"sv, "bzip2-compressed data"},
    Magic{0, "\x28\xB5\x2F\xFD"sv, "Zstandard-compressed data"},
    Magic{0, "\x04\x22\x4D\x18"sv, "LZ4-compressed data"},
    Magic{257, "ustar"sv, "a tar archive"},
    Magic{0, "!<arch>\n"sv, "an ar archive or static library"},
    Magic{0, "\x89PNG\r\n\x1A\n"sv, "a PNG image"},
    Magic{0, "\xFF\xD8\xFF"sv, "a JPEG image"},
    Magic{0, "GIF87a"sv, "a GIF image"},
    Magic{0, "GIF89a"sv, "a GIF image"},
    Magic{0, "II*\0"sv, "a TIFF image"},
    Magic{0, "MM\0*"sv, "a TIFF image"},
    Magic{8, "WEBP"sv, "a WebP image"},
    Magic{8, "WAVE"sv, "a WAV sound"},
    Magic{8, "AVI "sv, "an AVI video"},
    Magic{0, "\0\0\1\0"sv, "an icon image"},
    Magic{4, "ftypheic"sv, "a HEIC image"},
    Magic{4, "ftypavif"sv, "an AVIF image"},
    Magic{4, "ftyp"sv, "an MP4 video or sound"},
    Magic{0, "ID3"sv, "an MP3 sound"},
    Magic{0, "OggS"sv, "an Ogg stream"},
    Magic{0, "fLaC"sv, "a FLAC sound"},
    Magic{0, "\x1A\x45\xDF\xA3"sv, "a Matroska or WebM video"},
    Magic{0,
          "\x7F"
          "ELF"sv,
          "an ELF program or library"},
    Magic{0, "\xCF\xFA\xED\xFE"sv, "a Mach-O program or library"},
    Magic{0, "\xCA\xFE\xBA\xBE"sv, "a Java class or Mach-O program"},
    Magic{0, "\0asm"sv, "a WebAssembly module"},
    Magic{0, "SQLite format 3\0"sv, "an SQLite database"},
    Magic{0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "an OLE file (old Microsoft Office: DOC, XLS, PPT)"},
    Magic{0, "%!PS"sv, "a PostScript file"},
    Magic{0, "AT&TFORM"sv, "a DjVu document"},
    Magic{0, "PAR1"sv, "a Parquet file"},
    Magic{0, "ARROW1"sv, "an Arrow file"},
    Magic{0, "\x89HDF\r\n\x1A\n"sv, "an HDF5 file"},
    Magic{0, "\x93NUMPY"sv, "a NumPy array"},
    Magic{0, "GGUF"sv, "a GGUF model"},
    Magic{0, "wOFF"sv, "a WOFF font"},
    Magic{0, "wOF2"sv, "a WOFF2 font"},
    Magic{0, "OTTO"sv, "an OpenType font"},
    Magic{0, "\0\1\0\0\0"sv, "a TrueType font"},
    Magic{0, "\x1F\x9D"sv, "compress-ed data (.Z)"},
};

constexpr std::array<std::pair<std::string_view, Format>, 17> kEndings = {{
    {"md", Format::markdown},
    {"markdown", Format::markdown},
    {"mdown", Format::markdown},
    {"mkd", Format::markdown},
    {"html", Format::html},
    {"htm", Format::html},
    {"xhtml", Format::html},
    {"pdf", Format::pdf},
    {"csv", Format::csv},
    {"tsv", Format::tsv},
    {"tab", Format::tsv},
    {"json", Format::json},
    {"ipynb", Format::notebook},
    {"jsonl", Format::jsonl},
    {"ndjson", Format::jsonl},
    {"txt", Format::text},
    {"text", Format::text},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 76> kLanguages = {{
    {"c", "c"},
    {"h", "c"},
    {"cc", "cpp"},
    {"cpp", "cpp"},
    {"cxx", "cpp"},
    {"hh", "cpp"},
    {"hpp", "cpp"},
    {"hxx", "cpp"},
    {"inl", "cpp"},
    {"cu", "cuda"},
    {"m", "objective-c"},
    {"mm", "objective-c"},
    {"py", "python"},
    {"pyi", "python"},
    {"rs", "rust"},
    {"go", "go"},
    {"java", "java"},
    {"kt", "kotlin"},
    {"kts", "kotlin"},
    {"scala", "scala"},
    {"groovy", "groovy"},
    {"js", "javascript"},
    {"mjs", "javascript"},
    {"cjs", "javascript"},
    {"jsx", "javascript"},
    {"ts", "typescript"},
    {"tsx", "typescript"},
    {"vue", "vue"},
    {"svelte", "svelte"},
    {"css", "css"},
    {"scss", "scss"},
    {"less", "less"},
    {"rb", "ruby"},
    {"php", "php"},
    {"pl", "perl"},
    {"pm", "perl"},
    {"lua", "lua"},
    {"r", "r"},
    {"jl", "julia"},
    {"swift", "swift"},
    {"cs", "csharp"},
    {"fs", "fsharp"},
    {"vb", "visual-basic"},
    {"hs", "haskell"},
    {"ml", "ocaml"},
    {"mli", "ocaml"},
    {"ex", "elixir"},
    {"exs", "elixir"},
    {"erl", "erlang"},
    {"clj", "clojure"},
    {"lisp", "lisp"},
    {"el", "emacs-lisp"},
    {"scm", "scheme"},
    {"sh", "shell"},
    {"bash", "shell"},
    {"zsh", "shell"},
    {"fish", "shell"},
    {"ps1", "powershell"},
    {"bat", "batch"},
    {"sql", "sql"},
    {"proto", "protobuf"},
    {"cmake", "cmake"},
    {"mk", "make"},
    {"toml", "toml"},
    {"yaml", "yaml"},
    {"yml", "yaml"},
    {"ini", "ini"},
    {"cfg", "ini"},
    {"xml", "xml"},
    {"svg", "xml"},
    {"zig", "zig"},
    {"nim", "nim"},
    {"d", "d"},
    {"dart", "dart"},
    {"f90", "fortran"},
    {"asm", "assembly"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kCodeNames = {{
    {"Makefile", "make"},
    {"GNUmakefile", "make"},
    {"CMakeLists.txt", "cmake"},
    {"Dockerfile", "docker"},
    {"Rakefile", "ruby"},
    {"Jenkinsfile", "groovy"},
}};

template <class Table>
auto find_in(const Table& table, std::string_view key) {
  return std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.first == key; });
}

/// Files of mail folders have no ending, but begin with a header that only mail has.
bool begins_as_mail(std::string_view lower) {
  constexpr std::array<std::string_view, 5> kHeaders = {"return-path: ", "received: ", "delivered-to: ", "message-id: <", "mime-version: "};
  return std::any_of(kHeaders.begin(), kHeaders.end(), [&](std::string_view header) { return lower.starts_with(header); });
}

}  // namespace

bool is_mail_ending(std::string_view ending) noexcept { return ending == "eml" || ending == "mbox" || ending == "mbx"; }

std::string describe_binary(std::string_view bytes) {
  // An office file with a password lies encrypted in an OLE file; the name stands in its directory, in UTF-16.
  if (bytes.starts_with("\xD0\xCF\x11\xE0") && bytes.find("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"sv) != bytes.npos)
    return "an encrypted Office file, which needs a password";
  for (const Magic& magic : kMagic)
    if (bytes.size() > magic.offset && bytes.substr(magic.offset).starts_with(magic.bytes)) return std::string(magic.what);
  if (bytes.starts_with("MZ") && bytes.substr(0, 4096).find('\0') != bytes.npos) return "a Windows program";
  if (bytes.starts_with("BM") && bytes.size() > 14 && bytes.substr(6, 4) == "\0\0\0\0"sv) return "a BMP image";
  return {};
}

bool is_pdf(std::string_view bytes) noexcept { return bytes.substr(0, 1024).find("%PDF-") != bytes.npos; }

bool is_binary(std::string_view bytes) noexcept {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return false;  // UTF-16 has many NULs
  const std::string_view front = bytes.substr(0, 1 << 16);
  std::size_t n_controls = 0;
  for (const char c : front) n_controls += static_cast<unsigned char>(c) < 0x20 && !is_space(c) && c != '\x1B' ? 1U : 0U;
  return n_controls * 20 > front.size();
}

Format format_of(std::string_view bytes, std::string_view name, std::string_view ending) {
  if (find_in(kCodeNames, name) != kCodeNames.end()) return Format::code;
  if (const auto row = find_in(kEndings, ending); row != kEndings.end()) return row->second;
  if (!language_of(name, ending).empty()) return Format::code;
  std::string_view front = bytes.substr(0, 4096);
  if (front.starts_with("\xEF\xBB\xBF")) front.remove_prefix(3);
  const std::string lower = to_lower_ascii(trimmed(front));
  if (lower.starts_with("<!doctype html") || lower.starts_with("<html")) return Format::html;
  if (is_mbox(front)) return Format::mbox;
  if (begins_as_mail(lower)) return Format::mail;
  return lower.starts_with("#!") ? Format::code : Format::text;
}

std::string_view language_of(std::string_view name, std::string_view ending) noexcept {
  if (const auto row = find_in(kCodeNames, name); row != kCodeNames.end()) return row->second;
  const auto row = find_in(kLanguages, ending);
  return row == kLanguages.end() ? std::string_view{} : row->second;
}

}  // namespace akin::documents
