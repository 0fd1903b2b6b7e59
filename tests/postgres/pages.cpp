#include "pages.hpp"

#include <fstream>

namespace postgres_tests {

std::map<std::string, std::string> statements_of(const std::string& page) {
  std::map<std::string, std::string> found;
  std::ifstream lines{page};
  std::string name;
  bool is_sql = false;
  for (std::string line; std::getline(lines, line);) {
    line.erase(0, line.find_first_not_of(' '));  // In a list it is set in.
    if (line.starts_with("```")) {
      is_sql = line == "```sql";
      name.clear();
    } else if (is_sql) {
      if (name.empty()) name = line.substr(3, line.find(':') - 3);
      found[name] += line + "\n";
    }
  }
  return found;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace postgres_tests
