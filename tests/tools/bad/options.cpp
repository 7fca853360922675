// Names that are not there, numbers that cannot be, and options that contradict each other.
#include "tests/tools/bad/input.h"

namespace gradus::test {

void write_bad_settings(const TempFolder& folder) {
    folder.write("key.toml", "[dream]\nocatves = 2\n");
    folder.write("nowhere.toml", "colour = 1\n");
    folder.write("command.toml", "[dreams]\noctaves = 2\n");
    folder.write("value.toml", "[dream]\noctaves = \"many\"\n");
    folder.write("deep.toml", "seed = 1\n[dream" + std::string(300, '.') + "]\noctaves = 2\n");
}

std::vector<BadInput> bad_names() {
    const std::string mini = " --net mini";
    return {
        {"drem", 2, {"no command \"drem\"", "the nearest is \"dream\""}},
        {"weights lst", 2, {"no command \"lst\"", "the nearest are \"list\" and \"get\""}},
        {"dream photo.png -o x.png --octvaes 3", 2, {"--octvaes"}},
        {"dream photo.png -o x.png --config key.toml",
         2,
         {"key.toml: no key \"ocatves\" of dream; the nearest is \"octaves\""}},
        {"dream photo.png -o x.png --config deep.toml",
         2,
         {"deep.toml: line 2 holds a name of 301 parts, expected at most 8"}},
        {"dream photo.png -o x.png --config nowhere.toml", 2, {"nowhere.toml: no command has a key \"colour\""}},
        {"dream photo.png -o x.png --config command.toml", 2, {"no command \"dreams\"; the nearest is \"dream\""}},
        {"dream photo.png -o x.png --config value.toml", 2, {"value.toml: --octaves: Value many not in range 1 to 32"}},
        {"dream photo.png -o x.png --config missing.toml", 2, {"missing.toml"}},
        {"dream photo.png -o x.png --config folder.png", 2, {"folder.png"}},
        {"dream photo.png -o x.png --net vgg", 1, {"no net \"vgg\"", "the nearest are \"vgg16\" and \"vgg19\""}},
        {"dream photo.png -o x.png --layer conv9" + mini, 1, {"conv9", "the nearest"}},
        {"dream photo.png -o x.png --layer a=b", 1, {"\"b\" is not a weight"}},
        {"dream photo.png -o x.png --channel 99999" + mini, 1, {"channel 99999 of", "which has channels 0 to"}},
        {"dream photo.png -o x.png --position 999,999" + mini, 1, {"position 999,999 of"}},
        {"dream photo.png -o x.png --position 1x1", 1, {"expected ROW,COLUMN"}},
        {"dream photo.png -o x.png --device gpu --net mini", 1, {"gpu"}},
        {"dream photo.png -o x.png --kernels conv2=hand" + mini, 1, {"no op \"conv2\"", "\"conv2d\""}},
        {"visualize -o x.png --class goldfihs" + mini, 1, {"no class \"goldfihs\"", "goldfish"}},
        {"visualize -o x.png --class 99999" + mini, 1, {"no class 99999; expected 0 to"}},
        {"visualize -o x.png --layer conv9 --channel 1" + mini, 1, {"conv9", "the nearest"}},
        {"visualize -o x.png --channels 5-99999" + mini, 1, {"channel"}},
        {"visualize -o x.png --channels 9-5" + mini, 1, {"9-5"}},
        {"saliency photo.png -o x.png --class goldfihs" + mini, 1, {"no class \"goldfihs\"", "goldfish"}},
        {"saliency photo.png -o x.png --cam-layer conv9" + mini, 1, {"conv9"}},
        {"invert photo.png -o x.png --layer conv9" + mini, 1, {"conv9", "the nearest"}},
        {"climb photo.png -o x.png --objective 'energy(conv9)'" + mini, 1, {"conv9", "the nearest"}},
        {"climb photo.png -o x.png --objective 'energi(conv1_1)'" + mini, 1, {"energi"}},
        {"climb photo.png -o x.png --objective 'tv +'" + mini, 1, {"tv +"}},
        {"layers resnet", 1, {"no net \"resnet\""}},
        {"explain --net mini --layer conv9", 1, {"conv9"}},
        {"weights get resnet", 1, {"no net \"resnet\""}},
    };
}

std::vector<BadInput> bad_options() {
    const std::string dream = "dream photo.png -o x.png ", saliency = "saliency photo.png -o x.png ";
    return {
        {"", 2, {"subcommand"}},
        {"dream", 2, {"photo is required"}},
        {"dream photo.png", 2, {"--output is required"}},
        {"redo", 2, {"picture is required"}},
        {dream + "--steps 0", 2, {"--steps"}},
        {dream + "--steps -1", 2, {"--steps"}},
        {dream + "--steps 1.5", 2, {"--steps"}},
        {dream + "--steps 99999999999999999999", 2, {"--steps"}},
        {dream + "--steps", 2, {"--steps"}},
        {dream + "--octaves 0", 2, {"--octaves"}},
        {dream + "--octaves 1000000", 2, {"--octaves"}},
        {dream + "--octaves many", 2, {"--octaves"}},
        {dream + "--octave-scale 1", 2, {"--octave-scale"}},
        {dream + "--octave-scale nan", 2, {"--octave-scale"}},
        {dream + "--step inf", 2, {"--step"}},
        {dream + "--step -1", 2, {"--step"}},
        {dream + "--jitter -3", 2, {"--jitter"}},
        {dream + "--size 65536", 2, {"--size"}},
        {dream + "--size -1", 2, {"--size"}},
        {dream + "--octave-mode sideways", 2, {"--octave-mode"}},
        {dream + "--precision fp8", 2, {"--precision"}},
        {dream + "--threads 0", 2, {"--threads"}},
        {dream + "--threads 1000000000", 2, {"--threads"}},
        {dream + "--seed -1", 2, {"--seed"}},
        {dream + "--seed 1e30", 2, {"--seed"}},
        {dream + "--save-every -1", 2, {"--save-every"}},
        {dream + "--memory lots", 1, {"--memory: found \"lots\", expected a number of bytes"}},
        {dream + "--memory -5M", 1, {"--memory: found \"-5M\""}},
        {dream + "--memory 1K --net mini", 1, {"memory"}},
        {dream + "--octaves 32 --octave-scale 16 --net mini", 1, {"does not fit into"}},
        {saliency + "--method gradcam", 2, {"--method"}},
        {saliency + "--overlay 2", 2, {"--overlay"}},
        {saliency + "--overlay nan", 2, {"--overlay"}},
        {"classify photo.png --top 0", 2, {"--top"}},
        {"visualize -o x.png --rate fast --net mini", 1, {"fast"}},
        {"visualize -o x.png --tv nan --net mini", 2, {"--tv"}},
        {"visualize -o x.png --size 60000 --net mini", 1, {"no memory for", "a smaller picture needs less"}},
        {"climb photo.png -o x.png", 2, {"--objective is required"}},
        {"climb photo.png -o x.png --objective tv --linf 1.5", 2, {"--linf"}},
        {"style photo.png -o x.png", 2, {"--style is required"}},
        {"style photo.png -o x.png --style photo.jpg --style-weights nan --net mini", 1, {"nan"}},
        {"train classifier empty -o x.safetensors", 1, {"empty"}},
        {"train classifier empty -o x.safetensors --rate nan", 2, {"--rate"}},
    };
}

std::vector<BadInput> bad_combinations() {
    return {
        {"saliency -o x.png", 1, {"expected either a photograph or --patches FOLDER"}},
        {"saliency photo.png -o x.png --patches empty", 1, {"found a photograph and --patches"}},
        {"saliency photo.png -o x.png --class 1 --layer conv1_1 --net mini", 1, {"--class and --layer were given"}},
        {"visualize -o x.png --class cat --channel 5", 1, {"was given --channel with --class"}},
        {"visualize -o x.png --mask tiny.ppm", 1, {"was given --mask without --init"}},
        {"visualize -o x.png --init tiny.ppm --size 9", 1, {"was given --size with --init"}},
        {"climb photo.png -o x.png --objective tv --l2 1 --original-colors",
         1,
         {"was given --original-colors with --l2"}},
        {"invert photo.png -o x.png --rate 1", 1, {"was given --rate with --optimizer published"}},
        {"invert photo.png -o x.png --all-layers --layer conv1_1", 1, {"was given --layer with --all-layers"}},
        {"style photo.png -o x.png --style photo.jpg --ratios 1", 1, {"was given --ratios with one picture"}},
        {"texture photo.png -o x.png --inpaint photo.png --tileable", 1, {"was given --tileable with --inpaint"}},
        {"classify photo.png --worst 3", 1, {"was given --worst without --report"}},
        {"dream . -o ../x --checkpoint x.ckpt", 1, {"was given --checkpoint and the folder"}},
        {"dream . -o x", 1, {"would lie among the photographs"}},
        {"dream . -o text.png", 1, {"text.png: found a file, expected a folder to write into"}},
        {"dream . -o -", 1, {"standard output", "expected a folder"}},
        {"redo photo.png --show -o x.png", 1, {"was given --output with --show"}},
    };
}

}  // namespace gradus::test
