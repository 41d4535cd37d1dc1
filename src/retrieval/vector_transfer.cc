#include "akin/retrieval/vector_transfer.h"

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/base/sha256.h"
#include "akin/embed/embedding_writer.h"
#include "akin/formats/vector_file.h"
#include "akin/store/store.h"
#include "graph_refresh.h"
#include "akin/retrieval/vector_rows.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using namespace retrieval;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kChunksAtOnce = 1024;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// A foreign space is known by its name and length alone.
std::string foreign_fingerprint(const std::string& name, std::size_t dim) {
  return Sha256().field("akin: vectors from elsewhere").field(name).field(std::to_string(dim)).hex();
}

StoreSpace wanted_space(const fs::path& file, const ImportOptions& options, const SpaceClaim& claim, std::size_t dim) {
  StoreSpace space{claim.model, claim.fingerprint, dim, options.metric};
  if (space.metric.empty()) space.metric = claim.metric.empty() ? "cosine" : claim.metric;
  if (!options.space.empty()) {
    space.model = std::string(kForeignSpace) + options.space;
    space.fingerprint = foreign_fingerprint(options.space, dim);
  } else if (claim.fingerprint.empty() || claim.model.empty()) {
    throw Error(ErrorCode::invalid_argument,
                file.string() + ": does not say which model made its vectors; give the space they live in a name");
  }
  return space;
}

void check_space(const fs::path& folder, const StoreSpace& has, const StoreSpace& wanted) {
  if (has.fingerprint != wanted.fingerprint || has.dim != wanted.dim)
    throw Error(ErrorCode::mismatch, folder.string() + ": holds vectors of '" + has.model + "' (" + std::to_string(has.dim) +
                                         " numbers, fingerprint " + has.fingerprint.substr(0, 12) + "); those of '" + wanted.model + "' (" +
                                         std::to_string(wanted.dim) + " numbers, fingerprint " + wanted.fingerprint.substr(0, 12) +
                                         ") are not mixed in");
  if (has.metric != wanted.metric)
    throw Error(ErrorCode::mismatch, folder.string() + ": compares its vectors by " + has.metric + ", not by " + wanted.metric);
}

Store open_or_create(const fs::path& folder, const StoreSpace& wanted) {
  if (!Store::exists(folder)) return Store::create(folder, wanted);
  try {
    Store store = Store::open(folder, true);
    check_space(folder, store.space(), wanted);
    return store;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    return Store::create(folder, wanted);  // its creation was interrupted
  }
}

/// Rows on their way into one commit.
class Importer {
 public:
  Importer(Store& store, const fs::path& file, std::size_t rows_of_a_commit)
      : store_(store), name_(file.filename().string()), rows_of_a_commit_(rows_of_a_commit) {}

  void add(VectorRow& row) {
    StoredDocument document;
    document.uri = row.id.empty() ? name_ + "#" + std::to_string(n_rows_) : std::move(row.id);
    document.format = "vector";
    document.metadata = std::move(row.metadata);
    n_texts_ += row.text.empty() ? 0 : 1;
    document.content_hash =
        Sha256().field({reinterpret_cast<const char*>(row.vector.data()), row.vector.size() * sizeof(float)}).field(row.text).hex();
    document.chunks.push_back({std::move(row.text), {}, 0, 0, 0});
    numbers_.insert(numbers_.end(), row.vector.begin(), row.vector.end());
    change_.put.push_back(std::move(document));
    ++n_rows_;
    if (change_.put.size() >= rows_of_a_commit_) commit();
  }
  void commit() {
    const std::size_t dim = store_.space().dim;
    change_.vectors = MatrixView<const float>(numbers_.data(), numbers_.size() / dim, dim);
    store_.apply(change_);
    change_ = {};
    numbers_.clear();
  }
  [[nodiscard]] std::size_t n_rows() const noexcept { return n_rows_; }
  [[nodiscard]] std::size_t n_texts() const noexcept { return n_texts_; }

 private:
  Store& store_;
  std::string name_;
  std::size_t rows_of_a_commit_;
  StoreChange change_;
  std::vector<float> numbers_;
  std::size_t n_rows_ = 0, n_texts_ = 0;
};

/// Where ids and metadata go as the vectors are written.
class SideFile {
 public:
  explicit SideFile(const fs::path& path) {
    if (!path.empty()) file_.emplace(path);
  }
  void write(const std::string& line) {
    if (file_) file_->write(line + "\n");
  }
  void commit() {
    if (file_) file_->commit();
  }

 private:
  std::optional<AtomicFile> file_;
};

nlohmann::json json_of(const ChunkRecord& record) {
  nlohmann::json object = {{"uri", record.uri}};
  if (!record.chunk.text.empty()) object["text"] = record.chunk.text;
  if (!record.title.empty()) object["title"] = record.title;
  if (!record.chunk.headings.empty()) object["headings"] = record.chunk.headings;
  if (record.chunk.page > 0) object["page"] = record.chunk.page;
  if (record.chunk.line > 0) object["line"] = record.chunk.line;
  nlohmann::json metadata = nlohmann::json::object();
  for (const auto& [field, value] : record.metadata) metadata[field] = value;
  if (!metadata.empty()) object["metadata"] = std::move(metadata);
  return object;
}

std::string line_of(const nlohmann::json& object) { return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

/// Vectors to .jsonl or to a matrix file.
class VectorSink {
 public:
  VectorSink(const fs::path& path, const StoreSpace& space) : space_(space), path_(path) {
    const VectorMetadata about = {{"model", space.model},
                                  {"fingerprint", space.fingerprint},
                                  {"dim", std::to_string(space.dim)},
                                  {"metric", space.metric},
                                  {"code", "f32"}};
    if (path.extension() == ".jsonl") {
      lines_.emplace(path);
    } else if (path.extension() == ".npy" || path.extension() == ".fvecs" || path.extension() == ".safetensors") {
      matrix_.emplace(path, TensorType::f32, space.dim, about);
    } else {
      throw Error(ErrorCode::invalid_argument, "'" + path.string() + "': vectors are exported to .npy, .fvecs, .safetensors or .jsonl");
    }
  }
  void write(const std::string& id, const ChunkRecord& record, std::span<const float> vector) {
    if (matrix_) return matrix_->append(MatrixView<const float>(vector.data(), 1, vector.size()));
    nlohmann::json object = json_of(record);
    object["id"] = id;
    object["model"] = space_.model;
    object["fingerprint"] = space_.fingerprint;
    object["metric"] = space_.metric;
    std::string line = line_of(object);
    line.pop_back();
    lines_->write(line + ",\"vector\":[" + numbers_text(vector, VectorCode::f32) + "]}\n");
  }
  void commit() {
    if (lines_) return lines_->commit();
    matrix_->commit();
    if (path_.extension() == ".safetensors") return;
    AtomicFile sidecar(path_.string() + ".json");
    const nlohmann::json about = {
        {"model", space_.model}, {"fingerprint", space_.fingerprint}, {"dim", space_.dim}, {"metric", space_.metric}, {"code", "f32"}};
    sidecar.write(about.dump(2) + "\n");
    sidecar.commit();
  }

 private:
  const StoreSpace& space_;
  fs::path path_;
  std::optional<AtomicFile> lines_;
  std::optional<VectorWriter> matrix_;
};

}  // namespace

ImportReport import_vectors(const fs::path& file, const fs::path& folder, const ImportOptions& options, Context& context) {
  require(options.rows_of_a_commit > 0, "ImportOptions::rows_of_a_commit must be positive");
  const Clock::time_point start = Clock::now();
  const std::unique_ptr<VectorRows> rows = open_vector_rows({file, options.ids, options.metadata});
  VectorRow row;
  if (!rows->next(row)) throw Error(ErrorCode::invalid_argument, file.string() + ": holds no vectors");
  const std::size_t dim = row.vector.size();
  Store store = open_or_create(folder, wanted_space(file, options, rows->claim(), dim));
  Importer importer(store, file, options.rows_of_a_commit);
  context.progress.begin("importing", rows->n_rows(), "vectors");
  do {
    if (row.vector.size() != dim)
      throw Error(ErrorCode::corrupt, file.string() + ": vector " + std::to_string(importer.n_rows()) + " has " +
                                          std::to_string(row.vector.size()) + " numbers, the first has " + std::to_string(dim));
    importer.add(row);
    if (importer.n_rows() % kChunksAtOnce == 0) {
      context.cancel.check();
      context.progress.advance(kChunksAtOnce);
    }
  } while (rows->next(row));
  importer.commit();
  store.compact();
  std::string graph_failure = refresh_graph(store, context);
  context.progress.end();
  const StoreSpace& space = store.space();
  return {store.folder(),
          space.model,
          space.fingerprint,
          space.metric,
          dim,
          importer.n_rows(),
          importer.n_texts(),
          store.snapshot().counts().n_documents,
          std::move(graph_failure),
          seconds_since(start)};
}

ExportReport export_vectors(const fs::path& folder, const fs::path& file, const ExportOptions& options, Context& context) {
  const Clock::time_point start = Clock::now();
  const Store store = Store::open(folder, false);
  const Snapshot snapshot = store.snapshot();
  VectorSink vectors(file, snapshot.space());
  SideFile ids(options.ids), metadata(options.metadata);
  ExportReport report{0, snapshot.space().dim, 0};
  context.progress.begin("exporting", snapshot.counts().n_chunks, "vectors");
  std::uint64_t last = 0;
  std::string uri;
  std::size_t place = 0;
  while (true) {
    context.cancel.check();
    const std::vector<ChunkRecord> chunks = snapshot.chunks_after(last, kChunksAtOnce);
    if (chunks.empty()) break;
    for (const ChunkRecord& chunk : chunks) {
      place = chunk.uri == uri ? place + 1 : 1;
      uri = chunk.uri;
      const std::string id = place == 1 ? uri : uri + "#" + std::to_string(place);
      const std::vector<float> vector = snapshot.vector_of(chunk.chunk_id);
      if (vector.empty())
        throw Error(ErrorCode::corrupt, folder.string() + ": the vector of '" + id + "' is damaged or missing; 'akin doctor' says more");
      vectors.write(id, chunk, vector);
      ids.write(id);
      metadata.write(line_of(json_of(chunk)));
      last = chunk.chunk_id;
    }
    report.n_vectors += chunks.size();
    context.progress.advance(chunks.size());
  }
  ids.commit();
  metadata.commit();
  vectors.commit();
  context.progress.end();
  report.seconds = seconds_since(start);
  return report;
}

}  // namespace akin
