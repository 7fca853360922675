#include "kernels/cuda_on_cpu/report.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace gradus::kernels::emulation {
namespace {

void print_index(char* text, std::size_t room, const uint3& i) { std::snprintf(text, room, "%u,%u,%u", i.x, i.y, i.z); }

bool same(const Place& a, const Place& b) {
    return std::strcmp(a.what, b.what) == 0 && std::strcmp(a.file, b.file) == 0 && a.line == b.line;
}

/// One line for a run of neighboring threads that wait at the same place.
void print_waiting(const Thread& first, const Thread& last) {
    char block[40], from[40], to[40];
    print_index(block, sizeof block, first.block->index);
    print_index(from, sizeof from, first.index);
    print_index(to, sizeof to, last.index);
    const Place& at = first.waits_at;
    const bool begun = first.fiber != nullptr;
    std::fprintf(stderr, "  block %s, thread%s %s%s%s: %s", block, &first == &last ? "" : "s", from,
                 &first == &last ? "" : " to ", &first == &last ? "" : to, begun ? at.what : "not begun");
    if (begun && at.line > 0) std::fprintf(stderr, " at %s:%d", at.file, at.line);
    std::fprintf(stderr, "\n");
}

}  // namespace

void describe_current(char* text, std::size_t room) {
    if (current == nullptr) {
        std::snprintf(text, room, "outside of any kernel");
        return;
    }
    const Launch& launch = *current->block->cluster->launch;
    char block[40], thread[40];
    print_index(block, sizeof block, current->block->index);
    print_index(thread, sizeof thread, current->index);
    std::snprintf(text, room, "kernel launched at %s:%d (%s), block %s, thread %s", launch.file, launch.line,
                  launch.function, block, thread);
}

void fail(const char* format, ...) {
    char where[512], what[512];
    describe_current(where, sizeof where);
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    std::fprintf(stderr, "cuda_on_cpu: %s: %s\n", where, what);
    std::abort();
}

void report_deadlock(const Cluster& c) {
    std::fprintf(stderr, "cuda_on_cpu: deadlock in the kernel launched at %s:%d (%s): every thread waits\n",
                 c.launch->file, c.launch->line, c.launch->function);
    int ended = 0, lines = 0;
    const Thread* first = nullptr;
    const Thread* last = nullptr;
    const auto print = [&] {
        if (first != nullptr && lines++ < 16) print_waiting(*first, *last);
        first = nullptr;
    };
    for (const Thread& t : c.threads) {
        if (t.done) {
            ++ended;
            print();
            continue;
        }
        if (first != nullptr && (t.block != first->block || !same(t.waits_at, first->waits_at))) print();
        if (first == nullptr) first = &t;
        last = &t;
    }
    print();
    if (lines > 16) std::fprintf(stderr, "  and %d more lines like these\n", lines - 16);
    std::fprintf(stderr, "  %d threads have ended, %d have not\n", ended, c.alive);
    std::abort();
}

}  // namespace gradus::kernels::emulation
