#include "read_ahead.h"

#include <utility>

namespace akin::retrieval {
namespace {

std::size_t bytes_of(const PreparedFile& file) {
  std::size_t n = 0;
  for (const PreparedDocument& document : file.documents) {
    for (const StoredChunk& chunk : document.stored.chunks) n += chunk.text.size();
    for (const std::string& text : document.embedded) n += text.size();
    if (document.image) n += document.image->pixels.rows.size();
  }
  return n;
}

}  // namespace

ReadAhead::ReadAhead(std::deque<IndexJob> jobs, Read read, const ReadAheadLimits& limits, Context& context)
    : read_(std::move(read)), limits_(limits), context_(context), jobs_(std::move(jobs)) {
  if (!jobs_.empty()) thread_.run([this] { go_ahead(); });
}

ReadAhead::~ReadAhead() {
  const Lock lock(mutex_);
  stop_ = true;
  changed_.notify_all();
}

bool ReadAhead::has_room() const noexcept {
  if (slots_.empty() && n_bytes_ == 0) return true;
  return slots_.size() < limits_.max_files && n_bytes_ + jobs_.front().file.size <= limits_.max_bytes;
}

void ReadAhead::read_one(Lock& lock) {
  const IndexJob job = std::move(jobs_.front());
  jobs_.pop_front();
  Slot& slot = slots_.emplace_back();  // stays where it is until it is taken out, which waits for it
  slot.n_bytes = job.file.size;
  n_bytes_ += slot.n_bytes;
  lock.unlock();
  std::optional<PreparedFile> file;
  std::exception_ptr error;
  try {
    file = read_(job);
  } catch (...) {
    error = std::current_exception();
  }
  const std::size_t n_bytes = file ? bytes_of(*file) : 0;
  lock.lock();
  n_bytes_ = n_bytes_ - slot.n_bytes + n_bytes;
  slot = {n_bytes, std::move(file), error};
  changed_.notify_all();
}

void ReadAhead::go_ahead() {
  Lock lock(mutex_);
  while (!jobs_.empty() && !stop_ && !context_.cancel.cancelled()) {
    if (may_read()) {
      read_one(lock);
    } else {
      changed_.wait(lock);
    }
  }
}

void ReadAhead::help() {
  Lock lock(mutex_);
  while (may_read()) read_one(lock);
}

std::optional<PreparedFile> ReadAhead::next() {
  Lock lock(mutex_);
  n_bytes_ -= std::exchange(n_given_, 0);
  changed_.notify_all();
  if (slots_.empty() && jobs_.empty()) return std::nullopt;
  while (slots_.empty() || !slots_.front().is_done()) {
    if (may_read()) {
      lock.unlock();
      context_.parallel_for(static_cast<std::size_t>(context_.pool.n_threads()), 1, [this](std::size_t, std::size_t) { help(); });
      lock.lock();
    } else {
      context_.cancel.check();
      changed_.wait(lock);
    }
  }
  Slot slot = std::move(slots_.front());
  slots_.pop_front();
  n_given_ = slot.n_bytes;
  if (slot.error) std::rethrow_exception(slot.error);
  return std::move(slot.file);
}

}  // namespace akin::retrieval
