#include "tools/cli/frame_run.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "engine/require.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

const char* const frames_name = "frames";
const char* const picture_name = "picture";

/// The tensor that the state must hold: a file may come from anybody.
const Tensor& named(const SearchState& state, const char* name, DType type, std::size_t rank) {
    for (const auto& [found, tensor] : state.tensors)
        if (found == name && tensor.dtype() == type && tensor.shape().rank() == rank) return tensor;
    throw Error(fmt::format("{}: holds no \"{}\", expected the state of a video", state.origin, name));
}

}  // namespace

FrameRun::FrameRun(const fs::path& output, const RunSettings& settings)
    : folder_(output.string() + ".parts"), file_(folder_ / "state"), settings_(settings) {
    std::error_code failed;
    fs::create_directories(folder_, failed);
    require(!failed, "{}: cannot be made ({})", folder_.string(), failed.message());
    lock_ = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    require(lock_ >= 0, "{}: cannot be opened ({})", folder_.string(), std::strerror(errno));
    const int held = flock(lock_, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    require(held != EWOULDBLOCK, "{}: another run is at work there", folder_.string());
    require(held == 0, "{}: cannot be locked ({})", folder_.string(), std::strerror(held));
    const bool begun = fs::exists(file_, failed);
    require(!failed, "{}: cannot be read ({})", file_.string(), failed.message());
    if (!begun) return;
    const Checkpoint found = load_checkpoint(file_);
    require_same_settings(file_.string(), found.settings, settings_);
    const SearchState& state = found.stages[0];
    const Tensor &frames = named(state, frames_name, DType::i32, 1),
                 &picture = named(state, picture_name, DType::f32, 3);
    require(frames.shape()[0] == 1, "{}: holds {} numbers of frames, expected one", file_.string(), frames.shape()[0]);
    done_ = frames.values<std::int32_t>()[0];
    const Shape shape = picture.shape();
    require(done_ >= 1 && done_ < 1 << 30 && shape[2] == 3 && shape[0] < 65536 && shape[1] < 65536,
            "{}: holds {} frames of {}, expected at least one of (height, width, 3)", file_.string(), done_,
            to_string(shape));
    for (const float v : picture.values<float>())
        require(std::isfinite(v), "{}: holds a frame with a number that is not finite", file_.string());
    last_ = {.width = static_cast<int>(shape[1]),
             .height = static_cast<int>(shape[0]),
             .rgb = {picture.values<float>().begin(), picture.values<float>().end()}};
}

FrameRun::~FrameRun() {
    std::error_code not_empty;
    if (done_ == 0) fs::remove(folder_, not_empty);
    close(lock_);  // last: once it is open, the folder is another run's
}

void FrameRun::did(const Image& frame) {
    Tensor frames(Spec(Shape{1}, DType::i32));
    frames.values_to_write<std::int32_t>()[0] = done_ + 1;
    save_checkpoint(
        file_, {.settings = settings_,
                .stages = {{.tensors = {{frames_name, frames},
                                        {picture_name, Tensor(Shape{frame.height, frame.width, 3}, frame.rgb)}}}}});
    ++done_;
    last_ = frame;
}

void FrameRun::clear() {
    std::error_code failed;
    fs::remove(file_, failed);
    require(!failed, "{}: cannot be removed ({})", file_.string(), failed.message());
    remove_unfinished(folder_);
    done_ = 0;
}

}  // namespace gradus
