#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/context.hpp"

namespace callqueue::cli {

/// Sets what runs when this subcommand was given. Apart from `Context`, because the parser's header
/// is a heavy one.
template <class Action>
void on(CLI::App* command, Context& context, Action action) {
  command->callback([&context, action] { context.command = action; });
}

/// `--limit N`: the most to list; 0, the default, is all.
inline void add_list_limit(CLI::App* command, std::size_t& limit, const std::string& help) {
  command->add_option("--limit", limit, help)->check(CLI::Range(0, 1'000'000'000))->type_name("N");
}

/// `--option A,B`; may be given several times, each with one argument.
inline CLI::Option* add_list(CLI::App* command, const std::string& name,
                             std::vector<std::string>& items, const std::string& help) {
  return command->add_option(name, items, help)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LIST");
}

}  // namespace callqueue::cli
