#include <callqueue/version.hpp>

#include "python_types.hpp"
#include "topics.hpp"

PYBIND11_MODULE(_core, m) {
  namespace cq = callqueue::python;
  namespace py = pybind11;
  m.doc() = "The compiled part of callqueue. Use the package.";
  m.attr("__version__") = std::string(callqueue::version());
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const cq::Failed& failed) {
      const auto error = cq::to_exception(failed.error());
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
    }
  });
  cq::register_python_types(m);
  cq::register_enums(m);
  cq::register_models(m);
  cq::register_requests(m);
  cq::register_reports(m);
  cq::register_core(m);
  cq::register_store(m);
  cq::register_services(m);
  cq::register_csv(m);
  cq::register_processor(m);
}
