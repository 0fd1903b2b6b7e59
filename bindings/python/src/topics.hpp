#pragma once

#include <pybind11/pybind11.h>

namespace callqueue::python {

// One function a topic; each binds what its source holds.
void register_python_types(pybind11::module_& m);
void register_enums(pybind11::module_& m);
void register_models(pybind11::module_& m);
void register_requests(pybind11::module_& m);
void register_reports(pybind11::module_& m);
void register_core(pybind11::module_& m);
void register_store(pybind11::module_& m);
void register_services(pybind11::module_& m);
void register_csv(pybind11::module_& m);
void register_processor(pybind11::module_& m);

}  // namespace callqueue::python
