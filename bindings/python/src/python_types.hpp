#pragma once

#include <pybind11/pybind11.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "callqueue/result.hpp"
#include "callqueue/state.hpp"

namespace callqueue::python {

namespace py = pybind11;

/// A refusal on its way to Python, where it becomes `callqueue.Error`. Needs no GIL.
class Failed : public std::exception {
 public:
  explicit Failed(Error error) : error_(std::move(error)) {}
  [[nodiscard]] const Error& error() const noexcept { return error_; }
  [[nodiscard]] const char* what() const noexcept override { return error_.message.c_str(); }

 private:
  Error error_;
};

[[noreturn]] inline void refuse(std::string message, std::string field = {},
                                ErrorCode code = ErrorCode::invalid_argument) {
  throw Failed(Error{code, std::move(message), std::move(field)});
}

/// The value, or `Failed`.
template <class T>
T value_of(Result<T>&& result) {
  if (!result) throw Failed(std::move(result).error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// Objects of Python's that the module works with. Looked up once; they live as long as the
/// process.
struct PythonTypes {
  py::handle uuid;          ///< `uuid.UUID`
  py::handle uuid_int;      ///< The name "int".
  py::handle uuid_is_safe;  ///< The name "is_safe".
  py::handle uuid_safety;   ///< `uuid.SafeUUID.unknown`
  py::handle json_dumps;    ///< `json.dumps`
  py::handle json_loads;    ///< `json.loads`
  py::handle error_of;      ///< `callqueue._errors.error_of(code, message, field)`
  py::handle end_of_day;    ///< What stands for 24:00.
  py::handle utc;           ///< `datetime.timezone.utc`
};
[[nodiscard]] const PythonTypes& python_types();

/// The exception object that stands for an error.
[[nodiscard]] py::object to_exception(const Error& error);

/// The Python members of an enum, in the order of its C++ enumerators.
template <class E>
struct EnumMembers {
  static inline py::handle type;
  static inline std::vector<py::handle> members;
};

/// UTF-8 of a `str`. @throws Failed (`field`) for one that has no UTF-8, or another type.
[[nodiscard]] std::string text_from(py::handle value, const char* field);
/// A `str`; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] py::object text_to(const std::string& text);

void register_python_types(py::module_& m);

}  // namespace callqueue::python
