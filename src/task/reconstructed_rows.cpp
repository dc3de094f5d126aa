#include "task/reconstructed_rows.h"

namespace hourglass {

void run(const ReconstructionPass& pass, ThreadPool& pool) {
  Inference<float> inference(*pass.model.network, pass.model.saved.spec.step, pool);
  const Encoding& encoding = pass.model.saved.encoding;
  RowPass rows{.encoding = encoding,
               .block_rows = inference.block_rows(),
               .visit =
                   [&](const EncodedRows& block) {
                     pass.visit({block, inference.reconstruct(block.features, block.worker)});
                   },
               .hand_on = pass.hand_on,
               .progress = pass.progress};
  const Index piece_rows = rows_per_piece(encoding, inference.block_rows());
  run(rows, *stream_rows(pass.table, pass.rows, piece_rows), pool);
}

}  // namespace hourglass
