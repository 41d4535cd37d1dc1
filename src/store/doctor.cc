#include "akin/store/doctor.h"

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "akin/base/error.h"
#include "akin/store/store.h"
#include "examine.h"
#include "graph_cache.h"
#include "log_check.h"
#include "mend_page.h"
#include "mend_segment.h"
#include "salvage.h"
#include "schema.h"
#include "segment.h"
#include "vector_view.h"
#include "writer_lock.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using namespace store;

constexpr std::size_t kMaxPages = 100;

const char* const kCopied =
    "a single wrong bit is turned back; else the database is copied into a fresh one without what cannot be read, and 'akin index' brings "
    "the rest back";
const char* const kAsBefore = "a single wrong bit is turned back; else the collection goes back to the last commit before it";
const char* const kReembedded =
    "a header is written anew where the rows are good; else they are forgotten, and 'akin index' embeds their documents again";
const char* const kWithoutGraph = "it is removed: searches are exact until 'akin index' makes it anew";
const char* const kRebuilt = "the text index is made anew from the chunks";

/// What an examination learns and the mending goes by.
struct Diagnosis {
  DoctorReport report;
  bool log_is_damaged = false, database_is_damaged = false, text_is_damaged = false;
  bool is_readable = false;  ///< the database opens and says what it is

  void add(std::string what, std::string remedy) { report.findings.push_back({std::move(what), std::move(remedy)}); }
};

/// A query that counts what must not be, and what a person is told.
struct Rule {
  const char* sql;
  const char* what;
};
constexpr Rule kRules[] = {
    {"SELECT count(*) FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)", "chunks of no document"},
    {"SELECT count(*) FROM documents d WHERE n_chunks != (SELECT count(*) FROM chunks WHERE document_id = d.id)",
     "documents with fewer or more chunks than they had"},
    {"SELECT count(*) FROM documents WHERE source_id IS NOT NULL AND source_id NOT IN (SELECT id FROM sources)", "documents of no source"},
    {"SELECT count(*) FROM metadata WHERE document_id NOT IN (SELECT id FROM documents)", "metadata of no document"},
};

void examine_tables(Connection& db, Diagnosis& diagnosis) {
  for (std::string& line : damaged_tables(db)) {
    diagnosis.add(std::move(line), kCopied);
    diagnosis.database_is_damaged = true;
  }
  if (diagnosis.database_is_damaged) return;
  for (const Rule& rule : kRules) {
    if (const std::int64_t n = db.integer(rule.sql, 0); n != 0) {
      diagnosis.add(db.file().string() + ": " + std::to_string(n) + " " + rule.what, kCopied);
      diagnosis.database_is_damaged = true;
    }
  }
}

/// By the ids that both know; that the words are right is known by the pages' checksums. A chunk without words need not be there.
void examine_text_index(Connection& db, Diagnosis& diagnosis) {
  const std::int64_t missing = db.integer(
      "SELECT count(*) FROM (SELECT id FROM chunk_source WHERE title <> '' OR headings <> '' OR text <> '' "
      "EXCEPT SELECT id FROM chunk_text_docsize)",
      0);
  const std::int64_t surplus = db.integer("SELECT count(*) FROM (SELECT id FROM chunk_text_docsize EXCEPT SELECT id FROM chunks)", 0);
  if (missing + surplus == 0) return;
  diagnosis.add(db.file().string() + ": the text index lacks " + std::to_string(missing) + " chunks and has " + std::to_string(surplus) +
                    " that are gone",
                kRebuilt);
  diagnosis.text_is_damaged = true;
}

void examine_vectors(const Store& store, Diagnosis& diagnosis, Context& context) {
  const Snapshot snapshot = store.snapshot();
  for (std::string& line : snapshot.damage(context)) diagnosis.add(std::move(line), kReembedded);
  std::size_t n_without_source = 0;
  const std::vector<DocumentRecord> damaged = snapshot.damaged_documents(context);
  for (const DocumentRecord& document : damaged) n_without_source += document.source.empty() ? 1 : 0;
  diagnosis.report.n_waiting = damaged.size() - n_without_source;
  if (n_without_source > 0)
    diagnosis.add(
        store.folder().string() + ": " + std::to_string(n_without_source) + " documents that came without a file have lost their vectors",
        "");
  if (const auto next = snapshot.next_space())
    diagnosis.report.notes.push_back("another space is in the making, of model '" + next->space.model + "', with " +
                                     std::to_string(next->n_vectors) + " vectors; 'akin reindex' goes on with it");
}

void examine_files(const fs::path& folder, Connection& db, Diagnosis& diagnosis) {
  std::set<std::uint64_t> known;
  for (const char* table : {"vector_ranges", "next_ranges"}) {
    if (db.integer(("SELECT count(*) FROM sqlite_schema WHERE name = '" + std::string(table) + "'").c_str(), 0) == 0) continue;
    Statement list(db, "SELECT DISTINCT segment FROM " + std::string(table));
    while (list.step()) known.insert(static_cast<std::uint64_t>(list.integer(0)));
  }
  if (std::string damage = graph_damage(folder); !damage.empty()) diagnosis.add(std::move(damage), kWithoutGraph);
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const std::uint64_t id = segment_id(name);
    if ((id != 0 && !known.contains(id)) || name.ends_with(".mending") || is_unfinished_graph(name))
      diagnosis.report.notes.push_back(entry.path().string() +
                                       ": is left of work that was interrupted; the next writer, or --mend, removes it");
  }
}

/// `resting`: nobody writes, and nobody can begin to.
Diagnosis examine(const fs::path& folder, bool resting, Context& context) {
  Diagnosis diagnosis;
  const fs::path database = folder / kDatabaseName;
  if (resting) {
    const LogState log = check_log(database.native() + "-wal");
    if (!log.damage.empty()) diagnosis.add(log.damage, kAsBefore);
    if (!log.doubt.empty()) diagnosis.report.notes.push_back(log.doubt);
    diagnosis.log_is_damaged = !log.damage.empty();
  } else {
    diagnosis.report.notes.emplace_back("a writer is at work: its log and files of no commit were not looked at");
  }
  for (std::string& line : damaged_pages(database, kMaxPages, context)) {
    diagnosis.add(std::move(line), kCopied);
    diagnosis.database_is_damaged = true;
  }
  if (diagnosis.log_is_damaged) return diagnosis;  // what is behind the log is not what was committed
  try {
    Connection db(database, OpenMode::read);
    configure_reader(db);
    {
      const Transaction reading(db, false);
      read_space(db);
      diagnosis.is_readable = true;
      if (!diagnosis.database_is_damaged) examine_tables(db, diagnosis);
      if (!diagnosis.database_is_damaged) examine_text_index(db, diagnosis);
      if (resting && !diagnosis.database_is_damaged) examine_files(folder, db, diagnosis);
    }
    if (!diagnosis.database_is_damaged) examine_vectors(Store::open(folder, false), diagnosis, context);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt) throw;
    if (!diagnosis.database_is_damaged) diagnosis.add(error.what(), kCopied);
    diagnosis.database_is_damaged = true;
  }
  return diagnosis;
}

fs::path must_be_there(const fs::path& folder) {
  if (!Store::exists(folder)) throw Error(ErrorCode::not_found, folder.string() + ": there is no collection");
  return fs::canonical(folder);
}

/// Nothing if somebody writes, or if nobody may.
std::optional<WriterLock> lock_if_free(const fs::path& folder) {
  try {
    return WriterLock(folder / kLockName);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void rebuild_text_index(Connection& db) {
  Transaction transaction(db, true);
  db.exec("INSERT INTO chunk_text(chunk_text) VALUES('rebuild'); UPDATE meta SET value = value + 1 WHERE key = 'generation'");
  transaction.commit();
}

/// Headers first. What is still damaged counts as dead, so that nothing reports it again; the chunks then lack vectors, which indexing
/// sees.
void mend_vectors(const fs::path& folder, Connection& db, Context& context) {
  Transaction transaction(db, true);
  const StoreSpace space = read_space(db);
  auto view = VectorView::load(db, folder, space, 0, nullptr);
  bool reload = false;
  for (const SegmentView& segment : view->segments()) reload |= segment.reader == nullptr && mend_header(folder, space, segment);
  if (reload) view = VectorView::load(db, folder, space, 0, nullptr);
  for (const std::uint64_t id : view->damaged_chunks(&context))
    db.statement("INSERT OR IGNORE INTO dead_vectors(chunk_id) VALUES(?1)").bind(id).run();
  db.exec("UPDATE meta SET value = value + 1 WHERE key = 'generation'");
  transaction.commit();
}

/// Puts what a second examination finds behind what the first one found.
void take_over(Diagnosis& found, Diagnosis more) {
  for (DoctorFinding& finding : more.report.findings) {
    const bool known = std::any_of(found.report.findings.begin(), found.report.findings.end(),
                                   [&](const DoctorFinding& old) { return old.what == finding.what; });
    if (!known) found.report.findings.push_back(std::move(finding));
  }
  found.database_is_damaged = more.database_is_damaged;
  found.text_is_damaged = more.text_is_damaged;
}

void fold_log(const fs::path& folder) {
  Connection db(folder / kDatabaseName, OpenMode::write);
  Statement fold(db, "PRAGMA wal_checkpoint(TRUNCATE)");
  fold.run();
}

}  // namespace

DoctorReport examine_collection(const fs::path& given, Context& context) {
  const fs::path folder = must_be_there(given);
  const std::optional<WriterLock> lock = lock_if_free(folder);
  return examine(folder, lock.has_value(), context).report;
}

DoctorReport mend_collection(const fs::path& given, Context& context) {
  const fs::path folder = must_be_there(given);
  std::optional<WriterLock> lock(folder / kLockName);
  Diagnosis found = examine(folder, true, context);
  Salvaged salvaged;
  std::error_code ignored;
  fs::remove(folder / (std::string(kDatabaseName) + ".mending"), ignored);
  if (!graph_damage(folder).empty()) fs::remove(folder / kGraphName, ignored);
  if (found.database_is_damaged && mend_pages(folder / kDatabaseName, context) > 0 && !found.log_is_damaged)
    take_over(found, examine(folder, true, context));
  if (found.log_is_damaged) {
    mend_log((folder / kDatabaseName).native() + "-wal");
    fold_log(folder);
    take_over(found, examine(folder, true, context));
  }
  if (found.database_is_damaged) salvaged = salvage_database(folder, context);
  {
    Connection db(folder / kDatabaseName, OpenMode::write);
    configure_writer(db);
    if (found.text_is_damaged && !found.database_is_damaged) rebuild_text_index(db);
    mend_vectors(folder, db, context);
  }
  lock.reset();
  const Store store = Store::open(folder, true);  // clears away files of no commit
  DoctorReport report = std::move(found.report);
  report.n_waiting = 0;
  for (const DocumentRecord& document : store.snapshot().damaged_documents(context))
    ++(document.source.empty() ? report.n_lost : report.n_waiting);
  report.n_waiting += salvaged.n_waiting;
  report.n_lost += salvaged.n_lost;
  report.mended = true;
  return report;
}

}  // namespace akin
