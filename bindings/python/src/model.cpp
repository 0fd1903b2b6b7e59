#include "model.hpp"

namespace callqueue::python {
namespace {

/// The struct that a Python object holds.
void* held(const ModelInfo& info, py::handle object) {
  py::detail::type_caster_generic caster(*info.type);
  if (!caster.load(object, false) || caster.value == nullptr) {
    throw py::type_error("expected a " + info.name);
  }
  return caster.value;
}

/// Enough to tell two numbers apart, too little to call one.
std::string masked(py::handle text) {
  const auto number = text.cast<std::string>();
  return number.size() < 4 ? "'…'" : "'…" + number.substr(number.size() - 2) + "'";
}

std::string shown(const ModelInfo& info, const void* model) {
  std::string text = info.name + "(";
  for (const auto& field : info.fields) {
    if (!field.in_repr) continue;
    if (text.back() != '(') text += ", ";
    const auto value = field.get(model);
    const bool is_number = std::string_view(field.name) == "phone_number" && is_text(value);
    text +=
        std::string(field.name) + "=" + (is_number ? masked(value) : std::string(py::repr(value)));
  }
  return text + ")";
}

bool same(const ModelInfo& info, const void* a, const void* b) {
  if (info.equal != nullptr) return info.equal(a, b);
  for (const auto& field : info.fields) {
    if (!field.get(a).equal(field.get(b))) return false;
  }
  return true;
}

py::dict values_of(const ModelInfo& info, const void* model) {
  py::dict values;
  for (const auto& field : info.fields) values[field.name] = field.get(model);
  return values;
}

void define(py::handle type, const char* name, py::cpp_function function) {
  py::setattr(type, name, function);
}

}  // namespace

const Field* ModelInfo::find(std::string_view field) const {
  for (const auto& candidate : fields) {
    if (field == candidate.name) return &candidate;
  }
  return nullptr;
}

std::string with_type_names(std::string_view text, const std::type_info* const* types) {
  std::string named;
  for (const char c : text) {
    if (c == '%') {
      named += py::detail::get_type_handle(**types++, true).attr("__name__").cast<std::string>();
    } else if (c != '{' && c != '}') {
      named += c;
    }
  }
  return named;
}

void wrong_type(const char* field, py::handle value) {
  throw py::type_error(std::string(field) + " cannot be a " + Py_TYPE(value.ptr())->tp_name);
}

void fill(const ModelInfo& info, void* model, const py::dict& values) {
  for (const auto& [key, value] : values) {
    const auto name = key.cast<std::string>();
    const auto* field = info.find(name);
    if (field == nullptr) {
      throw py::type_error(info.name + "() got an unexpected keyword argument '" + name + "'");
    }
    field->set(model, value);
  }
}

void add_property(py::handle type, const ModelInfo& info, std::size_t index, const char* doc) {
  const py::cpp_function get(
      [&info, index](const py::object& self) { return info.fields[index].get(held(info, self)); },
      py::is_method(type));
  const py::cpp_function set(
      [&info, index](const py::object& self, const py::object& value) {
        info.fields[index].set(held(info, self), value);
      },
      py::is_method(type));
  const auto property = py::reinterpret_borrow<py::object>(
      reinterpret_cast<PyObject*>(&PyProperty_Type))(get, set, py::none(), doc);
  py::setattr(type, info.fields[index].name, property);
}

void finish_model(py::handle type, const ModelInfo& info) {
  const py::is_method method(type);
  define(type, "__repr__",
         py::cpp_function([&info](const py::object& self) { return shown(info, held(info, self)); },
                          method, py::name("__repr__")));
  define(type, "__eq__",
         py::cpp_function(
             [&info, type](const py::object& self, const py::object& other) -> py::object {
               if (!py::isinstance(other, type)) {
                 return py::reinterpret_borrow<py::object>(Py_NotImplemented);
               }
               return py::bool_(same(info, held(info, self), held(info, other)));
             },
             method, py::name("__eq__")));
  py::setattr(type, "__hash__", py::none());  // They can be changed.
  const py::cpp_function copy(
      [&info](const py::object& self, const py::args&) { return info.copy(held(info, self)); },
      method);
  define(type, "__copy__", copy);
  define(type, "__deepcopy__", copy);
  define(type, "replace",
         py::cpp_function(
             [&info](const py::object& self, const py::kwargs& changes) {
               auto changed = info.copy(held(info, self));
               fill(info, held(info, changed), changes);
               return changed;
             },
             method, py::name("replace"), "A copy with other values in the fields named."));
  define(
      type, "__getstate__",
      py::cpp_function(
          [&info](const py::object& self) { return values_of(info, held(info, self)); }, method));
  define(type, "__reduce__",
         py::cpp_function(
             [&info, type](const py::object& self) {
               return py::make_tuple(py::module_::import("callqueue._errors").attr("rebuild"),
                                     py::make_tuple(type, values_of(info, held(info, self))));
             },
             method));
  py::dict annotations;
  for (const auto& field : info.fields) annotations[field.name] = field.annotation;
  py::setattr(type, "__annotations__", annotations);
  if (info.json == nullptr) return;
  define(type, "to_json",
         py::cpp_function(
             [&info](const py::object& self) { return text_to(info.json(held(info, self))); },
             method, py::name("to_json"),
             "As a JSON object on one line, in the words of the database's columns."));
  define(
      type, "to_dict",
      py::cpp_function(
          [&info](const py::object& self) { return json_to(info.json(held(info, self))); }, method,
          py::name("to_dict"), "What `to_json` says, as a dict: ids and instants are text."));
}

}  // namespace callqueue::python
