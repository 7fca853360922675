#pragma once
#include <string>

#include "engine/error.h"

namespace gradus::test {

/// The sentence of the Error that `run` throws; nothing if it throws none.
template <class Run>
std::string error_of(Run run) {
    try {
        run();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace gradus::test

/// The code throws an Error whose sentence holds `part`; a failure prints the sentence.
#define CHECK_ERROR(code, part)                                      \
    do {                                                             \
        const auto sentence = gradus::test::error_of([&] { code; }); \
        CHECK_MESSAGE(gradus::test::has(sentence, part), sentence);  \
    } while (false)
