#include <doctest/doctest.h>

#include <array>

#include "tests/error.h"
#include "tests/temp_folder.h"
#include "tests/tools/well_formed.h"
#include "tools/report/html.h"
#include "tools/report/report_page.h"

using namespace gradus;
using namespace std::string_literals;

namespace {

std::string base64_of(std::string_view text) { return base64(std::as_bytes(std::span(text))); }

/// Back again, by another way than the encoder's.
std::string decoded(std::string_view text) {
    const std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        if (c == '=') break;
        bits = bits << 6 | static_cast<unsigned>(letters.find(c));
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 255);
    }
    return out;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
    const auto from = text.find(begin);
    REQUIRE(from != std::string::npos);
    const auto start = from + begin.size();
    return text.substr(start, text.find(end, start) - start);
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

const Image picture{2, 1, {1, 0, 0, 0, 0, 1}, {}, false};

/// A page where every text is `text`.
ReportPage page_of(const std::string& text) {
    return {.title = text,
            .command = text,
            .pictures = {{picture, text}},
            .plots = {{.title = text, .curves = {{text, {3, 2, 1}}}, .steps = text}},
            .settings = {{text, text}},
            .timings = {{text, 0.25}}};
}

}  // namespace

TEST_SUITE("report") {
    TEST_CASE("a page is well-formed, whatever is in it") {
        CHECK(test::malformed(html_of(page_of("plain"))) == "");
        CHECK(test::malformed(html_of(ReportPage{})) == "");
        for (const std::string hostile :
             {"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='alert(1)", "</title></style>",
              "a & b &lt; &#60;", "]]><!--", "\x80\xc3(\xf5", "line\nbreak\ttab\r\x1b[31m"}) {
            CAPTURE(hostile);
            const std::string html = html_of(page_of(hostile));
            CHECK(test::malformed(html) == "");
            CHECK(count(html, "<script") == 0);
            CHECK(count(html, "<img") == 1);
            CHECK(count(html, "<!--") == 0);
        }
    }
    TEST_CASE("it refers to nothing outside of itself, and forbids itself to") {
        const std::string html = html_of(page_of("https://example.com/a.png url(//example.com)"));
        CHECK(count(html, "src=\"data:image/png;base64,") == count(html, "src="));
        CHECK(count(html, "href") == 0);
        CHECK(count(html, "@import") == 0);
        CHECK(count(html, "<link") == 0);
        CHECK(count(between(html, "<style>", "</style>"), "url(") == 0);
        CHECK(count(html, "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"") == 1);
    }
    TEST_CASE("all parts are there, and only those with content") {
        const std::string html = html_of(page_of("x"));
        for (const char* part :
             {"<title>x</title>", "<h1>x</h1>", "<pre>x</pre>", "<figcaption>x</figcaption>",
              "<th scope=\"row\">x</th><td>x</td>", "250.0 ms", "<h2>Pictures</h2>", "<h2>Curves</h2>"})
            CHECK_MESSAGE(count(html, part) >= 1, part);
        CHECK(count(html_of(ReportPage{.title = "x"}), "<h2>") == 0);
    }
    TEST_CASE("its pictures are what was given") {
        const std::string html = html_of(page_of("x"));
        const std::string file = decoded(between(html, "base64,", "\""));
        const Image back = decode_image(std::as_bytes(std::span(file)), "back");
        CHECK(back.width == 2);
        CHECK(back.rgb == picture.rgb);
        CHECK_ERROR(html_of(ReportPage{.pictures = {{Image{}, "empty"}}}), "report: found a picture of 0 x 0");
    }
    TEST_CASE("texts are escaped, and what is no UTF-8 replaced") {
        const std::string bad = "\xef\xbf\xbd";
        CHECK(escaped("a<b>&\"c'") == "a&lt;b&gt;&amp;&quot;c&#39;");
        CHECK(escaped("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\n\t") == "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\n\t");
        CHECK(escaped("\xc3") == bad);
        CHECK(escaped("\xc3<") == bad + "&lt;");
        CHECK(escaped("\xc0\xbc") == bad + bad);                      // an overlong <
        CHECK(escaped("\xe0\x80\xbc") == bad + bad + bad);            // another
        CHECK(escaped("\xed\xa0\x80") == bad + bad + bad);            // half of a surrogate pair
        CHECK(escaped("\xf4\x90\x80\x80") == bad + bad + bad + bad);  // beyond U+10FFFF
        CHECK(escaped("\0\x1b\r\x7f"s) == bad + bad + bad + bad);
        CHECK(escaped("\xc2\x85") == bad);
    }
    TEST_CASE("base64 as in RFC 4648") {
        const std::array<std::pair<const char*, const char*>, 7> known{{{"", ""},
                                                                        {"f", "Zg=="},
                                                                        {"fo", "Zm8="},
                                                                        {"foo", "Zm9v"},
                                                                        {"foob", "Zm9vYg=="},
                                                                        {"fooba", "Zm9vYmE="},
                                                                        {"foobar", "Zm9vYmFy"}}};
        for (const auto& pair : known) CHECK(base64_of(pair.first) == pair.second);
        CHECK(base64_of("\xfb\xef\xff") == "++//");
    }
    TEST_CASE("a file appears whole, and a place that cannot be written to is refused beforehand") {
        const test::TempFolder folder;
        CHECK_ERROR(check_report(folder / "a.png"), "found the extension \".png\", expected .html or .htm");
        CHECK_ERROR(check_report(folder / "nowhere/a.html"), "found no folder");
        check_report(folder / "a.html");
        CHECK(folder.files() == 0);
        CHECK_ERROR(save_report(folder / "a.html", ReportPage{.pictures = {{Image{}, ""}}}), "0 x 0");
        CHECK(folder.files() == 0);
        save_report(folder / "a.html", page_of("x"));
        CHECK(test::file_bytes(folder / "a.html") == html_of(page_of("x")));
        CHECK(folder.files() == 1);
    }
}
