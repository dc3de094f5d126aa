#include "linalg/logistic_regression.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/interrupt.h"
#include "kernel/dense.h"
#include "kernel/dispatch.h"
#include "kernel/elementwise.h"
#include "linalg/minimise.h"

namespace hourglass {
namespace {

constexpr Index kChunkRows = 2048;

// What −log softmax(logits)[target] is; `logits` become probabilities.
double log_loss_of_row(std::vector<double>& logits, Index target) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  const double wanted = logits[static_cast<std::size_t>(target)];
  double sum = 0;
  for (double& logit : logits) sum += logit = std::exp(logit - largest);
  for (double& logit : logits) logit /= sum;
  return std::log(sum) + largest - wanted;
}

// Some of the rows, and what one evaluation needs of memory for them.
struct Chunk {
  PanelMatrix<float> rows;  // count × features
  std::vector<Index> classes;
  PanelMatrix<float> logits;    // count × classes; then their gradient
  PanelMatrix<float> gradient;  // features × classes
  Buffer<float> bias_gradient;  // padded classes
  double loss = 0;
};

Chunk make_chunk(MatrixView<const float> rows, const std::vector<Index>& classes, Range range,
                 Index class_count) {
  Chunk chunk{PanelMatrix<float>(range.size(), rows.cols),
              {classes.begin() + range.begin, classes.begin() + range.end},
              PanelMatrix<float>(range.size(), class_count),
              PanelMatrix<float>(rows.cols, class_count),
              Buffer<float>(padded_cols(class_count)),
              0};
  to_panels(rows.row(range.begin), rows.cols, chunk.rows.view(), {0, range.size()});
  return chunk;
}

std::vector<double> logits_of(const LogisticModel& model, const float* row) {
  std::vector<double> logits = model.bias;
  for (std::size_t c = 0; c < logits.size(); ++c) {
    const double* weights = model.weights.row(static_cast<Index>(c));
    for (Index f = 0; f < model.weights.cols(); ++f) logits[c] += weights[f] * row[f];
  }
  return logits;
}

}  // namespace

struct LogisticRegression::State {
  State(MatrixView<const float> all, const std::vector<Index>& classes, Index count,
        ThreadPool& the_pool)
      : rows(all.rows),
        features(all.cols),
        class_count(count),
        pool(the_pool),
        weights(all.cols, count),
        bias(padded_cols(count)) {
    for (Index begin = 0; begin < rows; begin += kChunkRows) {
      const Range range{begin, std::min(rows, begin + kChunkRows)};
      chunks.push_back(make_chunk(all, classes, range, count));
    }
  }

  // at: for each class its weights, then its bias: class_count × (features + 1).
  double evaluate(const std::vector<double>& at, std::vector<double>& gradient, double penalty) {
    throw_if_interrupted();
    set_parameters(at);
    pool.for_each(static_cast<Index>(chunks.size()), [&](Index i) {
      const FlushDenormals flush;
      evaluate_chunk(chunks[static_cast<std::size_t>(i)]);
    });
    double value = 0;
    for (Index c = 0; c < class_count; ++c) {
      for (Index f = 0; f < features; ++f) {
        const auto slot = static_cast<std::size_t>(c * (features + 1) + f);
        value += penalty / 2 * at[slot] * at[slot];
        gradient[slot] = penalty * at[slot];
      }
    }
    const double share = 1 / static_cast<double>(rows);
    for (Chunk& chunk : chunks) {
      value += share * chunk.loss;
      const Panels<const float> panels = chunk.gradient.view();
      for (Index c = 0; c < class_count; ++c) {
        double* out = gradient.data() + c * (features + 1);
        for (Index f = 0; f < features; ++f) out[f] += share * panels.at(f, c);
        out[features] += share * chunk.bias_gradient[c];
      }
    }
    return value;
  }

  void set_parameters(const std::vector<double>& at) {
    for (Index c = 0; c < class_count; ++c) {
      const double* in = at.data() + c * (features + 1);
      for (Index f = 0; f < features; ++f) weights.view().at(f, c) = static_cast<float>(in[f]);
      bias[c] = static_cast<float>(in[features]);
    }
  }

  void evaluate_chunk(Chunk& chunk) const {
    DenseForward<float> forward;
    forward.input = chunk.rows.view();
    forward.weights = weights.view();
    forward.bias = bias.data();
    forward.output = chunk.logits.view();
    dense_forward(forward, {0, chunk.rows.rows()});

    chunk.loss = 0;
    std::vector<double> row(static_cast<std::size_t>(class_count));
    const Panels<float> logits = chunk.logits.view();
    for (Index r = 0; r < chunk.rows.rows(); ++r) {
      const Index target = chunk.classes[static_cast<std::size_t>(r)];
      for (Index c = 0; c < class_count; ++c) row[static_cast<std::size_t>(c)] = logits.at(r, c);
      chunk.loss += log_loss_of_row(row, target);
      row[static_cast<std::size_t>(target)] -= 1;
      for (Index c = 0; c < class_count; ++c) {
        logits.at(r, c) = static_cast<float>(row[static_cast<std::size_t>(c)]);
      }
    }

    DenseBackwardWeights<float> backward;
    backward.input = chunk.rows.view();
    backward.output_gradient = logits;
    backward.weight_gradient = chunk.gradient.view();
    backward.bias_gradient = chunk.bias_gradient.data();
    dense_backward_weights(backward, {0, features}, {0, panel_count(class_count)});
  }

  const Index rows;
  const Index features;
  const Index class_count;
  ThreadPool& pool;
  PanelMatrix<float> weights;  // features × classes
  Buffer<float> bias;
  std::vector<Chunk> chunks;
};

LogisticRegression::LogisticRegression(MatrixView<const float> rows,
                                       const std::vector<Index>& classes, Index class_count,
                                       ThreadPool& pool) {
  HOURGLASS_CHECK(rows.rows > 0 && class_count > 0);
  HOURGLASS_CHECK(static_cast<Index>(classes.size()) == rows.rows);
  state_ = std::make_unique<State>(rows, classes, class_count, pool);
}

LogisticRegression::~LogisticRegression() = default;

LogisticModel LogisticRegression::fit(const LogisticOptions& options, const LogisticModel* start) {
  const Index features = state_->features;
  const Index classes = state_->class_count;
  std::vector<double> at(static_cast<std::size_t>(classes * (features + 1)));
  if (start != nullptr) {
    for (Index c = 0; c < classes; ++c) {
      double* out = at.data() + c * (features + 1);
      std::copy_n(start->weights.row(c), features, out);
      out[features] = start->bias[static_cast<std::size_t>(c)];
    }
  }
  minimise(
      [&](const std::vector<double>& point, std::vector<double>& gradient) {
        return state_->evaluate(point, gradient, options.penalty);
      },
      at, {.most_iterations = options.most_iterations, .tolerance = options.tolerance});
  LogisticModel model;
  model.weights = Matrix<double>(classes, features);
  for (Index c = 0; c < classes; ++c) {
    const double* in = at.data() + c * (features + 1);
    std::copy_n(in, features, model.weights.row(c));
    model.bias.push_back(in[features]);
  }
  return model;
}

std::vector<Index> predict(const LogisticModel& model, MatrixView<const float> rows) {
  std::vector<Index> classes;
  classes.reserve(static_cast<std::size_t>(rows.rows));
  for (Index r = 0; r < rows.rows; ++r) {
    const std::vector<double> logits = logits_of(model, rows.row(r));
    classes.push_back(std::max_element(logits.begin(), logits.end()) - logits.begin());
  }
  return classes;
}

double log_loss(const LogisticModel& model, MatrixView<const float> rows,
                const std::vector<Index>& classes) {
  double sum = 0;
  for (Index r = 0; r < rows.rows; ++r) {
    std::vector<double> logits = logits_of(model, rows.row(r));
    sum += log_loss_of_row(logits, classes[static_cast<std::size_t>(r)]);
  }
  return sum / static_cast<double>(std::max<Index>(1, rows.rows));
}

}  // namespace hourglass
