#pragma once

#include <fstream>
#include <istream>
#include <ostream>
#include <streambuf>

#include "casters.hpp"

namespace callqueue::python {

/// Reads a file object of Python's (`read(n)` gives `str` or `bytes`). What it raises is kept: the
/// stream breaks off, and `rethrow` raises it again.
class PythonReader : public std::streambuf {
 public:
  explicit PythonReader(py::object read) : read_(std::move(read)) {}

  void rethrow();

 protected:
  int_type underflow() override;

 private:
  py::object read_;
  std::string piece_;
  std::exception_ptr raised_;
};

/// Writes to a file object of Python's that takes `str`.
class PythonWriter : public std::streambuf {
 public:
  explicit PythonWriter(py::object write) : write_(std::move(write)) {}

  /// Hands on what is held. @return false when `write` raised; `rethrow` raises it again.
  bool flush();
  void rethrow();

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;

 private:
  py::object write_;
  std::string piece_;
  std::exception_ptr raised_;
};

}  // namespace callqueue::python
