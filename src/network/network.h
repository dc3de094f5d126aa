#pragma once

#include <string>
#include <vector>

#include "network/network_spec.h"
#include "tensor/matrix.h"
#include "tensor/panels.h"

namespace hourglass {

/// A named tensor as the saved model and PyTorch see it: row-major, a dense layer's weight is
/// out × in.
struct NamedTensor {
  std::string name;  ///< e.g. "encoder.0.weight", "encoder.0.bias", "decoder.1.norm.running_mean"
  std::vector<Index> shape;
  std::vector<float> values;
};

/// One layer's parameters, in the layouts the kernels work in.
template <class T>
struct LayerParameters {
  PanelMatrix<T>
      weights;  ///< as LayerLayout says (dense: in × out); empty where another layer holds them
  PanelMatrix<T> weights_transposed;         ///< out × in, always equal to weightsᵀ
  Buffer<T> bias;                            ///< padded_cols(units)
  Buffer<T> norm_scale, norm_shift;          ///< padded_cols(units), only with a norm
  Buffer<T> running_mean, running_variance;  ///< batch norm; the former: a layer's statistics too
};

/// The parameters of an autoencoder. Reading is thread-safe, changing is not.
template <class T>
class Network {
 public:
  /// All parameters zero (norm scales and running variances one). Throws as validate() does.
  explicit Network(NetworkSpec spec);

  const NetworkSpec& spec() const { return spec_; }
  Index layer_count() const { return static_cast<Index>(layers_.size()); }
  /// Encoder and decoder layers in one row, and how many numbers of a sample each takes in.
  const LayerSpec& layer(Index i) const { return spec_.layer(i); }
  Index layer_input(Index i) const { return spec_.input_shape(i).size(); }
  LayerParameters<T>& parameters(Index i) { return layers_[static_cast<std::size_t>(i)]; }
  const LayerParameters<T>& parameters(Index i) const {
    return layers_[static_cast<std::size_t>(i)];
  }
  Index parameter_count() const;

  /// Initialises by activation: He (2015) normal-variance uniform for rectifiers, Glorot (2010) for
  /// the rest; zero for linear layers that add to another's output; biases zero. A function of
  /// `seed` alone.
  void initialise(std::uint64_t seed);

  /// Every tensor in a fixed order, and the way back: names, shapes and order must be those of
  /// tensors(), else ErrorKind::kModel naming the first that is not.
  std::vector<NamedTensor> tensors() const;
  void set_tensors(const std::vector<NamedTensor>& tensors);

  /// Copies of the parameter state, for early stopping's best epoch.
  void copy_from(const Network& other);

 private:
  NetworkSpec spec_;
  std::vector<LayerParameters<T>> layers_;
};

}  // namespace hourglass
