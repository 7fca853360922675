#include "tools/help/topics.h"

#include "tools/help/screen.h"

namespace gradus {

const std::vector<Topic>& topics() {
    static const std::vector<Topic> all{
        {"configuration",
         "a file with values for options",
         {"--config FILE, with any command, reads values for options from a file in TOML or INI. A key is an option's "
          "name without the dashes. Keys at the beginning are for every command that has such an option; those of a "
          "section for the command that it is named after.",
          "  threads = 4", "  quiet = true", "  [dream]",
          "  layer = [\"inception_4c/output\", \"inception_5a/output=0.5\"]", "  octaves = 6", "  [train.classifier]",
          "  epochs = 30",
          "What the command line gives comes first, then a section, then the beginning of the file, then the "
          "environment, "
          "then the default. A key that is no option is an error, whichever command runs."}},
        {"environment",
         "variables that stand for options",
         {"GRADUS_DEVICE, GRADUS_PRECISION and GRADUS_THREADS are the defaults of --device, --precision and --threads.",
          "GRADUS_WEIGHTS is a folder where weight files are looked for first (`gradus help weights`).",
          "GRADUS_ISA=baseline|avx2|avx512 keeps the processor's kernels to an instruction set; without it the best "
          "that "
          "the processor has is chosen when the program starts.",
          "XDG_CACHE_HOME is where the user's cache lies, else ~/.cache; weights that were downloaded are in gradus/ "
          "there."}},
        {"weights",
         "where weight files are looked for",
         {"Looked for in this order: the folder GRADUS_WEIGHTS, gradus/ of the user's cache, what was installed with "
          "the "
          "program. A net's file is NAME.safetensors, NAME.caffemodel, or has the name that its authors gave it. "
          "`gradus weights list` says what is here, `gradus weights get NET` downloads.",
          "Without the weights of googlenet, commands look through mini, which comes along, and say so. --net also "
          "takes "
          "a file that `gradus train` wrote."}},
        {"devices",
         "where and how precisely to compute",
         {"--device cpu computes on the processor, cuda or cuda:1 on a GPU, cuda-on-cpu with the GPU's kernels on the "
          "processor, slowly, for those who study them.",
          "--precision fp32 rounds as single precision does; tf32 lets a GPU round factors to 10 bits of mantissa; "
          "bf16 "
          "stores activations in 16 bits; auto is tf32 on a GPU that has it and fp32 elsewhere.",
          "--threads changes how long a run takes and nothing of its result. --kernels reference, hand or vendor, or "
          "conv2d=NAME, chooses kernels; `gradus explain` says which there are and why others declined."}},
        {"exit-status",
         "what the exit status means",
         {"0: done. 1: failed; one sentence on the standard error says what was found and what was expected, and "
          "nothing "
          "is half-written. 2: the command line or a configuration was wrong. 130: interrupted."}},
    };
    return all;
}

std::string topic_text(const Topic& topic) {
    std::string text = topic.name + ": " + topic.what + "\n";
    bool typed_before = false;
    for (const std::string& paragraph : topic.paragraphs) {
        const bool typed = paragraph.starts_with("  ");
        if (!typed || !typed_before) text += "\n";
        text += (typed ? "  " + paragraph : wrapped(paragraph, screen_width)) + "\n";
        typed_before = typed;
    }
    return text;
}

}  // namespace gradus
