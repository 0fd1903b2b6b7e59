#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace callqueue::csv {

/// Appends the text as a cell of a CSV file, quoted where it has to be.
///
/// Whoever opens the file in a spreadsheet did not write what stands in it: what that might run as
/// a formula, or reckon with (`+49-30`), gets an apostrophe in front. Numbers like `+49 30` are as
/// they are.
void append_cell(std::string& line, std::string_view text);
/// A line of such cells, ended as RFC 4180 has it.
[[nodiscard]] std::string line_of(std::initializer_list<std::string_view> cells);

}  // namespace callqueue::csv
