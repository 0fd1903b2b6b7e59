#include "postgres/server_url.hpp"

#include <libpq-fe.h>
#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "store/failure.hpp"

namespace callqueue::postgres {
namespace {

constexpr int kHighestPort = 65'535;
constexpr std::size_t kStateLength = 5;

/// The parts of a URL behind the user's name and password, as libpq sees them: these end at the
/// first @ that no / comes before.
struct Parts {
  std::string_view place;       ///< Hosts, ports, database.
  std::string_view parameters;  ///< Behind the question mark.
};

Parts parts_of(std::string_view url) {
  constexpr std::string_view kBehindScheme = "://";
  url.remove_prefix(std::min(url.find(kBehindScheme), url.size()));
  url.remove_prefix(std::min(kBehindScheme.size(), url.size()));
  const auto end = url.find_first_of("@/");
  if (end != std::string_view::npos && url[end] == '@') url.remove_prefix(end + 1);
  const auto question = std::min(url.find('?'), url.size());
  return {url.substr(0, question), url.substr(question)};
}

/// A list with commas; an empty one is the usual port.
bool are_ports(std::string_view ports) {
  while (!ports.empty()) {
    const auto one = ports.substr(0, ports.find(','));
    int port = kHighestPort;
    const auto* const end = one.data() + one.size();
    const auto [rest, error] = std::from_chars(one.data(), end, port);
    if (!one.empty() && (error != std::errc{} || rest != end)) return false;
    if (port < 1 || port > kHighestPort) return false;
    ports.remove_prefix(std::min(one.size() + 1, ports.size()));
  }
  return true;
}

bool has_ports(const PQconninfoOption* options) {
  for (; options->keyword != nullptr; ++options) {
    if (options->val != nullptr && options->keyword == std::string_view{"port"}) {
      return are_ports(options->val);
    }
  }
  return true;
}

/// Those that libpq knows, and the one that it takes from other drivers.
bool is_parameter(std::string_view name) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> known{PQconndefaults(),
                                                                             PQconninfoFree};
  for (const auto* option = known.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (name == option->keyword) return true;
  }
  return name == "ssl";
}

/// Whether what stands behind the colons before the database are ports: in a URL without a host
/// that is where a password begins.
bool has_plain_ports(std::string_view place) {
  bool in_brackets = false;
  bool in_port = false;
  for (const char c : place.substr(0, place.find('/'))) {
    if (c == '[' || c == ']') in_brackets = c == '[';
    if (in_brackets) continue;
    if (c == ':' || c == ',') {
      in_port = c == ':';
    } else if (in_port && (c < '0' || c > '9')) {
      return false;
    }
  }
  return true;
}

/// Whether a parameter that nobody knows may be a part of a password, which may hold a ? or an & as
/// well. @param rest of the URL, from the name on: behind a password comes what it is for.
bool may_be_of_password(std::string_view name, std::string_view rest) {
  const auto is_of_name = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return rest.find_first_of("@/") != std::string_view::npos ||
         !std::all_of(name.begin(), name.end(), is_of_name);
}

/// The first parameter that libpq does not know; none where it may be a part of a password.
std::optional<std::string> unknown_parameter(const Parts& parts) {
  if (!has_plain_ports(parts.place)) return std::nullopt;
  auto parameters = parts.parameters;
  while (!parameters.empty()) {
    parameters.remove_prefix(1);  // The ? or &.
    const auto one = parameters.substr(0, parameters.find('&'));
    const auto name = one.substr(0, one.find('='));
    if (!is_parameter(name)) {
      if (name.size() == one.size() || may_be_of_password(name, parameters)) return std::nullopt;
      return std::string{name};
    }
    const bool is_secret = name.find("pass") != std::string_view::npos ||
                           name.find("secret") != std::string_view::npos;
    if (is_secret) return std::nullopt;  // What follows may go on with it.
    parameters.remove_prefix(one.size());
  }
  return std::nullopt;
}

/// What the server answers begins with its state: `FATAL:  28P01: password authentication failed`.
std::optional<std::size_t> state_in(std::string_view line) {
  constexpr std::string_view kBefore = ":  ";
  const auto is_of_state = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  for (auto at = line.find(kBefore); at != std::string_view::npos;
       at = line.find(kBefore, at + 1)) {
    const auto state = line.substr(at + kBefore.size(), kStateLength);
    const auto behind = line.substr(std::min(at + kBefore.size() + kStateLength, line.size()));
    if (std::all_of(state.begin(), state.end(), is_of_state) && behind.starts_with(": ")) {
      return at + kBefore.size();
    }
  }
  return std::nullopt;
}

/// `LOCATION:  auth_failed, auth.c:335`, `HINT:`, `DETAIL:` …
bool is_detail(std::string_view line) {
  const auto colon = line.find(':');
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return colon != std::string_view::npos && colon > 0 &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), is_capital);
}

/// Calls `use` with each line.
template <class Use>
void each_line(std::string_view text, Use&& use) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    if (!line.empty()) use(line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

}  // namespace

void check_url(const std::string& url) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed{
      // Why it cannot be read repeats parts of the URL.
      PQconninfoParse(url.c_str(), nullptr), PQconninfoFree};
  const bool is_clear = parts_of(url).place.find('@') == std::string_view::npos;
  if (parsed && is_clear && has_ports(parsed.get())) return;
  const auto unknown = !parsed && is_clear ? unknown_parameter(parts_of(url)) : std::nullopt;
  if (unknown) {
    throw Failure{ErrorCode::invalid_argument,
                  "the URL of the PostgreSQL server has a parameter that there is not: " + *unknown,
                  "url"};
  }
  throw Failure{ErrorCode::invalid_argument,
                "the URL of the PostgreSQL server cannot be read: signs in a password have to be "
                "percent-encoded (/ as %2F, @ as %40, : as %3A, # as %23, ? as %3F, % as %25, a "
                "blank as %20), a port is a number, and parameters are those of libpq",
                "url"};
}

std::string why_not_connected(const pg_conn* connection, std::string_view url) {
  std::string said;
  std::string state;
  each_line(PQerrorMessage(connection), [&](std::string_view line) {
    if (!state.empty() && is_detail(line)) return;
    const auto at = state_in(line);
    if (at && state.empty()) state = line.substr(*at, kStateLength);
    said += line.substr(0, at ? *at - 1 : line.size());
    if (at) said += line.substr(*at + kStateLength + 2);
    said += '\n';
  });
  const std::string server = "the PostgreSQL server ";
  const bool wants_password = PQconnectionNeedsPassword(connection) != 0;
  const auto what = state.starts_with("28") || wants_password ? server + "refused the sign-in"
                    : !state.empty()                          ? server + "refused the connection"
                                                              : server + "cannot be reached";
  if (parts_of(url).parameters.find('@') != std::string_view::npos) {
    return what +
           "; why is left out, for an @ in the URL's parameters may belong to a password: "
           "write it as %40";
  }
  return what + ": " + one_line(said);
}

std::string one_line(std::string_view message) {
  std::string line;
  each_line(message, [&](std::string_view part) {
    const auto text = part.find_first_not_of(" \t");
    if (text == std::string_view::npos) return;
    // A line that is set in goes on with the sentence before.
    if (!line.empty()) line += text > 0 ? " " : "; ";
    line += part.substr(text);
  });
  return line;
}

}  // namespace callqueue::postgres
