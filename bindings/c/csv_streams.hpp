#pragma once

#include <array>
#include <fstream>
#include <istream>
#include <streambuf>

#include "bindings/c/arguments.hpp"

namespace callqueue::c {

/// What the caller's function reads.
class ReadBuffer : public std::streambuf {
 public:
  ReadBuffer(std::int64_t (*read)(void*, char*, std::size_t), void* user)
      : read_(read), user_(user) {}

 protected:
  int_type underflow() override {
    // A stream turns what is thrown here into its bad bit: a file that breaks off.
    const auto got = read_(user_, bytes_.data(), bytes_.size());
    if (got < 0 || got > static_cast<std::int64_t>(bytes_.size())) throw BrokenOff{};
    setg(bytes_.data(), bytes_.data(), bytes_.data() + got);
    return got == 0 ? traits_type::eof() : traits_type::to_int_type(bytes_[0]);
  }

 private:
  struct BrokenOff {};

  std::int64_t (*read_)(void*, char*, std::size_t);
  void* user_;
  std::array<char, 65'536> bytes_{};
};

/// The caller's text, where it is.
class TextBuffer : public std::streambuf {
 public:
  TextBuffer(const char* text, std::size_t length) {
    auto* begin = const_cast<char*>(text);  // Only read from.
    setg(begin, begin, begin + length);
  }
};

/// Hands on what is written.
class WriteBuffer : public std::streambuf {
 public:
  WriteBuffer(std::int32_t (*write)(void*, const char*, std::size_t), void* user)
      : write_(write), user_(user) {}

 protected:
  std::streamsize xsputn(const char* text, std::streamsize length) override {
    return write_(user_, text, static_cast<std::size_t>(length)) != 0 ? length : 0;
  }
  int_type overflow(int_type one) override {
    if (traits_type::eq_int_type(one, traits_type::eof())) return traits_type::not_eof(one);
    const char byte = traits_type::to_char_type(one);
    return xsputn(&byte, 1) == 1 ? one : traits_type::eof();
  }

 private:
  std::int32_t (*write_)(void*, const char*, std::size_t);
  void* user_;
};

/// A caller's CSV file as a stream.
class CsvInput {
 public:
  explicit CsvInput(const cq_csv_source& source)
      : text_(source.text == nullptr ? "" : source.text, source.length),
        read_(source.read, source.user) {
    const int ways = (source.path != nullptr) + (source.text != nullptr) + (source.read != nullptr);
    if (ways != 1) refuse("source", "must be one of path, text and read");
    if (source.text == nullptr && source.length != 0) refuse("length", "is that of a text");
    if (source.path != nullptr) {
      file_.open(source.path, std::ios::binary);
      if (!file_) throw Refused{{ErrorCode::unavailable, "the file cannot be opened", "file"}};
    }
    std::streambuf* bytes = &text_;
    if (source.read != nullptr) bytes = &read_;
    if (source.path != nullptr) bytes = file_.rdbuf();
    stream_.rdbuf(bytes);
  }

  [[nodiscard]] std::istream& stream() { return stream_; }

 private:
  TextBuffer text_;
  ReadBuffer read_;
  std::ifstream file_;
  std::istream stream_{nullptr};
};

}  // namespace callqueue::c
