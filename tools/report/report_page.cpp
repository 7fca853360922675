#include "tools/report/report_page.h"

#include <algorithm>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/image/png.h"
#include "tools/report/html.h"
#include "tools/report/style.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

std::string section(const char* title, const std::string& content) {
    return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", title, content);
}

std::string figure(const ReportPicture& p) {
    const std::string caption = escaped(p.caption);
    return fmt::format(
        "<figure><img width=\"{}\" height=\"{}\" alt=\"{}\" src=\"data:image/png;base64,{}\"/>"
        "<figcaption>{}</figcaption></figure>\n",
        p.picture.width, p.picture.height, caption, base64(encode_png(p.picture, {}, "report")), caption);
}

std::string settings_table(const Recipe& settings) {
    std::string out = "<table>\n";
    for (const auto& [name, value] : settings)
        out += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", escaped(name), escaped(value));
    return out + "</table>\n";
}

std::string duration(double seconds) {
    if (!(seconds >= 1e-3)) return fmt::format("{:.3g} ms", seconds * 1e3);
    if (seconds < 1) return fmt::format("{:.1f} ms", seconds * 1e3);
    return seconds < 600 ? fmt::format("{:.2f} s", seconds) : fmt::format("{:.1f} min", seconds / 60);
}

std::string timings_table(const std::vector<std::pair<std::string, double>>& timings) {
    double longest = 0;
    for (const auto& timing : timings) longest = std::max(longest, timing.second);
    std::string out = "<table>\n";
    for (const auto& [name, seconds] : timings)
        out += fmt::format(
            "<tr><th scope=\"row\">{}</th><td class=\"seconds\">{}</td><td><div class=\"bar\" "
            "style=\"width:{:.1f}%\"></div></td></tr>\n",
            escaped(name), duration(seconds), seconds > 0 ? 100 * seconds / longest : 0.0);
    return out + "</table>\n";
}

}  // namespace

std::string html_of(const ReportPage& page) {
    std::string pictures, plots;
    for (const ReportPicture& picture : page.pictures) pictures += figure(picture);
    for (const Plot& plot : page.plots) plots += html_of(plot);

    const std::string title = escaped(page.title);
    // Even if a text broke out of its place, nothing would be loaded and no script would run.
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
        "'unsafe-inline'\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
        title, report_style, title);
    if (!page.command.empty()) out += fmt::format("<pre>{}</pre>\n", escaped(page.command));
    if (!pictures.empty()) out += section("Pictures", fmt::format("<div class=\"pictures\">\n{}</div>\n", pictures));
    if (!plots.empty()) out += section("Curves", plots);
    if (!page.settings.empty()) out += section("Settings", settings_table(page.settings));
    if (!page.timings.empty()) out += section("Times", timings_table(page.timings));
    return out + "</body>\n</html>\n";
}

void check_report(const std::filesystem::path& path) {
    const std::string extension = path.extension().string();
    require(extension == ".html" || extension == ".htm", "{}: found the extension {}, expected .html or .htm",
            path.string(), in_quotes(extension));
    OutputFile{path};
}

void save_report(const std::filesystem::path& path, const ReportPage& page) {
    const std::string html = html_of(page);
    OutputFile file(path);
    file.write(std::as_bytes(std::span(html)));
    file.commit();
}

}  // namespace gradus
