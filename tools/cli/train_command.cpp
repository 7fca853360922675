#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/require.h"
#include "nets/chain.h"
#include "nets/stored.h"
#include "tools/cli/checkpoints.h"
#include "tools/cli/commands.h"
#include "tools/cli/given.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/report.h"
#include "tools/cli/run_page.h"
#include "tools/cli/run_settings.h"
#include "tools/parallel/processes.h"
#include "tools/tell.h"
#include "tools/train/class_labels.h"
#include "tools/train/epoch_sizes.h"
#include "tools/train/train_classifier.h"
#include "weights/output_file.h"
#include "weights/safetensors.h"

namespace gradus {
namespace {

struct TrainCommand {
    CommonOptions common = {};
    ClassifierOptions train = {};
    CheckpointFlags checkpoints = {};
    std::string folder, validation, output, from, architecture, sizes, labels, log, report, optimizer = "momentum",
                                                                                            stored = "bf16";
    double hold_out = 0.1, memory = 2;
    bool no_flip = false, no_batch_norm = false;
};

/// A line of JSON per epoch.
void write_log(const std::string& file, const std::vector<EpochReport>& epochs) {
    std::string text;
    for (const EpochReport& e : epochs) {
        nlohmann::ordered_json line{{"epoch", e.epoch + 1},
                                    {"loss", e.loss},
                                    {"training_top1", e.right},
                                    {"pictures_per_second", e.pictures_per_second}};
        if (e.held_out) line["top1"] = e.held_out->top1(), line["top5"] = e.held_out->top5();
        text += line.dump() + "\n";
    }
    OutputFile out(file);
    out.write(std::as_bytes(std::span(text)));
    out.commit();
}

std::string summary(const EpochReport& e) {
    std::string text =
        fmt::format("epoch {}: loss {:.4f}, {:.1f} % of the training samples right", e.epoch + 1, e.loss, e.right);
    if (e.held_out)
        text += fmt::format("; held out: top-1 {:.2f} %, top-5 {:.2f} %", e.held_out->top1(), e.held_out->top5());
    return text + fmt::format("; {:.0f} pictures a second", e.pictures_per_second);
}

std::vector<Plot> plots_of(const std::vector<EpochReport>& epochs) {
    Curve loss{.name = "loss"}, right{.name = "training samples, top-1"}, first{.name = "held out, top-1"},
        five{.name = "held out, top-5"};
    for (const EpochReport& e : epochs) {
        loss.values.push_back(e.loss);
        right.values.push_back(e.right);
        if (!e.held_out) continue;
        first.values.push_back(e.held_out->top1());
        five.values.push_back(e.held_out->top5());
    }
    Plot percent{.title = "Percent right", .curves = {right}, .steps = "epoch"};
    if (!first.values.empty()) percent.curves.insert(percent.curves.end(), {first, five});
    return {{.title = "Loss", .curves = {loss}, .steps = "epoch"}, percent};
}

void save_net(const TrainCommand& c, const NetTable& table, const TrainingResult& result, const Recipe& recipe,
              const std::vector<ClassLabel>& labels) {
    std::vector<NamedValues> tensors;
    for (const auto& [name, values] : result.weights)
        tensors.push_back({name, values.shape().extents(), values.values<float>()});
    std::map<std::string, std::string> metadata = stored_form(table, c.architecture, labels);
    for (const auto& [key, value] : recipe) metadata[key] = value;
    write_safetensors(c.output, tensors, metadata, c.stored == "bf16" ? FileType::bf16 : FileType::f32);
}

/// The net to train, and the start of the one that is trained on.
NetTable table_of(TrainCommand& c, ClassifierOptions& o, int classes) {
    if (c.from.empty())
        return c.architecture.empty() ? with_classes(net_table(c.common.net), classes)
                                      : chain(c.architecture, classes, o.sizes.empty() ? 64 : o.sizes.rbegin()->second);
    o.start = load_net(c.from);
    const std::map<std::string, std::string> metadata = o.start->weights().metadata();
    if (const auto found = metadata.find("gradus.architecture"); found != metadata.end())
        c.architecture = found->second;
    return with_classes(o.start->table(), classes);
}

void check(const TrainCommand& c, const Command& command) {
    if (!c.architecture.empty()) require_not_given(command, {"--net"}, "--architecture, which is a net");
    if (!c.from.empty()) require_not_given(command, {"--net", "--architecture"}, "--from, whose net it is");
    if (!c.validation.empty()) require_not_given(command, {"--hold-out"}, "--validation, which is held out");
    if (c.optimizer == "adam") require_not_given(command, {"--momentum"}, "--optimizer adam");
    check_checkpoint(c.checkpoints);
    if (!c.report.empty()) check_report(c.report);
    OutputFile{c.output};
    if (!c.log.empty()) OutputFile{c.log};
}

ClassifierOptions options_of(const TrainCommand& c) {
    ClassifierOptions o = c.train;
    o.training.batch_norm = !c.no_batch_norm;
    o.training.activations = activation_type(c.common);
    o.optimizer.adam = c.optimizer == "adam";
    o.augment.flip = !c.no_flip;
    if (!c.sizes.empty()) o.sizes = read_epoch_sizes(c.sizes);
    o.profile = c.common.profiled();
    o.seed = c.common.seed;
    o.loader_threads = c.common.threads;
    o.memory = static_cast<std::size_t>(c.memory * 1e9);
    return o;
}

void run(TrainCommand& c, const Command& command) {
    const Processes processes;
    const bool quiet = c.common.quiet || !processes.first();
    check(c, command);
    ClassifierOptions o = options_of(c);
    o.rank = processes.rank();
    o.ranks = processes.size();
    o.training.shared = processes.shared();
    if (o.ranks > 1) o.mean = [&](Tensor& values) { processes.mean(values); };
    Dataset training = read_dataset(c.folder), held_out;
    if (!c.validation.empty()) {
        held_out = read_validation(c.validation, training.classes);
    } else if (c.hold_out > 0) {
        Split parts = split(training, c.hold_out, c.common.seed);
        training = std::move(parts.training);
        held_out = std::move(parts.held_out);
    }
    const std::vector<ClassLabel> labels = class_labels(training.classes, c.labels);
    const int classes = static_cast<int>(labels.size());
    const NetTable table = table_of(c, o, classes);
    const auto settings = [&] { return run_settings(command, c.common, net_of(table, {}), {}); };
    Checkpoints checkpoints(c.checkpoints, settings, 1, quiet);
    o.from = checkpoints.from(0);
    if (!quiet)
        tell("train: {} pictures of {} classes, {} held out; {}\n", training.samples.size(), classes,
             held_out.samples.size(), table.name);
    catch_interrupts();

    const auto start = std::chrono::steady_clock::now();
    std::optional<Progress> progress;
    std::size_t told = 0;
    const TrainingResult result =
        train_classifier(table, training, held_out, o, plan_options(c.common), [&](const TrainingLook& look) {
            if (!progress) progress.emplace(RunOutline{.what = "train", .steps = look.steps, .quiet = quiet});
            progress->step(look.done,
                           fmt::format("epoch {}/{}, {:.0f} pictures/s", std::min(look.epoch + 1, o.epochs), o.epochs,
                                       look.pictures_per_second),
                           look.loss, peak_resident_bytes());
            if (look.epochs.size() > told) {
                told = look.epochs.size();
                progress->finish();
                if (!quiet) tell("{}\n", summary(look.epochs.back()));
                if (!c.log.empty() && processes.first()) write_log(c.log, look.epochs);
            }
            const std::function<Image(int)> no_picture = [](int) { return Image{}; };
            if (processes.first())
                checkpoints.step(0, {.done = look.done,
                                     .steps = look.steps,
                                     .objective = look.loss,
                                     .picture = no_picture,
                                     .last = look.done == look.steps,
                                     .state = look.state});
            // All processes stop together.
            return processes.mean(interrupted() ? 1.0 : 0.0) == 0;
        });
    if (progress) progress->finish();
    if (processes.first()) checkpoints.finish();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (const std::string& sentence : result.unreadable) tell("gradus: skipped: {}\n", sentence);
    if (!result.unreadable.empty())
        tell("train: {} of {} pictures could not be read and were skipped\n", result.unreadable.size(),
             training.samples.size());
    require(result.finite,
            "train: the loss or its gradient was not finite at step {}; nothing was written to {}, and a smaller "
            "--rate may help{}",
            result.steps + 1, c.output, c.checkpoints.checkpoint.empty() ? "" : "; the last checkpoint is as it was");
    if (!result.finished || !processes.first()) return;  // interrupted, or one of several

    std::vector<std::string> unsaid;  // defaults that would be refused beside what was given
    if (!c.validation.empty()) unsaid.push_back("--hold-out");
    if (!c.architecture.empty() || !c.from.empty()) unsaid.push_back("--net");
    if (c.optimizer == "adam") unsaid.push_back("--momentum");
    Recipe recipe = recipe_of(command, c.common, unsaid);
    if (!result.epochs.empty() && result.epochs.back().held_out) {
        recipe.push_back({"gradus.top1", fmt::format("{:.2f}", result.epochs.back().held_out->top1())});
        recipe.push_back({"gradus.top5", fmt::format("{:.2f}", result.epochs.back().held_out->top5())});
    }
    save_net(c, table, result, recipe, labels);
    if (!c.report.empty())
        save_report(c.report,
                    run_page(fmt::format("Training: {}", c.folder), recipe, {}, plots_of(result.epochs), seconds));
    if (!quiet)
        tell("{}: {} steps in {:.0f} s; `gradus classify --net {}` uses it\n", c.output, result.steps, seconds,
             c.output);
    show_profile(c.common, result.profile, result.timed_runs);
}

}  // namespace

void add_train(Command app) {
    auto c = std::make_shared<TrainCommand>();
    c->common.net = "mini";
    c->common.precision = "auto";
    c->checkpoints.checkpoint_every = 1000;
    c->train.optimizer.smoothing = 0.1;
    c->train.augment.least_area = 0.5;
    c->train.augment.most_aspect = 4.0 / 3;
    ClassifierOptions& o = c->train;
    Command command = app.command("train", "train a network on pictures of your own")
                          .command("classifier", "train a classifier on a folder per class, from nothing");
    command.option("folder", c->folder, "a folder per class, with its pictures").required();
    command.option("-o,--output", c->output, "weights to write: .safetensors").required();
    command.option("--validation", c->validation,
                   "pictures to judge by: a folder per class, or with val_annotations.txt");
    command.option("--hold-out", c->hold_out, "part of each class to judge by instead").within(0.0, 0.9);
    command.option("--from", c->from,
                   "go on with the net of this file, which may know other classes, instead of --net");
    command.option("--architecture", c->architecture,
                   "a net of your own instead of --net: 48k5s2,64,P,128 is 48 filters of 5x5 and stride 2, 64 of 3x3, "
                   "a pool, 128 filters");
    command.option("--labels", c->labels, "names of classes: lines \"n01443537 goldfish\"");
    command.option("--size", c->sizes,
                   "side of the samples in pixels, or EPOCH:SIZE,EPOCH:SIZE ... (default: the net's)");
    command.option("--epochs", o.epochs, "times that each picture is seen").within(1, 100000);
    command.option("--batch", o.batch, "pictures in a step").within(1, 65536);
    command.option("--parts", o.parts, "so many parts of a batch one after the other: less memory").within(1, 1024);
    command.option("--optimizer", c->optimizer, "momentum, or Adam").one_of({"momentum", "adam"});
    command.option("--rate", o.rate, "step length at its highest").within(0.0, 1000.0);
    command.option("--warm-up", o.warm_up, "epochs until then; a cosine follows down to 0").within(0.0, 1000.0);
    command.option("--momentum", o.optimizer.momentum, "part of its speed that a step keeps").within(0.0, 0.9999);
    command.option("--decay", o.optimizer.decay, "so much of each weight is added to its gradient").within(0.0, 1.0);
    command.option("--average", o.optimizer.average, "average the numbers: so much of it stays at each step (0: no)")
        .within(0.0, 0.99999);
    command.option("--smoothing", o.optimizer.smoothing, "of the labels").within(0.0, 1.0);
    command
        .option("--dropout", o.training.dropout, "share of what falls away before a fully connected layer (0: nothing)")
        .within(0.0, 0.99);
    command.flag("--no-batch-norm", c->no_batch_norm, "no batch norm after convolutions");
    command.option("--storage", c->stored, "numbers in the file").one_of({"bf16", "f32"});
    command.option("--least-area", o.augment.least_area, "of a picture that a sample shows")
        .within(0.01, 1.0)
        .under("Samples");
    command.option("--most-aspect", o.augment.most_aspect, "of that part: width by height, or the other way")
        .within(1.0, 10.0)
        .under("Samples");
    command.option("--shift", o.augment.shift, "pixels up to which a sample moves").within(0, 1024).under("Samples");
    command.flag("--no-flip", c->no_flip, "no sample is mirrored").under("Samples");
    command.option("--brightness", o.augment.brightness, "colors times 1 - this to 1 + this")
        .within(0.0, 1.0)
        .under("Samples");
    command.option("--contrast", o.augment.contrast, "the same of their distance from the mean")
        .within(0.0, 1.0)
        .under("Samples");
    command.option("--saturation", o.augment.saturation, "the same of their distance from gray")
        .within(0.0, 1.0)
        .under("Samples");
    command.option("--cut-out", o.augment.cut_out, "side of a square that becomes gray")
        .within(0, 1024)
        .under("Samples");
    command.option("--mixup", o.mixup, "alpha: samples are laid over each other (0: no)")
        .within(0.0, 1.0)
        .under("Samples");
    command.option("--memory", c->memory, "GB of decoded pictures to keep").within(0.0, 1024.0).under("Samples");
    command.option("--log", c->log, "also write a line of JSON per epoch");
    command.option("--report", c->report, "also write a page with curves and settings: .html");
    add_checkpoint_flags(command, c->checkpoints);
    add_common(command, c->common);
    command.example("gradus train classifier flowers/ --epochs 30 --batch 64 -o flowers.safetensors");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
