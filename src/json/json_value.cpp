#include "json/json_value.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "json_text.hpp"
#include "utf8.hpp"

namespace callqueue::json {
namespace {

constexpr int kMostNesting = 64;  // Of user_data: readers recurse.

/// As UTF-8, NULs included.
std::string cleaned(std::string_view text) {
  std::string clean;
  for (;;) {
    const auto nul = text.find('\0');
    clean += shown(text.substr(0, nul), std::string::npos);
    if (nul == std::string_view::npos) return clean;
    clean += '\0';
    text.remove_prefix(nul + 1);
  }
}

std::string quoted(std::string_view text) {
  std::string clean;
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    clean = cleaned(text);
    text = clean;
  }
  std::string all;
  all.reserve(text.size() + 2);
  all += '"';
  append_escaped(all, text);
  all += '"';
  return all;
}

/// Reads a text as JSON, and keeps nothing but how deep it goes.
class Depth final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool enter() { return ++depth_ <= kMostNesting; }
  bool leave() {
    --depth_;
    return true;
  }

  int depth_ = 0;
};

/// Of what is JSON: without the white space between its tokens.
std::string on_one_line(std::string_view json) {
  std::string line;
  line.reserve(json.size());
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text && c == '\\') {
      line += c;
      line += json[++i];
      continue;
    }
    if (c == '"') in_text = !in_text;
    const bool white = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (in_text || !white) line += c;
  }
  return line;
}

}  // namespace

Json::Json(double number) {
  if (!std::isfinite(number)) return;
  const double size = std::abs(number);
  const bool plain = number == 0 || (size >= 1e-4 && size < 1e15);
  std::array<char, 64> room{};
  const auto end = std::to_chars(room.begin(), room.end(), number,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific);
  text_.assign(room.begin(), end.ptr);
  if (plain && text_.find('.') == std::string::npos) text_ += ".0";
}

Json::Json(std::string_view text) : text_(quoted(text)) {}

Json::Json(const std::vector<std::string>& texts) : text_("[]") {
  for (const auto& text : texts) push_back(text);
}

Json::Json(std::initializer_list<Member> members) : text_("{}") {
  for (const auto& [name, value] : members) add(name, value);
}

Json Json::written(std::string text) {
  Json json;
  json.text_ = std::move(text);
  return json;
}

Json Json::parsed(const std::string& text) {
  Depth depth;
  if (!nlohmann::json::sax_parse(text, &depth)) return text;
  return written(on_one_line(text));
}

void Json::append(std::string_view piece) {
  const char end = text_.back();
  text_.back() = ',';
  if (text_.size() == 2) text_.pop_back();  // It was empty.
  text_ += piece;
  text_ += end;
}

void Json::push_back(const Json& item) { append(item.text_); }

void Json::add(std::string_view name, const Json& value) {
  append(quoted(name) + ':' + value.text_);
}

void Json::add_all(const Json& object) {
  if (object.text_.size() > 2) append({object.text_.data() + 1, object.text_.size() - 2});
}

}  // namespace callqueue::json
