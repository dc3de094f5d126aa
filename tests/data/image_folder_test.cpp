#include "data/image_folder.h"

#include <limits>

#include "data/encoding.h"
#include "data/image_file.h"
#include "data/image_writer.h"
#include "image_files.h"
#include "reader_files.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

class ImageFolderTest : public ReaderTest {
 protected:
  ImageFolderTest() { fs::create_directory(path("in")); }

  void put(const std::string& name, const Image& image) const {
    write_image(path("in/" + name), image);
  }
  Table read_folder() const { return read_table(path("in"), options_); }

  // Writes rows as reconstruct does: the table's own, unchanged.
  void copy_rows(const Table& table, const std::string& to) const {
    const std::vector<double> numbers = numbers_of(table);
    const std::vector<float> rows(numbers.begin(), numbers.end());
    const auto writer = open_image_writer(to, table, table.sample_shape);
    writer->write(rows.data(), table.rows());
    writer->finish();
  }
  std::vector<std::string> names_in(const std::string& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path(folder))) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
};

using Names = std::vector<std::string>;

TEST_F(ImageFolderTest, RowsAreTheImagesInTheOrderOfTheirNames) {
  put("b.png", chequered(3, 4, 1));
  put("a.tif", chequered(3, 4, 1));
  put("B.png", chequered(3, 4, 1));
  const Table table = read_folder();
  EXPECT_EQ(table.row_names, (Names{"B.png", "a.tif", "b.png"}));
  EXPECT_EQ(table.sample_shape, (std::vector<Index>{3, 4}));
  EXPECT_TRUE(table.unit_interval);
  EXPECT_TRUE(table.warnings.empty());
  EXPECT_EQ(table.source, path("in"));
  const std::vector<double> numbers = numbers_of(table);
  ASSERT_EQ(numbers.size(), 36U);
  EXPECT_EQ(numbers[1], 7919 % 256 / 255.0);  // to the bit, as from IDX
}

TEST_F(ImageFolderTest, ColourIsTheLastSize) {
  put("a.png", chequered(3, 4, 3, 16));
  const Table table = read_folder();
  EXPECT_EQ(table.sample_shape, (std::vector<Index>{3, 4, 3}));
  EXPECT_EQ(table.cols(), 36);
  EXPECT_EQ(numbers_of(table)[1], 7919 / 65535.0);
}

TEST_F(ImageFolderTest, OneFileIsOneRow) {
  put("a.png", chequered(3, 4, 1));
  const Table table = read_table(path("in/a.png"), options_);
  EXPECT_EQ(table.rows(), 1);
  EXPECT_EQ(table.row_names, Names{"a.png"});
}

TEST_F(ImageFolderTest, NamesTheFirstTwoThatDiffer) {
  put("a.png", chequered(3, 4, 1));
  put("b.png", chequered(3, 4, 1));
  put("c.png", chequered(4, 3, 1));
  expect_error(ErrorKind::kData, [&] { read_folder(); },
               {"a.png is 3 pixels high and 4 wide in grey", "c.png is 4 pixels high and 3 wide",
                "one size"});
  put("c.png", chequered(3, 4, 3));
  expect_error(ErrorKind::kData, [&] { read_folder(); }, {"a.png", "grey", "c.png", "colour"});
}

TEST_F(ImageFolderTest, LeavesOutWhatIsNoImageAndSaysSo) {
  put("a.png", chequered(3, 4, 1));
  write("in/.hidden", "x");
  write("in/._a.png", "what another system leaves behind");
  write("in/notes.txt", "not a picture");
  write("in/empty", "");
  fs::create_directory(path("in/plain"));
  fs::create_directory(path("in/more"));
  write_image(path("in/more/b.png"), chequered(3, 4, 1));
  const Table table = read_folder();
  EXPECT_EQ(table.row_names, Names{"a.png"});
  ASSERT_EQ(table.warnings.size(), 2U);
  EXPECT_NE(table.warnings[0].find("2 files"), std::string::npos) << table.warnings[0];
  EXPECT_NE(table.warnings[0].find("empty"), std::string::npos) << table.warnings[0];
  EXPECT_NE(table.warnings[1].find("more"), std::string::npos) << table.warnings[1];
}

TEST_F(ImageFolderTest, SaysOnceThatTransparencyAndPagesWereLeftOut) {
  for (const char* name : {"rgba8.png", "rgba8.tif", "rgb8.png"}) {
    fs::copy_file(file_of(name), path(std::string("in/") + name));
  }
  const Table colours = read_folder();
  ASSERT_EQ(colours.warnings.size(), 1U);
  EXPECT_NE(colours.warnings[0].find("transparency of rgba8.png and 1 more"), std::string::npos);
  const Table pages = read_table(file_of("two_pages.tif"), options_);
  ASSERT_EQ(pages.warnings.size(), 1U);
  EXPECT_NE(pages.warnings[0].find("first picture"), std::string::npos);
}

TEST_F(ImageFolderTest, SaysOnceThatOrientationsWereIgnored) {
  write_image(path("in/a.jpg"), chequered(3, 4, 1));
  EXPECT_TRUE(read_folder().warnings.empty());
  for (const char* name : {"b.jpg", "c.jpg"}) {
    write("in/" + std::string(name), with_exif(bytes_of(path("in/a.jpg")), exif_of(6)));
  }
  const Table table = read_folder();
  ASSERT_EQ(table.warnings.size(), 1U);
  EXPECT_NE(table.warnings[0].find("orientation tag of b.jpg and 1 more image was ignored"),
            std::string::npos)
      << table.warnings[0];
  const std::vector<double> numbers = numbers_of(table);
  EXPECT_TRUE(std::equal(numbers.begin(), numbers.begin() + 12, numbers.begin() + 12));
}

TEST_F(ImageFolderTest, RefusesFoldersWithoutImages) {
  expect_error(ErrorKind::kData, [&] { read_folder(); }, {"in", "no PNG, JPEG or TIFF"});
  write("in/notes.txt", "not a picture");
  expect_error(ErrorKind::kData, [&] { read_folder(); }, {"in", "no PNG, JPEG or TIFF"});
  write("in/old.bmp", std::string_view("BM\x36\0\0\0\0\0\0\0\x36\0\0\0", 14));
  expect_error(ErrorKind::kData, [&] { read_folder(); }, {"old.bmp", "BMP", "convert it to PNG"});
  fs::remove(path("in/old.bmp"));
  fs::create_directory(path("in/train"));
  write_image(path("in/train/a.png"), chequered(3, 4, 1));
  expect_error(ErrorKind::kData, [&] { read_folder(); }, {"train", "name that"});
}

TEST_F(ImageFolderTest, ABrokenImageIsAnError) {
  put("a.png", chequered(3, 4, 1));
  write("in/b.png", bytes_of(path("in/a.png")).substr(0, 50));
  expect_error(ErrorKind::kData, [&] { read_folder(); }, {"b.png", "whole"});
  write("in/b.png", "");
  expect_error(ErrorKind::kData, [&] { read_folder(); }, {"b.png", "empty"});
  write("in/b.png", "<html>");
  expect_error(ErrorKind::kData, [&] { read_folder(); }, {"b.png", "not a PNG"});
}

TEST_F(ImageFolderTest, UnlikeDepthsMeetAsFloats) {
  put("a.png", chequered(3, 4, 1));
  put("b.png", chequered(3, 4, 1, 16));
  put("c.png", chequered(3, 4, 1));
  const Table table = read_folder();
  EXPECT_TRUE(table.unit_interval);
  const std::vector<double> numbers = numbers_of(table);
  EXPECT_EQ(numbers[1], static_cast<double>(7919 % 256 / 255.0f));
  EXPECT_EQ(numbers[13], static_cast<double>(7919 / 65535.0f));
  EXPECT_EQ(numbers[25], numbers[1]);
  EXPECT_EQ(table.bit_depths, (std::vector<int>{8, 16, 8}));
}

TEST_F(ImageFolderTest, WhatMemoryCannotHoldIsKeptOnDisk) {
  for (const char* name : {"a.png", "b.png", "c.png"}) put(name, chequered(30, 40, 1));
  const std::vector<double> wanted = numbers_of(read_folder());
  options_.memory_limit_bytes = 2000;
  const Table table = read_folder();
  EXPECT_FALSE(table.store->in_memory());
  EXPECT_EQ(numbers_of(table), wanted);
}

TEST_F(ImageFolderTest, PixelsThatAreNoNumbersFollowThePolicy) {
  Image image = chequered(3, 4, 1);
  image.bit_depth = 32;
  put("a.tif", image);
  image.pixels[6] = std::numeric_limits<float>::quiet_NaN();
  put("b.tif", image);
  expect_error(ErrorKind::kData, [&] { read_folder(); },
               {"b.tif", "pixel 2,3", "NaN", "--missing"});
  options_.missing = MissingPolicy::kImpute;
  EXPECT_TRUE(std::isnan(numbers_of(read_folder())[12 + 6]));
  options_.missing = MissingPolicy::kDrop;
  const Table table = read_folder();
  EXPECT_EQ(table.row_names, Names{"a.tif"});
  EXPECT_EQ(table.left_out_rows, std::vector<Index>{1});
  EXPECT_FALSE(table.unit_interval);
}

TEST_F(ImageFolderTest, LabelsNeedAFileOfTheirOwn) {
  put("a.png", chequered(3, 4, 1));
  put("b.png", chequered(3, 4, 1));
  const std::string labels = write("labels.csv", "cat\ndog\n");
  EXPECT_FALSE(labels_are_a_column(labels, path("in")));
  EXPECT_EQ(read_labels(labels, path("in"), options_), (Names{"cat", "dog"}));
  EXPECT_EQ(read_labels(labels, path("in/a.png"), options_), (Names{"cat", "dog"}));
  expect_error(ErrorKind::kData, [&] { read_labels("species", path("in"), options_); },
               {"species", "file"});
}

TEST_F(ImageFolderTest, AModelOfAnotherSizeSaysSoInSizes) {
  put("a.png", chequered(3, 4, 1));
  put("b.png", chequered(3, 4, 1));
  Encoding encoding = learn_encoding(read_folder(), {0, 1}, {}, nullptr);
  EXPECT_EQ(encoding.column_name(6), "pixel 2,3");
  check_table_fits(encoding, read_folder());
  // As many numbers, but another picture.
  fs::create_directory(path("turned"));
  write_image(path("turned/a.png"), chequered(4, 3, 1));
  expect_error(ErrorKind::kData,
               [&] { check_table_fits(encoding, read_table(path("turned"), options_)); },
               {"turned holds images of 4 x 3, the model was trained on 3 x 4"});
  encoding.sample_shape = {2, 2, 3};
  EXPECT_EQ(encoding.column_name(7), "pixel 2,1,2");
}

TEST_F(ImageFolderTest, RowsGoBackToFilesOfTheSameNamesAndDepths) {
  put("a.png", chequered(3, 4, 1));
  put("b.tif", chequered(3, 4, 1, 16));
  put("c.jpg", chequered(3, 4, 1));
  put("c.png", chequered(3, 4, 1));
  const Table table = read_folder();
  copy_rows(table, path("out"));
  EXPECT_EQ(names_in("out"), (Names{"a.png", "b.tif", "c.jpg.png", "c.png"}));
  const Table again = read_table(path("out"), options_);
  EXPECT_EQ(again.bit_depths, (std::vector<int>{8, 16, 8, 8}));
  EXPECT_EQ(numbers_of(again), numbers_of(table));
}

TEST_F(ImageFolderTest, OneImageMayGoToAFileOfAnyFormat) {
  put("a.png", chequered(3, 4, 3));
  const Table table = read_table(path("in/a.png"), options_);
  copy_rows(table, path("copy.tif"));
  EXPECT_EQ(numbers_of(read_table(path("copy.tif"), options_)), numbers_of(table));
  put("b.png", chequered(3, 4, 3));
  expect_error(ErrorKind::kUsage, [&] { copy_rows(read_folder(), path("both.png")); },
               {"both.png", "name a folder"});
}

TEST_F(ImageFolderTest, FloatsAreNotCutToWhatAFormatHolds) {
  const Table table = read_table(file_of("float.tif"), options_);
  for (const char* name : {"copy.png", "copy.jpg"}) {
    expect_error(ErrorKind::kUsage, [&] { copy_rows(table, path(name)); },
                 {name, "float.tif", ".tif"});
    EXPECT_FALSE(fs::exists(path(name)));
  }
  copy_rows(table, path("copy.tif"));
  EXPECT_EQ(numbers_of(read_table(path("copy.tif"), options_)), numbers_of(table));
  // A name of a format that holds none is changed in a folder.
  fs::copy_file(file_of("float.tif"), path("in/a.png"));
  copy_rows(read_folder(), path("out"));
  EXPECT_EQ(names_in("out"), Names{"a.tif"});
  EXPECT_EQ(numbers_of(read_table(path("out"), options_)), numbers_of(table));
}

TEST_F(ImageFolderTest, NamelessImagesAreNumbered) {
  std::string idx("\0\0\x08\x03\0\0\0\x0a\0\0\0\x02\0\0\0\x02", 16);
  idx += std::string(40, '\x80');
  const Table table = read("digits.idx", idx);
  EXPECT_TRUE(writes_images(path("digits") + "/", table));
  EXPECT_FALSE(writes_images(path("digits.npy"), table));
  copy_rows(table, path("digits") + "/");
  EXPECT_EQ(names_in("digits").front(), "01.png");
  EXPECT_EQ(names_in("digits").back(), "10.png");
  expect_error(ErrorKind::kUsage,
               [&] { copy_rows(read("t.csv", "a,b\n1,2\n"), path("rows") + "/"); }, {"no images"});
}

TEST_F(ImageFolderTest, NamesThatLeadNowhereAreNoFolders) {
  put("a.png", chequered(3, 4, 1));
  const Table table = read_folder();
  fs::create_symlink("loop", path("loop"));
  for (const std::string& name : {path("loop"), path(std::string(300, 'n'))}) {
    expect_error(ErrorKind::kData, [&] { read_table(name, options_); }, {"cannot read", name});
    expect_error(ErrorKind::kFailed, [&] { copy_rows(table, name); }, {"folder", name});
    EXPECT_FALSE(writes_images(name, read("t.csv", "a,b\n1,2\n")));
  }
}

TEST_F(ImageFolderTest, DoesNotWriteOverWhatItReads) {
  put("a.png", chequered(3, 4, 1));
  expect_error(ErrorKind::kUsage, [&] { copy_rows(read_folder(), path("in") + "/"); },
               {"overwritten"});
  const Table one = read_table(path("in/a.png"), options_);
  expect_error(ErrorKind::kUsage, [&] { copy_rows(one, path("in") + "/"); }, {"overwritten"});
  expect_error(ErrorKind::kUsage, [&] { copy_rows(one, path("in/a.png")); }, {"overwritten"});
}

}  // namespace
}  // namespace hourglass
