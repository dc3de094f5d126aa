#pragma once

#include <functional>

#include "base/thread_pool.h"
#include "network/network.h"
#include "tensor/matrix.h"
#include "tensor/panels.h"

namespace hourglass {

/// Runs a trained network (no dropout, running statistics) over row-major matrices of any number of
/// rows, in blocks spread over the pool's threads; memory beside the arguments is a few blocks. A
/// row's result does not depend on the other rows nor on the threads.
template <class T>
class Inference {
 public:
  /// Keeps references; the network's weights must stay as they are. `from_logits`: the
  /// reconstruction is the sigmoid of the last layer.
  Inference(const Network<T>& network, bool from_logits, ThreadPool& pool);
  /// Reconstructions are what the loss that was trained with takes the last layer for: itself,
  /// its sigmoid, or a softmax over each category.
  Inference(const Network<T>& network, const StepSpec& trained_with, ThreadPool& pool);
  ~Inference();

  void encode(MatrixView<const T> samples, MatrixView<T> codes);  ///< n × features → n × latent_dim
  /// n × latent_dim → n × features, or n × spec().outputs() for all that the last layer gives. Not
  /// for networks whose spec().skips_code().
  void decode(MatrixView<const T> codes, MatrixView<T> reconstructions);
  /// n × features → n × features, or n × spec().outputs().
  void reconstruct(MatrixView<const T> samples, MatrixView<T> reconstructions);
  /// The output of encoder/decoder layer `layer` for each sample, e.g. to look for dead units.
  void activations(MatrixView<const T> samples, Index layer, MatrixView<T> outputs);

  /// The same for work that the caller cuts up: a block of at most block_rows() samples in panels,
  /// on behalf of one of the pool's workers. What comes back stays until that worker's next block;
  /// its padding may hold anything.
  Index block_rows() const;
  Panels<const T> encode(Panels<const T> samples, int worker);  ///< n × latent_dim
  /// n × features.
  /// `at_code` is shown the samples' codes on the way, n × latent_dim.
  Panels<const T> reconstruct(Panels<const T> samples, int worker,
                              const std::function<void(Panels<const T>)>& at_code = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hourglass
