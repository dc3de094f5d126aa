#include "hourglass/model.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <utility>

#include "api/state.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/ordered_work.h"
#include "base/random.h"
#include "data/encoded_rows.h"
#include "data/image_tiles.h"
#include "data/image_writer.h"
#include "data/writer.h"
#include "kernel/elementwise.h"
#include "model/convolutional.h"
#include "model/job.h"
#include "model/settings.h"
#include "network/ensemble_inference.h"
#include "report/figure.h"
#include "task/detector.h"
#include "task/part_of.h"
#include "train/evaluate.h"
#include "train/variational.h"

namespace hourglass {
namespace {

const Encoding& encoding_of(const Model& model) { return model.state().model.saved.encoding; }

const StepSpec& step_of(const Model& model) { return model.state().model.saved.spec.step; }

// The columns a reconstruction is written with, each with a name.
std::vector<Column> named_columns(const Encoding& encoding) {
  std::vector<Column> columns;
  for (Index c = 0; c < encoding.table_columns(); ++c) {
    columns.push_back(encoding.columns[static_cast<std::size_t>(c)].column);
    columns.back().name = encoding.column_name(c);
  }
  return columns;
}

// The same of images of another size than the model's.
std::vector<Column> pixel_columns(const std::vector<Index>& shape, Index columns) {
  Encoding pixels;
  pixels.sample_shape = shape;
  pixels.columns.resize(static_cast<std::size_t>(columns));
  return named_columns(pixels);
}

std::vector<Column> code_columns(Index latent_dim) {
  std::vector<Column> columns;
  for (Index k = 0; k < latent_dim; ++k) {
    columns.push_back({.name = fmt::format("code_{}", k + 1), .levels = {}});
  }
  return columns;
}

// Such a model says something of a row only beside its neighbours.
void check_sees_rows(const Model& model) {
  const Index window = model.state().model.saved.spec.window;
  if (window == 0) return;
  usage_error(
      fmt::format("this model sees windows of {} rows, so only detect works with it: train "
                  "without --window",
                  window));
}

// One way of a table's rows through the model: `into` puts what becomes of a block's rows, `width`
// numbers each, where it is told to, on any thread; visit(numbers, begin, count) gets them in
// order.
struct ModelPass {
  Index width;
  std::function<void(const EncodedRows& block, float* out)> into;
  std::function<void(const float* numbers, Index begin, Index count, int place)> visit;
};

void run_pass(const Model& model, const Table& table, Index block_rows, const ModelPass& pass,
              ThreadPool& pool, const ProgressCallback& progress) {
  const Encoding& encoding = encoding_of(model);
  check_sees_rows(model);
  check_table_fits(encoding, table);
  std::vector<std::vector<float>> of_piece(static_cast<std::size_t>(places_for(pool)));
  RowPass rows{.encoding = encoding, .block_rows = block_rows, .visit = {}};
  rows.visit = [&](const EncodedRows& block) {
    std::vector<float>& piece = of_piece[static_cast<std::size_t>(block.place)];
    piece.resize(static_cast<std::size_t>(block.piece_rows * pass.width));
    pass.into(block, piece.data() + block.within * pass.width);
  };
  rows.hand_on = [&](Index begin, Index count, int place) {
    pass.visit(of_piece[static_cast<std::size_t>(place)].data(), begin, count, place);
  };
  rows.progress = share_of_stage(progress, "applying the model");
  run(rows, *stream_rows(table, nullptr, rows_per_piece(encoding, block_rows)), pool);
}

// The codes of one row after another: visit(codes, count).
void for_each_code(const Model& model, const Table& table, const RunOptions& run,
                   const std::function<void(const float*, Index)>& visit) {
  ThreadPool pool(threads_worth_waking(table.rows(), run.threads));
  Inference<float> inference(model.state().model.network(), step_of(model), pool);
  const auto into = [&](const EncodedRows& block, float* codes) {
    from_panels(inference.encode(block.features, block.worker), codes, model.latent_dim(),
                {0, block.count});
  };
  const auto in_order = [&](const float* codes, Index, Index count, int) { visit(codes, count); };
  run_pass(model, table, inference.block_rows(), {model.latent_dim(), into, in_order}, pool,
           run.progress);
}

// Features back to the data's own units, as float32.
void decode_to_units(const Encoding& encoding, const float* features, Index count,
                     std::vector<double>& raw, std::vector<float>& out) {
  const Index size = count * encoding.table_columns();
  raw.resize(static_cast<std::size_t>(size));
  out.resize(static_cast<std::size_t>(size));
  decode_rows(encoding, features, count, raw.data());
  std::transform(raw.begin(), raw.end(), out.begin(),
                 [](double v) { return static_cast<float>(v); });
}

// Squared errors in the samples' own units. A category counts as 1 where it came out wrong; a
// missing cell does not count.
class ErrorSum {
 public:
  ErrorSum(const Encoding& encoding, Index columns)
      : columns_(columns), is_category_(static_cast<std::size_t>(columns)) {
    // Tiled images have other columns than the model, all of them numbers.
    if (!encoding.has_categories()) return;
    for (std::size_t c = 0; c < is_category_.size(); ++c) {
      is_category_[c] = encoding.columns[c].column.kind == ColumnKind::kCategorical;
    }
  }

  void add(const double* raw, const float* reconstructions, Index rows) {
    for (Index r = 0; r < rows; ++r, raw += columns_, reconstructions += columns_)
      add_row(raw, reconstructions);
    rows_ += rows;
  }

  // Takes over what the other holds.
  void absorb(ErrorSum& other) {
    squared_ += std::exchange(other.squared_, 0);
    counted_ += std::exchange(other.counted_, 0);
    rows_ += std::exchange(other.rows_, 0);
  }

  ReconstructionErrors result() const {
    ReconstructionErrors errors;
    errors.rows = rows_;
    errors.mean_squared_error = squared_ / std::max(1.0, static_cast<double>(counted_));
    errors.squared_error_per_sample = squared_ / static_cast<double>(std::max<Index>(1, rows_));
    return errors;
  }

 private:
  void add_row(const double* raw, const float* reconstructions) {
    double squared = 0;
    for (Index c = 0; c < columns_; ++c) {
      const double difference = raw[c] - static_cast<double>(reconstructions[c]);
      const bool there = !std::isnan(raw[c]);
      const double square = is_category_[static_cast<std::size_t>(c)] != 0
                                ? (difference != 0 ? 1 : 0)
                                : difference * difference;
      squared += there ? square : 0;
      counted_ += there ? 1 : 0;
    }
    squared_ += squared;
  }

  Index columns_;
  std::vector<char> is_category_;
  double squared_ = 0;
  Index counted_ = 0;
  Index rows_ = 0;
};

// visit(reconstructions, begin, count): in the data's own units, of one row after another.
using VisitReconstructions = std::function<void(const float*, Index begin, Index count)>;

// Of rows of the model's own size; `errors` may be null.
void for_each_reconstruction_of_its_size(const Model& model, const Table& table,
                                         const RunOptions& run, ErrorSum* errors,
                                         const VisitReconstructions& visit) {
  ThreadPool pool(threads_worth_waking(table.rows(), run.threads));
  EnsembleInference inference(model.state().model.networks, step_of(model), pool);
  std::vector<ErrorSum> of_piece(static_cast<std::size_t>(places_for(pool)),
                                 ErrorSum(encoding_of(model), table.cols()));
  const auto into = [&](const EncodedRows& block, float* units) {
    block.encoder.decode(inference.reconstruct(block.features, block.worker), block.count, units);
    if (errors != nullptr) {
      of_piece[static_cast<std::size_t>(block.place)].add(block.raw, units, block.count);
    }
  };
  const auto in_order = [&](const float* units, Index begin, Index count, int place) {
    if (errors != nullptr) errors->absorb(of_piece[static_cast<std::size_t>(place)]);
    visit(units, begin, count);
  };
  run_pass(model, table, inference.block_rows(), {table.cols(), into, in_order}, pool,
           run.progress);
}

// Convolutions know no places, so a model of them reconstructs images of any size, tile by tile.
bool needs_tiles(const Model& model, const Table& table) {
  return is_convolutional(model.state().model.saved.spec) &&
         differ_in_size_alone(table.sample_shape, encoding_of(model).sample_shape);
}

void check_can_reconstruct(const Model& model, const Table& table) {
  check_sees_rows(model);
  if (!needs_tiles(model, table)) check_table_fits(encoding_of(model), table);
}

void for_each_tiled_reconstruction(const Model& model, const Table& table, const RunOptions& run,
                                   ErrorSum* errors, const VisitReconstructions& visit) {
  const ImageTiling tiling(table.sample_shape, encoding_of(model).sample_shape);
  Table tiles = table;
  tiles.store = tiles_of(table.store, tiling);
  tiles.sample_shape = encoding_of(model).sample_shape;
  std::vector<double> image(static_cast<std::size_t>(tiling.image_values()));
  std::vector<float> blended(image.size());
  const auto blend = [&](const float* reconstructed, Index begin, Index count) {
    for (Index i = 0; i < count; ++i) {
      const Index index = (begin + i) / tiling.tiles();
      const Index position = (begin + i) % tiling.tiles();
      if (position == 0) std::fill(blended.begin(), blended.end(), 0.0F);
      tiling.blend(reconstructed + i * tiling.tile_values(), position, blended.data());
      if (position + 1 < tiling.tiles()) continue;
      if (errors != nullptr) {
        table.store->read(index, index + 1, image.data());
        errors->add(image.data(), blended.data(), 1);
      }
      visit(blended.data(), index, 1);
    }
  };
  for_each_reconstruction_of_its_size(model, tiles, run, nullptr, blend);
}

// The same of whatever the model can reconstruct.
void for_each_reconstruction(const Model& model, const Table& table, const RunOptions& run,
                             ErrorSum* errors, const VisitReconstructions& visit) {
  const auto reconstruct_rows = needs_tiles(model, table) ? for_each_tiled_reconstruction
                                                          : for_each_reconstruction_of_its_size;
  reconstruct_rows(model, table, run, errors, visit);
}

// Some rows of another store, as a store of their own.
class PickedRows : public RowStore {
 public:
  PickedRows(std::shared_ptr<const RowStore> all, std::vector<Index> rows)
      : all_(std::move(all)), rows_(std::move(rows)) {}
  Index rows() const override { return static_cast<Index>(rows_.size()); }
  Index cols() const override { return all_->cols(); }
  void read(Index begin, Index end, double* out) const override {
    all_->gather(rows_.data() + begin, end - begin, out);
  }
  void gather(const Index* rows, Index count, double* out) const override {
    for (Index i = 0; i < count; ++i) read(rows[i], rows[i] + 1, out + i * cols());
  }
  bool in_memory() const override { return all_->in_memory(); }

 private:
  std::shared_ptr<const RowStore> all_;
  std::vector<Index> rows_;
};

// Decodes rows of codes, block by block, into a file. `fill` puts rows begin … begin + count − 1 of
// the codes into a block.
void write_decoded(const Model& model, Index rows,
                   const std::function<void(Index begin, Index count, float* block)>& fill,
                   const std::string& path, const RunOptions& run) {
  const auto writer =
      open_row_writer(path, rows, model.sample_shape(), named_columns(encoding_of(model)));
  const Index step = std::min(rows, evaluation_block_rows(model.features()));
  std::vector<float> block(static_cast<std::size_t>(step * model.latent_dim()));
  for (Index begin = 0; begin < rows; begin += step) {
    throw_if_interrupted();
    const Index count = std::min(step, rows - begin);
    fill(begin, count, block.data());
    writer->write(model.decode(block.data(), count, run).data(), count);
  }
  writer->finish();
}

// Sizes of what is made follow from it.
void check_rows(Index rows) {
  if (rows < 0) usage_error(fmt::format("cannot make {} rows: ask for 0 or more", rows));
}

void check_draws_codes(const Model& model) {
  if (draws_codes(model.state().model.network().spec())) return;
  usage_error(
      "this model knows no distribution of codes to draw from: train with --family variational, or "
      "give codes of your own to decode");
}

// Standard normal numbers, a function of the seed and the row.
void draw_codes(Index begin, Index count, Index latent_dim, std::uint64_t seed, float* codes) {
  for (Index row = begin; row < begin + count; ++row) {
    RandomStream stream(seed, RandomPurpose::kSample, static_cast<std::uint64_t>(row));
    for (Index k = 0; k < latent_dim; ++k) *codes++ = static_cast<float>(stream.normal());
  }
}

}  // namespace

Model::Model(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Model Model::load(const std::string& path) {
  return Model(std::make_shared<const State>(State{unpack(read_model(path))}));
}

void Model::save(const std::string& path) const { write_model(pack(state_->model), path); }

std::int64_t Model::members() const { return state_->model.members(); }

Model Model::member(std::int64_t number) const {
  if (number < 0 || number >= members()) {
    usage_error(
        members() == 1
            ? fmt::format("there is no member {}: this model is a single autoencoder, whose "
                          "only member is 0",
                          number)
            : fmt::format("there is no member {}: this model has {}, from 0 to {}", number,
                          members(), members() - 1));
  }
  if (members() == 1) return *this;
  return Model(std::make_shared<const State>(State{member_of(state_->model, number)}));
}

std::int64_t Model::features() const { return encoding_of(*this).features; }
std::int64_t Model::window() const { return state_->model.saved.spec.window; }
std::int64_t Model::latent_dim() const { return state_->model.network().spec().latent_dim(); }
std::vector<std::int64_t> Model::sample_shape() const { return encoding_of(*this).sample_shape; }
const TrainingSummary& Model::training() const { return state_->model.saved.training; }
const std::vector<Warning>& Model::warnings() const { return state_->model.saved.warnings; }
const std::vector<std::string>& Model::notes() const { return state_->model.saved.notes; }

std::vector<float> Model::encode(const Data& data, const RunOptions& run) const {
  std::vector<float> codes;
  for_each_code(*this, data.state().table, run, [&](const float* block, Index count) {
    codes.insert(codes.end(), block, block + count * latent_dim());
  });
  return codes;
}

std::vector<float> Model::reconstruct(const Data& data, const RunOptions& run) const {
  const Table& table = data.state().table;
  std::vector<float> all;
  for_each_reconstruction(*this, table, run, nullptr, [&](const float* rows, Index, Index count) {
    all.insert(all.end(), rows, rows + count * table.cols());
  });
  return all;
}

std::vector<float> Model::decode(const float* codes, std::int64_t rows,
                                 const RunOptions& run) const {
  check_rows(rows);
  if (state_->model.network().spec().skips_code()) {
    usage_error(
        "this model cannot decode codes: its decoder adds the encoder's maps (skips) or the input "
        "(residual), which no code holds; use reconstruct, or train without them");
  }
  ThreadPool pool(threads_worth_waking(rows, run.threads));
  Inference<float> inference(state_->model.network(), step_of(*this), pool);
  Matrix<float> reconstructed(rows, features());
  inference.decode({codes, rows, latent_dim()}, reconstructed.view());
  std::vector<double> raw;
  std::vector<float> units;
  decode_to_units(encoding_of(*this), reconstructed.data(), rows, raw, units);
  return units;
}

void Model::encode_to(const Data& data, const std::string& path, const RunOptions& run) const {
  const auto writer =
      open_row_writer(path, data.rows(), {latent_dim()}, code_columns(latent_dim()));
  for_each_code(*this, data.state().table, run,
                [&](const float* codes, Index count) { writer->write(codes, count); });
  writer->finish();
}

void Model::decode_to(const Data& codes, const std::string& path, const RunOptions& run) const {
  const Table& table = codes.state().table;
  if (table.cols() != latent_dim()) {
    data_error(fmt::format("{} has {} columns, the model's codes have {}: give what encode wrote",
                           table.source, table.cols(), latent_dim()));
  }
  Matrix<double> raw;
  const auto read = [&](Index begin, Index count, float* block) {
    if (raw.rows() < count) raw = Matrix<double>(count, table.cols());
    table.store->read(begin, begin + count, raw.data());
    std::transform(raw.data(), raw.data() + count * table.cols(), block,
                   [](double v) { return static_cast<float>(v); });
  };
  write_decoded(*this, table.rows(), read, path, run);
}

std::vector<float> Model::sample(std::int64_t rows, std::uint64_t seed,
                                 const RunOptions& run) const {
  check_rows(rows);
  check_draws_codes(*this);
  std::vector<float> codes(static_cast<std::size_t>(rows * latent_dim()));
  draw_codes(0, rows, latent_dim(), seed, codes.data());
  return decode(codes.data(), rows, run);
}

void Model::sample_to(std::int64_t rows, std::uint64_t seed, const std::string& path,
                      const RunOptions& run) const {
  check_rows(rows);
  check_draws_codes(*this);
  const auto draw = [&](Index begin, Index count, float* block) {
    draw_codes(begin, count, latent_dim(), seed, block);
  };
  write_decoded(*this, rows, draw, path, run);
}

ReconstructionErrors Model::reconstruct_to(const Data& data, const std::string& path,
                                           const RunOptions& run) const {
  const Table& table = data.state().table;
  std::unique_ptr<RowWriter> writer;
  if (!path.empty()) {
    check_can_reconstruct(*this, table);
    const bool tiled = needs_tiles(*this, table);
    const std::vector<Index> shape = tiled ? table.sample_shape : sample_shape();
    writer = writes_images(path, table)
                 ? open_image_writer(path, table, shape)
                 : open_row_writer(path, data.rows(), shape,
                                   tiled ? pixel_columns(shape, table.cols())
                                         : named_columns(encoding_of(*this)));
  }
  ErrorSum errors(encoding_of(*this), table.cols());
  for_each_reconstruction(*this, table, run, &errors, [&](const float* rows, Index, Index count) {
    if (writer) writer->write(rows, count);
  });
  if (writer) writer->finish();
  return errors.result();
}

void Model::draw_reconstructions(const Data& data, std::int64_t count, const std::string& path,
                                 const RunOptions& run) const {
  const Table& table = data.state().table;
  const std::vector<Index> rows = evenly_spaced(all_rows(table.rows()), count);
  const auto drawn = static_cast<Index>(rows.size());
  Matrix<double> raw(drawn, table.cols());
  table.store->gather(rows.data(), drawn, raw.data());
  Matrix<float> originals(drawn, table.cols());
  std::transform(raw.data(), raw.data() + drawn * table.cols(), originals.data(),
                 [](double v) { return static_cast<float>(v); });
  Table picked = table;
  picked.store = std::make_shared<PickedRows>(table.store, rows);
  const std::vector<float> reconstructions = reconstruct(
      Data(std::make_shared<const Data::State>(Data::State{picked, data.state().missing})), run);
  // A missing pixel is drawn black, and none of them decides what is white.
  double white = table.unit_interval ? 1 : 0;
  for (Index i = 0; i < drawn * table.cols(); ++i) {
    if (std::isnan(raw.data()[i])) originals.data()[i] = 0;
    if (!table.unit_interval && raw.data()[i] > white) white = raw.data()[i];
  }
  write_reconstruction_figure(path, originals.data(), reconstructions.data(), drawn,
                              needs_tiles(*this, table) ? table.sample_shape : sample_shape(),
                              white);
}

}  // namespace hourglass
