#include "python_stream.hpp"

namespace callqueue::python {
namespace {

constexpr std::size_t piece_size = 65'536;

}  // namespace

PythonReader::int_type PythonReader::underflow() {
  const py::gil_scoped_acquire gil;
  try {
    const py::object piece = read_(piece_size);
    if (is_text(piece)) {
      piece_ = text_from(piece, "file");
    } else if (py::isinstance<py::bytes>(piece)) {
      piece_ = piece.cast<std::string>();
    } else {
      throw py::type_error("a file's read() has to return str or bytes");
    }
  } catch (...) {
    raised_ = std::current_exception();
    throw std::ios_base::failure("the file object raised");  // Makes the stream bad.
  }
  if (piece_.empty()) return traits_type::eof();
  setg(piece_.data(), piece_.data(), piece_.data() + piece_.size());
  return traits_type::to_int_type(piece_.front());
}

void PythonReader::rethrow() {
  if (raised_) std::rethrow_exception(std::exchange(raised_, nullptr));
}

bool PythonWriter::flush() {
  if (piece_.empty() || raised_) return !raised_;
  const py::gil_scoped_acquire gil;
  try {
    write_(text_to(std::exchange(piece_, {})));
  } catch (...) {
    raised_ = std::current_exception();
  }
  return !raised_;
}

void PythonWriter::rethrow() {
  if (raised_) std::rethrow_exception(std::exchange(raised_, nullptr));
}

PythonWriter::int_type PythonWriter::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return 0;
  piece_ += traits_type::to_char_type(c);
  return c;
}

std::streamsize PythonWriter::xsputn(const char* text, std::streamsize size) {
  piece_.append(text, static_cast<std::size_t>(size));
  // Only after a whole line, which is whole characters.
  const bool whole = !piece_.empty() && piece_.back() == '\n';
  return piece_.size() < piece_size || !whole || flush() ? size : 0;
}

}  // namespace callqueue::python
