#include "data/npz.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>
#include <zip.h>

#include "base/error.h"
#include "data/npy.h"

namespace hourglass {
namespace {

constexpr std::size_t kListedArrays = 20;

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;

Archive open_archive(const InputFile& input) {
  if (input.gzipped()) {
    data_error(fmt::format("{} is a gzipped zip archive; unpack it first", input.path()));
  }
  int error = 0;
  Archive archive(zip_open(input.path().c_str(), ZIP_RDONLY, &error));
  if (!archive) {
    zip_error_t reason;
    zip_error_init_with_code(&reason, error);
    const std::string words = zip_error_strerror(&reason);
    zip_error_fini(&reason);
    data_error(fmt::format("{} is not a whole .npz archive ({}); get the whole file", input.path(),
                           words));
  }
  return archive;
}

std::string without_npy(std::string name) {
  if (name.ends_with(".npy")) name.resize(name.size() - 4);
  return name;
}

std::vector<std::string> entry_names(zip_t* archive) {
  std::vector<std::string> names;
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name = zip_get_name(archive, static_cast<zip_uint64_t>(i), 0);
    names.push_back(name == nullptr ? "" : name);
  }
  return names;
}

std::string list_of(std::vector<std::string> names) {
  if (names.empty()) return "it holds no array";
  std::transform(names.begin(), names.end(), names.begin(), without_npy);
  const bool more = names.size() > kListedArrays;
  if (more) names.resize(kListedArrays);
  return fmt::format("it holds {}{}", fmt::join(names, ", "), more ? ", …" : "");
}

class ZipEntryBytes : public ByteSource {
 public:
  ZipEntryBytes(zip_t* archive, zip_uint64_t position, std::string name) : name_(std::move(name)) {
    zip_stat_t status;
    if (zip_stat_index(archive, position, 0, &status) != 0) {
      data_error(fmt::format("{} cannot be read ({})", name_, zip_strerror(archive)));
    }
    size_ = status.size;
    check_expansion(status.comp_size, size_, name_);
    entry_.reset(zip_fopen_index(archive, position, 0));
    if (!entry_) data_error(fmt::format("{} cannot be read ({})", name_, zip_strerror(archive)));
  }

  std::size_t read(void* out, std::size_t count) override {
    std::size_t done = 0;
    while (done < count) {
      const zip_int64_t got = zip_fread(entry_.get(), static_cast<char*>(out) + done, count - done);
      if (got < 0) {
        data_error(fmt::format("{} cannot be unpacked ({}); get the whole file", name_,
                               zip_file_strerror(entry_.get())));
      }
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    offset_ += done;
    return done;
  }
  std::optional<std::uint64_t> size() const override { return size_; }
  double fraction() const override {
    return size_ == 0 ? 1.0 : std::min(1.0, static_cast<double>(offset_) / double(size_));
  }

 private:
  std::string name_;
  std::unique_ptr<zip_file_t, CloseEntry> entry_;
  std::uint64_t size_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace

struct NpzArray::State {
  Archive archive;
  std::string name;
  std::unique_ptr<ZipEntryBytes> bytes;
};

NpzArray::NpzArray(const InputFile& input, const std::string& key)
    : state_(std::make_unique<State>()) {
  state_->archive = open_archive(input);
  const std::vector<std::string> names = entry_names(state_->archive.get());
  auto found = std::find(names.begin(), names.end(), key + ".npy");
  if (found == names.end()) found = std::find(names.begin(), names.end(), key);
  if (found == names.end()) {
    data_error(fmt::format("{} has no array '{}': {}; choose one with --key", input.path(), key,
                           list_of(names)));
  }
  state_->name = fmt::format("{} (array {})", input.path(), key);
  state_->bytes = std::make_unique<ZipEntryBytes>(
      state_->archive.get(), static_cast<zip_uint64_t>(found - names.begin()), state_->name);
}
NpzArray::~NpzArray() = default;

ByteSource& NpzArray::bytes() { return *state_->bytes; }
const std::string& NpzArray::name() const { return state_->name; }

std::vector<std::string> npz_array_names(const InputFile& input) {
  std::vector<std::string> names = entry_names(open_archive(input).get());
  std::transform(names.begin(), names.end(), names.begin(), without_npy);
  return names;
}

bool looks_like_npz(const InputFile& input) {
  return input.head().starts_with("PK\x03\x04") || input.head().starts_with("PK\x05\x06");
}

Table read_npz(const InputFile& input, const ReadOptions& options) {
  NpzArray array(input, options.key);
  const NpyHeader header = read_npy_header(array.bytes(), array.name());
  ArraySource source;
  source.bytes = &array.bytes();
  source.name = array.name();
  const std::uint64_t size = array.bytes().size().value_or(0);
  source.bytes_left = size > header.bytes ? size - header.bytes : 0;
  Table table = read_array(source, interpret_npy_header(header, array.name()), options);
  table.source = input.path();
  return table;
}

}  // namespace hourglass
