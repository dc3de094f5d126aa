#include <cmath>
#include <fmt/format.h>

#include <hourglass/hourglass.h>

#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/json.h"
#include "cli/requests.h"
#include "cli/text.h"

namespace hourglass::cli {
namespace {

Json result_json(const Model& model, const std::string& output) {
  const TrainingSummary& training = model.training();
  return {{"train_loss", training.train_loss},
          {"validation_loss", training.validation_loss},
          {"validation_psnr", training.validation_psnr},
          {"members", model.members()},
          {"epochs", training.epochs},
          {"best_epoch", training.best_epoch},
          {"stopped_early", training.stopped_early},
          {"samples_per_second", training.samples_per_second},
          {"seconds", training.seconds},
          {"training_rows", training.training_rows},
          {"validation_rows", training.validation_rows},
          {"mean_squared_error", training.model_mse},
          {"pca_mean_squared_error", training.pca_loss},
          {"features", model.features()},
          {"latent_dim", model.latent_dim()},
          {"model", output},
          {"warnings", json_of(model.warnings())},
          {"notes", model.notes()}};
}

std::string compared_with_pca(const TrainingSummary& training) {
  return fmt::format("{} here, {} by PCA of the same size (mean squared error, scaled units)",
                     significant(training.model_mse), significant(training.pca_loss));
}

std::string summary_text(const Model& model, const std::string& output) {
  const TrainingSummary& training = model.training();
  FactList facts;
  facts.add("size", fmt::format("{} to a code of {}", counted(model.features(), "feature"),
                                grouped(model.latent_dim())));
  if (model.members() > 1) {
    facts.add("ensemble", fmt::format("{} members", grouped(model.members())));
  }
  facts.add("epochs", fmt::format("{}, the best was {}{}", training.epochs, training.best_epoch,
                                  training.stopped_early ? " (stopped early)" : ""));
  facts.add("training loss", fmt::format("{} on {}", significant(training.train_loss),
                                         counted(training.training_rows, "row")));
  if (training.validation_rows > 0) {
    facts.add("validation loss",
              fmt::format("{} on {} held out", significant(training.validation_loss),
                          counted(training.validation_rows, "row")));
  } else if (!std::isnan(training.validation_loss)) {
    facts.add("validation loss", fmt::format("{}, of each member on rows it did without",
                                             significant(training.validation_loss)));
  }
  if (!std::isnan(training.validation_psnr)) {
    facts.add("PSNR", fmt::format("{:.2f} dB on pictures held out, damaged as in training",
                                  training.validation_psnr));
  }
  if (!std::isnan(training.pca_loss)) facts.add("beside PCA", compared_with_pca(training));
  facts.add("time", fmt::format("{} in training, {} samples/s", duration(training.seconds),
                                grouped(std::llround(training.samples_per_second))));
  return "model written to " + output + "\n" + facts.text() + "Next: hourglass info " + output +
         "\n";
}

void run(const Arguments& arguments, Console& console) {
  const std::string path = arguments.positional("DATA");
  const std::string output = required_output(arguments);
  check_output(output, {});
  const Settings settings = settings_from(arguments);
  const RunOptions running = run_options_from(arguments, console);
  const Data data = Data::read(path, data_options_from(arguments, settings, output, console));
  console.warnings(data.warnings());
  const Model model = Model::train(data, settings, running);
  model.save(output);
  console.end_progress();
  console.notes(model.notes());
  console.warnings(model.warnings());
  if (console.json()) console.result(printed(result_json(model, output)));
  console.summary(summary_text(model, output));
}

}  // namespace

Verb train_verb() {
  return {
      .name = "train",
      .summary = "learn an autoencoder from a table, an array or images",
      .description =
          {"Learns from every row of DATA and writes one file, MODEL, that holds the network and "
           "all that is needed to use it: columns, scaling, calibration. Sizes that are not given "
           "follow from the data's shape. A share of the rows is held out to choose the best "
           "epoch and to notice a model that merely memorises.",
           "DATA is CSV or TSV (with or without a header), .npy, .npz, IDX or svmlight, also "
           "gzipped, or a folder of PNG, JPEG or TIFF images of one size; the format is told by "
           "content. With --for denoise or inpaint images of a folder may be of any sizes: patches "
           "drawn anew in each epoch are learned from, and whole pictures held out."},
      .arguments = {{.name = "DATA",
                     .description = "The file or the folder of images to learn from."}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "MODEL",
                   .description = "The file to write the model to.",
                   .group = "Output",
                   .completes = Completes::kFile}},
      .uses = kReadsData | kReadsColumns | kEvaluates | kLearns | kComputes,
      .examples = {{"Learn a table and leave its label column out",
                    "hourglass train patients.csv --drop diagnosis -o patients.model"},
                   {"Learn images through a code of 32 numbers with one hidden layer of 128",
                    "hourglass train train-images-idx3-ubyte.gz --hidden 128 --latent-dim 32 "
                    "--epochs 50 -o digits.model"}},
      .run = run,
  };
}

}  // namespace hourglass::cli
