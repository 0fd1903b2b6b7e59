#pragma once

#include <CLI/CLI.hpp>

#include "cli/context.hpp"

namespace callqueue::cli {

/// Sets what runs when this subcommand was given. Apart from `Context`, because the parser's header
/// is a heavy one.
template <class Action>
void on(CLI::App* command, Context& context, Action action) {
  command->callback([&context, action] { context.command = action; });
}

}  // namespace callqueue::cli
