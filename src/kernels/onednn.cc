#include "onednn.h"

#include <array>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "hwy/detect_targets.h"
#include "oneapi/dnnl/dnnl.hpp"
#include "target_bit.h"

// Declared here because <omp.h> belongs to one compiler; both clang and GCC link GNU's run-time, which oneDNN was built with.
extern "C" {
void omp_set_num_threads(int n) noexcept;
int omp_get_max_threads() noexcept;
}

namespace akin::kernels::onednn {

struct Layout {
  GemmType type = GemmType::f32;
  dnnl::memory::dim n_out = 0;
  dnnl::memory::dim n_in = 0;
  dnnl::memory::desc desc;
  std::size_t id = 0;           ///< of this layout in the process
  std::size_t block = 0;        ///< outputs that lie together
  std::size_t block_bytes = 0;  ///< from one block of outputs to the next
};

namespace {

using Dim = dnnl::memory::dim;
using DataType = dnnl::memory::data_type;

/// The rows that a primitive is made for: whole tiles, then a multiple of 16, then what is left.
constexpr std::size_t kTile = 128;
constexpr std::size_t kStep = 16;

/// oneDNN would start a team of OpenMP threads; our pool has all the threads there are. The caller's own setting is put back.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) {
    if (before_ != 1) omp_set_num_threads(1);
  }
  ~OneThread() {
    if (before_ != 1) omp_set_num_threads(before_);
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

DataType input_type(GemmType type) { return type == GemmType::f32 ? DataType::f32 : DataType::bf16; }

struct Shape {
  GemmType type;
  Dim rows, n_out, n_in;
};

dnnl::matmul::primitive_desc describe(const Shape& shape, const dnnl::memory::desc& weight) {
  const dnnl::memory::desc in({shape.rows, shape.n_in}, input_type(shape.type), dnnl::memory::format_tag::ab);
  const dnnl::memory::desc out({shape.rows, shape.n_out}, DataType::f32, dnnl::memory::format_tag::ab);
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);  // a primitive is shared by threads
  const dnnl::memory::desc bias({1, shape.n_out}, DataType::f32, dnnl::memory::format_tag::ab);
  return {dnnl::matmul::desc(in, weight, bias, out), attributes, engine()};
}

dnnl::memory::desc any_weight(GemmType type, Dim n_out, Dim n_in) {
  return {{n_in, n_out}, input_type(type), dnnl::memory::format_tag::any};
}

/// The batch-reduce kernels of AVX-512 and above are the ones whose bits do not depend on the number of rows.
bool is_good(GemmType type, const std::string& implementation) {
  if (!implementation.starts_with("brg:avx512")) return false;
  return type == GemmType::f32 || implementation.find("bf16") != std::string::npos;
}

bool probe(GemmType type) {
  const OneThread one_thread;
  try {
    const Shape shape{type, 64, 64, 64};
    return is_good(type, describe(shape, any_weight(type, 64, 64)).impl_info_str());
  } catch (const dnnl::error&) {
    return false;
  }
}

std::mutex& cache_mutex() {
  static std::mutex mutex;
  return mutex;
}

using PrimitiveKey = std::pair<std::size_t, Dim>;  // layout id, rows

struct Primitive {
  dnnl::matmul run;
  dnnl::memory::desc in, weight, bias, out, scratch;
};

/// Made once a process, whoever asks first.
const Primitive& shared_primitive(const Layout& layout, const PrimitiveKey& key, const Shape& shape) {
  static std::map<PrimitiveKey, Primitive> made;
  const std::lock_guard lock(cache_mutex());
  if (const auto found = made.find(key); found != made.end()) return found->second;
  const auto pd = describe(shape, layout.desc);
  if (!is_good(layout.type, pd.impl_info_str())) {
    throw Error(ErrorCode::unsupported, std::string("oneDNN has no stable product of this shape: ") + pd.impl_info_str());
  }
  const Primitive primitive{dnnl::matmul(pd), pd.src_desc(),       pd.weights_desc(), pd.query_md(dnnl::query::weights_md, 1),
                            pd.dst_desc(),    pd.scratchpad_desc()};
  return made.emplace(key, primitive).first->second;
}

/// A primitive with the memory objects that one thread points at its data.
class Call {
 public:
  explicit Call(const Primitive& primitive)
      : run_(primitive.run),
        in_(primitive.in, engine(), nullptr),
        weight_(primitive.weight, engine(), nullptr),
        bias_(primitive.bias, engine(), nullptr),
        out_(primitive.out, engine(), nullptr),
        scratch_(primitive.scratch, engine(), nullptr),
        scratch_bytes_(primitive.scratch.get_size()) {
    arguments_ = {
        {DNNL_ARG_SRC, in_}, {DNNL_ARG_WEIGHTS, weight_}, {DNNL_ARG_BIAS, bias_}, {DNNL_ARG_DST, out_}, {DNNL_ARG_SCRATCHPAD, scratch_}};
  }

  // oneDNN's handles are not const, its inputs are.
  void operator()(const void* in, const void* weight, const float* bias, void* out, Matrix<std::byte>& scratch, dnnl::stream& stream) {
    if (scratch.size() < scratch_bytes_) scratch = Matrix<std::byte>::uninitialized(1, scratch_bytes_);
    in_.set_data_handle(const_cast<void*>(in));
    weight_.set_data_handle(const_cast<void*>(weight));
    bias_.set_data_handle(const_cast<float*>(bias));
    out_.set_data_handle(out);
    scratch_.set_data_handle(scratch.data());
    run_.execute(stream, arguments_);
  }

 private:
  dnnl::matmul run_;
  dnnl::memory in_, weight_, bias_, out_, scratch_;
  std::size_t scratch_bytes_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

/// What a thread keeps between products.
struct ThreadState {
  dnnl::stream stream{engine()};
  std::map<PrimitiveKey, Call> calls;
  Matrix<std::byte> scratch;
};

ThreadState& thread_state() {
  engine();  // made first, so destroyed last
  thread_local ThreadState state;
  return state;
}

Call& call_for(ThreadState& state, const Layout& layout, const Shape& shape) {
  const PrimitiveKey key{layout.id, shape.rows};
  if (const auto found = state.calls.find(key); found != state.calls.end()) return found->second;
  return state.calls.try_emplace(key, shared_primitive(layout, key, shape)).first->second;
}

std::size_t rows_of_next_call(std::size_t left) {
  if (left >= kTile) return kTile;
  return left >= kStep ? left / kStep * kStep : left;
}

std::size_t bytes_of(GemmType type) { return type == GemmType::f32 ? sizeof(float) : sizeof(std::uint16_t); }

/// Reads from oneDNN's description how many outputs lie together; throws unless blocks of them follow each other.
void find_blocks(Layout& layout) {
  const dnnl_blocking_desc_t& blocking = layout.desc.data.format_desc.blocking;
  layout.block = 1;
  for (int i = 0; i < blocking.inner_nblks; ++i) {
    if (blocking.inner_idxs[i] == 1) layout.block *= static_cast<std::size_t>(blocking.inner_blks[i]);
  }
  layout.block_bytes = static_cast<std::size_t>(blocking.strides[1]) * bytes_of(layout.type);
  const bool outputs_outermost = blocking.strides[1] >= blocking.strides[0];
  if (layout.desc.data.format_kind != dnnl_blocked || !outputs_outermost || kBlockRows % layout.block != 0) {
    throw Error(ErrorCode::unsupported, "oneDNN lays this weight out in a way that akin does not know");
  }
}

/// Layouts made so far. They are few: a process has a handful of shapes.
std::vector<std::shared_ptr<const Layout>>& layouts() {
  static std::vector<std::shared_ptr<const Layout>> made;
  return made;
}

/// The one that is there or a new one; the mutex is held.
std::shared_ptr<const Layout> keep(Layout layout) {
  for (const auto& known : layouts()) {
    if (known->type == layout.type && known->desc == layout.desc) return known;
  }
  layout.id = layouts().size();
  return layouts().emplace_back(std::make_shared<const Layout>(std::move(layout)));
}

std::shared_ptr<const Layout> layout_for(GemmType type, Dim n_out, Dim n_in) {
  static std::map<std::tuple<GemmType, Dim, Dim>, std::shared_ptr<const Layout>> known;
  const std::lock_guard lock(cache_mutex());
  if (const auto found = known.find({type, n_out, n_in}); found != known.end()) return found->second;
  const auto pd = describe({type, kTile, n_out, n_in}, any_weight(type, n_out, n_in));
  Layout layout{type, n_out, n_in, pd.weights_desc(), 0, 0, 0};
  find_blocks(layout);
  return known.emplace(std::tuple{type, n_out, n_in}, keep(std::move(layout))).first->second;
}

/// The outputs' blocks lie one after the other, so some of them are a smaller weight of the same layout.
dnnl::memory::desc part_of(const Layout& layout, std::size_t count) {
  dnnl::memory::desc part = layout.desc;
  part.data.dims[1] = static_cast<Dim>(count);
  part.data.padded_dims[1] = static_cast<Dim>((count + layout.block - 1) / layout.block * layout.block);
  return part;
}

std::size_t offset_of(const Layout& layout, std::size_t output) { return output / layout.block * layout.block_bytes; }

const Layout& layout_of_part(const Layout& whole, std::size_t count) {
  static std::map<std::pair<std::size_t, std::size_t>, std::shared_ptr<const Layout>> known;  // by the whole's id and count
  const std::lock_guard lock(cache_mutex());
  std::shared_ptr<const Layout>& part = known[{whole.id, count}];
  if (part == nullptr) {
    Layout layout = whole;
    layout.n_out = static_cast<Dim>(count);
    layout.desc = part_of(whole, count);
    part = keep(std::move(layout));
  }
  return *part;
}

void multiply_rows(const Layout& layout, const std::byte* weight, const float* bias, const Rows& rows) {
  const OneThread one_thread;
  ThreadState& state = thread_state();
  const auto* in = static_cast<const std::byte*>(rows.in);
  float* out = rows.out;
  for (std::size_t r = 0; r < rows.count;) {
    const std::size_t count = rows_of_next_call(rows.count - r);
    const Shape shape{layout.type, static_cast<Dim>(count), layout.n_out, layout.n_in};
    call_for(state, layout, shape)(in, weight, bias, out, state.scratch, state.stream);
    in += count * static_cast<std::size_t>(layout.n_in) * bytes_of(layout.type);
    out += count * static_cast<std::size_t>(layout.n_out);
    r += count;
  }
}

[[noreturn]] void throw_dnnl(const dnnl::error& error) { throw Error(ErrorCode::unsupported, std::string("oneDNN: ") + error.what()); }

}  // namespace

bool is_native(GemmType type) {
  static const std::array<bool, 2> native = {probe(GemmType::f32), probe(GemmType::bf16)};
  const std::int64_t target = target_bit();
  const bool allowed = target == HWY_AVX3_DL || (target == HWY_AVX3 && type == GemmType::f32);
  return type != GemmType::int8 && allowed && native[static_cast<std::size_t>(type)];
}

BlockedWeight make_weight(GemmType type, std::size_t n_out, std::size_t n_in) {
  const OneThread one_thread;
  try {
    BlockedWeight weight;
    weight.layout = layout_for(type, static_cast<Dim>(n_out), static_cast<Dim>(n_in));
    weight.bytes = PageBuffer(weight.layout->desc.get_size());
    return weight;
  } catch (const dnnl::error& error) {
    throw_dnnl(error);
  }
}

void block_rows(BlockedWeight& weight, std::size_t first, std::size_t count, const void* plain) {
  const OneThread one_thread;
  const Layout& layout = *weight.layout;
  try {
    const dnnl::memory::desc rows({layout.n_in, static_cast<Dim>(count)}, input_type(layout.type), dnnl::memory::format_tag::ba);
    dnnl::memory from(rows, engine(), const_cast<void*>(plain));
    dnnl::memory to(part_of(layout, count), engine(), weight.bytes.data() + offset_of(layout, first));
    dnnl::reorder(from, to).execute(thread_state().stream, from, to);
  } catch (const dnnl::error& error) {
    throw_dnnl(error);
  }
}

void multiply_part(const BlockedWeight& weight, const Part& part, const float* bias, const Rows& rows) {
  try {
    const bool whole = part.count == static_cast<std::size_t>(weight.layout->n_out);
    const Layout& layout = whole ? *weight.layout : layout_of_part(*weight.layout, part.count);
    multiply_rows(layout, weight.bytes.data() + offset_of(layout, part.first), bias + part.first, rows);
  } catch (const dnnl::error& error) {
    throw_dnnl(error);
  }
}

void multiply_add(const Factor& a, const Factor& b, float scale, float keep, MatrixView<float> out) {
  const OneThread one_thread;
  const auto dim = [](std::size_t n) { return static_cast<Dim>(n); };
  const dnnl_status_t status =
      dnnl_sgemm(a.is_transposed ? 'T' : 'N', b.is_transposed ? 'T' : 'N', dim(out.rows()), dim(out.cols()), dim(a.cols()), scale,
                 a.matrix.data(), dim(a.matrix.stride()), b.matrix.data(), dim(b.matrix.stride()), keep, out.data(), dim(out.stride()));
  if (status != dnnl_success) throw Error(ErrorCode::unsupported, "oneDNN: a product of plain matrices failed");
}

void multiply(const BlockedWeight& weight, const float* bias, const Rows& rows) {
  multiply_part(weight, {0, static_cast<std::size_t>(weight.layout->n_out)}, bias, rows);
}

}  // namespace akin::kernels::onednn
