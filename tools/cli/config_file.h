#pragma once

namespace CLI {
class App;
}

namespace gradus {

/// --config FILE: values of options, in TOML or INI (tools/help/topics.cpp says how). They count as given, but what
/// the command line gives comes first. Every key is looked at, whichever command runs.
///
/// throws    CLI::ConfigError: "settings.toml: no key "octavs" of dream; the nearest is "octaves""
void add_config_file(CLI::App& program);

}  // namespace gradus
