#include "api/score_files.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <fmt/compile.h>
#include <fmt/format.h>
#include <functional>
#include <iterator>
#include <vector>

#include "base/atomic_file.h"
#include "base/interrupt.h"
#include "base/ordered_work.h"
#include "data/npy_layout.h"
#include "data/writer.h"
#include "task/part_of.h"

namespace hourglass {
namespace {

// Rows put into their form at a time, and so whose explanations are in memory.
constexpr std::size_t kRowsAtOnce = 8192;

// Puts rows begin … end − 1 behind what `bytes` holds.
using AppendRows =
    std::function<void(std::size_t begin, std::size_t end, fmt::memory_buffer& bytes)>;

// Forms blocks of rows on all threads of the pool and writes them in order.
void write_blocks(const DetectionScores& scores, const std::string& path,
                  const std::string& beginning, const AppendRows& append, ThreadPool& pool,
                  const ProgressCallback& progress) {
  struct Block {
    std::size_t begin = 0;
    std::size_t end = 0;
    fmt::memory_buffer bytes;
  };
  AtomicFile file(path);
  file.write(beginning);
  const std::size_t rows = scores.anomaly_score.size();
  std::vector<Block> blocks(static_cast<std::size_t>(places_for(pool)));
  std::size_t next = 0;
  std::atomic<std::size_t> written{0};
  OrderedWork work;
  work.take = [&](int place) {
    throw_if_interrupted();
    if (next == rows) return false;
    Block& block = blocks[static_cast<std::size_t>(place)];
    block.begin = next;
    block.end = next = std::min(rows, next + kRowsAtOnce);
    return true;
  };
  work.work = [&](int place, int) {
    Block& block = blocks[static_cast<std::size_t>(place)];
    block.bytes.clear();
    append(block.begin, block.end, block.bytes);
  };
  work.hand_on = [&](int place) {
    const Block& block = blocks[static_cast<std::size_t>(place)];
    file.write(block.bytes.data(), block.bytes.size());
    written = block.end;
  };
  const auto tell = share_of_stage(progress, "writing");
  if (tell) work.tell = [&] { tell(static_cast<double>(written) / static_cast<double>(rows)); };
  run_in_order(pool, work);
  file.commit();
}

std::string csv_header(const DetectionScores& scores) {
  std::string header = scores.series.empty() ? "" : "series,";
  header += scored_row_header(!scores.time.empty());
  for (std::int64_t k = 1; k <= scores.explained(); ++k) {
    header += fmt::format(",top_{0}_feature,top_{0}_error,top_{0}_observed,top_{0}_expected", k);
  }
  for (std::int64_t k = 1; k <= scores.nearest.count; ++k) {
    header += fmt::format(",nearest_{0}_row,nearest_{0}_distance", k);
  }
  return header + (scores.row_name.empty() ? "\n" : ",name\n");
}

void append_csv_row(const DetectionScores& scores, std::size_t row,
                    const std::vector<Contribution>& explanation, fmt::memory_buffer& text) {
  const auto out = fmt::appender(text);
  if (!scores.series.empty()) {
    fmt::format_to(out, "{},", csv_cell(scores.series[scores.series_of(row)].name));
  }
  append({scores.row_number(row), scores.anomaly_score[row], scores.p_value[row],
          scores.is_anomaly[row] != 0, scores.time.empty() ? nullptr : &scores.time[row]},
         text);
  for (const Contribution& part : explanation) {
    fmt::format_to(out, ",{},{:.6g},{},{}", csv_cell(part.feature), part.error,
                   csv_cell(part.observed), csv_cell(part.expected));
  }
  const auto count = static_cast<std::size_t>(scores.nearest.count);
  for (std::size_t i = row * count; i < (row + 1) * count; ++i) {
    fmt::format_to(out, ",{},{:.6g}", scores.nearest.row[i], scores.nearest.distance[i]);
  }
  if (!scores.row_name.empty()) fmt::format_to(out, ",{}", csv_cell(scores.row_name[row]));
  text.push_back('\n');
}

void write_csv(const DetectionScores& scores, const std::string& path, const RunOptions& run) {
  // Explaining a block takes threads of its own.
  ThreadPool pool(scores.explained() > 0 ? 1 : run.threads);
  const auto append = [&](std::size_t begin, std::size_t end, fmt::memory_buffer& text) {
    const auto explanations = scores.explain(begin, end);
    for (std::size_t row = begin; row < end; ++row) {
      append_csv_row(scores, row, explanations[row - begin], text);
    }
  };
  write_blocks(scores, path, csv_header(scores), append, pool, run.progress);
}

void write_npy(const DetectionScores& scores, const std::string& path, const RunOptions& run) {
  constexpr std::string_view kFields =
      "[('row', '<i8'), ('anomaly_score', '<f8'), ('p_value', '<f8'), ('is_anomaly', '|b1')]";
  constexpr std::size_t kRecordBytes = 25;  // NumPy packs fields unless told otherwise
  const auto append = [&](std::size_t begin, std::size_t end, fmt::memory_buffer& bytes) {
    bytes.resize((end - begin) * kRecordBytes);
    char* to = bytes.data();
    for (std::size_t row = begin; row < end; ++row, to += kRecordBytes) {
      const std::int64_t number = scores.row_number(row);
      std::memcpy(to, &number, 8);
      std::memcpy(to + 8, &scores.anomaly_score[row], 8);
      std::memcpy(to + 16, &scores.p_value[row], 8);
      std::memcpy(to + 24, &scores.is_anomaly[row], 1);
    }
  };
  ThreadPool pool(run.threads);
  const auto rows = static_cast<Index>(scores.anomaly_score.size());
  write_blocks(scores, path, npy_beginning(kFields, {rows}), append, pool, run.progress);
}

const std::array kFormats = {
    ScoreFormat{".csv", true, write_csv},
    ScoreFormat{".npy", false, write_npy},
};

}  // namespace

std::string scored_row_header(bool timed) {
  return timed ? "row,anomaly_score,p_value,is_anomaly,time"
               : "row,anomaly_score,p_value,is_anomaly";
}

void append(const ScoredRow& row, fmt::memory_buffer& text) {
  const auto out = fmt::appender(text);
  fmt::format_to(out, FMT_COMPILE("{},{:.9g},{:.6g},{:d}"), row.row, row.anomaly_score, row.p_value,
                 row.is_anomaly);
  if (row.time != nullptr) fmt::format_to(out, ",{}", csv_cell(*row.time));
}

const ScoreFormat* find_score_format(const std::string& path) {
  const auto* found = std::ranges::find_if(
      kFormats, [&](const ScoreFormat& format) { return path.ends_with(format.ending); });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace hourglass
