#include <cmath>
#include <fmt/format.h>

#include <hourglass/hourglass.h>

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/begun_run.h"
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
          {"linear_psnr", training.linear_psnr},
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
  if (!std::isnan(training.linear_psnr)) {
    facts.add("beside linear",
              fmt::format("{:.2f} dB there by its linear estimate alone", training.linear_psnr));
  }
  if (!std::isnan(training.pca_loss)) facts.add("beside PCA", compared_with_pca(training));
  facts.add("time", fmt::format("{} in training, {} samples/s", duration(training.seconds),
                                grouped(std::llround(training.samples_per_second))));
  return "model written to " + output + "\n" + facts.text() + "Next: hourglass info " + output +
         "\n";
}

void hand_over(const Model& model, const std::string& output, Console& console) {
  model.save(output);
  console.end_progress();
  console.notes(model.notes());
  console.warnings(model.warnings());
  if (console.json()) console.result(printed(result_json(model, output)));
  console.summary(summary_text(model, output));
}

Data read_data(const Arguments& arguments, const Settings& settings, int threads,
               Console& console) {
  DataOptions options = data_options_from(arguments, settings, required_output(arguments), console);
  options.threads = threads;
  const std::string job = last_value(settings, "job");
  options.pictures = job == "denoise" || job == "inpaint";
  const std::string rate = last_value(settings, "rate");
  if (!rate.empty() && rate != "auto") options.rate = std::stoll(rate);
  // What is missing is what such a model is for; it learns from the rest.
  const bool says_missing = arguments.has("--missing") || !last_value(settings, "missing").empty();
  if (job == "inpaint" && !says_missing) options.missing = "impute";
  Data data = Data::read(arguments.positional("DATA"), options);
  console.warnings(data.warnings());
  return data;
}

void begin(const Arguments& arguments, Console& console) {
  if (arguments.positional("DATA").empty()) {
    usage_error("DATA is missing: " + synopsis(arguments.verb()));
  }
  const std::string output = required_output(arguments);
  check_output(output, {});
  const KeepOptions keep = keep_options_from(arguments);
  const Settings settings = settings_from(arguments);
  const RunOptions running = run_options_from(arguments, console);
  const Data data = read_data(arguments, settings, running.threads, console);
  hand_over(Model::train(data, settings, running, keep), output, console);
}

void resume(const Arguments& arguments, Console& console) {
  const BegunRun begun = begun_run(arguments);
  const std::string output = required_output(begun.arguments);
  check_output(output, {});
  if (begun.kept.finished) {
    console.note(fmt::format("the run in {} is finished", arguments.text("--resume")));
    return hand_over(Model::load(begun.kept.model_path), output, console);
  }
  const RunOptions running =
      run_options_from(arguments.has("--threads") ? arguments : begun.arguments, console);
  const Data data = read_data(begun.arguments, begun.kept.settings, running.threads, console);
  hand_over(Model::resume(begun.folder, data, running), output, console);
}

void run(const Arguments& arguments, Console& console) {
  arguments.has("--resume") ? resume(arguments, console) : begin(arguments, console);
}

}  // namespace

Verb train_verb() {
  return {
      .name = "train",
      .summary = "learn an autoencoder from a table, an array, images or sound",
      .description =
          {"Learns from every row of DATA and writes one file, MODEL, that holds the network and "
           "all that is needed to use it: columns, scaling, calibration. Sizes that are not given "
           "follow from the data's shape. A share of the rows is held out to choose the best "
           "epoch and to notice a model that merely memorises.",
           "DATA is CSV or TSV (with or without a header), .npy, .npz, IDX or svmlight, also "
           "gzipped, or a folder of PNG, JPEG or TIFF images of one size, or of WAV, FLAC or Ogg "
           "files, of which each is a row that tells what it sounds like; the format is told by "
           "content. With --for denoise or inpaint images may be of any sizes: patches drawn anew "
           "in each epoch are learned from, and whole pictures held out. With --for denoise sound "
           "is learned from with noise mixed in, as --noise white or --noise-from and --snr say.",
           "A long training keeps itself in a folder (--run DIR), from which --resume DIR alone "
           "goes on after an interruption, a crash or a power cut: the model is the same to the "
           "bit as if nothing had happened. DIR/model.safetensors is the best model so far, from "
           "the first checkpoint on, and may be used meanwhile."},
      .arguments = {{.name = "DATA",
                     .description = "The file or the folder of images to learn from; not with "
                                    "--resume.",
                     .optional = true}},
      .options = {{.name = "--output",
                   .short_name = "-o",
                   .value = "MODEL",
                   .description = "The file to write the model to.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--run",
                   .value = "DIR",
                   .description = "Keep the training in this new folder, so that it can be "
                                  "resumed.",
                   .group = "Output",
                   .completes = Completes::kFile},
                  {.name = "--checkpoint-every",
                   .value = "N|Ns",
                   .description = "Time between checkpoints of a --run: so many epochs (5) or "
                                  "seconds (60s).",
                   .group = "Output",
                   .default_text = "60s, or as seldom as keeps their cost under 2 %"},
                  {.name = "--resume",
                   .value = "DIR",
                   .description = "Go on with the run in this folder, as it was begun; beside "
                                  "it --threads, --json and --quiet alone.",
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
